"""The download, through a real Flask application."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from config_builder import qwc
from config_builder.blueprint import create_blueprint, file_name
from tests.unit.qwc_file.examples import PRIMARY

INSTALLS = {
    "front-desk": PRIMARY,
    "no-https": replace(PRIMARY, app_url="http://10.0.0.5/qbwc", user_name=""),
}


def site(*, administrator: bool = True) -> Flask:
    app = Flask("site")
    built: list[str] = []
    app.register_blueprint(create_blueprint(INSTALLS.get, lambda: administrator, built.append))
    app.config["BUILT"] = built
    return app


def test_an_administrator_gets_the_file() -> None:
    answer = site().test_client().post("/installs/front-desk/qwc")
    assert answer.status_code == 200
    assert answer.data == qwc.build(PRIMARY)
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="QBWC-Sunrise-Dental-payments-qb-front-desk.qwc"'
    )


@pytest.mark.parametrize("install", ["front-desk", "no-https", "nobody"])
def test_everybody_else_is_turned_away_and_learns_nothing(install: str) -> None:
    answer = site(administrator=False).test_client().post(f"/installs/{install}/qwc")
    assert answer.status_code == 403
    assert answer.text == "Only a signed-in administrator may download this file.\n"


def test_whoever_keeps_the_installs_is_told_of_a_file_that_is_handed_out() -> None:
    """A link that somebody is lured to could make a paired install forget its password."""
    asked = site()
    for install in INSTALLS:
        asked.test_client().post(f"/installs/{install}/qwc")
        assert asked.test_client().get(f"/installs/{install}/qwc").status_code == 405
    site(administrator=False).test_client().post("/installs/front-desk/qwc")
    assert asked.config["BUILT"] == ["front-desk"]


def test_an_unknown_install() -> None:
    assert site().test_client().post("/installs/nobody/qwc").status_code == 404


def test_a_refusal_says_why_one_line_each() -> None:
    answer = site().test_client().post("/installs/no-https/qwc")
    assert answer.status_code == 409
    service, user_name = answer.text.splitlines()
    assert service.startswith("AppURL names the IP address 10.0.0.5")
    assert service.endswith("(QBWC1001)")
    assert user_name == "UserName is blank; the Web Connector needs it. (QBWC1039)"


@pytest.mark.parametrize("install", ["front-desk", "no-https", "nobody"])
def test_no_answer_is_kept_by_a_cache(install: str) -> None:
    answer = site().test_client().post(f"/installs/{install}/qwc")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("app_name", "user_name", "name"),
    [
        ("Café Müller", "qb1", "QBWC-Cafe-Muller-qb1.qwc"),
        ('../../etc/"passwd"', "a;b", "QBWC-etc-passwd-a-b.qwc"),
        ("CON", "日本", "QBWC-CON.qwc"),
        ("日本", "日本", "QBWC.qwc"),
    ],
)
def test_file_names(app_name: str, user_name: str, name: str) -> None:
    assert file_name(replace(PRIMARY, app_name=app_name, user_name=user_name)) == name


@given(st.text(), st.text())
def test_a_file_name_needs_no_quoting(app_name: str, user_name: str) -> None:
    name = file_name(replace(PRIMARY, app_name=app_name, user_name=user_name))
    assert name.isascii()
    assert name.replace("-", "").removesuffix(".qwc").isalnum()
    assert len(name) <= 104

"""Users and My account, as an administrator and as everybody."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person

WORDS = "four plain words here"


def page_of(use_cases: UseCases, person: Person) -> str:
    return f"/users/{use_cases.users.id_of(person.email)}"


def test_revoking_shuts_a_signed_in_user_out_at_once(
    admin: Person, hire: Hire, use_cases: UseCases
) -> None:
    bea = hire("bea", "bookkeeper")
    page = page_of(use_cases, bea)
    assert bea.is_inside()
    assert admin.send(f"{page}/revoke", on=page).location == page
    assert not bea.is_inside()
    assert bea.open("/").location == "/sign-in?next=/"
    shown = admin.open(page).text
    assert "Access is revoked." in shown
    assert "access revoked" in shown
    assert "Give access again" in shown
    admin.send("/users/invite", on=page, email=bea.email, role="viewer", sees="all")
    assert not bea.is_inside(), "the sessions of before stay ended"


def test_a_changed_role_counts_at_once(admin: Person, hire: Hire, use_cases: UseCases) -> None:
    bea = hire("bea", "admin")
    page = page_of(use_cases, bea)
    assert bea.open("/users").status_code == 200
    admin.send(f"{page}/access", on=page, role="viewer", sees="all")
    assert not bea.is_inside()
    bea.sign_in()
    assert bea.open("/users").status_code == 403


def test_saving_what_is_already_so_signs_nobody_out(
    admin: Person, hire: Hire, use_cases: UseCases
) -> None:
    bea = hire("bea", "viewer")
    page = page_of(use_cases, bea)
    admin.send(f"{page}/access", on=page, role="viewer", sees="all")
    assert bea.is_inside()


def test_company_files_are_given_one_by_one(
    admin: Person, hire: Hire, use_cases: UseCases, company: CompanyView
) -> None:
    bea = hire("bea", "viewer")
    page = page_of(use_cases, bea)
    admin.send(f"{page}/access", on=page, role="viewer", sees="some", company=company.id)
    assert re.search(f'value="{company.id}" checked', admin.open(page).text)
    bea.sign_in()
    assert "You see Sunrise Dental." in bea.open("/account").text


def test_nobody_takes_their_own_access_away(admin: Person, use_cases: UseCases) -> None:
    page = page_of(use_cases, admin)
    for deed in ("revoke", "access"):
        answer = admin.send(f"{page}/{deed}", on=page, role="viewer", sees="all")
        assert answer.status_code == 422
        assert "by another administrator only" in answer.text
    assert admin.open("/users").status_code == 200


def test_the_list_says_who_has_access(admin: Person) -> None:
    assert "<h1" in (page := admin.open("/users").text)
    assert "1 person has access." in page
    admin.send("/users/invite", email="bea@example.com", role="bookkeeper", sees="all")
    page = admin.open("/users").text
    assert "2 people have access; 1 has not come yet." in page
    assert "Invited" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "nonsense"}, "Write one e-mail address"),
        ({"role": "owner"}, "Choose one of admin, bookkeeper, viewer."),
        ({"email": "OWNER@example.com"}, "owner@example.com is on the list of users already."),
        ({"sees": "some"}, "Choose at least one company file"),
    ],
)
def test_an_invitation_that_cannot_be_says_why(
    admin: Person, fields: dict[str, str], said: str
) -> None:
    wanted = {"email": "bea@example.com", "role": "viewer", "sees": "all", **fields}
    answer = admin.send("/users/invite", **wanted)
    assert answer.status_code == 422
    assert said in answer.text


def test_an_invitation_carries_no_host_that_somebody_forged(admin: Person) -> None:
    admin.http.environ_base["HTTP_HOST"] = "evil.example"
    page = admin.send("/users/invite", email="bea@example.com", role="viewer", sees="all").text
    assert "evil.example" not in page


def test_ones_own_password_is_changed_and_other_browsers_are_out(hire: Hire, portal: Flask) -> None:
    bea = hire("bea", "viewer")
    elsewhere = Person(portal.test_client(), bea.email, bea.password)
    elsewhere.sign_in()
    for old, new, again, said in (
        ("wrong", WORDS, WORDS, "This is not your present password."),
        (bea.password, "short", "short", "Use at least 12 characters"),
        (bea.password, WORDS, "another", "The two passwords are not the same."),
    ):
        answer = bea.send(
            "/account/password", on="/account", old_password=old, password=new, password_again=again
        )
        assert answer.status_code == 422
        assert said in answer.text
    chosen = {"old_password": bea.password, "password": WORDS, "password_again": WORDS}
    assert bea.send("/account/password", on="/account", **chosen).status_code == 303
    assert bea.is_inside()
    assert not elsewhere.is_inside()
    elsewhere.password = WORDS
    elsewhere.sign_in()


def test_signing_out_everywhere(hire: Hire, portal: Flask) -> None:
    bea = hire("bea", "viewer")
    elsewhere = Person(portal.test_client(), bea.email, bea.password)
    elsewhere.sign_in()
    bea.send("/account/sign-out-everywhere", on="/account")
    assert not bea.is_inside()
    assert not elsewhere.is_inside()


def test_dates_and_amounts_are_written_as_their_reader_wants(hire: Hire) -> None:
    bea = hire("bea", "viewer")
    wanted = {
        "date_format": "dots",
        "number_format": "point_comma",
        "time_zone": "Europe/Berlin",
    }
    assert bea.send("/account/preferences", on="/account", **wanted).status_code == 303
    page = bea.open("/account").text
    assert 'value="dots" selected' in page
    assert 'value="point_comma" selected' in page
    assert "<option selected>Europe/Berlin</option>" in page
    refused = bea.send("/account/preferences", on="/account", **{**wanted, "time_zone": "Mars"})
    assert refused.status_code == 422
    assert "such as America/Chicago" in refused.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_appearance_is_chosen_without_a_script(stranger: Person, theme: str) -> None:
    page = stranger.open("/sign-in").text
    assert '<html lang="en">' in page
    answer = stranger.send("/appearance", on="/sign-in", theme=theme, next="/support")
    assert answer.location == "/support"
    assert f'<html lang="en" data-bs-theme="{theme}">' in stranger.open("/sign-in").text
    stranger.send("/appearance", on="/sign-in", theme="", next="//evil.example")
    assert '<html lang="en">' in stranger.open("/sign-in").text


def test_what_somebody_typed_is_no_markup(admin: Person, use_cases: UseCases) -> None:
    use_cases.companies.add("<script>alert(1)</script>")
    for path in ("/users/invite", "/users"):
        assert "<script>alert" not in admin.open(path).text
    email = "<b>x</b>@example.com"
    assert "<b>x" not in admin.send("/users/invite", email=email, role="viewer", sees="all").text


def test_a_page_asks_as_often_however_many_users_there_are(
    admin: Person, use_cases: UseCases, engine: Engine, company: CompanyView
) -> None:
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    def count(path: str) -> int:
        asked.clear()
        assert admin.open(path).status_code == 200
        return len(asked)

    event.listen(engine, "before_cursor_execute", note)
    before = {path: count(path) for path in ("/users", "/users/invite", "/account")}
    for number in range(20):
        use_cases.users.invite(
            f"u{number}@example.com", "viewer", companies=[company.id], by=OPERATOR
        )
    after = {path: count(path) for path in before}
    event.remove(engine, "before_cursor_execute", note)
    assert after == before
    assert max(before.values()) <= 11

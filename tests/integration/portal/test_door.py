"""Every page and form as nobody, by role, and as the administrator of another company."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from qbwc_server.portal import door
from qbwc_server.portal.headers import POLICY
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.settings import Settings
from sync_core.people import Role
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person, portal_of
from tests.integration.site import payment

# What nobody needs to sign in for. Whatever is added to a page's address list must be added here.
OPEN = {
    "sign_in.show",
    "sign_in.enter",
    "sign_in.forgotten",
    "first_steps.show",
    "first_steps.take",
    "appearance.switch",
    "support.show",
}
OTHER = {"api", "health", "assets", "config_builder"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def pages(portal: Flask, method: str) -> list[tuple[str, str]]:
    """Every endpoint with an address, for those that pass the door."""
    found = []
    with portal.test_request_context():
        for rule in portal.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] in OTHER or method not in (rule.methods or ()):
                continue
            values = dict.fromkeys(rule.arguments, NOBODY)
            built = rule.build(values)
            assert built is not None
            found.append((rule.endpoint, built[1]))
    return found


def test_what_is_open_to_all_is_what_the_list_says(portal: Flask) -> None:
    views = portal.view_functions.items()
    unguarded = {
        name
        for name, view in views
        if name.partition(".")[0] not in OTHER and not door.needed_by(view)
    }
    assert unguarded == OPEN


def test_nobody_sees_a_page_or_sends_a_form(portal: Flask, stranger: Person) -> None:
    for endpoint, address in pages(portal, "GET"):
        answer = stranger.open(address)
        if endpoint not in OPEN:
            assert answer.status_code == 303, endpoint
            assert answer.location.startswith("/sign-in"), endpoint
    for endpoint, address in pages(portal, "POST"):
        if endpoint not in OPEN:
            answer = stranger.send(address, on="/sign-in")
            assert (answer.status_code, answer.location) == (303, "/sign-in"), endpoint


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BOOKKEEPER])
def test_a_role_opens_what_it_reaches(portal: Flask, hire: Hire, role: Role) -> None:
    person = hire("amy", role)
    for method in ("GET", "POST"):
        for endpoint, address in pages(portal, method):
            needed = door.needed_by(portal.view_functions[endpoint])
            if needed is not None and not role.reaches(needed):
                answer = (
                    person.open(address) if method == "GET" else person.send(address, on="/account")
                )
                assert answer.status_code == 403, (method, endpoint)
                assert "Your role does not include it." in answer.text
    assert "/users" not in person.open("/").text


def test_a_page_that_says_nothing_is_for_administrators() -> None:
    assert door.needed_by(lambda: "forgotten") is Role.ADMIN


def test_every_form_carries_the_mark_of_its_page(portal: Flask, admin: Person) -> None:
    for endpoint, address in pages(portal, "POST"):
        answer = admin.http.post(address, data={})
        assert answer.status_code == 400, endpoint
        assert "This page was open for too long." in answer.text
    forged = admin.http.post("/sign-out", data={"csrf_token": "forged"})
    assert forged.status_code == 400
    assert admin.is_inside()


def test_the_mark_of_one_session_does_not_fit_another(admin: Person, hire: Hire) -> None:
    page = hire("amy", "viewer").open("/account").text
    mark = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = admin.http.post("/sign-out", data={"csrf_token": mark})
    assert answer.status_code == 400


def test_every_answer_names_what_it_may_load(admin: Person) -> None:
    for address in ("/", "/users", "/sign-in", "/support", "/nowhere", "/healthz"):
        headers = admin.open(address).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers
    assert "unsafe" not in POLICY


def test_under_https_the_cookie_travels_under_https_alone(
    use_cases: UseCases, database: str, tmp_path: Path
) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=database, public_url="https://pay.example.com"
    )
    http = portal_of(use_cases, settings).test_client()
    answer = http.get("/sign-in", base_url="https://pay.example.com")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portal=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


# Other companies


@pytest.fixture
def others(use_cases: UseCases) -> CompanyView:
    return use_cases.companies.add("Moonlight Dental")


@pytest.fixture
def their_admin(hire: Hire, others: CompanyView) -> Person:
    return hire("moon", "admin", [others.id])


def test_payments_of_other_companies_are_not_listed(
    their_admin: Person,
    admin: Person,
    use_cases: UseCases,
    company: CompanyView,
    others: CompanyView,
) -> None:
    for one, name in ((company, "Sun Customer"), (others, "Moon Customer")):
        wanted = payment(customer={"name": name}, apply=[])
        use_cases.intake.queue(use_cases.companies.internal_id(one.id), [wanted], by="test")
    theirs, ours = their_admin.open("/").text, admin.open("/").text
    assert "Moon Customer" in theirs
    assert "Sun Customer" not in theirs
    assert "Sunrise Dental" not in theirs
    assert "Moonlight Dental" in ours
    assert "Sunrise Dental" in ours
    for one, name in ((company, "Sun Customer"), (others, "Moon Customer")):
        assert name in admin.open(f"/companies/{one.id}").text
    assert their_admin.open(f"/companies/{company.id}").status_code == 404


def test_a_config_file_of_another_company_is_not_there(
    their_admin: Person,
    admin: Person,
    hire: Hire,
    stranger: Person,
    use_cases: UseCases,
    company: CompanyView,
    others: CompanyView,
) -> None:
    install = use_cases.installs.add(company.id)
    own = use_cases.installs.add(others.id)
    path = f"/installs/{install.id}/qwc"

    def build(person: Person, path: str, on: str = "/account") -> int:
        return person.send(path, on=on).status_code

    assert build(their_admin, path) == 404
    assert build(their_admin, f"/installs/{own.id}/qwc") == 200
    assert build(admin, path) == 200
    assert build(stranger, path, on="/sign-in") == 403
    assert build(hire("bea", "bookkeeper"), path) == 403
    assert admin.http.post(path).status_code == 400, "a form of another site carries no mark"


def test_an_administrator_of_one_company_rules_there_alone(
    their_admin: Person,
    hire: Hire,
    use_cases: UseCases,
    company: CompanyView,
    others: CompanyView,
) -> None:
    hire("owner", "admin")
    hire("sun", "viewer", [company.id])
    hire("both", "viewer", [company.id, others.id])
    hire("all", "viewer")
    hire("crescent", "viewer", [others.id])
    listed = their_admin.open("/users").text
    for name, shown in (("sun", 0), ("both", 0), ("all", 0), ("owner", 0), ("crescent", 1)):
        assert (f"{name}@example.com" in listed) == bool(shown)
        user = f"/users/{use_cases.users.id_of(f'{name}@example.com')}"
        expected = 200 if shown else 404
        assert their_admin.open(user).status_code == expected
        for deed in ("access", "link", "revoke"):
            if not shown:
                answer = their_admin.send(
                    f"{user}/{deed}", on="/account", role="viewer", sees="all"
                )
                assert answer.status_code == 404
    assert "Sunrise Dental" not in their_admin.open("/users/invite").text
    crescent = f"/users/{use_cases.users.id_of('crescent@example.com')}"
    for path in ("/users/invite", f"{crescent}/access"):
        for more in ({"sees": "all"}, {"sees": "some", "company": company.id}, {"sees": "some"}):
            answer = their_admin.send(
                path, on="/users/invite", email="new@example.com", role="admin", **more
            )
            assert answer.status_code == 422, (path, more)
    assert "Choose at least one company file" in answer.text
    answer = their_admin.send(
        "/users/invite", email="sun@example.com", role="admin", sees="some", company=others.id
    )
    assert answer.status_code == 422


def test_the_door_hides_other_companies_from_every_page_about_one(
    use_cases: UseCases,
    database: str,
    tmp_path: Path,
    company: CompanyView,
    others: CompanyView,
) -> None:
    portal = portal_of(use_cases, Settings(data_dir=tmp_path, database_url=database))

    @portal.get("/companies/<company_id>/something")
    @door.needs(Role.VIEWER)
    def something(company_id: str) -> str:
        return f"{company_id} is {door.company()}"

    made = use_cases.users.add("moon@example.com", "admin", companies=[others.id], by=OPERATOR)
    person = Person(portal.test_client(), made.email, made.password)
    person.sign_in()
    number = use_cases.companies.internal_id(others.id)
    assert person.open(f"/companies/{others.id}/something").text == f"{others.id} is {number}"
    hidden = person.open(f"/companies/{company.id}/something")
    missing = person.open(f"/companies/{NOBODY}/something")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.text == missing.text


# What goes wrong


def test_an_address_of_nothing_is_told_in_plain_words(admin: Person) -> None:
    answer = admin.open("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


def test_a_fault_shows_a_page_and_no_traceback(
    use_cases: UseCases, database: str, tmp_path: Path
) -> None:
    portal = portal_of(use_cases, Settings(data_dir=tmp_path, database_url=database))

    @portal.get("/fault")
    @door.open_to_all
    def fault() -> str:
        raise RuntimeError("a secret of the inside")

    answer = portal.test_client().get("/fault")
    assert answer.status_code == 500
    assert "Something went wrong on the server." in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_is_away_has_a_page(admin: Person, engine: Engine) -> None:
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE app_user RENAME TO elsewhere")
    answer = admin.open("/")
    assert answer.status_code == 503
    assert "The database does not answer." in answer.text


def test_the_api_keeps_its_own_answers(portal: Flask) -> None:
    http = portal.test_client()
    for answer in (http.get("/api/v1/payments"), http.post("/api/v1/payments", json={})):
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
    assert http.get("/healthz").json == {"status": "alive"}
    assert http.get("/readyz").status_code == 200
    assert b"qbwc_open_sessions" in http.get("/metrics").data

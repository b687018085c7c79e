"""Signing in and out: the right password, the wrong one, limits, where one goes on to."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, func, select

from models.engine import database_clock
from models.user import AppUser, PortalHold, PortalSignOut
from qbwc_server import portal as portal_package
from qbwc_server.portal.sign_in import WRONG
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.user_sign_in import UserSignIn
from sync_core.people import ACCOUNT_LIMIT, ADDRESS_LIMIT, SIGN_IN_IDLE, SIGN_IN_LASTS
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person

HERE, THERE = "203.0.113.7", "203.0.113.8"


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_on(
    stranger: Person, use_cases: UseCases
) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    answer = stranger.open("/account?tab=1")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/account?tab%3D1"
    page = stranger.open(answer.location).text
    assert 'name="next" value="/account?tab=1"' in page
    stranger.email, stranger.password = made.email, made.password
    assert stranger.sign_in(target="/account?tab=1").location == "/account?tab=1"
    assert stranger.is_inside()
    assert stranger.open("/sign-in?next=/account").location == "/account"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_host(portal: Flask, use_cases: UseCases, target: str) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    person = Person(portal.test_client(), made.email, made.password)
    assert person.sign_in(target=target).location == "/"
    assert person.http.get("/sign-in", query_string={"next": target}).location == "/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    stranger: Person, use_cases: UseCases
) -> None:
    use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    use_cases.users.invite("invited@example.com", "viewer", by=OPERATOR)
    revoked = use_cases.users.add("gone@example.com", "viewer", by=OPERATOR)
    use_cases.users.revoke(use_cases.users.id_of("gone@example.com"), by=OPERATOR)
    answers = [
        stranger.send("/sign-in", email=email, password=password)
        for email, password in (
            ("amy@example.com", "wrong"),
            ("nobody@example.com", "wrong"),
            ("invited@example.com", ""),
            ("gone@example.com", revoked.password),
            ("", ""),
            ("amy@example.com", "x" * 100_000),
        )
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all(WRONG in answer.text for answer in answers)
    assert len({answer.text.count("<") for answer in answers}) == 1


def test_all_passwords_cost_the_same_work(use_cases: UseCases) -> None:
    """Whether there is such an account shows in no clock: argon2 runs for all of them."""
    checked: list[str] = []
    secrets = use_cases.users.secrets
    slow = secrets._argon2.verify

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept)
            return slow(kept, password)

        hash = secrets._argon2.hash

    use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    secrets._argon2 = Counting()  # type: ignore[assignment]
    for email in ("amy@example.com", "nobody@example.com", ""):
        assert use_cases.user_sign_in.by_password(email, "wrong", address=HERE).session is None
    assert len(checked) == 3
    assert len({kept.rpartition("$")[0].rpartition("$")[0] for kept in checked}) == 1


def test_signing_out_ends_the_session_of_this_browser(hire: Hire) -> None:
    amy = hire("amy", "viewer")
    assert amy.send("/sign-out", on="/account").location == "/sign-in"
    assert not amy.is_inside()
    assert "You are signed out." in amy.open("/sign-in").text


def test_a_copied_cookie_is_worth_nothing_after_signing_out(hire: Hire, portal: Flask) -> None:
    amy, thief = hire("amy", "viewer"), portal.test_client()
    cookie = amy.http.get_cookie("portal_8085")
    assert cookie is not None
    thief.set_cookie("portal_8085", cookie.value)
    assert thief.get("/account").status_code == 200
    elsewhere = Person(portal.test_client(), amy.email, amy.password)
    elsewhere.sign_in()
    amy.send("/sign-out", on="/account")
    thief.set_cookie("portal_8085", cookie.value)
    assert thief.get("/account").location.startswith("/sign-in")
    assert elsewhere.is_inside()  # another browser of hers is signed in still


def _seen(person: Person, ago: timedelta | None = None) -> int:
    """Read when a page was last opened by this browser, or say that it was so long ago."""
    with person.http.session_transaction() as session:
        if ago is not None:
            session["seen"] = int((datetime.now(UTC) - ago).timestamp())
        return int(session["seen"])


def test_whoever_was_away_for_a_working_day_signs_in_again(hire: Hire) -> None:
    amy = hire("amy", "viewer")
    amy.open("/account")
    _seen(amy, timedelta(hours=11, minutes=55))
    assert amy.is_inside()
    _seen(amy, timedelta(hours=12, minutes=5))
    assert not amy.is_inside()


def test_what_a_page_asks_by_itself_keeps_no_session_alive(hire: Hire, use_cases: UseCases) -> None:
    company = use_cases.companies.add("Rock Castle Construction").id
    amy = hire("amy", "admin")
    amy.open("/account")
    before = _seen(amy, timedelta(hours=3))
    for page in (f"/companies/{company}/live", f"/companies/{company}/sync-log/now"):
        answer = amy.http.get(page, headers={"HX-Request": "true"})
        assert answer.status_code in (200, 204)
        assert "Set-Cookie" not in answer.headers
        assert abs(_seen(amy) - before) <= 60
    amy.http.get("/account", headers={"HX-Request": "true"})  # a click that htmx carries out
    assert _seen(amy) > before + 60


def test_every_page_that_asks_by_itself_is_known_to_the_door() -> None:
    """Each `hx-trigger="every ..."` is one of those that are no visit."""
    templates = Path(portal_package.__file__).parent / "templates"
    asking = {one.name for one in templates.glob("*.html") if "every " in _triggers(one)}
    assert asking == {"_overview.html", "_sync_now.html", "_connect_live.html"}


def _triggers(template: Path) -> str:
    return " ".join(re.findall(r'hx-trigger="([^"]*)', template.read_text("utf-8")))


def test_the_cookie_is_kept_from_scripts_and_other_sites(hire: Hire) -> None:
    cookie = hire("amy", "viewer").http.get_cookie("portal_8085")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", False)


# Limits


class Times:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self, db: Connection) -> datetime:
        return database_clock(db) + self.ahead

    def pass_s(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def sign_in(use_cases: UseCases, times: Times) -> UserSignIn:
    return UserSignIn(use_cases.engine, times, use_cases.users.secrets)


# However long a session lasts


def test_a_session_ends_after_a_week_however_busy(
    sign_in: UserSignIn, times: Times, use_cases: UseCases
) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    session = sign_in.by_password(made.email, made.password, address=HERE).session
    assert session is not None
    for _ in range(14):
        visit = sign_in.by_session(session, datetime.now(UTC) + times.ahead)
        assert visit is not None
        times.pass_s(SIGN_IN_IDLE.total_seconds() - 60)
    times.pass_s(3600)
    assert sign_in.by_session(session, datetime.now(UTC) + times.ahead) is None


def test_ended_sign_ins_are_forgotten_when_they_would_be_over(
    sign_in: UserSignIn, times: Times, use_cases: UseCases, engine: Engine
) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)

    def in_and_out() -> str:
        session = sign_in.by_password(made.email, made.password, address=HERE).session
        assert session is not None
        sign_in.sign_out(session)
        sign_in.sign_out(session)
        assert sign_in.by_session(session) is None
        return session

    first = in_and_out()
    times.pass_s(SIGN_IN_LASTS.total_seconds() + 60)
    in_and_out()
    with engine.connect() as db:
        assert db.execute(select(func.count()).select_from(PortalSignOut)).scalar_one() == 1
    assert sign_in.by_session(first) is None


@pytest.mark.parametrize("session", ["", "x", "a.0", "a.0.b.c", "a.0.b.1"])
def test_what_is_no_session_lets_nobody_in(sign_in: UserSignIn, session: str) -> None:
    assert sign_in.by_session(session) is None
    sign_in.sign_out(session)


@pytest.mark.parametrize("email", ["amy@example.com", "nobody@example.com"])
def test_an_account_is_held_back_wherever_the_tries_come_from(
    sign_in: UserSignIn, times: Times, use_cases: UseCases, email: str
) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    for number in range(ACCOUNT_LIMIT.free + 1):
        verdict = sign_in.by_password(email, "wrong", address=f"198.51.100.{number}")
        assert (verdict.session, verdict.held_s) == (None, 0)
    verdict = sign_in.by_password(email.upper(), made.password, address=THERE)
    assert verdict.session is None
    assert 1 <= verdict.held_s <= 2
    times.pass_s(2)
    verdict = sign_in.by_password(email, made.password, address=THERE)
    assert verdict.held_s == 0
    assert (verdict.session is not None) == (email == "amy@example.com")


def test_the_right_password_forgives_the_account(
    sign_in: UserSignIn, use_cases: UseCases, engine: Engine
) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    for _ in range(3):
        for _ in range(ACCOUNT_LIMIT.free - 1):
            sign_in.by_password("amy@example.com", "wrong", address=HERE)
        assert sign_in.by_password("amy@example.com", made.password, address=HERE).session
    with engine.connect() as db:
        kept = db.execute(select(PortalHold.key, PortalHold.tries)).all()
    assert [(key, tries) for key, tries in kept] == [
        (f"address {HERE}", 3 * (ACCOUNT_LIMIT.free - 1))
    ]


def test_an_address_that_tries_many_accounts_is_held_back(
    sign_in: UserSignIn, use_cases: UseCases
) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    for number in range(ADDRESS_LIMIT.free + 1):
        assert not sign_in.by_password(f"no{number}@example.com", "wrong", address=HERE).held_s
    assert sign_in.by_password("amy@example.com", made.password, address=HERE).held_s
    assert sign_in.by_password("amy@example.com", made.password, address=THERE).session


def test_addresses_of_one_network_count_as_one(sign_in: UserSignIn) -> None:
    for number in range(ADDRESS_LIMIT.free + 1):
        sign_in.by_password(f"no{number}@example.com", "wrong", address=f"2001:db8::{number:x}")
    assert sign_in.by_password("amy@example.com", "wrong", address="2001:db8::ffff").held_s
    assert not sign_in.by_password("amy@example.com", "wrong", address="2001:db8:1::1").held_s


def test_old_tries_are_forgotten(sign_in: UserSignIn, times: Times, engine: Engine) -> None:
    for number in range(10):
        sign_in.by_password(f"no{number}@example.com", "wrong", address=HERE)
    times.pass_s(3601)
    sign_in.by_password("amy@example.com", "wrong", address=HERE)
    with engine.connect() as db:
        assert db.execute(select(func.count()).select_from(PortalHold)).scalar_one() == 2


def test_a_page_says_when_the_next_try_is_looked_at(stranger: Person) -> None:
    for _ in range(ACCOUNT_LIMIT.free + 1):
        stranger.send("/sign-in", email="amy@example.com", password="wrong")
    answer = stranger.send("/sign-in", email="amy@example.com", password="wrong")
    assert answer.status_code == 429
    assert "There were too many tries. Try again in" in answer.text
    assert int(answer.headers["Retry-After"]) <= 2


def test_no_clear_password_is_kept(stranger: Person, use_cases: UseCases, engine: Engine) -> None:
    made = use_cases.users.add("amy@example.com", "viewer", by=OPERATOR)
    stranger.send("/sign-in", email="amy@example.com", password=made.password)
    with engine.connect() as db:
        kept = str(db.execute(select(AppUser.__table__)).all())
    assert made.password not in kept

"""`qbwc user`: who may use the portal."""

import pytest
from sqlalchemy import Engine, select

from models.user import AppUser, AppUserEvent, AppUserLink
from qbwc_server.services.assembly import UseCases
from tests.integration.cli.conftest import Terminal

HERE = "203.0.113.7"


def test_a_user_is_added_with_a_password_that_works_and_is_kept_nowhere(
    terminal: Terminal, use_cases: UseCases, engine: Engine
) -> None:
    made = terminal.json("user", "add", "Maria@Example.com", "--role", "admin")
    assert made.keys() == {"email", "password"}
    assert made["email"] == "Maria@Example.com"
    session = use_cases.user_sign_in.by_password(
        "maria@example.COM", made["password"], address=HERE
    ).session
    assert session is not None
    visit = use_cases.user_sign_in.by_session(session)
    assert visit is not None
    assert (visit.reader.email, visit.reader.companies) == ("Maria@Example.com", None)
    with engine.connect() as db:
        kept = str(db.execute(select(AppUser.__table__)).all())
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert made["password"] not in kept


def test_users_are_listed_with_what_they_see(terminal: Terminal, company_id: str) -> None:
    terminal.json("user", "add", "owner@example.com", "--role", "admin")
    terminal.json("user", "add", "amy@example.com", "--role", "viewer", "--company", company_id)
    listed = terminal.json("user", "list")
    assert [(one["email"], one["role"], one["companies"]) for one in listed] == [
        ("amy@example.com", "viewer", ["Sunrise Dental"]),
        ("owner@example.com", "admin", None),
    ]
    assert "amy@example.com  viewer  Sunrise Dental\n" in terminal.run("user", "list").stdout


def test_revoking_ends_open_sessions_and_is_undone_by_adding(
    terminal: Terminal, use_cases: UseCases
) -> None:
    made = terminal.json("user", "add", "amy@example.com", "--role", "bookkeeper")
    sign_in = use_cases.user_sign_in
    session = sign_in.by_password("amy@example.com", made["password"], address=HERE).session
    assert session is not None
    assert terminal.json("user", "revoke", "AMY@example.com") == {
        "email": "AMY@example.com",
        "revoked": True,
    }
    assert sign_in.by_session(session) is None
    assert sign_in.by_password("amy@example.com", made["password"], address=HERE).session is None
    terminal.json("user", "revoke", "amy@example.com")  # done already is done
    assert "has no access" in terminal.refused("user", "reset-link", "amy@example.com")
    again = terminal.json("user", "add", "amy@example.com", "--role", "viewer")
    assert sign_in.by_session(session) is None
    back = sign_in.by_password("amy@example.com", again["password"], address=HERE).session
    assert back is not None


def test_a_reset_link_works_once_and_leaves_only_its_hash(
    terminal: Terminal, use_cases: UseCases, engine: Engine
) -> None:
    terminal.json("user", "add", "amy@example.com", "--role", "viewer")
    made = terminal.json("user", "reset-link", "amy@example.com")
    assert made["link"].startswith("http://localhost:8085/link/")
    token = made["link"].rpartition("/")[2]
    with engine.connect() as db:
        assert token not in str(db.execute(select(AppUserLink.__table__)).all())
    assert use_cases.user_sign_in.use_link(token, "four plain words here")
    with engine.connect() as db:
        told = db.execute(select(AppUserEvent.by, AppUserEvent.what)).all()
    assert [tuple(one) for one in told][:3] == [
        ("command line", "added as viewer"),
        ("command line", "made a reset link"),
        ("amy@example.com", "set a new password by link"),
    ]


def test_access_is_changed(terminal: Terminal, company_id: str) -> None:
    terminal.json("user", "add", "amy@example.com", "--role", "viewer")
    terminal.json("user", "set", "amy@example.com", "--role", "admin", "--company", company_id)
    (listed,) = terminal.json("user", "list")
    assert (listed["role"], listed["companies"]) == ("admin", ["Sunrise Dental"])


@pytest.mark.parametrize("email", ["", "amy", "a b@example.com", "@", "x" * 250 + "@example.com"])
def test_what_is_no_address_is_refused(terminal: Terminal, email: str) -> None:
    said = terminal.refused("user", "add", email, "--role", "viewer")
    assert said == "email: Write one e-mail address, such as maria@example.com."


def test_an_address_is_added_once_whatever_its_case(terminal: Terminal) -> None:
    terminal.json("user", "add", "Amy@example.com", "--role", "viewer")
    said = terminal.refused("user", "add", "amy@EXAMPLE.com", "--role", "admin")
    assert said == "Amy@example.com is on the list of users already."


def test_a_company_that_is_not_there_gives_no_access(terminal: Terminal) -> None:
    said = terminal.refused(
        "user", "add", "amy@example.com", "--role", "viewer", "--company", "nonsense"
    )
    assert said.startswith("companies: Choose at least one company file")


@pytest.mark.parametrize("words", [("revoke",), ("reset-link",), ("set", "--role", "viewer")])
def test_a_user_who_is_not_there_is_refused(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert "no user with this address" in terminal.refused("user", *words, "nobody@example.com")


def test_a_role_is_one_of_three(terminal: Terminal) -> None:
    wrong = terminal.run("user", "add", "amy@example.com", "--role", "owner")
    assert wrong.exit_code == 2
    assert terminal.run("user", "add", "amy@example.com").exit_code == 2

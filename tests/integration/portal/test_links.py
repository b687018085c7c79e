"""Links that work once: the first administrator, an invitation, a new password."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, select

from models.engine import database_clock
from models.user import AppUser, AppUserLink
from qbwc_server.errors import NotFound
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.user_sign_in import UserSignIn
from qbwc_server.services.users import Users
from sync_core.people import LINK_LASTS_S, Purpose
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person, link_in

WORDS = "four plain words here"
CHOSEN = {"password": WORDS, "password_again": WORDS}


def setup(use_cases: UseCases) -> str:
    token = use_cases.user_sign_in.setup_link()
    assert token is not None
    return f"/setup/{token}"


def test_the_first_administrator_is_made_by_a_link_that_works_once(
    portal: Flask, use_cases: UseCases
) -> None:
    assert "There is no administrator yet." in Person(portal.test_client()).open("/sign-in").text
    link, other = setup(use_cases), setup(use_cases)
    owner = Person(portal.test_client())
    assert "Make the first administrator" in owner.open(link).text
    answer = owner.send(link, email="owner@example.com", **CHOSEN)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "You are the administrator now." in owner.open("/").text
    assert owner.open("/users").status_code == 200
    late = Person(portal.test_client())
    for used in (link, other):
        assert late.open(used).status_code == 404
        assert late.send(used, on="/sign-in", email="late@example.com", **CHOSEN).status_code == 404
    assert use_cases.user_sign_in.setup_link() is None
    assert not use_cases.user_sign_in.needs_setup()
    assert "There is no administrator yet." not in late.open("/sign-in").text


def test_the_address_of_somebody_revoked_may_be_the_first_administrator_again(
    stranger: Person, use_cases: UseCases
) -> None:
    use_cases.users.add("owner@example.com", "admin", by=OPERATOR)
    use_cases.users.revoke(use_cases.users.id_of("owner@example.com"), by=OPERATOR)
    assert use_cases.user_sign_in.needs_setup()
    stranger.send(setup(use_cases), email="OWNER@example.com", **CHOSEN)
    assert stranger.open("/users").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "owner"}, "Write one e-mail address"),
        ({"password": "short", "password_again": "short"}, "Use at least 12 characters"),
        ({"password_again": "something else"}, "The two passwords are not the same."),
        (
            {"password": "owner@example.com", "password_again": "owner@example.com"},
            "other than the e-mail address",
        ),
        ({"password": "ab" * 8, "password_again": "ab" * 8}, "more than a few different"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_link_works_still(
    stranger: Person, use_cases: UseCases, wrong: dict[str, str], said: str
) -> None:
    link = setup(use_cases)
    answer = stranger.send(link, **{"email": "owner@example.com", **CHOSEN, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert stranger.send(link, email="owner@example.com", **CHOSEN).status_code == 303


def test_an_invitation_leads_to_a_password_of_ones_own(
    admin: Person, stranger: Person, engine: Engine
) -> None:
    page = admin.send("/users/invite", email="bea@example.com", role="bookkeeper", sees="all").text
    link = link_in(page)
    with engine.connect() as db:
        kept = db.execute(select(AppUserLink.token_hash)).scalars().all()
    assert link.rpartition("/")[2] not in str(kept)
    shown = stranger.open(link).text
    assert "Choose your password" in shown
    assert 'value="bea@example.com"' in shown
    # The address of the form counts for nothing: the link knows whose it is.
    assert stranger.send(link, email="owner@example.com", **CHOSEN).status_code == 303
    assert "bea@example.com" in stranger.open("/account").text
    assert stranger.open("/users").status_code == 403
    assert Person(stranger.http).open(link).status_code == 404


def test_a_new_link_takes_the_place_of_the_old_one(admin: Person, use_cases: UseCases) -> None:
    first = link_in(
        admin.send("/users/invite", email="bea@example.com", role="viewer", sees="all").text
    )
    user = f"/users/{use_cases.users.id_of('bea@example.com')}"
    second = link_in(admin.send(f"{user}/link", on=user).text)
    assert admin.open(first).status_code == 404
    assert admin.open(second).status_code == 200


def test_a_reset_ends_what_the_old_password_opened(
    admin: Person, hire: Hire, portal: Flask, use_cases: UseCases
) -> None:
    bea = hire("bea", "bookkeeper")
    user = f"/users/{use_cases.users.id_of('bea@example.com')}"
    link = link_in(admin.send(f"{user}/link", on=user).text)
    assert bea.is_inside(), "until the link is used, nothing changes"
    elsewhere = Person(portal.test_client())
    assert elsewhere.send(link, **CHOSEN).status_code == 303
    assert elsewhere.is_inside()
    assert not bea.is_inside()
    assert bea.send("/sign-in", email=bea.email, password=bea.password).status_code == 422


def test_a_link_runs_out(use_cases: UseCases) -> None:
    ahead = {"s": 0}

    def clock(db: Connection) -> datetime:
        return database_clock(db) + timedelta(seconds=ahead["s"])

    users = Users(use_cases.engine, clock, use_cases.users.secrets)
    sign_in = UserSignIn(use_cases.engine, clock, use_cases.users.secrets)
    users.add("amy@example.com", "viewer", by=OPERATOR)
    token = users.link(users.id_of("amy@example.com"), by=OPERATOR).token
    lasts_s = LINK_LASTS_S[Purpose.RESET]
    assert lasts_s
    ahead["s"] = lasts_s - 60
    assert sign_in.open_link(token).email == "amy@example.com"
    ahead["s"] = lasts_s + 1
    with pytest.raises(NotFound):
        sign_in.open_link(token)
    with pytest.raises(NotFound):
        sign_in.use_link(token, WORDS)


def test_revoking_takes_links_back(admin: Person, use_cases: UseCases, engine: Engine) -> None:
    link = link_in(
        admin.send("/users/invite", email="bea@example.com", role="viewer", sees="all").text
    )
    user = f"/users/{use_cases.users.id_of('bea@example.com')}"
    admin.send(f"{user}/revoke", on=user)
    assert admin.open(link).status_code == 404
    assert admin.send(link, on="/account", **CHOSEN).status_code == 404
    with engine.connect() as db:
        kept = db.execute(
            select(AppUser.password_hash).where(AppUser.email == "bea@example.com")
        ).scalar_one()
    assert kept is None


@pytest.mark.parametrize("token", ["nonsense", "a" * 500, "%00", "..%2f.."])
def test_a_link_that_never_was_says_so(stranger: Person, token: str) -> None:
    answer = stranger.open(f"/link/{token}")
    assert answer.status_code == 404

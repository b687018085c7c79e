"""Invitations and links for a new password by e-mail, where a mail server is set."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from structlog.testing import capture_logs

from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from tests.integration import smtp
from tests.integration.conftest import settings_on
from tests.integration.portal.person import Person, link_in, portal_of
from tests.integration.smtp import MailServer

BEA = "bea@example.com"
INVITED = {"email": BEA, "role": "viewer", "sees": "all"}


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with smtp.serving() as server:
        yield server


@pytest.fixture
def portal(engine: Engine, mail: MailServer) -> Flask:
    told = {
        "smtp_host": "127.0.0.1",
        "smtp_port": mail.port,
        "smtp_security": "none",
        "smtp_from": "sync@pay.example.com",
        "smtp_timeout_s": 2,
    }
    settings = settings_on(engine).model_copy(update=told)
    return portal_of(UseCases.on(engine, settings), settings)


def test_an_invitation_goes_by_mail_and_is_shown_too(
    portal: Flask, admin: Person, mail: MailServer
) -> None:
    assert "The link goes out by e-mail" in admin.open("/users/invite").text
    page = admin.send("/users/invite", **INVITED).text
    assert f"It went to {BEA} by e-mail." in page
    ((to, letter),) = mail.taken
    assert (to, letter["Subject"]) == ([BEA], "You are invited to Payment sync")
    link = link_in(page)
    (text,) = mail.texts
    assert text == (
        "owner@example.com invites you to Payment sync, where online payments go to QuickBooks. "
        f"Open this link and choose your password:\nhttp://localhost:8085{link}\n\n"
        "The link works once, for 7 days. A newer one takes its place.\n\n"
        "You did not expect this? Leave the link alone, and nothing happens.\n"
    )
    words = "four plain words here"
    bea = Person(portal.test_client())
    assert bea.send(link, password=words, password_again=words).status_code == 303
    assert bea.is_inside()


def test_a_link_for_a_new_password_goes_by_mail(
    admin: Person, mail: MailServer, use_cases: UseCases
) -> None:
    use_cases.users.add(BEA, "viewer", by=OPERATOR)
    user = use_cases.users.id_of(BEA)
    page = admin.send(f"/users/{user}/link", on=f"/users/{user}").text
    ((to, letter),) = mail.taken
    assert (to, letter["Subject"]) == ([BEA], "A new password for Payment sync")
    assert link_in(page) in mail.texts[0]
    assert "for one day" in mail.texts[0]


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user here: bea", "421 Busy"])
def test_what_the_mail_server_says_of_an_address_reaches_nobody(
    admin: Person, mail: MailServer, answer: str
) -> None:
    """The link stands there all the same; and it is in no log."""
    mail.answers["RCPT"] = answer
    with capture_logs() as logs:
        page = admin.send("/users/invite", **INVITED).text
    assert "The mail server did not take the e-mail, so send the link yourself." in page
    assert "No such user" not in page + str(logs)
    assert link_in(page).rpartition("/")[2] not in str(logs)
    assert mail.taken == []


def test_whoever_may_not_have_it_gets_no_mail(admin: Person, mail: MailServer) -> None:
    admin.send("/users/invite", **INVITED)
    again = admin.send("/users/invite", **INVITED)
    assert again.status_code == 422
    assert len(mail.taken) == 1

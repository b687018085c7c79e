"""An e-mail, from its text to the mail server that takes it.

Must not read or write our database. No password and no word of the mail server reaches a log: what
went wrong is told by the name of the failure and the server's number.
"""

import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from qbwc_server.settings import Settings
from sync_core.notice import Letter
from sync_core.people import email_problem

_DONE = range(200, 300)
_FAILURES = (OSError, smtplib.SMTPException)


class NotSent(Exception):  # noqa: N818 - named for what it is
    """The mail server has not taken the e-mail; the message says why, without secrets."""


class Unsure(Exception):  # noqa: N818 - named for what it is
    """The e-mail was handed over, and no answer came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Who is written to, and by which id the e-mail is known wherever it is met twice."""

    contacts: tuple[str, ...]
    message_id: str  # without < and >
    at: datetime


def address_problem(text: str) -> str:
    """Say what is wrong with an address that we are to write to; "" when nothing is."""
    said = email_problem(text)
    if not said:
        try:
            is_plain = text.isascii() and Address(addr_spec=text).addr_spec == text
        except (MessageError, ValueError, IndexError):
            is_plain = False
        said = "" if is_plain else email_problem("")
    return said


def host_of(settings: Settings) -> str:
    """Give the name by which mail servers and Message-IDs know this server."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        ip_address(host)
    except ValueError:
        return host if host.isascii() else "localhost"
    return "localhost"


def write(letter: Letter, envelope: Envelope, settings: Settings) -> bytes:
    """Write an e-mail out. What would end a header line cannot stand in one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=settings.smtp_from)
    message["To"] = [Address(addr_spec=contact) for contact in envelope.contacts]
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.message_id}>"
    message["Auto-Submitted"] = "auto-generated"  # no answer by machines, RFC 3834
    message.set_content(letter.text, cte="quoted-printable")
    return message.as_bytes()


def send(
    content: bytes, contacts: Sequence[str], settings: Settings, hand_over: Callable[[], bool]
) -> int:
    """Hand an e-mail over to the mail server; give how many contacts it refused.

    `hand_over` is asked right before the e-mail leaves, when all else has gone well.

    Raises:
        NotSent: the mail server did not take it, or `hand_over` said no.
        Unsure: the line broke after it had left.
    """
    try:
        line = _open(settings)
    except _FAILURES as error:
        raise NotSent(_named(error)) from None
    try:
        refused = _address(line, contacts, settings)
        if not hand_over():
            raise NotSent("Another try has begun.")
        _deliver(line, content)
    finally:
        _close(line)
    return refused


def _deliver(line: smtplib.SMTP, content: bytes) -> None:
    try:
        code, _ = line.data(content)
    except smtplib.SMTPDataError as error:
        raise NotSent(_named(error)) from None
    except _FAILURES as error:
        raise Unsure(_named(error)) from None
    if code not in _DONE:
        raise NotSent(f"The mail server refused the e-mail ({code}).")


def _open(settings: Settings) -> smtplib.SMTP:
    """Connect, and sign in where a user is set; the certificate must be one that is trusted."""
    where = (settings.smtp_host, settings.smtp_port, host_of(settings))
    timeout_s = settings.smtp_timeout_s
    if settings.smtp_security == "tls":
        trusted = ssl.create_default_context()
        line: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=timeout_s, context=trusted)
    else:
        line = smtplib.SMTP(*where, timeout=timeout_s)
    try:
        if settings.smtp_security == "starttls":
            line.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            line.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        else:
            line.ehlo_or_helo_if_needed()
    except BaseException:
        _close(line)
        raise
    return line


def _address(line: smtplib.SMTP, contacts: Sequence[str], settings: Settings) -> int:
    """Say from whom and to whom; give how many contacts are refused, if not all."""
    try:
        code, _ = line.mail(settings.smtp_from)
        if code not in _DONE:
            raise NotSent(f"The mail server refused the sender ({code}).")
        codes = [line.rcpt(contact)[0] for contact in contacts]
    except _FAILURES as error:
        raise NotSent(_named(error)) from None
    refused = [code for code in codes if code not in _DONE]
    if len(refused) == len(codes):
        raise NotSent(f"The mail server refused every contact ({codes[0]}).")
    return len(refused)


def _close(line: smtplib.SMTP) -> None:
    """Take leave; what the mail server says to that changes nothing."""
    with suppress(*_FAILURES):
        line.quit()
    line.close()


def _named(error: Exception) -> str:
    """Name a failure without a word of the mail server's, which may repeat what we said."""
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else ""
    return f"{type(error).__name__} {code}".strip()

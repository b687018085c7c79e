"""The settings of a company file: what each means, and how its text is read and shown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import mail
from sync_core import identity

# The columns of a company file: its name, and the full name of an account (Intuit XSD 13.0).
NAME_MAX = 200
ACCOUNT_NAME_MAX = 159
# All of them stand in the e-mail, and see each other.
CONTACTS_MAX = 20
# A label stands in the audit trail's "by", behind the word that says what kind of caller it was.
LABEL_MAX = 90

_WORDS = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}
_PREFIX = re.compile(rf"[A-Z0-9]{{1,{identity.PREFIX_LENGTH_MAX}}}", re.ASCII)


class _Wrong(Exception):  # noqa: N818 - said of a text, caught in this module
    """The text cannot be the value; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it is called on a page, what it means, and how its text is read."""

    label: str
    means: str
    parse: Callable[[str], Any]


def _line(length_max: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        text = text.strip()
        if not text or not text.isprintable() or len(text) > length_max:
            raise _Wrong(f"This must be one line of 1 to {length_max} characters.")
        return text

    return parse


def _or_nothing(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: parse(text) if text.strip() else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _Wrong("This must be a day such as 2026-01-01.") from None


def _yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word not in _WORDS:
        raise _Wrong("This must be yes or no.")
    return _WORDS[word]


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise _Wrong(f"This must be 1 to {identity.PREFIX_LENGTH_MAX} of A-Z and 0-9.")
    return text


def _addresses(text: str) -> str:
    found: dict[str, str] = {}
    for one in filter(None, (part.strip() for part in text.split(","))):
        found.setdefault(one.casefold(), one)
    if not found or any(mail.address_problem(one) for one in found.values()):
        raise _Wrong("This must be e-mail addresses, such as maria@example.com, joe@example.com.")
    if len(found) > CONTACTS_MAX:
        raise _Wrong(f"These must be at most {CONTACTS_MAX} e-mail addresses.")
    return ", ".join(found.values())


SETTINGS: Mapping[str, Setting] = {
    "name": Setting(
        "Name", "What the company is called here and in the Web Connector.", _line(NAME_MAX)
    ),
    "sync_from": Setting(
        "Sync From Date",
        "Invoices and credit memos before this day are not read (Sync From Date); blank: all.",
        _or_nothing(_day),
    ),
    "reference_prefix": Setting(
        "Reference # begins with",
        "How our Reference # begins; a change concerns payments accepted from then on.",
        _prefix,
    ),
    "deposit_to": Setting(
        "Deposit To",
        "Full name of the account that payments are deposited to; blank: Undeposited Funds.",
        _or_nothing(_line(ACCOUNT_NAME_MAX)),
    ),
    "add_payment_methods": Setting(
        "Add payment methods",
        "Whether a payment method that QuickBooks does not have may be added to its list.",
        _yes_or_no,
    ),
    "use_twins": Setting(
        "Use an exact twin",
        "Whether an invoice that was deleted and entered again exactly the same (the only one with "
        "its number, customer and amount) takes its payments without a person's word.",
        _yes_or_no,
    ),
    "contacts": Setting(
        "Contacts",
        "E-mail addresses, with commas between them, that are told when payments are refused, once "
        "a sync; blank: nobody. Needs a mail server (QBWC_SMTP_HOST).",
        _or_nothing(_addresses),
    ),
    "yes_to_first": Setting(
        "Take the first company file",
        "Whether the first company file that a Web Connector opens is taken as the right one.",
        _yes_or_no,
    ),
    "hold_look_alikes": Setting(
        "Hold look-alikes",
        "Whether a payment that looks like another one (same customer, amount, invoices, within "
        "three days) is held until a person says that they are two.",
        _yes_or_no,
    ),
    "paused": Setting(
        "Pause the sync", "Whether no sync is to run: nothing is read, nothing posted.", _yes_or_no
    ),
}


def parse(texts: Mapping[str, str]) -> dict[str, Any]:
    """Read settings from texts.

    Raises:
        InvalidInput: an unknown setting, or a text that cannot be its value.
    """
    values, problems = {}, []
    for name, text in texts.items():
        setting = SETTINGS.get(name)
        if setting is None:
            problems.append(Problem(f"/{name}", f"A setting is one of {', '.join(SETTINGS)}."))
            continue
        try:
            values[name] = setting.parse(text)
        except _Wrong as wrong:
            problems.append(Problem(f"/{name}", str(wrong)))
    if problems:
        raise InvalidInput(tuple(problems))
    return values


def label(text: str) -> str:
    """Read a label, by which a person knows an install or a token.

    Raises:
        InvalidInput: blank, too long, or not one line.
    """
    try:
        return _line(LABEL_MAX)(text)
    except _Wrong as wrong:
        raise InvalidInput((Problem("/label", str(wrong)),)) from None

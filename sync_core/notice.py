"""Notices by e-mail: when one is tried again, and what stands in it.

Pure: nothing here knows how an e-mail travels. The sentences are those of the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sync_core.rejection import Cause
from sync_core.wording import mail, phrases
from sync_core.words import told

# An e-mail tells of so many payments; the rest is counted.
TOLD_MAX = 20
# A mail server may be down for a night; after that the page says it all the same.
TRIES_MAX = 8
WAIT_MIN, WAIT_MAX = timedelta(minutes=1), timedelta(hours=6)
OLD = timedelta(days=3)


class Outcome(StrEnum):
    """What became of a notice."""

    SENT = "sent"  # the mail server has taken it
    UNSURE = "unsure"  # it was handed over, and no answer came: never sent again
    SETTLED = "settled"  # before it was sent: nothing is left to tell, or nobody to be told
    GIVEN_UP = "given_up"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """One refused payment: why, with the facts of the sentences (`words`)."""

    cause: Cause
    variant: str | None
    summary: str
    facts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Subject, one line, and plain text."""

    subject: str
    text: str


def wait(tries: int) -> timedelta:
    """Say how long after the beginning of a try, the first one is 1, the next one may begin."""
    times: int = 4 ** (tries - 1)
    return min(WAIT_MIN * times, WAIT_MAX)


def letter(
    company: str, link: str, refused: Sequence[Refused], count: int, *, many_refused: str = ""
) -> Letter:
    """Write to a company's contacts; `refused` is the beginning of `count` payments.

    `many_refused` says that the 10 % rule is met, and what to look at; "" where it is not.
    """
    known = phrases.shown(
        {
            "company": company,
            "link": link,
            "count": f"{count}",
            "more": f"{count - len(refused)}" if count > len(refused) else "",
        },
        phrases.as_is,
    )
    words = mail.ONE if count == 1 else mail.MANY
    parts = [
        phrases.fill(words.opening, known),
        many_refused,
        *(_part(number, one) for number, one in enumerate(refused, start=1)),
        phrases.fill(mail.MORE, known),
        phrases.fill(mail.WHY_YOU, known),
    ]
    return Letter(
        subject=phrases.fill(words.subject, known),
        text="\n\n".join(part for part in parts if part) + "\n",
    )


def _part(number: int, refused: Refused) -> str:
    said = told(refused.cause, refused.variant, refused.facts)
    facts = phrases.shown({**refused.facts, "number": f"{number}"}, phrases.as_is)
    lines = [
        phrases.fill(mail.PAYMENT, facts),
        " ".join(refused.summary.split()),
        mail.WHAT_TO_DO,
        *(f"- {step}" for step in said.steps),
        phrases.fill(mail.WHO, {"who": said.who}) if said.who else "",
    ]
    return "\n".join(phrases.quoted(line) for line in lines if line)

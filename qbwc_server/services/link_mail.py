"""One-time links by e-mail, beside the link that the administrator sees.

Sent while the administrator waits, and tried once: a link is kept nowhere in clear, so that none
can be sent later. What the mail server says of an address reaches nobody.
"""

import uuid
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from models.engine import Clock, for_reading
from qbwc_server.services import mail
from qbwc_server.services.users import NewLink
from qbwc_server.settings import Settings
from sync_core.notice import Letter
from sync_core.people import LINK_LASTS_S
from sync_core.wording import links
from sync_core.wording.phrases import fill

log = structlog.get_logger()

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class LinkMail:
    """Sends invitations and links for a new password."""

    engine: Engine
    clock: Clock
    settings: Settings

    @property
    def is_on(self) -> bool:
        """Say whether a mail server is set."""
        return bool(self.settings.smtp_host)

    def send(self, made: NewLink, address: str, *, by: str) -> bool:
        """Send a link to whom it is for; say whether the mail server took it."""
        if not self.is_on or mail.address_problem(made.email):
            return False
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
        envelope = mail.Envelope(
            contacts=(made.email,),
            message_id=f"link.{uuid.uuid4()}@{mail.host_of(self.settings)}",
            at=now,
        )
        content = mail.write(_letter(made, address, by), envelope, self.settings)
        try:
            mail.send(content, envelope.contacts, self.settings, lambda: True)
        except (mail.NotSent, mail.Unsure) as error:
            log.warning("link_not_sent", purpose=made.purpose, why=str(error))
            return False
        log.info("link_sent", purpose=made.purpose)
        return True


def _letter(made: NewLink, address: str, by: str) -> Letter:
    words = links.LETTERS[made.purpose]
    days = (LINK_LASTS_S[made.purpose] or _DAY_S) // _DAY_S
    facts = {"link": address, "by": by} | ({"days": f"{days}"} if days > 1 else {})
    parts = (words.opening, links.LASTS, links.NOT_FOR_YOU)
    return Letter(
        subject=words.subject, text="\n\n".join(fill(part, facts) for part in parts) + "\n"
    )

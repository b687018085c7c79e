"""Joins settings, engine and use cases; the server and the command line both start here.

It knows no edge: what mounts the use cases on the web is `bootstrap`.
"""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine, inspect

from models.engine import Clock, database_clock, make_engine
from models.queries import servers
from qbwc_server import database
from qbwc_server.errors import Refused
from qbwc_server.services.access import Access
from qbwc_server.services.books import Books
from qbwc_server.services.choices import Choices
from qbwc_server.services.companies import Companies
from qbwc_server.services.connecting import Connecting
from qbwc_server.services.customers import Customers
from qbwc_server.services.extras import Extras
from qbwc_server.services.installs import Installs
from qbwc_server.services.intake import Intake
from qbwc_server.services.invoices import Invoices
from qbwc_server.services.link_mail import LinkMail
from qbwc_server.services.mappings import Mappings
from qbwc_server.services.method_words import MethodWords
from qbwc_server.services.missing_invoice import MissingInvoice
from qbwc_server.services.needs_you import NeedsYou
from qbwc_server.services.notices import Notices
from qbwc_server.services.overview import Overview
from qbwc_server.services.payment_list import PaymentList
from qbwc_server.services.payment_page import PaymentPages
from qbwc_server.services.payments import Payments
from qbwc_server.services.restore import Restore
from qbwc_server.services.review import Review
from qbwc_server.services.secrets import Secrets
from qbwc_server.services.session_log import SessionLog
from qbwc_server.services.silence import Silence
from qbwc_server.services.site_words import SiteWords
from qbwc_server.services.support_bundle import SupportBundle
from qbwc_server.services.sync import Sync
from qbwc_server.services.tokens import Tokens
from qbwc_server.services.troubles import Troubles
from qbwc_server.services.user_sign_in import UserSignIn
from qbwc_server.services.users import Users
from qbwc_server.services.verify import Verify
from qbwc_server.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class UseCases:
    """The use cases around the payments, on one engine."""

    engine: Engine
    intake: Intake
    payments: Payments
    payment_list: PaymentList
    payment_pages: PaymentPages
    review: Review
    extras: Extras
    books: Books
    invoices: Invoices
    customers: Customers
    mappings: Mappings
    site_words: SiteWords
    method_words: MethodWords
    session_log: SessionLog
    support_bundle: SupportBundle
    companies: Companies
    installs: Installs
    connecting: Connecting
    tokens: Tokens
    sync: Sync
    silence: Silence
    troubles: Troubles
    notices: Notices
    overview: Overview
    restore: Restore
    verify: Verify
    users: Users
    link_mail: LinkMail
    user_sign_in: UserSignIn
    access: Access
    missing_invoice: MissingInvoice
    needs_you: NeedsYou
    choices: Choices

    @classmethod
    def on(cls, engine: Engine, settings: Settings, clock: Clock = database_clock) -> Self:
        """Join the use cases on an engine."""
        secrets = Secrets(settings.key())
        _hold_key_against_others(engine, secrets)
        mappings = Mappings(engine, clock)
        return cls(
            engine=engine,
            intake=Intake(engine, clock),
            payments=Payments(engine),
            payment_list=PaymentList(engine),
            payment_pages=PaymentPages(engine),
            review=Review(engine, clock),
            extras=Extras(engine, clock),
            books=Books(engine),
            invoices=Invoices(engine),
            customers=Customers(engine),
            mappings=mappings,
            site_words=SiteWords(engine, mappings),
            method_words=MethodWords(engine, clock),
            session_log=SessionLog(engine),
            support_bundle=SupportBundle(engine),
            companies=Companies(engine, clock),
            installs=Installs(engine, clock, secrets, settings),
            connecting=Connecting(engine, clock, settings),
            tokens=Tokens(engine, clock, secrets),
            sync=Sync(engine, clock, secrets, settings),
            silence=Silence(engine, clock, settings),
            troubles=Troubles(engine, clock, settings),
            notices=Notices(engine, clock, settings),
            overview=Overview(engine, clock),
            restore=Restore(engine, clock),
            verify=Verify(engine, clock, settings.session_silent_with_writes_s),
            users=Users(engine, clock, secrets),
            link_mail=LinkMail(engine, clock, settings),
            user_sign_in=UserSignIn(engine, clock, secrets),
            access=Access(engine),
            missing_invoice=MissingInvoice(engine, clock),
            needs_you=NeedsYou(engine, clock),
            choices=Choices(engine),
        )


def use_cases(settings: Settings) -> UseCases:
    """Join the use cases on the database of the settings.

    An empty database is set up on the way. One of another release is left alone, since a server of
    that release may be at work on it.

    Raises:
        Refused: the database is not the one this release was written for.
    """
    engine = make_engine(settings.database)
    try:
        _set_up_if_empty(engine)
        return UseCases.on(engine, settings)
    except Exception:
        engine.dispose()
        raise


def _hold_key_against_others(engine: Engine, secrets: Secrets) -> None:
    """Refuse a key that is not the one of this database.

    Two servers with keys of their own would each not know the other's tickets, and the answer to
    payments that the one handed out would be lost at the other.
    """
    own = secrets.fingerprint("the key of this database")
    with engine.begin() as db:
        agreed = servers.agreed(db, "key", own)
    if agreed != own:
        raise Refused(
            "QBWC_SECRET_KEY is not the key this database was set up with: give every server the "
            "same one, or restore the file secret_key in the data folder."
        )


def _set_up_if_empty(engine: Engine) -> None:
    if database.is_current(engine):
        return
    if inspect(engine).get_table_names():
        raise Refused("The database is not set up for this release; run: qbwc migrate")
    database.migrate(engine)


def migrate(settings: Settings) -> None:
    """Bring the database of the settings up to date."""
    engine = make_engine(settings.database)
    try:
        database.migrate(engine)
    finally:
        engine.dispose()

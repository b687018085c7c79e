"""Writes a picture of each page, light, dark, and as wide as a phone, for a person to look at.

`python -m scripts.screenshots [FOLDER]`; the default is `var/screenshots`. It plays the demo on a
server of its own, leaves another one empty, and visits what `PAGES` lists.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize
from pydantic import SecretStr

from qbwc_server import logs
from qbwc_server.services import assembly
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.mappings import What
from qbwc_server.settings import HOME, Settings
from scripts import browser
from scripts.simulate import demo_company, demo_trouble
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.server import serving
from scripts.simulate.web_connector import Session, WebConnector

KEY = "the key of the pictures"
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
LOOKS: dict[str, tuple[str, ViewportSize]] = {
    "light": ("light", WIDE),
    "dark": ("dark", WIDE),
    "phone": ("light", PHONE),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A server with something to see, who may sign in there, and a PC that calls it."""

    url: str
    use: UseCases
    email: str
    password: str
    pc: WebConnector | None = None
    under_way: list[Session] = field(default_factory=list)


def _open(path: str) -> Callable[[Page, Place], None]:
    def go(page: Page, place: Place) -> None:
        page.goto(place.url + path)

    return go


def _wrong_password(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/sign-in")
    page.get_by_label("E-mail address").fill("maria@example.com")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def _invitation(page: Page, place: Place) -> None:
    email = "chris@example.com"
    known = {user.email: user.id for user in place.use.users.every(OPERATOR)}
    made = (
        place.use.users.link(known[email], by=OPERATOR)
        if email in known
        else place.use.users.invite(email, "viewer", by=OPERATOR)
    )
    page.goto(f"{place.url}/link/{made.token}")


def _user(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/users")
    page.get_by_role("link", name="bea@example.com").click()
    page.get_by_role("heading", name="bea@example.com").wait_for()


def _reset_link(page: Page, place: Place) -> None:
    _user(page, place)
    page.get_by_role("button", name="Make a reset link").click()
    page.get_by_label("The link, shown this once").wait_for()


def _menu(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/users")
    page.locator("details.menu-end summary").click()


def _act(name: str) -> Callable[[Page, Place], None]:
    """Open the form of an action, from the first card that has it."""

    def go(page: Page, place: Place) -> None:
        page.goto(f"{place.url}/resolve")
        link = page.locator(".payment-card a", has_text=name).first
        page.goto(place.url + (link.get_attribute("href") or ""))
        page.locator(".act-panel").wait_for()

    return go


def _payment(external_id: str) -> Callable[[Page, Place], None]:
    def go(page: Page, place: Place) -> None:
        page.goto(f"{place.url}/payments?q={external_id}")
        page.locator("tbody a").first.click()
        page.get_by_role("heading", name="What happened").wait_for()

    return go


def _open_in_place(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/resolve")
    page.locator(".payment-card .acts .btn-primary").first.click()
    page.locator(".payment-card .act-panel").wait_for()


def _several(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/resolve")
    for box in page.locator(".payment-card input[type=checkbox]").all()[:4]:
        box.check()
    page.get_by_label("With the payments checked:").select_option("apply_what_fits")
    page.get_by_role("button", name="See what happens").click()
    page.get_by_role("heading", name="Post what fits").wait_for()


def _sync(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/sync-log")
    page.locator("tbody tr", has_text="posted").last.locator("th a").click()
    page.get_by_role("heading", name="What crossed, in order").wait_for()


def _sync_texts(page: Page, place: Place) -> None:
    _sync(page, place)
    page.get_by_role("link", name="Show names and amounts").click()
    page.get_by_role("link", name="Hide names and amounts").wait_for()
    page.locator("summary", has_text="qbXML").nth(1).click()
    page.locator("pre").first.wait_for()


def _sync_under_way(page: Page, place: Place) -> None:
    assert place.pc is not None
    for before in place.under_way:
        before.finish()
    session = place.pc.begin()
    place.under_way.append(session)
    while session.step() != "sendRequestXML":
        pass
    page.goto(f"{place.url}/sync-log")
    page.get_by_role("progressbar").wait_for()


def _first_start(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/setup/{place.use.user_sign_in.setup_link()}")


def _invoice(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/invoices?number=2115")
    page.get_by_role("link", name="2115").click()
    page.get_by_role("heading", name="Invoice 2115").wait_for()


def _customer(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/customers?name=o'neill")
    page.get_by_role("link", name="O'Neill Law Offices").click()
    page.get_by_label("Invoice number").fill("3001")
    page.get_by_role("button", name="Why is it missing?").click()
    page.locator(".answer").wait_for()


def _mappings(what: str) -> Callable[[Page, Place], None]:
    def go(page: Page, place: Place) -> None:
        page.goto(f"{place.url}/customers")
        page.get_by_role("link", name="Mapping", exact=True).click()
        page.get_by_label("What is mapped").get_by_role("link", name=what).click()
        page.get_by_label("What is mapped").locator("[aria-current]", has_text=what).wait_for()

    return go


def _mapping_file(page: Page, place: Place) -> None:
    _mappings("Customers")(page, place)
    rows = b"external_id,name\nc-204,Garcia Auto Repair\nc-205,Nobody at all\nc-206,Asleep Inc\n"
    page.get_by_label("CSV file").set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": rows}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="Refused", exact=True).wait_for()


def _new_company(path: str) -> Callable[[Page, Place], None]:
    """Open a page of a company file that no Web Connector has called for yet."""

    def go(page: Page, place: Place) -> None:
        if not place.use.companies.every():
            place.use.companies.add("Bluestem IT Services, Inc.")
        page.goto(place.url + path)

    return go


def _view(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/settings/integrations")
    page.locator("main").get_by_role("link", name="View").first.click()
    page.get_by_role("heading", name="PCs that sync").wait_for()


def _token(page: Page, place: Place) -> None:
    _view(page, place)
    page.get_by_label("What the token is for").fill("Web shop")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_label("The token for the payment site, shown this once").wait_for()


def _install(page: Page, place: Place) -> None:
    _view(page, place)
    page.get_by_role("link", name="Office PC").first.click()
    page.get_by_role("heading", name="The connection").wait_for()


def _connecting(path: str) -> Callable[[Page, Place], None]:
    """Open a page about the company file in which it stands as a word of `being_connected` says."""

    def go(page: Page, place: Place) -> None:
        word, _, tail = path.partition("/")
        known = {company.name: company.id for company in place.use.companies.every()}
        page.goto(f"{place.url}/companies/{known[_firm(word)]}/{tail}".rstrip("/"))

    return go


def _withdraw(page: Page, place: Place) -> None:
    _connecting("twice/payments?state=queued")(page, place)
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Withdraw").click()
    page.locator("[name=entry_number]").wait_for()


def _connected(page: Page, place: Place) -> None:
    _connecting("done/quickbooks")(page, place)
    page.get_by_role("link", name="Front desk").first.click()
    page.get_by_role("link", name="The steps at the PC").click()
    page.get_by_role("link", name="Done", exact=True).wait_for()


def _password_shown(page: Page, place: Place) -> None:
    _connecting("questions/connect?new=1")(page, place)
    page.get_by_role("button", name="Show the steps").click()
    page.get_by_label("The password for the Web Connector, shown this once").wait_for()


def _alike(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/resolve")
    there = page.locator("a[href*='/resolve/alike']").first.get_attribute("href")
    page.goto(f"{place.url}{there}")
    page.locator(".payment-card").first.wait_for()


def _too_late(page: Page, place: Place) -> None:
    """Open the form of an action after somebody else has acted."""
    page.goto(f"{place.url}/resolve")
    here = page.url.partition("/resolve")[0]
    page.goto(f"{here}/payment/act?id=web-1009&action=retry")
    page.get_by_role("heading", name="does not fit this payment any more").wait_for()


def _several_done(page: Page, place: Place) -> None:
    """Act on several; it is taken back behind the page, for whoever looks next."""
    page.goto(f"{place.url}/resolve")
    for box in page.locator(".payment-card input[type=checkbox]").all()[:2]:
        box.check()
    page.get_by_label("With the payments checked:").select_option("retry")
    page.get_by_role("button", name="See what happens").click()
    page.locator("form .acts .btn-primary").click()
    page.get_by_role("button", name="Undo").wait_for()
    (company,) = place.use.companies.every()
    ids = [one.get_attribute("value") or "" for one in page.locator("input[name=id]").all()]
    number = place.use.companies.internal_id(company.id)
    place.use.review.act_on_all(number, {"action": "undo", "ids": ids}, by=place.email)


def _exchange(page: Page, place: Place) -> None:
    _sync(page, place)
    there = page.locator("details.sync-texts").nth(1).get_attribute("hx-get")
    page.goto(f"{place.url}{there}")
    page.locator("pre").first.wait_for()


@dataclass(frozen=True, slots=True)
class Shot:
    """How to get to a page, whether signed in, and on which server.

    `bare`: where nothing happened; `new`: whose firms are being connected; else one at work.
    """

    go: Callable[[Page, Place], None]
    signed_in: bool = True
    bare: bool = False
    new: bool = False


# A page that is added is added here: then it is pictured, and checked for who cannot see it.
PAGES: dict[str, Shot] = {
    "first-start": Shot(_first_start, signed_in=False, bare=True),
    "sign-in-first": Shot(_open("/sign-in"), signed_in=False, bare=True),
    "overview-empty": Shot(_open("/"), bare=True),
    "sign-in": Shot(_open("/sign-in"), signed_in=False),
    "sign-in-wrong": Shot(_wrong_password, signed_in=False),
    "forgotten": Shot(_open("/forgotten-password"), signed_in=False),
    "invitation": Shot(_invitation, signed_in=False),
    "link-gone": Shot(_open("/link/used-before"), signed_in=False),
    "support": Shot(_open("/support"), signed_in=False),
    "overview": Shot(_open("/")),
    "resolve": Shot(_open("/resolve")),
    "resolve-in-place": Shot(_open_in_place),
    "act-post-what-fits": Shot(_act("Apply ")),
    "act-dismiss": Shot(_act("Dismiss Syncing")),
    "act-link": Shot(_act("That is this payment")),
    "act-choose-invoice": Shot(_act("Choose another invoice")),
    "act-choose-customer": Shot(_act("Choose the customer")),
    "act-choose-method": Shot(_act("Choose the payment method")),
    "act-withdraw": Shot(_withdraw, new=True),
    "act-too-late": Shot(_too_late),
    "resolve-alike": Shot(_alike),
    "resolve-empty": Shot(_new_company("/resolve"), bare=True),
    "resolve-extras": Shot(_connecting("twice/resolve/extras"), new=True),
    "resolve-extras-empty": Shot(_connecting("done/resolve/extras"), new=True),
    "resolve-missing": Shot(_connecting("lost/resolve/missing"), new=True),
    "resolve-missing-empty": Shot(_connecting("done/resolve/missing"), new=True),
    "several": Shot(_several),
    "several-done": Shot(_several_done),
    "sync-log": Shot(_open("/sync-log")),
    "sync-under-way": Shot(_sync_under_way),
    "sync": Shot(_sync),
    "sync-texts": Shot(_sync_texts),
    "sync-exchange": Shot(_exchange),
    "sync-log-empty": Shot(_new_company("/sync-log"), bare=True),
    "payments": Shot(_open("/payments")),
    "payments-filtered": Shot(_open("/payments?list=not_in_quickbooks&to=2026-11-30&method=Visa")),
    "payments-wrong": Shot(_open("/payments?from=2026-12-01&to=2026-11-30&amount=much")),
    "payments-empty": Shot(_new_company("/payments"), bare=True),
    "payments-none": Shot(_open("/payments?q=nobody")),
    "payment": Shot(_payment("web-1009")),
    "payment-changed": Shot(_payment("web-1005")),
    "payment-rejected": Shot(_payment("web-1014")),
    "users": Shot(_open("/users")),
    "menu": Shot(_menu),
    "user": Shot(_user),
    "user-invite": Shot(_open("/users/invite")),
    "user-link": Shot(_reset_link),
    "account": Shot(_open("/account")),
    "not-found": Shot(_open("/nowhere")),
    "invoices": Shot(_open("/invoices")),
    "invoices-none-fits": Shot(_open("/invoices?number=nothing")),
    "invoice": Shot(_invoice),
    "customers": Shot(_open("/customers")),
    "customer": Shot(_customer),
    "mappings": Shot(_mappings("Customers")),
    "mappings-file": Shot(_mapping_file),
    "mappings-methods": Shot(_mappings("Payment methods")),
    "invoices-empty": Shot(_new_company("/invoices"), bare=True),
    "customers-empty": Shot(_new_company("/customers"), bare=True),
    "integration": Shot(_view),
    "integration-token": Shot(_token),
    "install": Shot(_install),
    "integrations-empty": Shot(_open("/settings/integrations"), bare=True),
    "integrations": Shot(_open("/settings/integrations"), new=True),
    "company-add": Shot(_open("/settings/integrations/add"), new=True),
    "integration-new": Shot(_connecting("questions/quickbooks"), new=True),
    "integration-asks": Shot(_connecting("asks/quickbooks"), new=True),
    "connect-questions": Shot(_connecting("questions/connect?new=1"), new=True),
    "connect-shown": Shot(_password_shown, new=True),
    "connect-file": Shot(_connecting("file/connect"), new=True),
    "connect-waiting": Shot(_connecting("waiting/connect"), new=True),
    "connect-password": Shot(_connecting("password/connect"), new=True),
    "connect-not-let-in": Shot(_connecting("not let in/connect"), new=True),
    "connect-asks": Shot(_connecting("asks/connect"), new=True),
    "connect-other": Shot(_connecting("other/connect"), new=True),
    "connect-done": Shot(_connected, new=True),
    "companies": Shot(_open("/companies"), new=True),
    "companies-none": Shot(_open("/companies?search=nobody"), new=True),
    "overview-twice": Shot(_connecting("twice"), new=True),
    "overview-stopped": Shot(_connecting("stopped"), new=True),
    "integration-stopped": Shot(_connecting("stopped/quickbooks"), new=True),
}


@contextmanager
def furnished() -> Iterator[Place]:
    """Serve a firm that has played the demo's sync and has a few people."""
    with _serving() as (url, use):
        pc = _play(use)
        admin = use.users.add("maria@example.com", "admin", by=OPERATOR)
        use.users.add("bea@example.com", "bookkeeper", by=OPERATOR)
        use.users.invite("chris@example.com", "viewer", by=OPERATOR)
        use.users.add("left@example.com", "viewer", by=OPERATOR)
        use.users.revoke(use.users.id_of("left@example.com"), by=OPERATOR)
        yield Place(url, use, admin.email, admin.password, pc)


@contextmanager
def bare() -> Iterator[Place]:
    """Serve a firm where nothing has happened yet, and that has no administrator."""
    with _serving() as (url, use):
        viewer = use.users.add("vera@example.com", "viewer", by=OPERATOR)
        yield Place(url, use, viewer.email, viewer.password)


def _firm(word: str) -> str:
    return f"Prairie Wind Yoga ({word})"


@contextmanager
def being_connected() -> Iterator[Place]:
    """Serve firms each of which has come so far with connecting its first PC."""
    with _serving() as (url, use):
        admin = use.users.add("maria@example.com", "admin", by=OPERATOR)
        for word in ("questions", "file", "waiting", "password", "not let in"):
            _connect(use, word)
        _connect(use, "asks")
        _connect(use, "other", answer=use.companies.deny)
        for word in ("done", "stopped", "twice", "lost"):
            _connect(use, word, answer=use.companies.confirm)
        yield Place(url, use, admin.email, admin.password)


def _connect(use: UseCases, word: str, *, answer: Callable[..., object] | None = None) -> None:
    books = CompanyFile(_firm(word), path=r"C:\Users\Public\Documents\Intuit\prairie.qbw")
    company = use.companies.add(books.name)
    if word == "questions":
        return
    install = use.installs.add(company.id, label="Front desk")
    if word == "file":
        return
    qwc = use.installs.build_file(install.id).content
    if word == "waiting":
        return
    typed = "mistyped" if word == "password" else install.password or ""
    pc = WebConnector.from_qwc(qwc, typed, books)
    if word == "not let in":
        books.refuse_sessions("0x80040418", "Only the Admin may grant access.", times=2)
    pc.update_selected()
    if answer is not None:
        answer(company.id, by="maria@example.com")
        pc.update_selected()
    if word == "twice":
        _enter_twice(use, company.id, books, pc)
    if word == "lost":
        _lose(use, company.id, books, pc)
    if word == "stopped":
        books.refuse_sessions("0x80040414", "A modal dialog box is showing.", times=2)
        pc.update_selected()
        pc.update_selected()


def _pay(use: UseCases, company_id: str, *ids: str) -> None:
    given = [
        {
            "id": one,
            "customer": {"name": "Harper Dental Group"},
            "amount": f"{number}40.00",
            "received_on": "2026-11-20",
            "method": "Check",
            "apply": [],
        }
        for number, one in enumerate(ids, start=1)
    ]
    use.intake.queue(use.companies.internal_id(company_id), given, by="demo")


def _enter_twice(use: UseCases, company_id: str, books: CompanyFile, pc: WebConnector) -> None:
    """Let QuickBooks hold a payment of ours twice."""
    books.add_customer("Harper Dental Group")
    books.add_payment_method("Check", "Check")
    _pay(use, company_id, "web-1")
    pc.update_selected()
    (one,) = books.payments()
    books.enter_again(one)
    _pay(use, company_id, "web-1", "web-2")  # the second one waits
    pc.update_selected()


def _lose(use: UseCases, company_id: str, books: CompanyFile, pc: WebConnector) -> None:
    """Let the company file be restored from before some payments, and be the one to go on with."""
    books.add_customer("Harper Dental Group")
    books.add_payment_method("Check", "Check")
    pc.update_selected()
    kept = books.backup()
    _pay(use, company_id, "web-1", "web-2")
    pc.update_selected()
    books.restore(kept)
    pc.update_selected()
    use.companies.confirm(company_id, by="maria@example.com")
    pc.update_selected()


@contextmanager
def _serving() -> Iterator[tuple[str, UseCases]]:
    folder = Path(tempfile.mkdtemp())
    environ = {
        "QBWC_DATA_DIR": str(folder),
        "QBWC_DATABASE_URL": "",
        "QBWC_SECRET_KEY": KEY,
        "QBWC_LOG_LEVEL": "ERROR",
    }
    logs.configure("ERROR")
    settings = Settings(data_dir=folder, database_url="", secret_key=SecretStr(KEY))
    try:
        assembly.migrate(settings)
        with serving(environ) as server:
            use = assembly.use_cases(settings.model_copy(update={"public_url": server.url}))
            yield server.url, use
            use.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _play(use: UseCases) -> WebConnector:
    """Play the demo, and then what leaves cards of many causes."""
    demo = demo_company.build()
    company = use.companies.add(demo.books.name, yes_to_first=True)
    number = use.companies.internal_id(company.id)
    install = use.installs.add(company.id, label="Office PC")
    use.intake.queue(number, demo.payments, by="demo")
    qwc = use.installs.build_file(install.id).content
    pc = WebConnector.from_qwc(qwc, install.password or "", demo.books)
    for _ in range(2):  # somebody closes the Web Connector too early, and once more
        session = pc.begin()
        while session.step() != "sendRequestXML":
            pass
        pc.call("closeConnection", ticket=session.ticket)
    invoices = demo_trouble.prepare(demo.books)
    pc.update_selected()
    demo.clock.moment += timedelta(hours=2)
    use.intake.queue(number, [*demo_trouble.payments(invoices), *_named_by_site()], by="demo")
    demo_trouble.change(demo.books, invoices)
    _change(use, number, demo.books)
    pc.update_selected()
    _map(use, number)
    return pc


def _change(use: UseCases, company_file_id: int, books: CompanyFile) -> None:
    """Edit a payment that was posted, as somebody in the office may: it is off its invoices."""
    posted = use.payments.show(company_file_id, "web-1005")
    books.change_payment(posted.txn_id or "", amount="1020.00")


def _named_by_site() -> list[dict[str, Any]]:
    """Payments that name their customers by words of the payment site."""
    return [
        {
            "id": f"web-{number}",
            "customer": {"external_id": word},
            "amount": "40.00",
            "received_on": "2026-11-20",
            "method": "Visa",
            "apply": [],
        }
        for number, word in enumerate(("Garcia Auto Repair", "c-117"), start=2001)
    ]


def _map(use: UseCases, company_file_id: int) -> None:
    """Let the payment site have words of its own for some customers and an invoice."""
    words = (("c-101", "Café Belém"), ("c-102", "O'Neill Law Offices"))
    for word, name in words:
        use.site_words.give_meaning(company_file_id, What.CUSTOMERS, word, name, by="demo")
    use.site_words.give_meaning(company_file_id, What.INVOICES, "inv/88", "2106", by="demo")


def sign_in(page: Page, place: Place) -> None:
    """Sign in as the person of the place."""
    page.goto(f"{place.url}/sign-in")
    page.get_by_label("E-mail address").fill(place.email)
    page.get_by_label("Password").fill(place.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{place.url}/")


def main() -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=HOME / "var" / "screenshots")
    folder = parser.parse_args().folder
    if browser.CHROMIUM is None:
        print(browser.MISSING, file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with (
        furnished() as full,
        bare() as empty,
        being_connected() as new,
        browser.running() as chromium,
    ):
        for look in LOOKS:
            for place in (full, empty, new):
                for signed_in in (False, True):
                    visitor = visit(chromium, place, look, signed_in=signed_in)
                    for name, shot in PAGES.items():
                        is_here = place is (new if shot.new else empty if shot.bare else full)
                        if is_here and shot.signed_in is signed_in:
                            shot.go(visitor, place)
                            visitor.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
                    visitor.context.close()
    print(f"{len(PAGES) * len(LOOKS)} pictures are in {folder}.")
    return 0


def visit(chromium: Browser, place: Place, look: str, *, signed_in: bool) -> Page:
    """Open a browser that looks in one of the ways; whoever opened it closes its context."""
    scheme, size = LOOKS[look]
    context = chromium.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport=size
    )
    page = context.new_page()
    if signed_in:
        sign_in(page, place)
    return page


if __name__ == "__main__":
    sys.exit(main())

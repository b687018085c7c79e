"""Connecting a company file and its PCs on the pages, with the Web Connector's calls between."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from config_builder import checks
from qbwc_server.portal import integrations
from qbwc_server.services.access import OPERATOR
from qbwc_server.settings import Settings
from scripts.simulate import qwc_file
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.web_connector import WebConnector
from tests.integration.portal.person import Person, portal_of
from tests.integration.sync.firm import FRONT_DESK, Firm, Line, open_firm, sign_in, update

HOSTILE = '<script>alert("x")</script> & =cmd()'
CUSTOMER = "Café Belém"
BY_ITSELF = {"sync": "by_itself", "minutes": "15", "label": "Front desk", "password": "made"}


@pytest.fixture
def firm(engine: Engine, tmp_path: Path) -> Firm:
    """A firm whose administrator has not said yes beforehand."""
    firm = open_firm(engine, tmp_path, yes_to_first=False)
    firm.books.add_customer(CUSTOMER)
    return firm


@pytest.fixture
def site(firm: Firm) -> Flask:
    return portal_of(firm.services, settings_of(firm))


def settings_of(firm: Firm) -> Settings:
    found: Settings = firm.services.installs.settings
    return found.model_copy(update={"public_url": "http://localhost:8085"})


@pytest.fixture
def employ(site: Flask, firm: Firm) -> Callable[..., Person]:
    """Give somebody access, and let them sign in."""

    def let_in(role: str, companies: list[str] | None = None, name: str = "") -> Person:
        email = f"{name or role}@example.com"
        made = firm.services.users.add(email, role, companies=companies, by=OPERATOR)
        person = Person(site.test_client(), made.email, made.password)
        person.sign_in()
        return person

    return let_in


@pytest.fixture
def ada(employ: Callable[..., Person]) -> Person:
    return employ("admin", name="ada")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note the statements that are made."""
    statements: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def connect(firm: Firm) -> str:
    return f"/companies/{firm.company_id}/connect"


def view(firm: Firm) -> str:
    return f"/companies/{firm.company_id}/quickbooks"


def register(firm: Firm, person: Person, **changes: str) -> tuple[str, str]:
    """Answer the questions; give the id of the PC, and the page with its steps."""
    page = person.open(f"{connect(firm)}?new=1").text
    install = re.search(r'name="install" value="([^"]+)"', page)
    assert install, page
    answer = person.send(
        connect(firm), on=f"{connect(firm)}?new=1", install=install[1], **{**BY_ITSELF, **changes}
    )
    assert answer.status_code == 200, answer.text
    return install[1], answer.text


def password_in(page: str) -> str:
    found = re.search(r'id="password" value="([^"]+)"', page)
    return found[1] if found else ""


def downloaded(person: Person, install: str) -> bytes:
    answer = person.send(f"/installs/{install}/qwc", on="/account")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    content: bytes = answer.data
    return content


def add_to_pc(
    firm: Firm, content: bytes, password: str, books: CompanyFile | None = None
) -> WebConnector:
    pc = WebConnector.from_qwc(content, password, books or firm.books)
    pc.transport, pc.clock = Line(firm.app, FRONT_DESK), firm.clock
    return pc


def live_line(person: Person, firm: Firm, install: str) -> str:
    page = person.open(f"{connect(firm)}/live?install={install}").text
    found = re.search(r'<p class="live-line[^"]*">(.*?)</p>', page)
    assert found, page
    return re.sub("<[^>]+>", "", found[1])


def done(page: str) -> list[int]:
    """List the steps that are ticked."""
    return [int(number) for number in re.findall(r'class="tick tick-done" id="tick-(\d+)"', page)]


def place_in(page: str) -> str:
    found = re.search(r'name="place" value="(\d+)"', page)
    assert found, page
    return found[1]


def say(person: Person, firm: Firm, install: str, answer: str) -> str:
    """Answer the question of the page, and give the page that follows."""
    on = f"{connect(firm)}?install={install}"
    page = person.open(on).text
    firm.clock.move(seconds=20)
    sent = person.send(
        f"/companies/{firm.company_id}/word/place",
        on=on,
        place=place_in(page),
        answer=answer,
        next=on,
    )
    assert (sent.status_code, sent.location) == (303, on)
    return person.open(on).text


# From nothing to the first payment


def test_a_company_file_is_added_by_a_form(ada: Person, firm: Firm) -> None:
    add = "/settings/integrations/add"
    answer = ada.send(add, name="", sync_from="yesterday")
    assert answer.status_code == 422
    assert "one line of 1 to 200" in answer.text
    assert "a day such as 2026-01-01" in answer.text
    answer = ada.send(add, name=HOSTILE, sync_from="2026-01-01")
    assert answer.status_code == 303
    page = ada.open(answer.location).text
    assert "How will this PC sync?" in page
    listed = ada.open("/settings/integrations").text
    assert "&lt;script&gt;alert" in listed
    assert "<script>alert" not in listed + page
    found = firm.services.companies.every()[-1]
    assert str(found.settings["sync_from"].value) == "2026-01-01"


def test_a_pc_is_connected_step_by_step(ada: Person, firm: Firm) -> None:
    payment = firm.pay(CUSTOMER, "312.50")
    install, page = register(firm, ada)
    password = password_in(page)
    assert len(password) == 26
    assert done(page) == []
    line = live_line(ada, firm, install)
    assert line == "Build the config file first; then this line waits for the first call."

    content = downloaded(ada, install)
    wanted = firm.services.installs.file(install)
    assert wanted is not None
    assert checks.problems(wanted) == ()
    assert qwc_file.read(content).run_every_s == 15 * 60
    assert live_line(ada, firm, install) == "Waiting for the first call."
    assert done(ada.open(connect(firm)).text) == [1, 2, 3, 4, 5], "whoever comes back goes on"

    pc = add_to_pc(firm, content, password)
    assert update(pc).status.startswith("Nothing is posted until an administrator confirms")
    line = live_line(ada, firm, install)
    assert "Front desk called at" in line
    assert "Prairie Wind Yoga" in line
    assert r"C:\Books\prairie.qbw" in line
    assert done(ada.open(connect(firm)).text) == list(range(1, 14))

    page = say(ada, firm, install, "yes")
    assert r"Prairie Wind Yoga (C:\Books\prairie.qbw) is the right one." in page
    assert done(page) == list(range(1, 15))
    assert "Press Update Selected once more" in live_line(ada, firm, install)
    confirmed = firm.rows("SELECT confirmed_by FROM place")
    assert confirmed == [{"confirmed_by": "ada@example.com"}]

    assert update(pc).status == "1 payment posted"
    assert live_line(ada, firm, install) == (
        "Connected. 1 customer and 0 open invoices read so far."
    )
    page = ada.open(f"{connect(firm)}?install={install}").text
    assert done(page) == list(range(1, 18))
    assert "every 3s" not in page, "nothing is waited for any more"
    assert firm.statuses() == {payment: "posted"}
    shown = ada.open(view(firm)).text
    assert "Prairie Wind Yoga syncs by itself, every 15 minutes." in shown


def test_the_password_is_shown_once_and_kept_nowhere(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada)
    password = password_in(page)
    for address in (f"{connect(firm)}?install={install}", view(firm), f"{view(firm)}"):
        assert password not in ada.open(address).text
    assert password not in str(firm.everything())
    again = ada.send(connect(firm), on="/account", install=install, **BY_ITSELF)
    assert (again.status_code, again.location) == (303, f"{connect(firm)}?install={install}")
    assert len(firm.rows("SELECT id FROM install")) == 1, "the form sent twice registers one PC"


def test_the_live_line_answers_only_what_is_new(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada)
    asks = re.search(r'hx-get="([^"]+)"', page)
    assert asks
    address = asks[1].replace("&amp;", "&")
    assert ada.open(address).status_code == 204
    downloaded(ada, install)
    answer = ada.open(address)
    assert answer.status_code == 200
    assert done(answer.text) == [1, 2, 3, 4, 5]
    assert 'hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text


def test_a_password_that_does_not_match_is_told_with_what_to_do(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada)
    pc = add_to_pc(firm, downloaded(ada, install), "mistyped")
    assert update(pc).error_code == "QBWC1040"
    assert "the password did not match" in live_line(ada, firm, install)
    page_now = ada.open(connect(firm)).text
    assert "What to do now" in page_now
    now = page_now.partition("What to do now")[2].partition("</div>")[0]
    assert "The password was not saved or is another one." in now
    pc.password = password_in(page)
    firm.clock.move(minutes=1)
    update(pc)
    assert "Is this Prairie Wind Yoga?" in live_line(ada, firm, install)


def test_the_first_password_typed_is_taken(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada, password="typed", sync="by_hand")
    assert password_in(page) == ""
    content = downloaded(ada, install)
    assert qwc_file.read(content).run_every_s is None
    page = ada.open(connect(firm)).text
    assert "Type anything; you need not remember it." in page
    assert "Leave <strong>Auto-Run</strong> unchecked" in page
    firm.clock.move(hours=2)
    late = add_to_pc(firm, content, "whatever")
    assert sign_in(late)[1] == "nvu"
    assert "the time for its first password is over" in live_line(ada, firm, install)
    pc = add_to_pc(firm, downloaded(ada, install), "whatever")
    firm.clock.move(minutes=1)
    update(pc)
    assert "Is this Prairie Wind Yoga?" in live_line(ada, firm, install)


def test_quickbooks_that_lets_nobody_in_is_told_with_what_to_do(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada)
    pc = add_to_pc(firm, downloaded(ada, install), password_in(page))
    firm.books.refuse_sessions("0x80040418", "Only the Admin may do this.", times=9)
    update(pc)
    line = live_line(ada, firm, install)
    assert "QuickBooks did not let it in: QuickBooks has not allowed this connection." in line
    assert "The Admin can" not in line
    now = ada.open(connect(firm)).text.partition("What to do now")[2].partition("</div>")[0]
    assert "only the <strong>Admin</strong> in single-user mode" in now


def test_the_wrong_company_file_is_answered_with_no(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada)
    other = CompanyFile(HOSTILE, path=r"C:\Books\other.qbw")
    pc = add_to_pc(firm, downloaded(ada, install), password_in(page), other)
    update(pc)
    page = ada.open(connect(firm)).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    page = say(ada, firm, install, "no")
    assert "with another company file" in live_line(ada, firm, install)
    assert "choose <strong>Renew the connection</strong>" in page
    renewed = ada.send(
        f"/companies/{firm.company_id}/installs/{install}/renew", on=connect(firm)
    ).text
    new = re.search(r"live\?install=([0-9a-f-]+)", renewed)
    assert new
    assert new[1] != install
    right = add_to_pc(firm, downloaded(ada, new[1]), password_in(renewed))
    firm.clock.move(minutes=3)
    update(right)
    say(ada, firm, new[1], "yes")
    assert update(right).error_code is None
    assert live_line(ada, firm, new[1]).endswith("read so far.")
    assert "retired" in live_line(ada, firm, install)


def test_a_second_pc_has_two_steps_less(ada: Person, firm: Firm) -> None:
    install, page = register(firm, ada)
    assert "Make a user for the sync" in page
    pc = add_to_pc(firm, downloaded(ada, install), password_in(page))
    update(pc)
    say(ada, firm, install, "yes")
    update(pc)
    questions = ada.open(f"{connect(firm)}?new=1").text
    assert "Front desk does already." in questions
    assert re.search(r'value="by_hand" checked', questions)
    second, page = register(firm, ada, label="Back office", sync="by_hand")
    assert "Make a user for the sync" not in page
    assert "QuickBooks may not ask again for a second PC." in page
    assert max(int(number) for number in re.findall(r'id="tick-(\d+)"', page)) == 15
    other = add_to_pc(firm, downloaded(ada, second), password_in(page))
    update(other)
    say(ada, firm, second, "yes")
    assert update(other).error_code is None
    assert "Back office" in ada.open(view(firm)).text


def test_two_pcs_that_call_by_themselves_are_pointed_out(ada: Person, firm: Firm) -> None:
    for label in ("Front desk", "Back office"):
        install, page = register(firm, ada, label=label)
        pc = add_to_pc(firm, downloaded(ada, install), password_in(page))
        update(pc)
        say(ada, firm, install, "yes")
        update(pc)
    page = ada.open(f"{connect(firm)}?install={install}").text
    now = page.partition("What to do now")[2].partition("</div>")[0]
    assert "Back office and Front desk both sync by themselves." in now
    assert "Back office syncs by itself as well" in ada.open(view(firm)).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minutes": "0"}, "from 1 to 1440"),
        ({"minutes": "soon"}, "from 1 to 1440"),
        ({"minutes": "99999999999999999999"}, "from 1 to 1440"),
        ({"label": "x" * 91}, "one line of 1 to 90"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(
    ada: Person, firm: Firm, wrong: dict[str, str], said: str
) -> None:
    answer = ada.send(connect(firm), **{**BY_ITSELF, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert firm.rows("SELECT id FROM install") == []


def test_a_file_that_the_web_connector_would_refuse_is_not_offered(
    firm: Firm, employ: Callable[..., Person]
) -> None:
    refusing = settings_of(firm).model_copy(update={"public_url": "http://10.0.0.5"})
    object.__setattr__(firm.services.connecting, "settings", refusing)
    ada = employ("admin", name="ada")
    install, page = register(firm, ada)
    assert "QBWC1001" in page
    assert f'action="/installs/{install}/qwc"' not in page


# One PC


def test_a_pc_is_renamed_and_its_schedule_changed(ada: Person, firm: Firm) -> None:
    made = firm.register("Front desk")
    path = f"/companies/{firm.company_id}/installs/{made.id}"
    answer = ada.send(path, label=HOSTILE, sync="by_hand", minutes="60")
    assert (answer.status_code, answer.location) == (303, path)
    page = ada.open(path).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "When somebody presses Update Selected" in page
    for wrong in ({"label": " "}, {"minutes": "0"}, {"minutes": ""}):
        given = {"label": "Attic", "sync": "by_itself", "minutes": "15", **wrong}
        assert ada.send(path, **given).status_code == 422
    (row,) = firm.rows("SELECT label, is_primary, run_every_minutes FROM install")
    assert (row["label"], bool(row["is_primary"]), row["run_every_minutes"]) == (HOSTILE, False, 60)


def test_a_new_password_is_shown_with_the_steps(ada: Person, firm: Firm) -> None:
    made = firm.register("Front desk")
    pc = firm.add_to_pc(made)
    path = f"/companies/{firm.company_id}/installs/{made.id}"
    page = ada.send(f"{path}/password", on=path).text
    assert sign_in(pc)[1] == "nvu"
    pc.password = password_in(page)
    firm.clock.move(minutes=1)
    assert sign_in(pc)[1] == ""


def test_a_retired_pc_is_shown_as_such_and_nothing_is_offered(ada: Person, firm: Firm) -> None:
    made = firm.register("Front desk")
    path = f"/companies/{firm.company_id}/installs/{made.id}"
    assert ada.send(f"{path}/retire", on=path).location == view(firm)
    assert "Front desk is retired: it cannot sign in any more." in ada.open(view(firm)).text
    page = ada.open(path).text
    assert "Front desk: retired" in page
    assert "With care" not in page
    for deed in ("retire", "renew", "password"):
        answer = ada.send(f"{path}/{deed}", on="/account")
        assert answer.status_code == 422
    assert ada.send(f"/installs/{made.id}/qwc", on="/account").status_code == 404


# Settings


def form_of(page: str) -> dict[str, str]:
    """Read what the form of settings would send as it stands."""
    form = page.partition("/quickbooks/settings")[2].partition("</form>")[0]
    given = {}
    for tag in re.findall(r"<input[^>]+>", form):
        name = re.search(r'name="(\w+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        assert name
        if "checkbox" not in tag or " checked" in tag:
            given[name[1]] = value[1] if value else ""
    return given


def test_settings_are_saved_as_the_form_says(ada: Person, firm: Firm) -> None:
    given = form_of(ada.open(view(firm)).text)
    del given["csrf_token"]
    assert set(given) <= {name for _, group in integrations.GROUPS for name in group}
    before = firm.services.companies.show(firm.company_id).settings
    save = f"{view(firm)}/settings"
    assert ada.send(save, on=view(firm), **given).location == view(firm)
    assert firm.services.companies.show(firm.company_id).settings == before
    changed = {**given, "deposit_to": "First Prairie Bank", "sync_from": "2026-02-01"}
    changed |= {"contacts": "maria@example.com", "use_twins": "yes", "hold_look_alikes": "yes"}
    ada.send(save, on=view(firm), **changed)
    after = firm.services.companies.show(firm.company_id).settings
    assert after["deposit_to"].value == "First Prairie Bank"
    assert str(after["sync_from"].value) == "2026-02-01"
    assert after["use_twins"].value is True
    assert form_of(ada.open(view(firm)).text).items() >= changed.items()
    assert after["paused"].value is False


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "one line of 1 to 200"),
        ({"sync_from": "last year"}, "a day such as 2026-01-01"),
        ({"reference_prefix": "web"}, "1 to 10 of A-Z and 0-9"),
        ({"contacts": "Maria"}, "e-mail addresses"),
        ({"use_twins": "perhaps"}, "yes or no"),
        ({"deposit_to": "x" * 160}, "one line of 1 to 159"),
    ],
)
def test_a_wrong_setting_is_told_beside_its_field_and_nothing_is_saved(
    ada: Person, firm: Firm, wrong: dict[str, str], said: str
) -> None:
    before = firm.services.companies.show(firm.company_id).settings
    given = {**form_of(ada.open(view(firm)).text), "deposit_to": "Kept in the form", **wrong}
    del given["csrf_token"]
    answer = ada.send(f"{view(firm)}/settings", on=view(firm), **given)
    assert answer.status_code == 422
    assert said in answer.text
    if "deposit_to" not in wrong:
        assert 'value="Kept in the form"' in answer.text
    assert firm.services.companies.show(firm.company_id).settings == before


def test_a_pause_turns_every_call_away(ada: Person, firm: Firm) -> None:
    pc = firm.pc()
    ada.send(f"{view(firm)}/pause", on=view(firm), paused="yes")
    assert "The sync of Prairie Wind Yoga is paused." in ada.open(view(firm)).text
    assert sign_in(pc)[1] == "none"
    install = firm.services.connecting.installs(firm.company_id)[0]
    assert "is paused" in live_line(ada, firm, install.id)
    ada.send(f"{view(firm)}/pause", on=view(firm), paused="no")
    assert sign_in(pc)[1] == ""


def test_everything_is_read_again_on_request(ada: Person, firm: Firm) -> None:
    with firm.engine.begin() as db:
        db.exec_driver_sql("UPDATE company_file SET receipts_mark = '2026-11-20T15:00:00'")
    ada.send(f"{view(firm)}/read-again", on=view(firm))
    assert firm.rows("SELECT receipts_mark FROM company_file") == [{"receipts_mark": None}]


def test_a_token_is_shown_once_and_revoked(ada: Person, firm: Firm) -> None:
    tokens = f"/companies/{firm.company_id}/tokens"
    answer = ada.send(tokens, on=view(firm), token_label=" ")
    assert answer.status_code == 422
    assert "one line of 1 to 90" in answer.text
    page = ada.send(tokens, on=view(firm), token_label=HOSTILE).text
    found = re.search(r'id="token" value="([^"]+)"', page)
    assert found
    caller = firm.services.tokens.caller(found[1])
    assert caller is not None
    page = ada.open(view(firm)).text
    assert found[1] not in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    revoke = re.search(r'action="([^"]+/revoke)"', page)
    assert revoke
    assert ada.send(revoke[1], on=view(firm)).location == view(firm)
    assert firm.services.tokens.caller(found[1]) is None


# The administrator's word


def test_a_file_from_another_place_is_asked_about(ada: Person, firm: Firm) -> None:
    pc = firm.pc("Front desk")
    update(pc)
    firm.services.companies.confirm(firm.company_id, by="test")
    update(pc)
    firm.books.path = r"D:\Moved\prairie.qbw"
    firm.clock.move(minutes=1)
    update(pc)
    page = ada.open(view(firm)).text
    assert "Is this the same company file?" in page
    assert r"D:\Moved\prairie.qbw" in page
    assert r"until now it was C:\Books\prairie.qbw" in page
    assert "waits for an administrator&#39;s word" in page
    word = f"/companies/{firm.company_id}/word/place"
    sent = ada.send(word, on=view(firm), place=place_in(page), answer="yes", next=view(firm))
    assert sent.location == view(firm)
    later = firm.pay(CUSTOMER, "31.00")
    update(pc)
    assert firm.statuses() == {later: "posted"}
    late = ada.send(word, on=view(firm), place=place_in(page), answer="no", next="//evil.example")
    assert late.location == "/"
    assert "confirmed meanwhile" in ada.open("/account").text


def test_doubted_books_and_a_restored_database_wait_for_a_word(ada: Person, firm: Firm) -> None:
    update(firm.pc())
    firm.services.companies.confirm(firm.company_id, by="test")
    firm.services.restore.run(by="test")
    with firm.engine.begin() as db:
        db.exec_driver_sql("UPDATE company_file SET books_doubted = 'Payments are missing.'")
    page = ada.open(view(firm)).text
    assert "This is our file now" in page
    assert "No PC is at work from before" in page
    for word in ("ours", "no-pc"):
        ada.send(f"/companies/{firm.company_id}/word/{word}", on=view(firm), next=view(firm))
    (row,) = firm.rows("SELECT books_doubted, is_restored FROM company_file")
    assert (row["books_doubted"], bool(row["is_restored"])) == (None, False)
    again = ada.send(f"/companies/{firm.company_id}/word/no-pc", on=view(firm), next=view(firm))
    assert again.location == view(firm)
    assert "Nothing waits for this word" in ada.open(view(firm)).text


# Who may see and do what


def test_whoever_may_not_act_sees_all_and_no_button(
    firm: Firm, employ: Callable[..., Person]
) -> None:
    made = firm.register("Front desk")
    update(firm.add_to_pc(made))
    firm.services.tokens.add(firm.company_id, label="web shop")
    for role in ("viewer", "bookkeeper"):
        person = employ(role)
        for path in (view(firm), f"/companies/{firm.company_id}/installs/{made.id}"):
            page = person.open(path).text
            assert "Front desk" in page
            main = page.partition("<main")[2]
            assert "<button" not in main
            assert "Sync From Date" in page or "installs" in path
            assert 'action="/companies' not in main
        assert "An administrator answers it." in person.open(view(firm)).text
        assert "Connect a PC" not in person.open("/settings/integrations").text
        assert person.open(connect(firm)).status_code == 403


def test_another_firm_is_not_there(firm: Firm, employ: Callable[..., Person]) -> None:
    other = firm.services.companies.add("Moonlight Dental")
    theirs = firm.services.installs.add(other.id, label="Moon PC")
    token = firm.services.tokens.add(other.id, label="moon shop")
    ours = firm.register("Sun PC")
    sun = employ("admin", [firm.company_id], name="sun")
    listed = sun.open("/settings/integrations").text
    assert "Prairie Wind Yoga" in listed
    assert "Moonlight" not in listed
    assert "Moonlight" not in sun.open("/settings/integrations?q=moon").text
    assert "Add a company file" not in listed
    assert sun.open("/settings/integrations/add").status_code == 403
    assert sun.send("/settings/integrations/add", on="/account", name="New").status_code == 403
    for path in (
        f"/companies/{other.id}/quickbooks",
        f"/companies/{other.id}/connect",
        f"/companies/{firm.company_id}/installs/{theirs.id}",
        f"/companies/{firm.company_id}/connect?install={theirs.id}",
        f"/companies/{firm.company_id}/connect/live?install={theirs.id}",
        f"/companies/{other.id}/installs/{ours.id}",
    ):
        assert sun.open(path).status_code == 404, path
    for path in (
        f"/companies/{firm.company_id}/installs/{theirs.id}",
        *(
            f"/companies/{firm.company_id}/installs/{theirs.id}/{deed}"
            for deed in ("password", "renew", "retire")
        ),
        f"/companies/{firm.company_id}/tokens/{token.id}/revoke",
        f"/installs/{theirs.id}/qwc",
    ):
        assert sun.send(path, on="/account", label="x", minutes="5").status_code == 404, path
    assert firm.services.tokens.caller(token.token) is not None
    assert firm.services.installs.file(theirs.id) is not None


# Many


def test_a_provider_with_thousands_of_company_files_finds_one(ada: Person, firm: Firm) -> None:
    def names(page: str) -> list[str]:
        return re.findall(r'<h2 class="card-title">([^<]*)</h2>', page)

    with counted(firm.engine) as few:
        ada.open("/settings/integrations")
    for number in range(120):
        firm.services.companies.add(f"Firm {number:03} 100%")
    with counted(firm.engine) as many:
        page = ada.open("/settings/integrations").text
    assert len(many) == len(few)
    assert len(names(page)) == 50
    seen = names(page)
    while more := re.search(r'href="([^"]+cursor=[^"]+)"', page):
        page = ada.open(more[1].replace("&amp;", "&")).text
        seen += names(page)
    assert len(seen) == len(set(seen)) == 121
    assert names(ada.open("/settings/integrations?q=firm+07").text) == [
        f"Firm 07{number} 100%" for number in range(10)
    ]
    assert len(names(ada.open("/settings/integrations?q=100%25").text)) == 50
    assert "holds “0_0”" in ada.open("/settings/integrations?q=0_0").text
    assert ada.open("/settings/integrations?cursor=nonsense").status_code == 404


def test_a_page_costs_as_many_statements_however_many_pcs_and_places(
    ada: Person, firm: Firm
) -> None:
    pc = firm.pc("PC 0")
    update(pc)
    firm.services.companies.confirm(firm.company_id, by="test")
    paths = (view(firm), f"{connect(firm)}?new=1", "/settings/integrations")
    with counted(firm.engine) as few:
        for path in paths:
            ada.open(path)
    for number in range(1, 12):
        firm.books.path = rf"C:\Books\{number}.qbw"
        update(firm.pc(f"PC {number}", primary=False))
        firm.services.tokens.add(firm.company_id, label=f"shop {number}")
    with counted(firm.engine) as many:
        for path in paths:
            ada.open(path)
    assert len(many) == len(few)

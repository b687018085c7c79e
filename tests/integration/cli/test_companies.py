"""`qbwc company`, `install` and `token`, step by step as a firm is connected."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine, select, update

from models.company_file import CompanyFile, Install
from models.queries import companies, installs
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.secrets import Secrets
from tests.integration.cli.conftest import Terminal
from tests.integration.conftest import SECRET_KEY


def elements(content: bytes) -> dict[str, str]:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    root = etree.fromstring(content, parser)
    return {str(element.tag): element.text or "" for element in root.iter() if not len(element)}


def test_a_company_is_added_and_listed(terminal: Terminal) -> None:
    added = terminal.json(
        "company", "add", "Sunrise Dental", "--sync-from", "2026-01-01", "--yes-to-first"
    )
    assert added["name"] == "Sunrise Dental"
    assert added["settings"]["sync_from"]["value"] == "2026-01-01"
    assert added["settings"]["yes_to_first"]["value"] is True
    other = terminal.json("company", "add", "Moonlight Dental")
    assert [one["id"] for one in terminal.json("company", "list")] == [added["id"], other["id"]]
    assert added["id"] in terminal.run("company", "list").stdout


def test_settings_are_shown_with_what_they_mean_and_changed(
    terminal: Terminal, company_id: str
) -> None:
    changed = terminal.json(
        *("company", "set", company_id, "paused=yes", "reference_prefix=WEB"),
        *("deposit_to=Checking", "add_payment_methods=true", "sync_from=2026-02-01", "name=Sunset"),
        "hold_look_alikes=no",
        "contacts= mia@prairie.example,Joe@prairie.example , joe@prairie.example,",
    )
    shown = terminal.json("company", "show", company_id.upper())
    assert shown["settings"] == changed["settings"]
    assert {name: one["value"] for name, one in shown["settings"].items()} == {
        "name": "Sunset",
        "sync_from": "2026-02-01",
        "reference_prefix": "WEB",
        "deposit_to": "Checking",
        "add_payment_methods": True,
        "use_twins": False,
        "contacts": "mia@prairie.example, Joe@prairie.example",
        "yes_to_first": False,
        "hold_look_alikes": False,
        "paused": True,
    }
    assert all(one["means"].endswith(".") for one in shown["settings"].values())
    emptied = terminal.json("company", "set", company_id, "deposit_to=", "sync_from=", "paused=no")
    assert emptied["settings"]["deposit_to"]["value"] is None
    assert emptied["settings"]["sync_from"]["value"] is None
    assert "paused = no" in terminal.run("company", "show", company_id).stdout


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("colour=blue", "A setting is one of name, sync_from"),
        ("paused=perhaps", "yes or no"),
        ("sync_from=1/1/2026", "2026-01-01"),
        ("reference_prefix=web", "A-Z and 0-9"),
        ("reference_prefix=ABCDEFGHIJK", "1 to 10"),
        ("reference_prefix=", "1 to 10"),
        ("name= ", "1 to 200"),
        ("deposit_to=" + "x" * 160, "1 to 159"),
        ("contacts=Mia", "e-mail addresses"),
        ("contacts=,", "e-mail addresses"),
        ("contacts=mia@x.example\r\nBcc: eve@x.example", "e-mail addresses"),
        ("contacts=Mia <mia@x.example>", "e-mail addresses"),
        ("contacts=mia@x..example", "e-mail addresses"),
        ("contacts=mía@x.example", "e-mail addresses"),
        ("contacts=" + ",".join(f"p{n}@x.example" for n in range(21)), "at most 20"),
    ],
)
def test_a_wrong_setting_is_refused_and_nothing_changes(
    terminal: Terminal, company_id: str, pair: str, said: str
) -> None:
    before = terminal.json("company", "show", company_id)
    refusal = terminal.refused("company", "set", company_id, "paused=yes", pair)
    assert refusal.startswith(pair.partition("=")[0] + ": ")
    assert said in refusal
    assert terminal.json("company", "show", company_id) == before


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "two\nlines"])
def test_a_company_needs_a_name(terminal: Terminal, name: str) -> None:
    assert "1 to 200" in terminal.refused("company", "add", name)


def test_confirming_waits_for_a_place(
    terminal: Terminal, company_id: str, engine: Engine, use_cases: UseCases
) -> None:
    assert "press Update Selected first" in terminal.refused("company", "confirm", company_id)
    terminal.json("install", "add", company_id)
    place = {"company_name": "Sunrise Dental LLC", "path": r"C:\Books\sunrise.qbw"}
    seen: dict[str, Any] = {
        "company_file_id": use_cases.companies.internal_id(company_id),
        "install_id": 1,
        **place,
    }
    with engine.begin() as db:
        assert not installs.see_place(db, **seen, now=datetime.now(UTC))
    confirmed = terminal.json("company", "confirm", company_id)
    assert confirmed == {"id": company_id, **place, "takes_stock": False}
    with engine.begin() as db:
        assert installs.see_place(db, **seen, now=datetime.now(UTC))
    assert terminal.run("company", "confirm", company_id).stdout == (
        "Sunrise Dental LLC (C:\\Books\\sunrise.qbw) is the right one. "
        "Press Update Selected once more.\n"
    )


def test_payments_that_look_alike_are_held_unless_somebody_says_otherwise(
    terminal: Terminal, company_id: str
) -> None:
    shown = terminal.json("company", "show", company_id)
    assert shown["settings"]["hold_look_alikes"]["value"] is True


DOUBTED = "This company file does not hold payments we posted earlier."


def test_a_file_that_is_doubted_is_said_to_be_ours_now(
    terminal: Terminal, company_id: str, engine: Engine, use_cases: UseCases
) -> None:
    own = use_cases.companies.internal_id(company_id)
    terminal.json("install", "add", company_id)
    read = {"receipts_mark": "2026-11-20T15:00:00", "deletions_mark": "2026-11-20T15:00:00"}
    with engine.begin() as db:
        installs.see_place(
            db,
            company_file_id=own,
            install_id=1,
            company_name="Sunrise Dental LLC",
            path=r"C:\Books\sunrise.qbw",
            now=datetime.now(UTC),
        )
        installs.confirm_place(db, own, None, by="cli", now=datetime.now(UTC))
        db.execute(update(CompanyFile).values(books_doubted=DOUBTED, **read))
    notice = (
        f"Posting is paused: {DOUBTED} If this is the company file to go on with: "
        f"qbwc company confirm {company_id}"
    )
    assert terminal.json("company", "show", company_id)["notices"] == [notice]
    assert notice in terminal.run("company", "show", company_id).stdout.splitlines()
    told = terminal.run("company", "confirm", company_id).stdout
    assert told.partition("\n")[2] == (
        "This is our file now. The next sync lists what is missing from it; "
        f"then: qbwc payments missing {company_id}\n"
    )
    with engine.connect() as db:
        kept = db.execute(select(CompanyFile.__table__)).one()
    assert (kept.books_doubted, kept.takes_stock) == (None, True)
    assert (kept.receipts_mark, kept.deletions_mark) == (None, None)
    assert terminal.json("company", "show", company_id)["notices"] == []
    assert terminal.json("company", "confirm", company_id)["takes_stock"] is False


def test_no_pc_is_at_work_from_before_a_restore(terminal: Terminal, company_id: str) -> None:
    assert "was not restored" in terminal.refused("company", "no-pc-at-work", company_id)
    terminal.run("restore")
    (notice,) = terminal.json("company", "show", company_id)["notices"]
    assert notice.endswith(f"qbwc company no-pc-at-work {company_id}")
    assert terminal.json("company", "no-pc-at-work", company_id)["id"] == company_id
    assert terminal.json("company", "show", company_id)["notices"] == []


def test_an_install_gets_a_name_a_password_and_a_pair_of_its_own(
    terminal: Terminal, company_id: str, engine: Engine
) -> None:
    first = terminal.json("install", "add", company_id)
    second = terminal.json("install", "add", company_id, "--label", "Back use_cases", "--secondary")
    assert (first["primary"], second["primary"]) == (True, False)
    for name in ("id", "user_name", "password", "owner_id", "file_id"):
        assert first[name] != second[name]
    assert first["user_name"].startswith("sunrise-dental-")
    with engine.connect() as db:
        kept = db.execute(select(Install.password_hash).order_by(Install.id)).scalars().all()
    secrets = Secrets(SECRET_KEY)
    assert secrets.matches(kept[0], first["password"])
    assert not secrets.matches(kept[0], second["password"])
    listed = terminal.json("company", "show", company_id)["installs"]
    assert [one["label"] for one in listed] == ["PC 1", "Back use_cases"]
    assert first["password"] not in str(listed)


def test_a_second_install_that_runs_by_itself_is_pointed_out(
    terminal: Terminal, company_id: str
) -> None:
    assert terminal.run("install", "add", company_id, "--label", "Front desk").stderr == ""
    told = terminal.run("install", "add", company_id, "--json")
    assert told.exit_code == 0
    assert "Front desk syncs by itself as well" in told.stderr
    assert terminal.run("install", "add", company_id, "--secondary").stderr == ""


def test_the_qwc_file_carries_what_the_install_is(
    terminal: Terminal, company_id: str, tmp_path: Path
) -> None:
    made = terminal.json("install", "add", company_id, "--every", "5")
    printed = terminal.run("install", "qwc", made["id"])
    found = elements(printed.stdout_bytes)
    assert found["AppName"] == "Payment Sync - Sunrise Dental"
    assert found["AppURL"] == "http://localhost:8085/qbwc"
    assert found["AppSupport"] == "http://localhost:8085/support"
    assert (found["UserName"], found["OwnerID"]) == (made["user_name"], made["owner_id"])
    assert (found["FileID"], found["RunEveryNMinutes"]) == (made["file_id"], "5")
    file = tmp_path / "sunrise.qwc"
    told = terminal.json("install", "qwc", made["id"], "--output", str(file))
    assert told["file"] == str(file)
    assert file.read_bytes() == printed.stdout_bytes
    content: str = terminal.json("install", "qwc", made["id"])["content"]
    assert content.encode() == printed.stdout_bytes


def test_an_install_by_hand_has_no_schedule_and_a_name_of_its_own(
    terminal: Terminal, company_id: str
) -> None:
    made = terminal.json("install", "add", company_id, "--secondary", "--label", "Back use_cases")
    found = elements(terminal.run("install", "qwc", made["id"]).stdout_bytes)
    assert "RunEveryNMinutes" not in found
    assert found["AppName"] == "Payment Sync - Sunrise Dental (Back use_cases)"


@pytest.mark.parametrize(
    "name", ["x" * 200, "Zahnärzte Łódź", "歯科", "a\\b & <c>", ". - .", "Zoë's “Café”"]
)
def test_any_company_gets_a_file(terminal: Terminal, name: str) -> None:
    company = terminal.json("company", "add", name)
    for kind in ((), ("--secondary", "--label", "歯" * 90)):
        made = terminal.json("install", "add", company["id"], *kind)
        assert made["user_name"].isascii()
        found = elements(terminal.run("install", "qwc", made["id"]).stdout_bytes)
        assert found["AppName"].startswith("Payment Sync - ")


def test_what_the_web_connector_would_refuse_is_refused_with_its_code(
    terminal: Terminal, company_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = terminal.json("install", "add", company_id, "--paired")
    monkeypatch.setenv("QBWC_PUBLIC_URL", "http://pay.example.com")
    said = terminal.refused("install", "qwc", made["id"], "--output", str(tmp_path / "x.qwc"))
    assert "QBWC1010" in said
    assert not (tmp_path / "x.qwc").exists()


def test_each_build_opens_the_pairing_anew(
    terminal: Terminal, company_id: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_PAIRING_WINDOW_S", "600")
    made = terminal.json("install", "add", company_id, "--paired")
    assert made["password"] is None
    with engine.begin() as db:
        assert not installs.pair(db, 1, "typed too early", datetime.now(UTC))
    built = terminal.json("install", "qwc", made["id"])
    until = datetime.fromisoformat(built["pairing_until"])
    assert timedelta(seconds=590) < until - datetime.now(UTC) <= timedelta(seconds=600)
    with engine.begin() as db:
        assert installs.pair(db, 1, "the first one", datetime.now(UTC))
        assert not installs.pair(db, 1, "the second one", datetime.now(UTC))
    terminal.json("install", "qwc", made["id"])
    with engine.begin() as db:
        assert db.execute(select(Install.password_hash)).scalar_one() is None
        assert installs.pair(db, 1, "typed anew", datetime.now(UTC))


def test_building_leaves_a_password_of_ours_alone(
    terminal: Terminal, company_id: str, engine: Engine
) -> None:
    made = terminal.json("install", "add", company_id)
    with engine.connect() as db:
        before = db.execute(select(Install.__table__)).one()._asdict()
    assert terminal.json("install", "qwc", made["id"])["pairing_until"] is None
    with engine.connect() as db:
        after = db.execute(select(Install.__table__)).one()._asdict()
    assert before.pop("built_at") is None
    assert after.pop("built_at") is not None
    assert after == before


def test_a_file_that_cannot_be_written_is_refused(terminal: Terminal, company_id: str) -> None:
    made = terminal.json("install", "add", company_id)
    said = terminal.refused("install", "qwc", made["id"], "--output", "/nowhere/at/all.qwc")
    assert said == "/nowhere/at/all.qwc cannot be written: No such file or directory."


def test_an_install_is_changed_renewed_and_retired(terminal: Terminal, company_id: str) -> None:
    made = terminal.json("install", "add", company_id, "--label", "Front desk")
    words = ("install", "set", made["id"], "--label", "Reception", "--secondary", "--every", "30")
    changed = terminal.json(*words)
    assert (changed["label"], changed["primary"]) == ("Reception", False)
    assert terminal.run(*words).stdout == "Reception syncs when somebody presses Update Selected.\n"
    told = terminal.run("install", "set", made["id"], "--primary").stdout
    assert told == "Reception syncs by itself, every 30 minutes.\n"
    new = terminal.json("install", "new-password", made["id"])
    assert new["user_name"] == made["user_name"]
    assert new["password"] not in (None, made["password"])
    assert (
        f"User name: {made['user_name']}"
        in terminal.run(*words[:1], "new-password", *words[2:3]).stdout
    )
    renewed = terminal.json("install", "renew", made["id"])
    assert (renewed["label"], renewed["id"] == made["id"]) == ("Reception", False)
    assert "Reception is retired" in terminal.refused("install", "renew", made["id"])
    assert terminal.run("install", "retire", renewed["id"]).stdout == (
        "Reception is retired: it cannot sign in any more.\n"
    )
    shown = terminal.json("company", "show", company_id)["installs"]
    assert [one["retired_at"] is None for one in shown] == [False, False]
    assert terminal.run("company", "show", company_id).stdout.count("  retired\n") == 2
    assert terminal.run("install", "add", company_id).stderr == "", "a retired one runs no more"


@pytest.mark.parametrize("words", [("--label", " "), ("--label", "x" * 91), ("--label", "a\nb")])
def test_a_wrong_name_of_an_install_is_refused(
    terminal: Terminal, company_id: str, words: tuple[str, ...]
) -> None:
    made = terminal.json("install", "add", company_id)
    assert "1 to 90" in terminal.refused("install", "set", made["id"], *words)


def test_a_company_file_that_is_not_ours(
    terminal: Terminal, company_id: str, engine: Engine, use_cases: UseCases
) -> None:
    assert "No company file waits" in terminal.refused("company", "deny", company_id)
    terminal.json("install", "add", company_id)
    with engine.begin() as db:
        installs.see_place(
            db,
            company_file_id=use_cases.companies.internal_id(company_id),
            install_id=1,
            company_name="Somebody Else",
            path=r"C:\other.qbw",
            now=datetime.now(UTC),
        )
    told = terminal.run("company", "deny", company_id).stdout
    assert told.startswith("Somebody Else (C:\\other.qbw) is turned away from now on. ")


def test_tokens_come_and_go(terminal: Terminal, company_id: str, use_cases: UseCases) -> None:
    made = terminal.json("token", "add", company_id, "--label", "web shop")
    caller = use_cases.tokens.caller(made["token"])
    assert caller is not None
    assert (caller.company_file_id, caller.label) == (
        use_cases.companies.internal_id(company_id),
        "web shop",
    )
    terminal.json("token", "revoke", made["id"])
    assert use_cases.tokens.caller(made["token"]) is None
    terminal.json("token", "revoke", made["id"])  # done already is done
    shown = terminal.json("company", "show", company_id)["tokens"]
    assert [(one["label"], one["revoked_at"] is None) for one in shown] == [("web shop", False)]
    assert made["token"] not in str(shown)


@pytest.mark.parametrize(
    "words",
    [
        ("company", "show"),
        ("company", "confirm"),
        ("install", "add"),
        ("company", "deny"),
        ("install", "qwc"),
        ("install", "set"),
        ("install", "new-password"),
        ("install", "renew"),
        ("install", "retire"),
        ("token", "add"),
        ("token", "revoke"),
        ("payments", "list"),
        ("payments", "missing"),
        ("extras", "list"),
        ("verify",),
    ],
)
@pytest.mark.parametrize("wrong", ["nonsense", "\udcff", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_id_is_refused(terminal: Terminal, words: tuple[str, ...], wrong: str) -> None:
    assert "with this id" in terminal.refused(*words, wrong)


def test_no_two_installs_have_one_user_name(
    terminal: Terminal, company_id: str, engine: Engine
) -> None:
    """The database refuses the second of a name, whoever else is adding installs."""
    made = terminal.json("install", "add", company_id)
    with engine.begin() as db:
        row = db.execute(select(Install.__table__)).one()._asdict()
        copy = {**row, "id": 2, "uuid": "other", "owner_id": "{o}", "file_id": "{f}"}
        assert not companies.add_install(db, copy)
        assert companies.add_install(db, {**copy, "user_name": made["user_name"] + "x"})

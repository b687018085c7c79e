"""Each protection taken away, one at a time: the tests must notice.

A copy of the checkout is changed in one place, and tests run on it until the first one fails: those
of the file that noticed it before, then, if they do not any more, all those of the rules and of the
sync. A mutation that no test notices is a protection that nothing guards.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qbwc_server.settings import HOME

TESTS = (
    *("tests/schema/test_durability.py", "tests/unit/rules"),
    *("tests/integration/intake/test_verify.py", "tests/integration/sync"),
)
# First on SQLite, where a whole run takes two minutes on two cores; then what needs two workers
# that write at once.
ON = ("not postgres", "postgres")
RUN_S_MAX = 1800
NO_TESTS = 5  # pytest's word for it: a file of tests that need no database
# No test of these takes ten seconds; one that never ends is noticed by its time.
TEST_S_MAX = 60
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One protection: which tests notice it gone, where it stands, what it is replaced by."""

    name: str
    by: str
    file: str
    stands: str
    becomes: str


MUTATIONS = (
    Mutation(
        "commit before send",
        "tests/integration/sync/test_calls_come_twice.py",
        "qbwc_server/services/sync.py",
        "        with self.engine.begin() as db:\n"
        "            turn = self._turn(db, ticket)\n"
        "            return unknown if turn is None else operation(turn)\n",
        "        with self.engine.connect() as db:\n"
        "            turn = self._turn(db, ticket)\n"
        "            told = unknown if turn is None else operation(turn)\n"
        "            if '<ReceivePaymentAddRq' not in str(told):\n"
        "                db.commit()\n"
        "            return told\n",
    ),
    Mutation(
        "durable commits",
        "tests/schema/test_durability.py",
        "models/engine.py",
        '"synchronous=FULL"',
        '"synchronous=OFF"',
    ),
    Mutation(
        "the look-up in the same session",
        "tests/integration/sync/test_proof.py",
        "models/queries/outbox.py",
        "or_(~Payment.ever_left, Payment.cleared_session_id == session_id)",
        "or_(~Payment.ever_left, Payment.ever_left)",
    ),
    Mutation(
        "cleared for one sending",
        "tests/integration/sync/test_settling.py",
        "models/queries/outbox.py",
        "            cleared_session_id=None,\n",
        "",
    ),
    Mutation(
        "the proof that the earlier session is over",
        "tests/unit/rules/test_doubt.py",
        "sync_core/doubt.py",
        "    if not doubt.is_proven:\n",
        "    if False:\n",
    ),
    Mutation(
        "a stamp that was clear all along proves nothing",
        "tests/unit/rules/test_doubt.py",
        "sync_core/doubt.py",
        "        return is_same_install or bool(taker.app_lock)\n",
        "        return True\n",
    ),
    Mutation(
        "the wait",
        "tests/unit/rules/test_doubt.py",
        "sync_core/doubt.py",
        "    if not doubt.has_waited:\n",
        "    if False:\n",
    ),
    Mutation(
        "the list of proven hresults",
        "tests/unit/rules/test_connection.py",
        "sync_core/connection.py",
        'REFUSED_WHOLE = ("0x80040400", "0x80040423")',
        'REFUSED_WHOLE = ("0x80040400", "0x80040423", "0x8004040d", "0x800706ba")',
    ),
    Mutation(
        "the reading of 500: this value is not there",
        "tests/integration/sync/test_settling.py",
        "qbwc_server/services/steps/answers.py",
        "        return names(status.message, value)\n",
        "        return True\n",
    ),
    Mutation(
        "the reading of 500: the rows that come along",
        "tests/integration/sync/test_settling.py",
        "qbwc_server/services/steps/settle.py",
        "    if any(value in (item.txn_id, receipts.number_of(item.ref_number)) ",
        "    if response.status.code == 0 and any(True ",
    ),
    Mutation(
        "the witnesses",
        "tests/integration/sync/test_extras.py",
        "qbwc_server/services/steps/settle.py",
        "        if not is_there and question[1] not in deleted:\n",
        "        if False:\n",
    ),
    Mutation(
        "the list of payments received",
        "tests/integration/sync/test_extras.py",
        "qbwc_server/services/steps/settle.py",
        "    if session.more_to_ask or not session.receipts_read or not lists.are_read(then):\n",
        "    if session.more_to_ask:\n",
    ),
    Mutation(
        "the stamp",
        "tests/integration/sync/test_same_books.py",
        "sync_core/same_books.py",
        "    if mine != bare(own.file_id):\n        return Books.OTHER\n",
        "",
    ),
    Mutation(
        "a company file that was denied",
        "tests/integration/sync/test_changed_installs.py",
        "qbwc_server/services/steps/company.py",
        "        if installs.is_denied(turn.db, turn.session.install_id, name, path):\n",
        "        if False:\n",
    ),
    Mutation(
        "a stamp proves in a confirmed company file alone",
        "tests/integration/sync/test_changed_installs.py",
        "qbwc_server/services/steps/company.py",
        "row.proven_at is not None and row.was_right and row is not own",
        "row.proven_at is not None and row is not own",
    ),
    Mutation(
        "a word about this very file",
        "tests/integration/sync/test_changed_installs.py",
        "models/queries/installs.py",
        "    if must_say or not _said_yes_before(",
        "    if not _said_yes_before(",
    ),
    Mutation(
        "one word for one question",
        "tests/integration/sync/test_changed_installs.py",
        "qbwc_server/services/companies.py",
        "            asks_more = place_id is None and not place.is_news\n",
        "            asks_more = True\n",
    ),
    Mutation(
        "stock is taken of a whole reading",
        "tests/integration/sync/test_witnesses.py",
        "qbwc_server/services/steps/doubts.py",
        '    is_whole = session.receipts_from == ""\n',
        "    is_whole = True\n",
    ),
    Mutation(
        "a list is begun anew once",
        "tests/integration/sync/test_what_is_there.py",
        "qbwc_server/services/steps/settle.py",
        "turn.session.receipts_left is not None and not turn.session.receipts_again",
        "turn.session.receipts_left is not None",
    ),
    Mutation(
        "the session fence",
        "tests/integration/sync/test_repeated_calls.py",
        "models/queries/sessions.py",
        'db.execute(_TAKE, {"of_ticket": ticket_hash, "heard_at": now})',
        "db.execute(_SELECT.where(WcSession.ticket_hash == ticket_hash))",
    ),
    Mutation(
        "the GUID comparison of an answer",
        "tests/unit/rules/test_decide.py",
        "sync_core/decide.py",
        "        return guid == str(sent.external_guid)\n",
        "        return True\n",
    ),
    Mutation(
        "the GUID comparison of a look-up",
        "tests/unit/rules/test_receipts.py",
        "sync_core/receipts.py",
        "    ours = [receipt for receipt in candidates if receipt.guid == wanted.guid]\n",
        "    ours = [receipt for receipt in candidates if receipt.reference == wanted.reference]\n",
    ),
    Mutation(
        "a second entry pauses posting",
        "tests/integration/sync/test_extras.py",
        "qbwc_server/services/steps/doubts.py",
        "    paused = why_paused(turn) if to_do.extras else None\n",
        "    paused = None\n",
    ),
    Mutation(
        "a second entry that is noticed midway pauses posting",
        "tests/integration/sync/test_late_answers.py",
        "qbwc_server/services/steps/posting.py",
        "    if paused is not None:\n        return Asked(",
        "    if False:\n        return Asked(",
    ),
    Mutation(
        "a copy of a refusal proves nothing",
        "tests/integration/sync/test_refused_whole.py",
        "qbwc_server/services/steps/doubts.py",
        "        and attempt.refused_before\n",
        "        and False\n",
    ),
    Mutation(
        "without GUIDs, what is like a payment is for a person",
        "tests/integration/sync/test_what_is_there.py",
        "qbwc_server/services/steps/evidence.py",
        "    concerned = _may_have_left if keeps_guid is None else _waits\n",
        "    concerned = _may_have_left\n",
    ),
    Mutation(
        "the next page is not handed out twice",
        "tests/unit/rules/test_session.py",
        "sync_core/session.py",
        "    is_page_lost = reaction.act is Act.HAND_OUT_AGAIN and not is_repeatable\n",
        "    is_page_lost = False\n",
    ),
    Mutation(
        "pages add up",
        "tests/unit/rules/test_reading.py",
        "sync_core/reading.py",
        "or before - count == left else None",
        "or left < before else None",
    ),
    Mutation(
        "what cannot be read proves no absence",
        "tests/integration/sync/test_settling.py",
        "qbwc_server/services/steps/settle.py",
        "    if response is None or not _is_readable(response):\n        return None\n",
        "    if response is None:\n        return None\n",
    ),
    Mutation(
        "what was looked up counts before the list",
        "tests/integration/sync/test_settling.py",
        "qbwc_server/services/steps/evidence.py",
        '        first = rows.setdefault(row["txn_id"], row)\n',
        '        first = rows[row["txn_id"]] = row\n',
    ),
    Mutation(
        "a list told whole",
        "tests/integration/sync/test_what_is_there.py",
        "qbwc_server/services/steps/answers.py",
        "    return response.status.code == 0 or is_none(response)\n",
        "    return is_told(response)\n",
    ),
    Mutation(
        "no PC at work has a word of its own",
        "tests/integration/sync/test_proof.py",
        "qbwc_server/services/companies.py",
        "            takes_stock = asks_more and companies.take_stock(db, company.id)\n",
        "            companies.believe(db, company.id)\n"
        "            takes_stock = asks_more and companies.take_stock(db, company.id)\n",
    ),
    Mutation(
        "after a restore a stamp of who never left one proves nothing",
        "tests/unit/rules/test_doubt.py",
        "sync_core/doubt.py",
        "or (leaves_stamps and is_clear)\n",
        "or is_clear\n",
    ),
    Mutation(
        "the stamp that it was told when it asked",
        "tests/integration/sync/test_proof.py",
        "qbwc_server/services/steps/settle.py",
        "    own = now.get(",
        "    own = (turn.session.locks | now).get(",
    ),
    Mutation(
        "the stamps before the look-ups",
        "tests/integration/sync/test_settling.py",
        "qbwc_server/services/steps/settle.py",
        "    if not questions:  # those",
        "    questions.sort(key=lambda asked: asked[0] == STAMPS)\n    if not questions:  # those",
    ),
    Mutation(
        "what comes while the list is read waits",
        "tests/integration/sync/test_what_is_there.py",
        "qbwc_server/services/steps/settle.py",
        "begun_with if is_wide or begun_with is not None else NOTHING_TO_SEND",
        "begun_with",
    ),
    Mutation(
        "the mark of the first leaving",
        "tests/integration/sync/test_settling.py",
        "models/queries/outbox.py",
        "            left_mark=case((Payment.ever_left, Payment.left_mark), else_=_mark()),\n",
        "            left_mark=_mark(),\n",
    ),
    Mutation(
        "one like it that came later and is in QuickBooks",
        "tests/integration/sync/test_look_alikes.py",
        "models/queries/outbox.py",
        "        other.status.in_((PaymentStatus.POSTED, PaymentStatus.REVERSED)),\n",
        "",
    ),
    Mutation(
        "the same customer by its name",
        "tests/integration/sync/test_look_alikes.py",
        "qbwc_server/services/steps/holds.py",
        "        _know_customers(turn, left)\n",
        "",
    ),
    Mutation(
        "the witnesses by QuickBooks' clock",
        "tests/integration/sync/test_witnesses.py",
        "models/queries/outbox.py",
        "        .order_by(Payment.entered_wall.desc())\n",
        "        .order_by(Payment.posted_at.desc())\n",
    ),
    Mutation(
        "an entry named by hand is asked for",
        "tests/integration/sync/test_moves_by_evidence.py",
        "qbwc_server/services/steps/settle.py",
        "for row in unseen),\n",
        "for row in unseen[:0]),\n",
    ),
    Mutation(
        "what is taken out is looked at again",
        "tests/integration/sync/test_extras.py",
        "qbwc_server/services/steps/take_out.py",
        "    wanted = extras.still_to_take_out(turn)\n",
        "    wanted = turn.session.take_out\n",
    ),
    Mutation(
        "a closing date that was never told",
        "tests/integration/sync/test_extras.py",
        "sync_core/extras.py",
        "    if not facts.is_closing_date_told:\n",
        "    if False:\n",
    ),
    Mutation(
        "without GUIDs each further entry is noticed",
        "tests/integration/sync/test_extras.py",
        "sync_core/receipts.py",
        "            drops_guid\n            and",
        "            False\n            and",
    ),
    Mutation(
        "strangers under every prefix",
        "tests/integration/sync/test_extras.py",
        "qbwc_server/services/steps/evidence.py",
        "*policy.former_prefixes, ",
        "",
    ),
    Mutation(
        "an entry of another payment proves nothing",
        "tests/integration/sync/test_doubt.py",
        "qbwc_server/services/steps/posting.py",
        "len(owners[outcome.txn_id]) > 1",
        "len(owners[outcome.txn_id]) > 9",
    ),
    Mutation(
        "a clock that was set back",
        "tests/unit/rules/test_session.py",
        "sync_core/session.py",
        "    return abs(silent_s) < limit\n",
        "    return silent_s < limit\n",
    ),
    Mutation(
        "the audit trail is never erased",
        "tests/schema/test_durability.py",
        "migrations/versions/0008_holes_closed.py",
        '_hold_fast("UPDATE OR DELETE", FINAL_SQLITE, KEPT_SQLITE)',
        '_hold_fast("UPDATE", FINAL_SQLITE)',
    ),
    Mutation(
        "the amount that was accepted",
        "tests/integration/intake/test_verify.py",
        "models/queries/verify.py",
        "            PaymentEvent.amount_cents != Payment.amount_cents,\n",
        "            PaymentEvent.amount_cents < 0,\n",
    ),
)


def noticed_by(mutation: Mutation) -> str | None:
    """Run the tests on a changed copy, those that noticed before first; give the first that failed.

    None when all of them passed.
    """
    with _copied() as copy:
        _change(copy / mutation.file, mutation)
        return _first_failure(copy, (mutation.by,)) or _first_failure(copy, TESTS)


@contextmanager
def _copied() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy"
        shutil.copytree(HOME, copy, ignore=LEFT_OUT)
        yield copy


def _first_failure(copy: Path, tests: Sequence[str]) -> str | None:
    return next(filter(None, (_first_failure_on(copy, tests, only) for only in ON)), None)


def _first_failure_on(copy: Path, tests: Sequence[str], only: str) -> str | None:
    try:
        run = subprocess.run(  # noqa: S603 - our own interpreter, no shell
            [
                *(sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no"),
                *("-p", "no:cacheprovider", "-n", "auto", "--timeout", str(TEST_S_MAX)),
                *("-k", only),
                *tests,
            ],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=RUN_S_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "a test that did not come to its end"
    if run.returncode in (0, NO_TESTS):
        return None
    found = _FAILED.search(run.stdout)
    return found[1] if found else "the tests, which could not be collected"


def _change(file: Path, mutation: Mutation) -> None:
    text = file.read_text(encoding="utf-8")
    if text.count(mutation.stands) != 1:
        raise SystemExit(f"{mutation.file} has no single place for {mutation.name!r}")
    file.write_text(text.replace(mutation.stands, mutation.becomes), encoding="utf-8")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say which."""
    command.add_argument("only", nargs="*", help="words of the names of those to be tried")


def main(arguments: argparse.Namespace) -> int:
    """Try mutations; 1 when one went unnoticed."""
    chosen = [
        mutation
        for mutation in MUTATIONS
        if not arguments.only or any(word in mutation.name for word in arguments.only)
    ]
    with _copied() as copy:
        failing = _first_failure(copy, sorted({mutation.by for mutation in chosen}))
    if failing is not None:
        print(f"Nothing was changed, and this fails already: {failing}")
        return 1
    missed = 0
    for mutation in chosen:
        by = noticed_by(mutation)
        missed += by is None
        print(f"{mutation.name}: {by or 'NOBODY NOTICED'}", flush=True)
    print(f"mutations: {len(chosen)} tried, {len(chosen) - missed} noticed")
    return 1 if missed else 0

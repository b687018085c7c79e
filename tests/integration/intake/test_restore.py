"""After our database was restored: what a backup cannot know is asked for, and nothing is lost."""

from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from models.base import AnyRow
from models.company_file import CompanyFile
from models.payment import Payment
from models.wc_session import WcSession
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.restore import RestoreView
from sync_core.lifecycle import PaymentStatus
from tests.integration.site import move, payment
from tests.integration.synced import REJECTED, bring

NOTE = "The server's database was restored; QuickBooks is asked whether it has this payment."
NAMES = [status.value for status in PaymentStatus]


@pytest.fixture(autouse=True)
def _backup(use_cases: UseCases, company_file_id: int, engine: Engine) -> None:
    """A payment in each state, as the backup has them, named by their state; a sync under way."""
    use_cases.intake.queue(company_file_id, [payment(name) for name in NAMES], by="api")
    for name in NAMES:
        bring(engine, company_file_id, name, PaymentStatus(name))
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(receipts_mark="2026-11-20T09:00:00"))


def rows(engine: Engine) -> dict[str, AnyRow]:
    with engine.connect() as db:
        found = db.execute(select(Payment.__table__)).all()
    return {row.external_id: row for row in found}


def restore(use_cases: UseCases) -> RestoreView:
    return use_cases.restore.run(by="cli")


def test_all_that_is_not_settled_is_in_doubt(
    use_cases: UseCases, company: CompanyView, engine: Engine
) -> None:
    done = restore(use_cases)
    assert done.sessions_ended == 1
    assert [(one.id, one.name, one.in_doubt) for one in done.companies] == [
        (company.id, "Sunrise Dental", 4)
    ]
    for name, row in rows(engine).items():
        settled = name in ("posted", "dismissed", "reversed")
        assert row.status == (name if settled else "in_doubt")
        assert row.is_restored is not settled
        if not settled:
            assert (row.ever_left, row.left_at is None, row.note) == (True, False, NOTE)
            assert {getattr(row, column) for column in REJECTED} == {None}


def test_each_leaves_its_event(use_cases: UseCases, company_file_id: int) -> None:
    restore(use_cases)
    for name in NAMES:
        last = use_cases.payments.show(company_file_id, name).history[-1]
        told = (last.from_status, last.to_status, last.by, last.note)
        restored = name in ("queued", "sent", "rejected", "in_doubt")
        assert (told == (name, "in_doubt", "cli", NOTE)) == restored


def test_it_is_looked_for_from_where_it_may_have_left_first(
    use_cases: UseCases, engine: Engine
) -> None:
    """Never left, as far as the backup knows; left earlier; left before anything was read."""
    move(engine, "sent", PaymentStatus.SENT, left_mark="2026-11-19T17:00:00")
    move(engine, "in_doubt", PaymentStatus.IN_DOUBT, ever_left=True, left_mark=None)
    restore(use_cases)
    found = rows(engine)
    assert {name: found[name].left_mark for name in ("queued", "sent", "in_doubt")} == {
        "queued": "2026-11-20T09:00:00",
        "sent": "2026-11-19T17:00:00",
        "in_doubt": None,
    }


def test_no_sync_of_before_goes_on(use_cases: UseCases, engine: Engine) -> None:
    restore(use_cases)
    with engine.connect() as db:
        session = db.execute(select(WcSession.__table__).where(WcSession.revision == 1)).one()
        assert session.state == "closed"
        assert session.ended_at is not None
        assert "press Update Selected" in session.message
        open_attempts = "SELECT count(*) FROM attempt WHERE outcome IS NULL"
        assert db.execute(text(open_attempts)).scalar() == 0
        unanswered = "SELECT count(*) FROM exchange WHERE answered_at IS NULL"
        assert db.execute(text(unanswered)).scalar() == 0


def test_a_second_time_nothing_moves_and_the_wait_begins_anew(
    use_cases: UseCases, engine: Engine
) -> None:
    """Whoever restores an older backup again must not find that the wait is over."""

    def without_the_wait() -> dict[str, dict[str, Any]]:
        return {name: {**row._asdict(), "left_at": None} for name, row in rows(engine).items()}

    with engine.connect() as db:
        events = db.execute(text("SELECT count(*) FROM payment_event")).scalar_one()
    restore(use_cases)
    before, kept = without_the_wait(), rows(engine)
    again = restore(use_cases)
    assert (again.sessions_ended, again.companies) == (0, [])
    assert without_the_wait() == before
    assert rows(engine)["queued"].left_at > kept["queued"].left_at
    with engine.connect() as db:
        count = db.execute(text("SELECT count(*) FROM payment_event")).scalar()
    assert count == events + 4


def test_what_a_person_settled_since_is_asked_for_again_after_another_restore(
    use_cases: UseCases, company_file_id: int
) -> None:
    restore(use_cases)
    said = {"action": "settle_not_posted", "note": "looked it up"}
    use_cases.review.act(company_file_id, "queued", said, by="bookkeeper")
    assert [one.in_doubt for one in restore(use_cases).companies] == [1]


def test_every_company_is_counted(use_cases: UseCases, company: CompanyView) -> None:
    other = use_cases.companies.add("Moonlight Dental")
    use_cases.companies.add("Starlight Dental")
    own = use_cases.companies.internal_id(other.id)
    use_cases.intake.queue(own, [payment("a"), payment("b")], by="api")
    counted = [(one.id, one.in_doubt) for one in restore(use_cases).companies]
    assert counted == [(company.id, 4), (other.id, 2)]


def test_what_was_restored_still_verifies(use_cases: UseCases, company: CompanyView) -> None:
    assert use_cases.verify.company(company.id).holds
    restore(use_cases)
    assert use_cases.verify.company(company.id).holds

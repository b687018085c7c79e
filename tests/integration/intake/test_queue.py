"""Queueing: each payment once, with an identity of its own, alone or in lists."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from models.payment import Payment, PaymentApply, PaymentEvent
from qbwc_server.errors import InvalidInput
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.intake import LIST_MAX, Kind, Outcome
from sync_core import identity
from sync_core.lifecycle import PaymentStatus
from tests.integration.site import move, payment, stored


def queue(use_cases: UseCases, company_file_id: int, *given: object) -> list[Outcome]:
    return use_cases.intake.queue(company_file_id, given, by="api")


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [outcome.kind.value for outcome in outcomes]


def pointers(outcome: Outcome) -> list[str]:
    return [problem.pointer for problem in outcome.problems]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    seen: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_payment_is_queued_with_its_parts_and_its_first_event(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    assert kinds(queue(use_cases, company_file_id, payment())) == ["created"]
    with engine.connect() as db:
        row = db.execute(select(Payment.__table__)).one()
        part = db.execute(select(PaymentApply.__table__)).one()
        first = db.execute(select(PaymentEvent.__table__)).one()
    assert (row.status, row.amount_cents, row.attempt_count) == ("queued", 12500, 0)
    assert (part.position, part.amount_cents, part.invoice_txn_id) == (0, 10000, "6-1760000006")
    assert (first.from_status, first.to_status, first.by) == (None, "queued", "api")


def test_its_identity_follows_from_the_company_and_its_id(
    use_cases: UseCases, company: CompanyView, company_file_id: int, engine: Engine
) -> None:
    queue(use_cases, company_file_id, payment())
    with engine.connect() as db:
        row = db.execute(select(Payment.__table__)).one()
    owner = uuid.UUID(company.id)
    assert row.external_guid == str(identity.external_guid(owner, "pay_123"))
    assert row.reference == identity.reference("CB", owner, "pay_123")


def test_a_changed_prefix_concerns_payments_from_then_on(
    use_cases: UseCases, company: CompanyView, company_file_id: int
) -> None:
    before = queue(use_cases, company_file_id, payment())[0]
    use_cases.companies.set(company.id, {"reference_prefix": "WEB"})
    again, after = queue(use_cases, company_file_id, payment(), payment("pay_124"))
    assert again.kind is Kind.SAME
    assert again.reference == before.reference
    assert after.reference is not None
    assert after.reference.startswith("WEB")


def test_a_number_that_is_taken_is_drawn_again(
    use_cases: UseCases, company: CompanyView, company_file_id: int
) -> None:
    drawn = identity.reference("CB", uuid.UUID(company.id), "pay_2")
    first, second = queue(
        use_cases, company_file_id, payment("pay_1", reference=drawn), payment("pay_2")
    )
    assert first.reference == drawn
    assert second.reference == identity.reference("CB", uuid.UUID(company.id), "pay_2", turn=1)
    third = queue(use_cases, company_file_id, payment("pay_2"))[0]
    assert (third.kind, third.reference) == (Kind.SAME, second.reference)


def test_a_given_reference_goes_before_one_that_we_make(
    use_cases: UseCases, company: CompanyView, company_file_id: int
) -> None:
    drawn = identity.reference("CB", uuid.UUID(company.id), "pay_1")
    first, second = queue(
        use_cases, company_file_id, payment("pay_1"), payment("pay_2", reference=drawn)
    )
    assert second.reference == drawn
    assert first.reference not in (None, drawn)


def test_a_reference_of_another_payment_is_refused(
    use_cases: UseCases, company_file_id: int
) -> None:
    outcomes = queue(
        use_cases,
        company_file_id,
        payment("pay_1", reference="INV-7"),
        payment("pay_2", reference="INV-7"),
        payment("pay_2", reference="INV-8"),
    )
    assert kinds(outcomes) == ["created", "invalid", "invalid"]
    assert pointers(outcomes[1]) == ["/reference"]
    assert "pay_1" in outcomes[1].problems[0].sentence
    assert pointers(outcomes[2]) == ["/id"]
    later = queue(use_cases, company_file_id, payment("pay_3", reference="INV-7"))[0]
    assert (later.kind, pointers(later)) == (Kind.INVALID, ["/reference"])


def test_another_company_may_use_the_same_id_and_reference(
    use_cases: UseCases, company_file_id: int
) -> None:
    other = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    given = payment(reference="INV-7")
    assert kinds(queue(use_cases, company_file_id, given)) == ["created"]
    assert kinds(queue(use_cases, other, given)) == ["created"]


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({"amount": "126.00"}, ["/amount"]),
        ({"customer": {"name": "Abercrombie, Kristy"}}, ["/customer"]),
        ({"apply": []}, ["/apply"]),
        ({"memo": "Thanks", "batch": "B1"}, ["/memo", "/batch"]),
        ({"reference": "INV-7"}, ["/reference"]),
        ({"received_on": "2026-11-19", "method": "Cash"}, ["/received_on", "/method"]),
    ],
)
def test_other_content_under_the_same_id_is_a_conflict(
    use_cases: UseCases, company_file_id: int, changes: dict[str, Any], differing: list[str]
) -> None:
    queue(use_cases, company_file_id, payment())
    outcome = queue(use_cases, company_file_id, payment(**changes))[0]
    assert (outcome.kind, pointers(outcome)) == (Kind.CONFLICT, differing)


def test_a_given_reference_that_is_left_out_later_is_a_conflict(
    use_cases: UseCases, company_file_id: int
) -> None:
    queue(use_cases, company_file_id, payment(reference="INV-7"))
    outcome = queue(use_cases, company_file_id, payment())[0]
    assert (outcome.kind, pointers(outcome)) == (Kind.CONFLICT, ["/reference"])


def test_the_same_content_in_another_form_is_the_same_payment(
    use_cases: UseCases, company_file_id: int
) -> None:
    parts = [
        {"invoice": {"number": "101"}, "amount": "10.00"},
        {"invoice": {"number": "102"}, "amount": "20.00"},
    ]
    first = queue(use_cases, company_file_id, payment(apply=parts))[0]
    same = payment(apply=parts[::-1], memo="", batch=None, method=" Visa ")
    echoed = payment(apply=parts, reference=first.reference)
    assert kinds(queue(use_cases, company_file_id, same, echoed)) == ["same", "same"]


def test_a_list_answers_each_in_its_place(use_cases: UseCases, company_file_id: int) -> None:
    queue(use_cases, company_file_id, payment("old"))
    outcomes = queue(
        use_cases,
        company_file_id,
        payment("old"),
        payment("new"),
        payment("new"),
        payment("new", amount="200.00"),
        payment("old", amount="200.00"),
        payment("bad", amount=200),
        "no payment",
        payment("last"),
    )
    assert kinds(outcomes) == [
        *("same", "created", "same", "conflict", "conflict", "invalid", "invalid", "created"),
    ]
    assert [outcome.id for outcome in outcomes[5:]] == ["bad", None, "last"]


def test_payments_keep_the_order_of_the_list(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    names = [f"pay_{number * 7919 % 100}" for number in range(100)]
    queue(use_cases, company_file_id, *(payment(name) for name in names))
    assert stored(engine) == names


def test_a_thousand_payments_take_as_many_statements_as_one(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    given = [payment(f"pay_{number}") for number in range(LIST_MAX)]
    with statements(engine) as taking:
        assert set(kinds(queue(use_cases, company_file_id, *given))) == {"created"}
    with statements(engine) as repeating:
        assert set(kinds(queue(use_cases, company_file_id, *given))) == {"same"}
    # The clock, the company, what is there, references, three inserts, look-alikes; one of them
    # may be cut in two.
    assert len([one for one in taking if not one.startswith("BEGIN")]) <= 10
    assert len([one for one in repeating if not one.startswith("BEGIN")]) <= 4


def test_a_longer_list_is_refused_whole(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    given = [payment(f"pay_{number}") for number in range(LIST_MAX + 1)]
    with pytest.raises(InvalidInput, match="at most 1000"):
        queue(use_cases, company_file_id, *given)
    assert stored(engine) == []


def test_what_cannot_be_written_leaves_nothing_behind(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    """A fault after the payments were written takes them back: all or nothing."""

    def fail(_db: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO payment_event"):
            raise RuntimeError("the disk is gone")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError, match="disk"):
        queue(use_cases, company_file_id, payment("pay_1"), payment("pay_2"))
    event.remove(engine, "before_cursor_execute", fail)
    assert stored(engine) == []
    assert kinds(queue(use_cases, company_file_id, payment("pay_1"))) == ["created"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, "first"),
        ({"received_on": "2026-11-23"}, "first"),
        ({"received_on": "2026-11-17"}, "first"),
        ({"received_on": "2026-11-24"}, None),
        ({"method": "MasterCard", "memo": "again"}, "first"),
        ({"amount": "125.01"}, None),
        ({"customer": {"list_id": "80000002-1760000002"}}, None),
        ({"customer": {"name": "80000001-1760000001"}}, None),
        ({"apply": []}, None),
        ({"apply": [{"invoice": {"txn_id": "6-1760000006"}, "amount": "99.00"}]}, "first"),
    ],
)
def test_a_look_alike_is_named(
    use_cases: UseCases, company_file_id: int, changes: dict[str, Any], named: str | None
) -> None:
    queue(use_cases, company_file_id, payment("first"))
    outcome = queue(use_cases, company_file_id, payment("second", **changes))[0]
    assert outcome.kind is Kind.CREATED
    assert (outcome.look_alike.id if outcome.look_alike else None) == named


def test_look_alikes_of_a_list_include_the_list(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    bare = [payment(f"pay_{number}", apply=[]) for number in range(3)]
    outcomes = queue(use_cases, company_file_id, *bare, payment("other"))
    alike = [outcome.look_alike.id if outcome.look_alike else None for outcome in outcomes]
    assert alike == [None, "pay_0", "pay_1", None]
    move(engine, "pay_1", PaymentStatus.DISMISSED)
    move(engine, "pay_2", PaymentStatus.DISMISSED)
    again = queue(use_cases, company_file_id, payment("pay_3", apply=[]))[0]
    assert again.look_alike is not None
    assert again.look_alike.id == "pay_0"

"""Lists are paged by cursor, newest first, by their index."""

from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from qbwc_server.errors import InvalidInput
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.paging import LIMIT_MAX
from sync_core.lifecycle import PaymentStatus
from tests.integration.site import move, payment


def queue(use_cases: UseCases, company_file_id: int, *names: str) -> None:
    use_cases.intake.queue(company_file_id, [payment(name) for name in names], by="api")


def test_pages_neither_skip_nor_repeat_while_payments_arrive(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    names = [f"pay_{number:02}" for number in range(25)]
    queue(use_cases, company_file_id, *names)
    for number in range(0, 25, 3):
        move(engine, f"pay_{number:02}", PaymentStatus.POSTED)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = use_cases.payments.page(company_file_id, cursor=cursor, limit="4")
        assert len(page.items) <= 4
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        queue(use_cases, company_file_id, f"late_{len(seen)}")
    assert seen == names[::-1]


@pytest.mark.parametrize("count", [0, 3, 4, 5, 8])
def test_the_last_page_says_so(use_cases: UseCases, company_file_id: int, count: int) -> None:
    queue(use_cases, company_file_id, *(f"pay_{number}" for number in range(count)))
    page = use_cases.payments.page(company_file_id, limit="4")
    assert (page.next_cursor is None) == (count <= 4)
    assert len(list(use_cases.payments.every(company_file_id))) == count


def test_a_status_narrows_the_list(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    queue(use_cases, company_file_id, "a", "b", "c")
    move(engine, "b", PaymentStatus.SENT)
    assert [item.id for item in use_cases.payments.page(company_file_id, status="sent").items] == [
        "b"
    ]
    waiting = use_cases.payments.page(company_file_id, status="queued").items
    assert [item.id for item in waiting] == ["c", "a"]


def test_another_company_sees_nothing(use_cases: UseCases, company_file_id: int) -> None:
    other = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    queue(use_cases, company_file_id, "a")
    assert use_cases.payments.page(other).items == []


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({"status": "done"}, ["/status"]),
        ({"limit": "0"}, ["/limit"]),
        ({"limit": str(LIMIT_MAX + 1)}, ["/limit"]),
        ({"limit": "-1"}, ["/limit"]),
        ({"limit": "٣"}, ["/limit"]),
        ({"limit": "9" * 5000}, ["/limit"]),
        ({"cursor": "x"}, ["/cursor"]),
        ({"cursor": "é"}, ["/cursor"]),
        ({"cursor": "YmVmb3JlIDI1eA", "limit": "a"}, ["/limit", "/cursor"]),
    ],
)
def test_what_cannot_be_a_page_is_refused(
    use_cases: UseCases, company_file_id: int, asked: dict[str, str], pointers: list[str]
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        use_cases.payments.page(company_file_id, **asked)
    assert [problem.pointer for problem in wrong.value.problems] == pointers


def test_a_page_is_read_by_its_index(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    queue(use_cases, company_file_id, *(f"pay_{number}" for number in range(10)))
    seen: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    use_cases.payments.page(company_file_id)
    event.remove(engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in seen if "UNION" in one[0])
    with engine.connect() as db:
        if engine.dialect.name == "postgresql":
            # Ten rows are read faster without an index; a million are not.
            db.execute(text("SET LOCAL enable_seqscan = off"))
            db.execute(text("SET LOCAL enable_sort = off"))
            db.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        explain = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = "\n".join(map(str, db.exec_driver_sql(f"{explain} {statement}", parameters)))
    assert plan.count("ix_payment_list") + plan.count("ix_payment_queued") == len(PaymentStatus)

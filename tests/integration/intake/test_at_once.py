"""Several servers take payments in at once: each payment stands there once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

from flask import Flask
from sqlalchemy import Engine, select, text

from models.payment import Payment
from models.queries import payments
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.intake import Outcome
from tests.integration.site import Site, payment, stored

WAITS_FOR_US = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all, each in a thread of its own, from the same moment on; give what each gave."""
    barrier = Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = acts[place]()
        except Exception as error:  # noqa: BLE001 - shown by the test that looks at it
            results[place] = error

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_payment_twice_at_once_is_one(flask: Flask, client: Site, engine: Engine) -> None:
    names = [f"pay_{number}" for number in range(15)]
    for name in names:

        def post(name: str = name) -> int:
            site = Site(flask.test_client(), client.token)
            return site.post("/payments", payment(name)).status_code

        assert sorted(map(str, at_once(post, post))) == ["200", "201"]
    assert stored(engine) == names


def test_lists_that_cross_each_other_do_not_block(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    given = [payment(f"pay_{number}") for number in range(60)]

    def take(order: Sequence[object]) -> list[Outcome]:
        return use_cases.intake.queue(company_file_id, order, by="api")

    results = at_once(
        lambda: take(given), lambda: take(given[::-1]), lambda: take(given[30:] + given[:30])
    )
    outcomes = [outcome for result in results for outcome in result]  # type: ignore[attr-defined] # an exception fails here
    assert sorted(outcome.kind for outcome in outcomes) == ["created"] * 60 + ["same"] * 120
    assert sorted(stored(engine)) == sorted(f"pay_{number}" for number in range(60))


def test_one_reference_at_once_goes_to_one_payment(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    def take(name: str) -> str:
        given = payment(name, reference="INV-7")
        return use_cases.intake.queue(company_file_id, [given], by="api")[0].kind

    assert sorted(map(str, at_once(lambda: take("a"), lambda: take("b")))) == ["created", "invalid"]
    assert len(stored(engine)) == 1


def test_an_act_that_waits_crosswise_is_done_after_all(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    """A sync holds the later payment and wants the earlier one: PostgreSQL ends one of the two."""
    use_cases.intake.queue(company_file_id, [payment("first"), payment("second")], by="api")

    def withdraw() -> int:
        said = {"action": "withdraw", "ids": ["first", "second"], "note": "Paid in cash."}
        return use_cases.review.act_on_all(company_file_id, said, by="bookkeeper").count

    with engine.connect() as sync, ThreadPoolExecutor(1) as thread, sync.begin():
        payments.hold(sync, company_file_id, "second")
        withdrawn = thread.submit(withdraw)
        if engine.dialect.name == "postgresql":  # SQLite has one writer: it waits, and is next
            while not sync.execute(text(WAITS_FOR_US)).scalar_one():
                pass
        payments.hold(sync, company_file_id, "first")
    assert withdrawn.result() == len(("first", "second"))
    with engine.connect() as db:
        assert {row.status for row in db.execute(select(Payment.status))} == {"dismissed"}

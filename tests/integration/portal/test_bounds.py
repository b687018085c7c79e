"""Pages whose lists grow ask the database as often for many lines as for few."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core.lifecycle import PaymentStatus
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.portal.shelf import KERN, Shelf
from tests.integration.site import move, payment
from tests.integration.synced import REJECTED, bring, find_extra
from tests.schema.rows import NOON

# So many statements a page makes at most, the door and the menu among them.
STATEMENTS_MAX = 40
# And one payment of several that are acted on together: each is held, looked at, moved and noted.
EACH_MAX = 25
FEW, MANY = 2, 40


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note the statements that are made."""
    statements: list[str] = []

    def note(*call: object) -> None:
        statements.append(str(call[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


Add = Callable[[int], None]


@pytest.fixture
def shelf(engine: Engine, company_file_id: int) -> Shelf:
    shelf = Shelf.of(engine, company_file_id)
    shelf.customer(KERN, "Kern")
    return shelf


@pytest.fixture
def adds(
    engine: Engine,
    use_cases: UseCases,
    company: CompanyView,
    company_file_id: int,
    shelf: Shelf,
) -> dict[str, Add]:
    """Give what makes the list of a page one line longer, by the page's address."""

    def queue(name: str, **more: object) -> str:
        given = payment(name, **{"apply": [], **more})
        use_cases.intake.queue(company_file_id, [given], by="test")
        return name

    def mapping(number: int) -> None:
        queue(f"m{number}", customer={"external_id": f"c-{number}"})

    def extra(number: int) -> None:
        name = queue(f"e{number}")
        bring(engine, company_file_id, name, PaymentStatus.POSTED)
        find_extra(engine, shelf.session_id, f"2E-{number}", name)

    def missing(number: int) -> None:
        name = queue(f"l{number}")
        bring(engine, company_file_id, name, PaymentStatus.POSTED)
        move(engine, name, PaymentStatus.POSTED, missing_since=NOON)

    def install(number: int) -> None:
        use_cases.installs.add(company.id, label=f"PC {number}", primary=False)

    home = f"/companies/{company.id}"
    return {
        f"{home}/mappings/customers": mapping,
        f"{home}/resolve/extras": extra,
        f"{home}/resolve/missing": missing,
        f"{home}/quickbooks": install,
    }


@pytest.mark.parametrize("number", range(4), ids=["mappings", "extras", "missing", "installs"])
def test_a_page_asks_as_often_however_long_its_list_is(
    engine: Engine, admin: Person, adds: dict[str, Add], number: int
) -> None:
    address, add = list(adds.items())[number]
    costs, first = [], 0
    for last in (FEW, MANY):
        for line in range(first, last):
            add(line)
        first = last
        with counted(engine) as statements:
            assert admin.open(address).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert costs[1] <= STATEMENTS_MAX


def test_acting_on_several_costs_so_much_for_each(
    engine: Engine, hire: Hire, use_cases: UseCases, company: CompanyView, company_file_id: int
) -> None:
    bea = hire("bea", "bookkeeper")
    wanted = [payment(f"p{number}", apply=[]) for number in range(MANY)]
    use_cases.intake.queue(company_file_id, wanted, by="test")
    for number in range(MANY):
        move(engine, f"p{number}", PaymentStatus.REJECTED, **REJECTED)
    here = f"/companies/{company.id}/resolve"
    costs = []
    for count in (FEW, MANY):
        ids = [f"p{number}" for number in range(count)]
        with counted(engine) as statements:
            shown = bea.send(f"{here}/several", on="/account", action="retry", id=ids)
        assert shown.status_code == 200
        costs.append(len(statements))
    assert costs[1] - costs[0] <= EACH_MAX * (MANY - FEW)
    assert costs[0] <= STATEMENTS_MAX + EACH_MAX * FEW

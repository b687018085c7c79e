"""One QuickBooks company file: its books, and the QuickBooks that has it open.

Besides the ledger it holds what a program is told of host, company and preferences, the private
data that Web Connectors leave behind, and the switches a test turns where Intuit's documents leave
two readings. It speaks no qbXML.
"""

import copy
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from scripts.simulate.quickbooks.ledger import Ledger
from scripts.simulate.quickbooks.lists import Clock, system_clock
from scripts.simulate.quickbooks.records import Transaction
from scripts.simulate.quickbooks.refusals import ComError, Refusal, unparsable

# All versions up to 16.0, as a QuickBooks 2024 lists them.
ALL_VERSIONS = (
    *("1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0"),
    *("10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0"),
)
# What belongs to the PC and its QuickBooks, and does not come with a restored file.
OF_THE_PC = (
    *("path", "host", "behaviour", "is_open", "may_sign_in", "clock", "_offsets", "_forced"),
    "_refused_sessions",
)


class Missing(Enum):
    """How a query by TxnID, ListID, FullName or RefNumber answers when one value is unknown."""

    OTHER_ROWS = "status 500 with the rows of the other values"
    NO_ROWS = "status 500 and no row at all"
    EMPTY = "status 0 with the rows of the other values, or status 1 and none"
    SILENT = "status 0 with the rows of the other values, and with none too"


@dataclass
class Host:
    """What HostQuery tells of the program; `file_mode` is SingleUser or MultiUser."""

    product_name: str = "QuickBooks Enterprise Solutions 24.0"
    major_version: str = "34"
    minor_version: str = "0"
    country: str = "US"
    versions: tuple[str, ...] = ALL_VERSIONS
    file_mode: str = "MultiUser"


@dataclass
class Behaviour:
    """The switches: either setting may be what a real QuickBooks does.

    A message set that contains `chokes_on` is refused whole, by `choke`, before any of it is
    executed; "" is in none. `linking_touches`: a payment or credit that is entered or removed moves
    the TimeModified of its customer and of the invoices it is applied to, as in two recorded
    answers; that it does so everywhere is not proven. `merging_deletes`: ListDeletedQuery names a
    customer that was merged away; no answer to it is recorded.
    """

    missing: Missing = Missing.OTHER_ROWS
    keeps_external_guid: bool = True
    closed_period_code: int = 3180
    printed_offset: str = "-05:00"
    linking_touches: bool = True
    merging_deletes: bool = True
    chokes_on: str = ""
    choke: Callable[[str], ComError] = unparsable

    def check_digestible(self, text: str) -> None:
        """Errors: what `choke` makes, for a message set that QuickBooks cannot read."""
        if self.chokes_on and self.chokes_on in text:
            raise self.choke(f"{self.chokes_on} is in it")


class CompanyFile(Ledger):
    """A company file at its Windows `path`, empty but for the two accounts QuickBooks needs.

    `clock` gives the time at the PC as aware UTC. `closing_date`, `dividing_date` (of an
    Accountant's Copy) and `home_currency` (None: multi-currency is off) may be set at any time, and
    so may `is_open` and `may_sign_in`: whether QuickBooks is open, and whether a program may open
    it ("Yes, always" was chosen).
    """

    def __init__(
        self, name: str, *, path: str = r"C:\Books\company.qbw", clock: Clock = system_clock
    ) -> None:
        super().__init__(clock)
        self.name = name
        self.path = path
        self.host = Host()
        self.behaviour = Behaviour()
        self.closing_date: date | None = None
        self.dividing_date: date | None = None
        self.home_currency: str | None = None
        self.auto_apply = False
        self.is_open = True
        self.may_sign_in = True
        self.private_data: dict[str, dict[str, str]] = {}
        self.executed_adds: Counter[str] = Counter()
        self._currency_ids: dict[str, str] = {}
        self._refused_sessions: list[ComError] = []
        self._forced: list[tuple[str, str, Refusal]] = []

    def backup(self) -> "CompanyFile":
        """Copy the whole file as it stands, stamps and counters too; the copy lives on by itself.

        It may be opened instead (`WebConnector.company_file`), under another `path` or not. The
        refusals that a test laid out stay with the original.
        """
        memo = {id(self.clock): self.clock, id(self._forced): [], id(self._refused_sessions): []}
        return copy.deepcopy(self, memo)

    def restore(self, backup: "CompanyFile") -> None:
        """Put a backup in this file's place, for every PC that opens it.

        What came after the backup is gone, private data included, and numbers are given out again:
        a TxnID of the lost time comes back if the clock is not moved in between.
        """
        kept = {name: vars(self)[name] for name in OF_THE_PC}
        vars(self).update(vars(backup.backup()))
        vars(self).update(kept)

    def refuse_next(
        self, request: str, *, code: int, message: str, times: int = 1, number: str = ""
    ) -> None:
        """Answer the next requests of that name ("ReceivePaymentAdd") with this status.

        Only those with a RefNumber, where one is given. A code of 500 to 999 is a warning: the
        request is executed and its data returned.
        """
        self._forced += [(request, number, Refusal(code, message))] * times

    def forced_answer(self, request: str, number: str) -> Refusal | None:
        """Take the answer a test laid out for this request and its RefNumber, if any."""
        for forced in self._forced:
            if forced[0] == request and forced[1] in ("", number):
                self._forced.remove(forced)
                return forced[2]
        return None

    def refuse_sessions(self, hresult: str, message: str, *, times: int = 1) -> None:
        """Let the next attempts to open a session fail, as behind a modal dialog (0x80040414)."""
        self._refused_sessions += [ComError(hresult, message)] * times

    def open_session(self, path: str) -> None:
        """Open a session on this file; an empty path means the file now open.

        Errors: ComError 0x80040416 (not running), 0x8004040A (another file is open), 0x80040403
        (no such file), 0x8004041D (may not be opened by a program), or what a test laid out.
        Source: Intuit's table of HRESULTs.
        """
        if self._refused_sessions:
            raise self._refused_sessions.pop(0)
        if path and path.casefold() != self.path.casefold():
            if self.is_open:
                raise ComError("0x8004040A", "Another company file is already open.", path)
            raise ComError("0x80040403", "Unable to open the specified company file.", path)
        if not path and not self.is_open:
            raise ComError(
                "0x80040416",
                "If QuickBooks is not running, a call to the BeginSession method must include the "
                "name of the data file.",
            )
        if not self.is_open and not self.may_sign_in:
            raise ComError(
                "0x8004041D",
                "This application does not have permission to access this company data file. The "
                "QuickBooks administrator can grant access permission through the Integrated "
                "Application preferences.",
            )

    def data_of(self, owner_id: str) -> Mapping[str, str]:
        """Read the private data under an OwnerID ("FileID", "AppLock"), whatever its case."""
        return self.private_data.get(owner_id.upper(), {})

    def write_data(self, owner_id: str, name: str, value: str) -> None:
        """Write a row of private data under an OwnerID; an empty value takes it away."""
        rows = self.private_data.setdefault(owner_id.upper(), {})
        rows.pop(name, None)
        if value:
            rows[name] = value

    def currency_id(self, name: str) -> str:
        """The ListID of a currency, as "US Dollar"."""
        if name not in self._currency_ids:
            self._currency_ids[name] = self._list_stamp()["list_id"]
        return self._currency_ids[name]

    def in_closed_period(self, day: date) -> bool:
        """Whether that day is on or before the closing date, or a copy's dividing date."""
        return any(day <= limit for limit in (self.closing_date, self.dividing_date) if limit)

    def highest_version(self) -> tuple[int, int]:
        """The newest qbXML version, as major and minor."""
        return max(version_number(each) for each in self.host.versions)

    def printed(self, moment: datetime) -> str:
        """Print a time as QuickBooks does: wall clock, and an offset nobody should trust."""
        return self.wall_clock(moment).isoformat() + self.behaviour.printed_offset

    def _linked(self, *transactions: Transaction) -> None:
        if self.behaviour.linking_touches:
            super()._linked(*transactions)


def version_number(text: str) -> tuple[int, int]:
    """Read "13.0" as (13, 0)."""
    major, minor = text.split(".")
    return int(major), int(minor)

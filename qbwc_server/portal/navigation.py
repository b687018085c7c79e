"""What stands in the menu. Pages put themselves in; what is not built is not linked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from sync_core.people import Role


class Place(IntEnum):
    """Where a page stands in the menu, whichever of them there are."""

    OVERVIEW = 1
    RESOLVE = 2
    PAYMENTS = 3
    INVOICES = 4
    CUSTOMERS = 5
    SYNC_LOG = 6
    SETTINGS = 7
    USERS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the menu.

    `of_company`: its page is about one company file, whose id is in the address. `needs_you` counts
    what waits there for a person, 0 for nothing.
    """

    place: Place
    label: str
    endpoint: str
    role: Role = Role.VIEWER
    of_company: bool = False
    needs_you: Callable[[int], int] | None = None

    def holds(self, endpoint: str | None) -> bool:
        """Say whether a page belongs under this line: it has the same blueprint."""
        return bool(endpoint) and str(endpoint).partition(".")[0] == self.endpoint.partition(".")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the menu as a page shows it."""

    label: str
    href: str
    is_here: bool
    needs_you: int


@dataclass(slots=True)
class Navigation:
    """The menu."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Put a page in its place."""
        self.entries = sorted([*self.entries, entry], key=lambda one: one.place)

    def for_role(self, role: Role) -> list[Entry]:
        """List what somebody of a role may open."""
        return [entry for entry in self.entries if role.reaches(entry.role)]

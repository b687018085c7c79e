"""What the table of problems says of each, and phrases that come again.

Data in the language of `phrases`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_core.trouble import Standing
from sync_core.wording.states import BOOKS, Books

PC = "[{pc}|the PC with the Web Connector]"
SYNC_USER = "[{sync_user}|the sync's user]"
FILE = "[{company_file}|the company file]"
THIS_FILE = "[{company_file}|the company file of this connection]"
APP = "[{app_name}|the application]"
OTHER_PC = "[{other_pc}|the other PC]"
AT_PC = f"Anyone at {PC}"
KEEPER = f"Whoever looks after {PC}"

PRESS = "Press **Update Selected**."
MULTI_USER = "**File > Switch to Multi-user Mode**"
PREFERENCES = "**Edit > Preferences > Integrated Applications > Company Preferences**"

WAITING = "[ Payments waiting: {waiting_count}[ ({waiting_amount})].]"

# Said of a sync that had begun: some of it may be in the books.
CARRIES_ON = (
    "What was recorded before it stopped stays. Nothing is lost: the next sync carries on."
    f"{WAITING}"
)
FIRST_TRY = "The first try did not get through. Press **Update Selected** once more."
BY_HAND_WAITS = (
    "Last sync by hand: [{last_call}|never].[ Payments that wait for **Update Selected**: "
    "{waiting_count}[ ({waiting_amount})][, the oldest since {waiting_since}].]"
)

# How it stands with an install, in a word or two.
STANDINGS: Mapping[Standing, str] = {
    Standing.OK: "In order",
    Standing.FIRST_TRY_FAILED: "Tried once",
    Standing.TROUBLE: "Does not get through",
    Standing.SILENT: "Silent",
    Standing.NEVER_CALLED: "Not connected yet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TroubleWords:
    """One problem as people read it: what happened, the books, who can act, the steps."""

    title: str
    what: str
    who: str
    steps: tuple[str, ...]
    status: str
    books: str = BOOKS[Books.SYNC_STOPPED]

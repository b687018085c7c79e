"""What a sync tells the office: in the Web Connector's status column, and on a company's page.

Sentences only; `{names}` are facts. What stopped a sync is in the table of problems instead.
"""

from collections.abc import Mapping

from sync_core.extras import Kind
from sync_core.wording import syncs
from sync_core.wording.notes import DATABASE_RESTORED
from sync_core.wording.states import NEED_YOU

# What a sync has done, of one payment and of several.
POSTED = ("1 payment posted", "{count} payments posted")
NEEDS_YOU = (f"{NEED_YOU[0]}: {{base_url}}/resolve", f"{NEED_YOU[1]}: {{base_url}}/resolve")
BEING_CHECKED = (
    "1 payment being checked: please do not enter by hand",
    "{count} payments being checked: please do not enter by hand",
)
NOTHING_TO_POST = f"{syncs.NOTHING_TO_POST.capitalize()}."
SEE = "See {base_url}/resolve"

# Why nothing is posted. What to do follows: for the office, and for who works at the server.
IS_PAUSED = "Posting is paused: {why}"
_MAY_HOLD = f"{DATABASE_RESTORED}, and a PC may still hold payments from before."
PAUSED: Mapping[Kind, str] = {
    Kind.SECOND: "Posting is paused: QuickBooks holds two entries for one online payment.",
    Kind.STRANGER: "Posting is paused: QuickBooks holds online payments that are not known here.",
}
RESTORED = f"Posting is paused: {_MAY_HOLD} Please press Update Selected on the other PCs."
RESTORED_AT_SERVER = (
    f"Posting is paused: {_MAY_HOLD} Press Update Selected on every PC; or, when none is at work "
    "any more and none sleeps: qbwc company no-pc-at-work {company}"
)
DOUBTED_AT_SERVER = (
    "Posting is paused: {why} If this is the company file to go on with: qbwc company confirm "
    "{company}"
)
EXTRAS_AT_SERVER = "Posting is paused: {holds}; qbwc extras list {company}"
STOCK_NEXT = (
    "This is your company file now: the next sync reads all of it before it posts. Please press "
    "Update Selected once more."
)
STOPPED = "QuickBooks did not allow a payment to be recorded, so the others wait."
NOT_TOLD = (
    "QuickBooks did not tell its payment methods and accounts[: {said}]. Nothing was written. "
    "Please press Update Selected again."
)
NO_DEPOSIT_ACCOUNT = (
    'QuickBooks has no account "{name}" to deposit to, so nothing was posted. '
    "Correct the setting deposit_to, or add the account."
)

# Why some wait, or somebody is to look.
HELD_BACK = "QuickBooks was busy with a payment, which waits."
MOVED_MEANWHILE = "Invoices were moved in QuickBooks meanwhile; the next sync posts what pays them."
NOT_LISTED = "QuickBooks did not list its {what}; the next sync asks again."
UNANSWERED = "QuickBooks did not answer about some invoices, so their payments wait: {said}"
MISSING = "{count} payments posted earlier are missing from this file. See {base_url}/resolve"
NOT_THERE = "QuickBooks does not have {count} of the entries named by hand. See {base_url}/resolve"

# How a sync ended that nobody ended.
NO_SYNC = "No sync was under way."
UNKNOWN_TICKET = "This sync is not known here, or it is long over. Please press Update Selected."
ANOTHER_SYNC = "This sync went silent, and another one began."
SILENT = "This sync went silent. Nothing is lost: please press Update Selected."
RESTORED_MEANWHILE = (
    f"While this sync ran, {DATABASE_RESTORED}. Nothing is lost: please press Update Selected."
)

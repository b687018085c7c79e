"""What is said of company files and their PCs: how they stand, and what an act on one has done.

Sentences only, in the language of `phrases`; the steps for connecting a PC are in `connecting`.
"""

# ruff: noqa: S105 - sentences about passwords and tokens
from sync_core.wording.phrases import Forms

# How all of them stand.
NONE_HERE = "No company file is here yet."
NONE_IS_CONNECTED = "No company file is connected yet."
ONE_IS_CONNECTED = "Your company file is connected."
ONE_IS_NOT = "Your company file is not connected yet."
ALL_CONNECTED = "All {count} company files are connected."
SOME_CONNECTED: Forms = (
    "1 of {of} company files is connected; {left} to go.",
    "{count} of {of} company files are connected; {left} to go.",
)
NONE_NAMED = "No company file's name holds “{search}”."
NONE_FITS = "No company file fits."
NAME_HINT = "Look for a part of the name as it is written here."
ADD_ONE = "Add the company file that payments go to, then connect the PC with QuickBooks."
NOT_YOURS_YET = "An administrator adds the company file, or gives you access to it under Users."

# How one stands.
IS_PAUSED = "The sync of {company} is paused."
NEEDS_A_WORD = "{company} waits for an administrator's word."
NOT_CONNECTED = "{company} is not connected yet."
NO_PC_LEFT = "{company} has no PC that syncs any more."
PC_SILENT = "{company}: {pc} is silent."
PC_NOT_THROUGH = "{company}: {pc} does not get through."
PCS_NOT_THROUGH = "{company}: {count} of {of} PCs do not get through."
NOTHING_IN_THE_WAY = "Nothing is in the way."
AN_ADMINISTRATOR_ANSWERS = "An administrator answers it."

# When it syncs, or one PC does.
MINUTES: Forms = ("minute", "{count} minutes")
BY_ITSELF = "{who} syncs by itself, every {minutes}."
BY_HAND = "{who} syncs when somebody presses Update Selected."
NO_PC = "No PC is registered, so nothing is read or posted."
NONE_BY_ITSELF = (
    "No PC syncs by itself. Payments go to QuickBooks when somebody presses Update Selected in the "
    "Web Connector."
)
ONE_BY_ITSELF = (
    "{pc} syncs every {minutes} while it is on and signed in, so a payment is in the books about "
    "that long after it came in. Update Selected syncs at once, on any PC.[ {others}]"
)
ONE_IS_ENOUGH: Forms = (
    "{others} syncs by itself as well; one PC is enough: uncheck Auto-Run on it.",
    "{others} sync by themselves as well; one PC is enough: uncheck Auto-Run on them.",
)
WILL_SYNC_BY_ITSELF = "This PC will sync by itself, every {minutes}."
WILL_SYNC_BY_HAND = "This PC will sync when somebody presses **Update Selected**."
DOES_ALREADY: Forms = ("{others} does already.", "{others} do already.")
NO_PC_YET = "No PC is connected yet."
_TAKES = "takes about 15 minutes at the PC with QuickBooks."
HOW_LONG = f"Choose **Connect a PC**; it {_TAKES}"
CONNECTING_TAKES = f"Connecting one {_TAKES}"
FIRST_BY_ADMINISTRATOR = "An administrator connects the first one."
IN_THE_CONFIG_FILE = (
    "When it syncs stands in the config file: build it again and add it to the Web Connector. Or "
    "change the minutes and Auto-Run in the Web Connector's own window."
)

# Before the word that it is the right one, and before its first sync.
NOTHING_BEFORE_YES = "Nothing is read or posted before **Yes**."
NOTHING_BEFORE_WORD = (
    "The next page connects the PC with QuickBooks. Nothing is posted before you have said that "
    "the company file found there is the right one."
)
NOT_TOLD_YET = (
    "Nothing yet: it is told at the first sync after the word that the company file is the right "
    "one."
)

# What an act on a company file will do.
PAUSED_NOW = (
    "The sync is paused: PCs that call are told that there is nothing to do. Payments wait."
)
PAUSE = (
    "**Pause the sync.** PCs that call are told that there is nothing to do: nothing is read, "
    "nothing posted. Payments wait until you resume. A sync that runs now ends first."
)
READ_AGAIN = (
    "**Read everything again.** The next sync reads customers, invoices, credits and payments from "
    "their beginning; it takes longer. Nothing changes in QuickBooks."
)

# What it has done.
ADDED = "{company} is added[: {id}|. Now connect the PC with QuickBooks.]"
SAVED = "Saved."
IS_PAUSED_NOW = "Paused: no sync runs until you resume."
IS_RESUMED = "Resumed: the next call syncs."
READS_AGAIN = "The next sync of {company} reads everything again."
CONFIRMED = (
    "{company_name_found}[ ({company_file})] is the right one. Press Update Selected once more."
)
DENIED = (
    "{company_name_found}[ ({company_file})] is turned away from now on. Open the right company "
    "file; what else to do is said on the page of the connection."
)
OURS = (
    "This is our file now. The next sync lists what is missing from it"
    "[; then: qbwc payments missing {company}|.]"
)
POSTS_AGAIN = "The next sync of {company} posts again."
RESTORED = (
    "Payments put in doubt: {count}; open syncs ended: {ended}. The next sync of each company asks "
    "QuickBooks what it has."
)

# What an act on a PC will do.
NEW_PASSWORD = (
    "**New password.** It is shown once, on the next page. The old one stops at once: until the "
    "new one is typed in the Web Connector, this PC does not sync."
)
RENEW = (
    "**Renew the connection.** For QBWC1039, a new PC in the place of this one, or a company file "
    "that was the wrong one. A new config file and a new password are made; the ones of now stop "
    "at once. Remove the old entry in the Web Connector, then add the new file."
)
RETIRE = (
    "**Retire this install.** For a PC that nobody uses any more. It cannot sign in again, and "
    "nobody waits for it. What it was handed is still asked for by the other PCs."
)

# What it has done.
PC_CHANGED = "Saved. A changed schedule counts when the config file was built and added again."
RETIRED = "{pc} is retired: it cannot sign in any more."
NOT_BUILT = "The Web Connector would refuse this config file, so it cannot be built yet:"

# Of passwords and tokens.
KEEP_PASSWORD = (
    "Leave this page open until it is typed, or copy it to where only you can read it. Only a "
    "trace of it is kept here, by which it is known again."
)
PASSWORD_ON_TOP = "It is shown at the top of this page."
PASSWORD_WAS_SHOWN = "The password was shown once. Lost it?"
FIRST_PASSWORD = "The first password typed until {until} is taken."
NO_TOKEN = "No token yet: with one, the payment site queues payments over the API."
KEEP_TOKEN = (
    "Put it into the settings of the payment site. Whoever has it can queue payments for this "
    "company file."
)
TOKEN_REVOKED = "The token is revoked: what calls with it is turned away."

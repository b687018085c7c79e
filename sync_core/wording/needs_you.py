"""What the overview and the page Resolve say: how it stands with the payments, what needs a person.

Sentences only, in the language of `phrases`; pairs are said of one and of several. What is said of
one refused payment is in `story`, of lists of payments in `payments`.
"""

from sync_core.wording.notes import DATABASE_RESTORED
from sync_core.wording.payments import NOTHING_NEEDS_YOU
from sync_core.wording.phrases import Forms

# What the overview begins with.
NO_SYNC = "The sync needs you: it does not get through"
NONE_THIS_MONTH = "No payment was received this month yet"
NO_COMPANY_NEEDS_YOU = f"{NOTHING_NEEDS_YOU} in {{count}} company files."
COMPANIES_NEED_YOU: Forms = (
    "{count} of {of} company files needs you.",
    "{count} of {of} company files need you.",
)

# What keeps payments from being posted.
IS_PAUSED = (
    "**This company file is paused.** Web Connectors are sent away and nothing is posted until it "
    "is resumed."
)
IS_DOUBTED = "**Posting is paused: is this still your company file?** {why}"
IS_RESTORED = (
    f"**Posting is paused: {DATABASE_RESTORED}.** A PC may still hold payments from before. Press "
    "**Update Selected** in the Web Connector of every PC."
)
NOT_ALLOWED = (
    "**Posting is paused: QuickBooks does not allow it.** One payment is tried at each sync; the "
    "rest follow as soon as it is allowed."
)
ADMINISTRATOR_DECIDES = "An administrator decides."

# What the page Resolve begins with.
PAYMENTS_NEED_YOU: Forms = (
    "1 payment ({sum}) needs you.",
    "{count} payments ({sum}) need you.",
)
SOMETHING_ELSE = "No payment was refused, and something else needs you."
NOTHING = f"{NOTHING_NEEDS_YOU}."
LAST_SYNC = "Last sync {when}."
REFUSED_STAND_HERE = "Payments that QuickBooks refuses will stand here, each with what to do."
NEWEST_DOUBTED = "There are more; these are the newest."

# Of entries that are one too many.
HOLDS: Forms = (
    "QuickBooks holds 1 entry of ours too many",
    "QuickBooks holds {count} entries of ours too many",
)
HOLDS_NONE = "QuickBooks holds no entry of ours too many."
HOLDS_MORE = "QuickBooks holds more than {count} entries of ours too many."
EXTRAS: Forms = (f"{HOLDS[0]}.", f"{HOLDS[1]}.")
PAUSED_BY_EXTRAS: Forms = (
    f"**Posting is paused: {HOLDS[0]}.**",
    f"**Posting is paused: {HOLDS[1]}.**",
)
NOTHING_POSTED_MEANWHILE = (
    "Nothing is posted while one is open. Look at each in QuickBooks, then decide."
)
IS_SECOND = "Payment No. {payment} stands in QuickBooks twice; this is the second entry."
IS_STRANGER = "This entry has a number of ours, and no payment here belongs to it."
NOT_TAKEN_OUT = "It was not taken out: {said}"
TAKEN_OUT_WHILE = (
    "It is taken out only while it is undeposited, in an open period and unchanged. TxnID {txn_id}"
)
EACH_STANDS_ONCE = "What QuickBooks holds of ours stands there once."

# Of payments that are missing from the company file.
THESE_ARE_MISSING = (
    "These were posted, and the company file that is yours now does not have them. Re-open those "
    "that it should have."
)
NONE_MISSING = "No posted payment is missing from the company file."
MORE_MISSING = "More than {count} posted payments are not in the company file of now."
MISSING: Forms = (
    "1 posted payment is not in the company file of now.",
    "{count} posted payments are not in the company file of now.",
)
GO_AGAIN = "They go to QuickBooks again at the next sync. Each is looked for there first."
ALL_THERE = "What was posted is in the company file."

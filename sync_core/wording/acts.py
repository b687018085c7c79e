"""What an act on a payment says beside its button: what it will do, why not, what it leaves behind.

Sentences only, in the language of `phrases`. What a button itself says is in `buttons`; where an
act says the same, it is taken from there.
"""

from collections.abc import Mapping

from sync_core.lifecycle import PaymentStatus
from sync_core.wording.phrases import Forms

# Before it acts, with all that is known then.
NOTHING_ON_AN_INVOICE = "nothing on an invoice"
ON_INVOICE = "{fits} goes on invoice {chosen_invoice}[; {left_over} stays as {customer}'s credit]."
LINKED = "Nothing is sent. {entries} {stand} for this payment."
STANDS = "{txn_id} in QuickBooks stands for this payment."
RECORDED_AS = "[{note} (in QuickBooks as {named})|In QuickBooks as {named}.]"
LATER_TOO = " Later payments of this customer too."
TOGETHER = "{payments}, {amount} together.[ {refused} of {count} are left out.]"

# What is noted in a payment's history, before what the person said.
LEFT_BEHIND: Mapping[str, str] = {
    "post_anyway": "They are two: post it.",
    "link": "That is this payment: {entries}.",
    "use_new_invoice": "On the new invoice {number} ({txn_id}).",
    "choose_invoice": "On invoice {number} ({txn_id}).",
    "apply_what_fits": "Post what fits.",
    "post_unapplied": "Post as a credit.",
    "use_invoice_account": "In the invoice's A/R account.",
    "choose_customer": "From {customer} ({list_id}).{later}",
    "choose_method": '"{method_name}" is {chosen_method} in QuickBooks.',
    "use_open_day": "Dated {day} in QuickBooks, received {received_on}.",
    "delete": "Deleted from the history.",
    "settle_posted": "It is in QuickBooks as {txn_id}: {note}",
    "settle_not_posted": "It is not in QuickBooks: {note}",
    "undo": "Taken back.",
}

# What taking back has done, by where the payment stands then.
AGAIN: Mapping[PaymentStatus, str] = {
    PaymentStatus.REJECTED: "It needs you again, as it did before.",
    PaymentStatus.QUEUED: "It waits for the next sync again, as it did before.",
    PaymentStatus.IN_DOUBT: "It is being checked again, as it was before.",
    PaymentStatus.POSTED: "It is in QuickBooks, as it was before.",
    PaymentStatus.DISMISSED: "It is dismissed again, as it was before.",
    PaymentStatus.REVERSED: "It is no longer in QuickBooks, as before.",
}
SEVERAL_AGAIN = "{count} payments are as they were before."

# What posting those again has done that are missing from the company file.
REOPENED: Forms = (
    (
        "1 payment is re-opened. The next sync asks QuickBooks for it, and posts it if it is not "
        "there."
    ),
    (
        "{count} payments are re-opened. The next sync asks QuickBooks for each, and posts what is "
        "not there."
    ),
)

# What can be chosen for it, as of the last sync.
GOES_ON_IT = "{fits} goes on it[, {left} stays as credit]."
NO_OPEN_INVOICE = (
    "QuickBooks had no open invoice of {customer} at the last sync. Is there one? Choose the "
    "customer first, or post the payment as a credit."
)
NO_SUCH_CUSTOMER = "No active customer in QuickBooks has this in its name."
NO_METHOD = (
    "QuickBooks had no active payment method at the last sync. Add one in **Lists > Customer & "
    "Vendor Profile Lists > Payment Method List**."
)
NO_ENTRY_LIKE_IT = "No entry that looks like this payment was there at the last sync."

# About several at once.
CHECK_FIRST = "Check the payments first that it is about."
LEFT_OUT: Forms = ("1 of {of} is left out:", "{count} of {of} are left out:")
FIRST_OF_THEM = "These are the first {count} of {of}; do it again for the next."
FITS_NONE = "It fits none of them."
DONE = "{together}: done."
MORE_LEFT: Forms = ("1 more is left.", "{count} more are left.")

# Why it is not done.
NO_PAYMENT = "There is no payment with this id."
DOES_NOT_FIT = '"{action}" does not fit'
FITS_NOW = f"{DOES_NOT_FIT} a payment that {{said}}. What fits now: {{now}}."
NOT_OFFERED = '{label}: "{action}" is not offered.[ What fits now: {now}.]'
FITS_NO_LONGER = "{action} does not fit [{payment}, |this payment ]any more."
STANDS_AS = "It stands as {state}[: {line}]"
NOTHING_FITS = "nothing, until the next sync has settled it"
SAID: Mapping[PaymentStatus, str] = {
    PaymentStatus.QUEUED: "is waiting",
    PaymentStatus.SENT: "is being sent",
    PaymentStatus.IN_DOUBT: "is being checked, since QuickBooks' answer was lost",
    PaymentStatus.POSTED: "is in QuickBooks",
    PaymentStatus.REJECTED: "was rejected",
    PaymentStatus.DISMISSED: "was dismissed",
    PaymentStatus.REVERSED: "is no longer in QuickBooks",
}
MAY_HAVE_LEFT = " and was sent before, so that QuickBooks may have it"
DELETED_ALREADY = "This payment is deleted from the history already."
NOT_AT_LAST_SYNC = "QuickBooks had no {what} {named} at the last sync."
NO_ENTRY = "QuickBooks had no payment {named} at the last sync, or it was deleted since."
NO_ENTRY_NUMBERED = "No sync has told of an entry in QuickBooks with the number or TxnID {named}."
SEVERAL_NUMBERED = "QuickBooks has {count} entries with the number {named}. Pick the one it is."
MORE_THAN_ONE = "QuickBooks has more than one customer {named}; give the list_id."
MORE_THAN_ONE_OPEN = (
    "QuickBooks has more than one open invoice {named}; name it by its txn_id: {txn_ids}."
)
INACTIVE = "{name} is inactive in QuickBooks; make it active there, or choose another one."
OTHERS_INVOICE = (
    "Invoice {number} belongs to {other}, and this payment is from {customer}; choose the customer "
    "first."
)
NOTHING_DUE = "Nothing is due on invoice {number}."
PAID_BY_OTHER_PART = "Another part of this payment pays {which} already."
ONE_ENTRY = (
    "{txn_id} in QuickBooks is payment {other} already, and one entry cannot be two payments; "
    "[look up the TxnID of {own}|the customer may have paid twice]."
)
NO_ROOM = (
    "{entries} in QuickBooks cannot stand for this payment of {amount} too: other online payments "
    "are linked to it, and together they come to more than its amount."
)
NEW_IS_NOT_OPEN = "The new invoice is not open any more; choose another one."
NEW_IS_SMALLER = (
    "Only {invoice_balance} is due on the new invoice, and {planned} was to be paid; choose it as "
    "another invoice."
)
NO_CLOSING_DATE = "No closing date is known any more; Retry sends it with its own date."
BOOKS_ARE_OPEN = "The books are open for {received_on} now; Retry sends it with its own date."
SEVERAL_EXTRAS = "QuickBooks has several that are too many: {named}; say which one."
NO_EXTRA = "{wanted} is not one too many of this payment; these are: {named}."
ANOTHERS_TO_TAKE_BACK = "Only {by} can take this back, who did it."
SYNC_BEGAN = "A sync has begun since, so this cannot be taken back any more."

# Of entries that are one too many.
TO_BE_TAKEN_OUT = "To be taken out by the next sync, as {by} said[ {when}]."
NOTHING_TOO_MANY = "Nothing with this TxnID is one too many."
SETTLED_ALREADY = "This is settled already; see the list of what is one too many."
TAKE_OUT_BY_HAND = (
    "To take it out by hand, open it under Customers > Receive Payments, "
    "then Edit > Delete Payment."
)
NOT_SHOWN = "QuickBooks did not show this entry; look for it there, and try again."
OTHER_IS_GONE = "The other entry of this payment is not in QuickBooks any more, so this one stays."
CHANGED = f"It was changed in QuickBooks since. {TAKE_OUT_BY_HAND}"
DEPOSITED = f"It is deposited. Take it out of the deposit first. {TAKE_OUT_BY_HAND}"
CLOSING_DATE_NOT_TOLD = "QuickBooks did not tell its closing date; the next sync asks again."
BOOKS_ARE_CLOSED = f"The books are closed for its date. {TAKE_OUT_BY_HAND}"
STAYS = "The entry stays in QuickBooks, and posting goes on."
STAYS_OF_TWO = "The entry stays in QuickBooks. Posting is paused until the other one is decided."
STAYS_OF_SEVERAL = (
    "The entry stays in QuickBooks. Posting is paused until the other {count} are decided."
)
REFUSED = f"QuickBooks said: {{said}} {TAKE_OUT_BY_HAND}"

# Of the word that an administrator is asked for.
NO_FILE_YET = (
    "No Web Connector has opened a company file yet; press Update Selected first, then confirm."
)
NOT_DOUBTED = "Nobody asks for this word: the company file is not doubted."
NO_FILE_WAITS = (
    "No company file waits for a word: it was confirmed meanwhile, or none was opened yet."
)
NOT_RESTORED = "Nothing waits for this word: the database was not restored."

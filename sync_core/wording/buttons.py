"""The buttons: what each is called and what it says before it acts; the ways out without one.

Sentences only, in the language of `phrases`. The keys are the actions of the API.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """One action as people see it; what is "" is not said.

    `name` stands in menus, help and actions on several payments, `on_card` on the main button of a
    card, with its amounts. `says` is the sentence before it acts; `option` a box to check with it;
    `more` what help adds.
    """

    name: str
    says: str
    on_card: str = ""
    option: str = ""
    more: str = ""


# The buttons beside what is no payment that needs somebody: entries that QuickBooks holds too many,
# and posted payments that are missing. Steps that tell to choose one take its name from here.
TAKE_OUT_EXTRA = "Take out the extra one"
STANDS_FOR = "It stands for [{reference}|this payment]"
KEEP_STRANGER = "Keep it"
POST_MISSING = "Post the missing ones again"

# What these say, where nobody is asked why.
NEVER_SENT = "We never send it."
WILL_NOT_BE_SENT = "It is waiting and will not be sent."

TAKES_OUT = (
    "The next sync takes [{txn_id}|the second entry of No. {reference}|this entry] out of "
    "QuickBooks, if it still can."
)

_IT = "[{amount}|The payment][ from {customer}]"
_MONEY = "[one payment of {amount}|this payment]"

BUTTONS: Mapping[str, Button] = {
    "retry": Button(
        name="Retry",
        says="Goes to QuickBooks at the next sync, unchanged.",
    ),
    "link": Button(
        name="That is this payment",
        says=(
            "Nothing is sent. The [{found_kind}|entry][ {found_number}][ of {found_date}] stands "
            "for this payment."
        ),
        more=(
            "An entry can stand for several online payments as long as they do not add up to more "
            "than its amount. An entry we made for one payment is never offered for another."
        ),
    ),
    "post_anyway": Button(
        name="They are two: post it",
        says="Both are real: QuickBooks gets this payment too.",
        more="Remembered: the same pair is not asked about again.",
    ),
    "apply_what_fits": Button(
        name="Post what fits",
        on_card="Apply {fits}[, keep {left_over} as credit]",
        says=(
            f"QuickBooks gets {_MONEY}[: {{lines}}]"
            "[; {left_over} stays as [{customer}'s|the customer's] credit]."
        ),
    ),
    "post_unapplied": Button(
        name="Post as a credit",
        on_card="Post {amount} as credit",
        says=(
            f"QuickBooks gets {_MONEY}[ from {{customer}}], on no invoice. Apply it later in "
            "**Customers > Receive Payments**."
        ),
    ),
    "use_new_invoice": Button(
        name="Use the new invoice",
        on_card="Pay new invoice {new_invoice_number}[: {planned}]",
        says=(
            "[{planned}|The payment] goes on [invoice {new_invoice_number}|the new invoice]"
            "[ of {new_invoice_date}]."
        ),
    ),
    "choose_invoice": Button(
        name="Choose another invoice",
        says=(
            "[{fits} goes|What fits goes] on [invoice {chosen_invoice}|the invoice you choose]; "
            "[{left_over}|what is more than its amount due] stays as credit."
        ),
    ),
    "choose_customer": Button(
        name="Choose the customer",
        says=(
            "QuickBooks gets this payment from "
            "[{chosen_customer}|{invoice_customer}|the customer you choose]."
        ),
        option="Use it for later payments of this customer too.",
    ),
    "choose_method": Button(
        name="Choose the payment method",
        says=(
            'Payments with ["{method_name}"|this method] show **Pmt. Method** '
            "[{chosen_method}|as you choose it][; waiting now: {count}]."
        ),
    ),
    "use_invoice_account": Button(
        name="Use the invoice's account",
        says="QuickBooks gets this payment in [{account_name}|the A/R account of the invoice].",
    ),
    "use_open_day": Button(
        name="Use [{first_open_day}|the first open day]",
        on_card="Record on {first_open_day}",
        says=(
            "QuickBooks gets the date [{first_open_day}|of the first open day]; **Memo** says "
            '["Received {received_on}"|when it was received].'
        ),
    ),
    "withdraw": Button(
        name="Withdraw",
        says=f"{WILL_NOT_BE_SENT} Why?",
    ),
    "dismiss": Button(
        name="Dismiss Syncing",
        says=f"{NEVER_SENT} Why?",
    ),
    "delete": Button(
        name="Delete",
        says="Hides it from lists and history; the audit trail keeps it.",
        more=(
            "A payment that needs you is dismissed by it. Not offered while a payment is being "
            "sent or checked."
        ),
    ),
    "settle_posted": Button(
        name="It is in QuickBooks",
        says="Pick the entry; it stands for this payment.",
    ),
    "settle_not_posted": Button(
        name="It is not in QuickBooks",
        says=(
            "Please look first: **Customer Center**[, {customer}], **Received Payments**"
            "[, No. {reference}]. If it is there after all, it will stand there twice."
        ),
    ),
    "take_out_extra": Button(
        name=TAKE_OUT_EXTRA,
        says=(
            "The next sync takes the second entry[ of No. {reference}] out of QuickBooks; the "
            "first one stays."
        ),
    ),
    "delete_in_quickbooks": Button(
        name="Delete the payment in QuickBooks",
        says=(
            "QuickBooks deletes payment[ No. {reference}][ of {amount}][ from {customer}]. "
            "[Invoice {invoice_number} is open again[ with {balance_after}]"
            "|Its invoices are open again]. If auto-pay is on, turn it off first, or the customer "
            "will be charged again."
        ),
    ),
    "reopen": Button(
        name="Re-open",
        says=(
            "Goes to QuickBooks again at the next sync."
            "[ The money went back on {returned_on}. Post it all the same?]"
        ),
    ),
    "undo": Button(
        name="Undo",
        says="Takes back what was done last; this can be done until the next sync begins.",
    ),
}

# What an act has done, by where the payment stands then.
DONE: Mapping[str, str] = {
    "queued": f"{_IT} goes to QuickBooks at the next sync.",
    "dismissed": f"{_IT} is dismissed and will not be sent.",
    "posted": f"{_IT} counts as in QuickBooks now.",
    "deleted": f"{_IT} is deleted from lists and history.",
    "taken_back": f"{_IT} is as it was before.",
    "take_out": TAKES_OUT,
}

# What Delete adds on a rejected payment.
DISMISSES_TOO = " This also dismisses it."

# The answers to "Why?" of Dismiss Syncing and Withdraw, with room for a note.
WHY_NOT: Mapping[str, str] = {
    "in_quickbooks": "Already in QuickBooks",  # pick it; several if it was entered in parts
    "by_hand": "I recorded it by hand",
    "voided": "Voided: the money never came",
    "not_ours": "Sent to us twice, not ours, or a test",
}

BY_HAND: tuple[str, ...] = (
    "In QuickBooks choose **Customers > Receive Payments**.",
    (
        "Fill in **Received From**[ {customer}], **Payment Amount**[ {amount}], "
        "**Date**[ {received_on}], **Pmt. Method**[ {method}] and **Reference #**[ {reference}]. "
        "With this number we find your entry and offer to link it."
    ),
    (
        "Check the invoice it pays. Does it fit none? Leave it unapplied and choose **Leave the "
        "credit to be used later**."
    ),
    "If you see **Deposit To**, choose **Undeposited Funds**. Then **Save & Close**.",
    'Here, choose **Dismiss Syncing** and "I recorded it by hand".',
)

GIVE_BACK: tuple[str, ...] = (
    (
        "If auto-pay is on[ for {customer}], turn it off first, or an invoice that is open will be "
        "charged again."
    ),
    (
        "At the payment processor choose **Void** if it is still offered: the money never reaches "
        "the "
        'bank. Here, choose **Dismiss Syncing** and "Voided". Done.'
    ),
    (
        "Otherwise choose **Refund** there. The bank sees the money come and go, so QuickBooks "
        "needs both. Here, post the payment first: **Post as a credit**, or on a payment that "
        "looks like another one **They are two: post it**."
    ),
    (
        "When it is in QuickBooks, record the refund: **Banking > Write Checks** to "
        "[{customer}|the customer], account **Accounts Receivable**[, {amount}]. If the processor "
        "keeps it back from a deposit, enter it as a negative line in **Make Deposits** instead: "
        "**Received From**[ {customer}], **From Account** Accounts Receivable."
    ),
    (
        "Then choose **Customers > Receive Payments**[, {customer}], check that entry, and use the "
        "credit on it under **Discounts and Credits**."
    ),
)

# The note of a payment that waits because something was in use; a cause only after the last try.
WAITS_LOCKED = (
    "[{locked_thing}|Something this payment needs] was in use in QuickBooks[ by {locked_by}] just "
    "then; the payment is tried again at the next sync[ (try {try} of {tries_max})]."
)

# When the 10 % rule is met; the hint of the most frequent cause follows.
MANY_REFUSED = (
    "**[{rate} of the last 30 days' payments were refused"
    "|Many of the last 30 days' payments were refused]**[ ({count} of {total})]."
    "[ Most often: {cause_label}.]"
)

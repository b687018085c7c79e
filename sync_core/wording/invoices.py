"""What is said when an invoice does not take the payment: paid, lowered, replaced, gone."""

from sync_core.names import plain
from sync_core.variants import Variant
from sync_core.wording.states import Books
from sync_core.wording.story import (
    CUSTOMER,
    DATE,
    ENTRIES,
    INVOICE,
    NUMBER,
    OTHER_INVOICE,
    THE_CUSTOMER,
    THE_INVOICE,
    CauseWords,
    Column,
    Story,
)

_IN_A_DEPOSIT = "Do not delete an entry in QuickBooks that is already in a deposit."
_SAME_MONEY = (
    "Compare date, amount and method with the entry in QuickBooks. **The same money?** Choose "
    "**That is this payment**; nothing is sent, and the customer has the credit already."
)
_WHAT_FITS = (
    "[choose **Post what fits**: {fits} goes on the invoice"
    "[, and {left_over} stays as the customer's credit]"
    "|choose **Post as a credit**, since {nothing} fits the invoice now"
    "|choose **Post what fits**, or **Post as a credit** when nothing fits]."
)
_GIVE_BACK = "Not owed at all? Give the money back."
_BY_HAND = "Or record it by hand."

PAID = CauseWords(
    label="Already paid in QuickBooks",
    means="QuickBooks already holds a payment for the invoice, or one that looks like this one.",
    evidence=ENTRIES,
    heals="No. When the entry is gone, the card says so and offers to post the payment.",
    hint=(
        "Online payments are still being entered by hand as well. Agree on one way, and let the "
        "sync enter them."
    ),
    steps=(
        (
            "Look in the **Customer Center** whether this money is in QuickBooks already. If it "
            "is, choose **Dismiss Syncing**; if it is not, choose **Retry**."
        ),
        _IN_A_DEPOSIT,
    ),
    stories={
        Variant.BY_HAND: Story(
            summary=(
                f"{INVOICE} is already paid in QuickBooks, by [{{found_kind}} {{found_number}}"
                "|a {found_kind}|entry {found_number}|another entry]"
                "[ of {found_date}][ for {found_amount}]."
            ),
            books=Books.MAYBE_THERE,
            steps=(
                _SAME_MONEY,
                (
                    "**Different money?** Choose **Post as a credit**[, or **Post what fits** if "
                    "it is for other invoices too ({fits} fits)], or give the money back."
                ),
                _IN_A_DEPOSIT,
            ),
            remedies=("link", "apply_what_fits", "post_unapplied"),
            gives_back=True,
        ),
        Variant.PART: Story(
            label="Partly paid in QuickBooks",
            summary=(
                f"[{{found_amount}}|Part] of {THE_INVOICE} was already paid in QuickBooks"
                "[ on {found_date}][; {invoice_balance} is left]."
            ),
            books=Books.MAYBE_THERE,
            steps=(
                (
                    "**The same money, entered with another amount?** Choose **That is this "
                    "payment** and correct the entry in QuickBooks."
                ),
                (
                    "**Different money?** Choose [**Post what fits** ({fits} on the invoice"
                    "[, {left_over} as the customer's credit]) or |]**Post as a credit**."
                ),
                _IN_A_DEPOSIT,
            ),
            remedies=("link", "apply_what_fits", "post_unapplied"),
        ),
        Variant.TWICE: Story(
            label="Paid twice online",
            summary=(
                f"{INVOICE} was already paid by [online payment {{other_reference}}"
                f"|another online payment][ on {{other_date}}], so {THE_CUSTOMER} has paid it "
                "twice."
            ),
            books_line="The first payment is in QuickBooks. This second [{amount}|one] is not.",
            steps=(
                (
                    "The customer is owed [{amount}|this money]. Choose **Post as a credit** to "
                    "keep it for another invoice, or give it back."
                ),
                (
                    "Was it meant for another invoice that is open now? Use **Choose another "
                    "invoice**."
                ),
                _IN_A_DEPOSIT,
            ),
            remedies=("post_unapplied", "choose_invoice"),
            gives_back=True,
            heals="No.",
        ),
        Variant.LOOK_ALIKE: Story(
            label="Similar payment in QuickBooks",
            summary=(
                "QuickBooks already has a payment[ of {found_amount}][ from {customer}]"
                "[, dated {found_date},] that looks like this one."
            ),
            books=Books.MAYBE_THERE,
            steps=(
                _SAME_MONEY,
                (
                    f"Then, if that entry pays another invoice or none, open it in QuickBooks and "
                    f"check {THE_INVOICE}."
                ),
                "**Different money?** Choose **They are two: post it**; we do not ask again.",
                _IN_A_DEPOSIT,
            ),
            remedies=("link", "post_anyway"),
        ),
        Variant.SAME_NUMBER: Story(
            label="Entered by hand",
            summary=(
                "A payment with Reference # [{found_number}|of this one] was entered in QuickBooks "
                "by hand[ on {entered_on}]."
            ),
            books=Books.MAYBE_THERE,
            steps=(
                _SAME_MONEY,
                (
                    f"Then, if that entry pays another invoice or none, open it in QuickBooks and "
                    f"check {THE_INVOICE}."
                ),
                "**Different money?** Choose **They are two: post it**; we do not ask again.",
                _IN_A_DEPOSIT,
            ),
            remedies=("link", "post_anyway"),
            heals="No.",
        ),
        Variant.ENTRY_GONE: Story(
            label="No longer in QuickBooks",
            summary=(
                "The [{found_kind}|entry][ {found_number}][ of {found_date}] is no longer in "
                "QuickBooks. Post now?"
            ),
            steps=(
                (
                    "Was that entry this payment, and taken out by mistake? Choose **Post now**: "
                    "the payment goes in at the next sync."
                ),
                "Entered again, or not owed at all? Choose **Dismiss Syncing**.",
            ),
            renamed={"retry": "Post now"},
            heals="No: a person says that it is to be posted.",
        ),
    },
)

_LESS_LEFT = (
    "[; {invoice_balance} is left on it[, and this payment was for {planned}]"
    "|, and less is left on it than [the {planned} of this payment|this payment was for]]."
)

CREDIT = CauseWords(
    label="A credit was applied",
    means="A credit was applied to the invoice, and less is left on it than was paid.",
    evidence=(
        Column("Entry", "{Type}[ {number}]"),
        Column("Date", "{date}"),
        Column("Amount used here", "{amount}"),
        Column("Left on the invoice", "{due}"),
    ),
    heals="Yes, at the next sync, when the credit is no longer applied to the invoice.",
    hint=(
        "Invoices change after customers have paid. Apply credits before the payment run, and "
        "sync right before it."
    ),
    steps=(f"Should the credit stay? Then {_WHAT_FITS}",),
    stories={
        Variant.MEMO: Story(
            summary=(
                "[Credit memo {credit_number}|A credit memo] was applied to "
                f"{THE_INVOICE}{_LESS_LEFT}"
            ),
            steps=(
                (
                    f"**Should this payment pay the invoice?** In QuickBooks open {THE_INVOICE}, "
                    "choose **Apply Credits**, and under **Previously Applied Credits** clear "
                    "[{credit_number}|the credit memo]; then **Done**, **Save & Close**. The "
                    "payment goes in by itself at the next sync, and the credit is free for "
                    "another invoice."
                ),
                f"**Should the credit stay?** Then {_WHAT_FITS}",
                "Do not delete the credit memo: the credit would be lost.",
            ),
            remedies=("apply_what_fits",),
            if_nothing_fits=("post_unapplied",),
        ),
        Variant.MOVED_CREDIT: Story(
            summary=(
                "A credit from another job[ (journal entry {credit_number})] was applied to "
                f"{THE_INVOICE}{_LESS_LEFT}"
            ),
            steps=(
                "QuickBooks moved this credit with journal entries and cannot take that back.",
                f"To keep it as it is, {_WHAT_FITS}",
                "Otherwise ask your accountant.",
            ),
            remedies=("apply_what_fits",),
            if_nothing_fits=("post_unapplied",),
            heals="Only when enough is due on the invoice again.",
        ),
    },
)

_CHANGED = (
    f"{INVOICE} has [{{invoice_balance}} left to pay; it was {{balance_before}} when this payment"
    "[ of {planned}] was made|{invoice_balance} left to pay, less than "
    "[the {planned} of this payment|this payment was for]"
    "|less left to pay than [the {planned} of this payment|this payment was for]]."
)
_CHANGE_STEPS = (
    f"**Was the change right?** Then {_WHAT_FITS}",
    (
        f"**Was it not right?** Correct {THE_INVOICE} in QuickBooks; the payment goes in by itself "
        f"at "
        "the next sync."
    ),
)


def _change(
    changed: str,
    *,
    summary: str = _CHANGED,
    steps: tuple[str, ...] = _CHANGE_STEPS,
) -> Story:
    """Tell why less is due; the ways out are the same."""
    return Story(
        summary=summary,
        changed=changed,
        steps=steps,
        remedies=("apply_what_fits",),
        if_nothing_fits=("post_unapplied",),
    )


BALANCE = CauseWords(
    label="Less is due",
    means="Less is due on the invoice than when the customer paid.",
    evidence=(
        Column("Due when the customer paid", "{due_before}"),
        Column("Due now", "{due}"),
        Column("What changed", "[{changed}|{Type}[ {number}][ of {date}][: {amount}]]"),
    ),
    heals="Yes, at the next sync, when enough is due on the invoice again.",
    hint=CREDIT.hint,
    steps=_CHANGE_STEPS,
    stories={
        Variant.DISCOUNT: _change(
            "A discount[ of {found_amount}] was taken[ on {found_date}].",
        ),
        Variant.JOURNAL: _change(
            "[Journal entry {found_number}|A journal entry][ of {found_date}] lowered it"
            "[ by {found_amount}].",
        ),
        Variant.EDITED: _change(
            "The invoice total was changed[ from {total_before} to {total_now}].",
        ),
        Variant.CENTS: _change(
            "[The difference is {difference}|The difference is a few cents]. This is usually sales "
            "tax, rounded another way.",
        ),
        Variant.PENDING: _change(
            "The invoice is marked as pending, so nothing is due on it yet.",
            summary=f"{INVOICE} is marked as pending in QuickBooks, so nothing is due on it yet.",
            steps=(
                (
                    f"In QuickBooks open {THE_INVOICE} and choose **Edit > Mark Invoice as Final** "
                    "(older: **Mark As Final**). The payment goes in by itself at the next sync."
                ),
                (
                    "Should the invoice stay pending? Then choose **Post as a credit**, and apply "
                    "it when the invoice is final."
                ),
            ),
        ),
        Variant.OTHER: _change(""),
    },
)

_DELETED = f"{INVOICE} was deleted in QuickBooks[ on {{deleted_on}}]"
_OLD_OR_NEW = (
    "Or choose **Post as a credit** and apply it in QuickBooks.",
    _BY_HAND,
)

RECREATED = CauseWords(
    label="Invoice deleted and entered again",
    means="The invoice was deleted in QuickBooks and entered again.",
    evidence=(
        Column("Invoice", "[Deleted on {deleted_on}|{State}]"),
        Column("Number", "{number}", plain),
        Column("Date", "{date}", plain),
        Column("Amount", "{amount}", plain),
        Column("Due", "{due}", plain),
        Column("Customer:Job", "{customer}", plain),
    ),
    heals="Only an exact match, and only if the company allows those to be used without asking.",
    hint=(
        "Invoices are deleted and entered again, often by a billing program. Edit them instead, "
        "or allow exact matches to be used without asking."
    ),
    steps=(f"If one of the new invoices is meant, {OTHER_INVOICE}.", *_OLD_OR_NEW),
    stories={
        Variant.TWIN: Story(
            summary=f"{_DELETED} and entered again, so this payment still points at the old one.",
            steps=(
                (
                    "Compare the two invoices. If the new one is meant, choose **Use the new "
                    "invoice**; the payment goes in at the next sync."
                ),
                f"If another one is meant, {OTHER_INVOICE}.",
                *_OLD_OR_NEW,
            ),
            remedies=("use_new_invoice", "choose_invoice", "post_unapplied"),
        ),
        Variant.DIFFERS: Story(
            summary=(
                f"{_DELETED} and entered again[, and online payment {{other_id}} is for the new "
                "invoice| with differences, or more than once]."
            ),
            steps=(
                (
                    "Compare the invoices; what differs is marked. Use **Choose another invoice** "
                    "and pick the right one; what is more than its amount due stays as the "
                    "customer's credit."
                ),
                *_OLD_OR_NEW,
            ),
            remedies=("choose_invoice", "post_unapplied"),
            heals="No.",
        ),
        Variant.DATED_LATER: Story(
            summary=(
                f"{_DELETED} and entered again, dated later than this payment"
                "[ ({new_invoice_date})]."
            ),
            steps=(
                (
                    "Compare the two invoices. If the new one is meant, choose **Use the new "
                    "invoice**; the payment goes in at the next sync."
                ),
                (
                    "The new invoice is dated[ {new_invoice_date},] after the payment. QuickBooks "
                    "allows this; aging reports for the days between show the payment as a credit."
                ),
                f"If another one is meant, {OTHER_INVOICE}.",
                *_OLD_OR_NEW,
            ),
            remedies=("use_new_invoice", "choose_invoice", "post_unapplied"),
        ),
    },
)

GONE = CauseWords(
    label="Invoice deleted",
    means="The invoice was deleted in QuickBooks, and no new one that matches was found.",
    evidence=(NUMBER, DATE, Column("Amount", "{amount}"), Column("Deleted on", "{deleted_on}")),
    heals=(
        "Only if it is entered again exactly as it was, and the company allows exact matches to be "
        "used without asking."
    ),
    hint=RECREATED.hint,
    stories={
        Variant.PLAIN: Story(
            summary=f"{_DELETED}, and no new invoice that matches was found.",
            steps=(
                (
                    "To see when and by whom: **Reports > Accountant & Taxes > Voided/Deleted "
                    "Transactions Summary**."
                ),
                f"Billed under another number? Then {OTHER_INVOICE}.",
                "Will it be billed later? Choose **Post as a credit**.",
                _GIVE_BACK,
            ),
            remedies=("choose_invoice", "post_unapplied"),
            gives_back=True,
        ),
    },
)

VOIDED = CauseWords(
    label="Invoice voided",
    means="The invoice was voided in QuickBooks, so nothing is due on it.",
    evidence=(NUMBER, DATE, CUSTOMER, Column("State", "{State}")),
    heals="No.",
    hint=RECREATED.hint,
    stories={
        Variant.PLAIN: Story(
            summary=f"{INVOICE} was voided in QuickBooks, so nothing is due on it.",
            steps=(
                f"A voided invoice stays voided. If it was replaced, {OTHER_INVOICE}.",
                "Will the customer be billed again? Choose **Post as a credit**.",
                _GIVE_BACK,
            ),
            remedies=("choose_invoice", "post_unapplied"),
            gives_back=True,
        ),
    },
)

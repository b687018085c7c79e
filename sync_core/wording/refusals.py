"""What is said when it is not a matter of invoice or name: closed books, rights, doubles."""

from sync_core.names import plain
from sync_core.variants import Variant
from sync_core.wording.states import (
    ADMIN,
    ADMIN_OR_ACCOUNTANT,
    ANYONE,
    BOOKS,
    OR_SUPPORT,
    PROCESSOR,
    Books,
)
from sync_core.wording.story import ENTRIES, SUPPORT, THE_CUSTOMER, CauseWords, Column, Story

_SYNC_USER = "[{sync_user}|the user made for the sync]"
_PC = "[{pc}|the PC with the Web Connector]"

_OPEN_DAY = (
    "**Record it in the open period:** choose **Use [{first_open_day}|the first open day]**. "
    "QuickBooks gets that date; the real date goes into **Memo**. The money then counts in the new "
    "period, also if the bank had it before."
)
_IN_CLOSED_BOOKS = (
    "**Already in the closed books**, for example inside a deposit entered by hand? Choose "
    "**Dismiss Syncing**."
)

CLOSED = CauseWords(
    label="Books closed",
    means='The books are closed for the day the money was received[: "{qb_message}"|.]',
    evidence=(
        Column("Payment date", "{received_on}"),
        Column("Closing date", "{closing_date}"),
        Column("Dividing date", "{dividing_date}"),
    ),
    heals="No: closed books are only changed because a person said so.",
    hint="Payments arrive with dates in closed books. Sync before closing, or close later.",
    who=ADMIN_OR_ACCOUNTANT,
    steps=("Ask whoever closed the books, then choose **Retry** when they are open.",),
    stories={
        Variant.CLOSING: Story(
            summary=(
                "[This payment is dated {received_on}, and the books are closed "
                "[through {closing_date}|for that day]"
                "|The books are closed for the day of this payment[ (through {closing_date})]]."
            ),
            steps=(
                "Ask whoever closed the books, then do one of these.",
                _OPEN_DAY,
                (
                    "**Keep the date:** the Admin moves the closing date in **Edit > Preferences > "
                    "Accounting > Company Preferences > Set Date/Password**; then choose "
                    "**Retry**; after the sync the Admin sets the closing date back."
                ),
                _IN_CLOSED_BOOKS,
            ),
            remedies=("use_open_day",),
        ),
        Variant.ACCOUNTANT: Story(
            label="Accountant's Copy in use",
            summary=(
                "[This payment is dated {received_on}; an|An] Accountant's Copy is in use, and "
                "nothing on or before [{dividing_date}|its dividing date] can be changed."
            ),
            steps=(
                "Ask your accountant, then do one of these.",
                (
                    "**Keep the date:** wait until the accountant's changes are in (the title bar "
                    "no longer shows **Accountant's Changes Pending**), then choose **Retry**."
                ),
                _OPEN_DAY,
                _IN_CLOSED_BOOKS,
            ),
            remedies=("use_open_day",),
        ),
    },
)

_SAID = (Column("QuickBooks' sentence", "{said}"), Column("Code", "{code}"))
_QUOTED = '[ and said: "{qb_message}"[ ({qb_code}).]|[ (status code {qb_code})].]'
_WHOSE_RIGHTS = (
    f"When QuickBooks is open on {_PC}, the sync works with the rights of the person signed in "
    f"there; otherwise with those of {_SYNC_USER}. Check both."
)


def _forbidden(*steps: str) -> Story:
    """Tell what to click; the sentence is QuickBooks' own, and posting is paused."""
    return Story(
        summary='QuickBooks did not allow the payment to be recorded[: "{qb_message}"|.]',
        books_line=(
            f"{BOOKS[Books.NOT_WRITTEN]} Posting[ for {{company}}] is paused"
            "[; payments waiting: {waiting_count}[ ({waiting_amount})]]. One is tried at each "
            "sync; the rest follow as soon as QuickBooks no longer refuses for this reason."
        ),
        steps=(_WHOSE_RIGHTS, *steps, "Then choose **Try one now**."),
        renamed={"retry": "Try one now"},
    )


FORBIDDEN = CauseWords(
    label="Not allowed by QuickBooks",
    means='QuickBooks did not allow the payment to be recorded[: "{qb_message}"|.]',
    evidence=_SAID,
    heals="Yes: one payment is tried at each sync, and the rest follow when QuickBooks allows it.",
    hint="The sync's user has too few rights in QuickBooks.",
    who=ADMIN,
    steps=(_WHOSE_RIGHTS, "When it is put right, choose **Try one now**."),
    stories={
        Variant.RIGHTS: _forbidden(
            "**Company > Set Up Users and Passwords > Set Up Users** (Enterprise: **Company > "
            f"Users > Set Up Users and Roles**): edit {_SYNC_USER} and give **External "
            "Accountant** or all areas (Enterprise: **Full Access**).",
        ),
        Variant.APPLICATION: _forbidden(
            "**Edit > Preferences > Integrated Applications > Company Preferences**: choose "
            "[{app_name}|the sync], **Properties**, and allow it to read and modify the company "
            "file.",
        ),
        Variant.READ_ONLY: _forbidden(
            "The company file or the licence allows reading only: the subscription has expired, "
            f"or the file was opened read-only. Open QuickBooks on {_PC} and follow what it says.",
        ),
        Variant.FEATURE: _forbidden(
            "The feature named above is switched off in this QuickBooks. Switch it on in **Edit > "
            f"Preferences**, or tell {SUPPORT}.",
        ),
    },
)

LOCKED = CauseWords(
    label="In use at every try",
    means="Somebody was at work on it in QuickBooks at every try.",
    evidence=(Column("What was in use", "{what}"), Column("By whom", "{by}"), *_SAID),
    heals=(
        "Until the last try the payment waits and is tried again at each sync; after it, a person "
        "chooses Retry."
    ),
    hint="Syncs meet people at work. Move Auto-Run to quieter times.",
    stories={
        Variant.PLAIN: Story(
            summary=(
                "[{locked_thing}|What this payment needs] was in use in QuickBooks"
                "[ by {locked_by}] at every try[ ({tries_max} of them)]."
            ),
            steps=(
                (
                    "Close the windows of [{locked_thing}|the customer and the invoice] on every "
                    "PC (save what you need), then choose **Retry**."
                ),
            ),
        ),
    },
)


def _maybe_it(summary: str, *, label: str) -> Story:
    """Tell of what stands in QuickBooks and may be this payment, or not."""
    return Story(
        label=label,
        summary=summary,
        books=Books.MAYBE_THERE,
        evidence=ENTRIES,
        who=ANYONE,
        steps=(
            "Compare customer, amount and date with the entry in QuickBooks.",
            (
                "**The same money?** Choose **Dismiss Syncing**, say that it is in QuickBooks "
                "already, and pick that entry."
            ),
            "**Different money?** Choose **They are two: post it**; we do not ask again.",
        ),
        remedies=("post_anyway",),
    )


DUPLICATE = CauseWords(
    label="Looks like another payment",
    means="Another payment looks like this one, or its number was used before.",
    evidence=(
        Column("Online payment", "[{reference}][ ({state})]"),
        Column("Received", "{received_on}", plain),
        Column("Amount", "{amount}", plain),
        Column("Method", "{method}", plain),
        Column("Invoices", "{invoices}", plain),
        Column("The site's own id", "{id}"),
    ),
    heals="No.",
    hint=(
        "The payment site sends payments twice, or customers are charged twice. Tell whoever runs "
        "the site."
    ),
    who=PROCESSOR,
    steps=(
        "Look whether the two are the same money.",
        "If they are, choose **Dismiss Syncing**; if not, choose **They are two: post it**.",
    ),
    stories={
        Variant.PLAIN: Story(
            summary=(
                "This payment looks like [online payment {other_reference}|another online payment]"
                "[ of {other_date}]: the same customer, amount and invoices."
            ),
            books_line=f"{BOOKS[Books.NOT_WRITTEN]}[ The other one is {{other_state}}.]",
            steps=(
                f"Look at the payment processor: was {THE_CUSTOMER} charged once or twice?",
                "Twice, and both are meant: choose **They are two: post it**.",
                "Once: it was sent to us twice. Choose **Dismiss Syncing**.",
                "Twice by mistake: give the money back.",
            ),
            remedies=("post_anyway",),
            gives_back=True,
        ),
        Variant.NUMBER_TAKEN: _maybe_it(
            "Reference # [{found_number}|of this payment] stands in QuickBooks on a payment that "
            "differs[: {found_amount}[ from {found_customer}]].",
            label="Its number is taken",
        ),
        Variant.OTHER_NUMBER: _maybe_it(
            "QuickBooks has a payment of this customer and amount[ ({found_amount})], entered "
            "since, under another number[: {found_number}].",
            label="Similar payment in QuickBooks",
        ),
        Variant.WAS_DELETED: Story(
            label="Deleted in QuickBooks",
            summary=(
                "QuickBooks had a payment with Reference # [{found_number}|of this one]; it was "
                "deleted there[ on {deleted_on}]."
            ),
            evidence=(Column("No.", "{number}"), Column("Deleted on", "[{deleted_on}|{State}]")),
            books_line=(
                "What QuickBooks had under this number was deleted there. [{customer}|The "
                "customer] has no credit there for [this {amount}|this payment] now."
            ),
            who=ANYONE,
            steps=(
                (
                    "To see when and by whom: **Reports > Accountant & Taxes > Voided/Deleted "
                    "Transactions Summary**."
                ),
                "Is it still to be recorded? Choose **They are two: post it**.",
                "Was it taken out on purpose? Choose **Dismiss Syncing**.",
            ),
            remedies=("post_anyway",),
        ),
    },
)

_PUT_RIGHT = (
    (
        "If the sentence names something you can put right (a name, a date, an amount), put it "
        "right and choose **Retry**."
    ),
    (
        "If not, and it is the only one: record it by hand. The customer gets the credit, and this "
        "card is done."
    ),
    f"If more payments fail: see the notice at the top of the page, and tell {SUPPORT}.",
)

INVALID = CauseWords(
    label="Not accepted by QuickBooks",
    means=f"QuickBooks did not accept this payment{_QUOTED}",
    evidence=(
        Column(
            "What was sent",
            "{own_amount}[ from {own_customer}][, {own_method}][, received {own_received_on}]"
            "[, for {invoices}]",
        ),
        *_SAID,
    ),
    heals="No.",
    hint=f"Please tell {SUPPORT}: this should not happen.",
    who=OR_SUPPORT,
    steps=_PUT_RIGHT,
    stories={
        Variant.PLAIN: Story(
            summary=f"QuickBooks did not accept this payment{_QUOTED}", steps=_PUT_RIGHT
        ),
        Variant.UNREADABLE: Story(
            label="Not read by QuickBooks",
            summary="QuickBooks could not read this payment[: {qb_message}|.]",
            steps=_PUT_RIGHT,
        ),
        Variant.LOST: Story(
            label="Answer lost too often",
            summary=(
                "Three times QuickBooks' answer to this payment was lost, and it was not recorded."
            ),
            steps=("See whether something in it stops QuickBooks.", *_PUT_RIGHT[1:]),
        ),
        Variant.NOT_DONE: Story(
            label="Not done by QuickBooks",
            summary=(
                "[{tries_max} times|Too often] this payment was not recorded"
                '[, and QuickBooks said: "{qb_message}"[ ({qb_code}).]|.]'
            ),
            steps=_PUT_RIGHT,
        ),
        Variant.UNFIT: Story(
            label="Does not fit QuickBooks",
            summary="QuickBooks cannot take this payment[: {problem}|.]",
            steps=_PUT_RIGHT,
        ),
    },
)

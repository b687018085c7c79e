"""What is said when a name does not fit: the customer, the method, the account, the currency."""

from sync_core.names import plain
from sync_core.variants import Variant
from sync_core.wording.states import ADMIN
from sync_core.wording.story import (
    CUSTOMER,
    DATE,
    INVOICE,
    NUMBER,
    OTHER_INVOICE,
    THE_CUSTOMER,
    CauseWords,
    Column,
    Story,
    family,
)

_PICK_CUSTOMER = "Use **Choose the customer** and pick the right one."
_USE_INVOICES = {"choose_customer": "Use {invoice_customer}|Choose the customer"}
_USE_INVOICES_NAMED = "[**Use {invoice_customer}**|**Choose the customer**]"

UNAVAILABLE = CauseWords(
    label="Customer not available",
    means='QuickBooks does not have the customer, or has it as inactive[: "{qb_message}"|.]',
    evidence=(
        Column("Name", "[{customer}|{customer_external_id}]"),
        Column("Active", "{Active}"),
        Column("Balance", "{balance}"),
        Column("Last seen on", "{last_seen_on}"),
        Column("Its invoice", "{invoice}"),
        Column("Belongs now to", "{now}"),
    ),
    heals="Yes, at the next sync, when the customer is there and active.",
    hint="The list of who is who is out of date. Open Customers and settle those without a link.",
    steps=(_PICK_CUSTOMER,),
    stories={
        Variant.INACTIVE: Story(
            label="Customer inactive",
            summary=(
                "[{customer}|The customer] is inactive in QuickBooks, and QuickBooks did not "
                "accept a payment for it."
            ),
            steps=(
                (
                    "In the **Customer Center** choose **All Customers**, right-click "
                    f"{THE_CUSTOMER}, and choose **Make Customer:Job Active**. The payment goes in "
                    "by itself at the next sync."
                ),
                "Is another customer meant? Use **Choose the customer** and pick the right one.",
            ),
            remedies=("choose_customer",),
            heals="Yes, at the next sync, when the customer is active again.",
        ),
        Variant.MERGED: Story(
            label="Customer merged",
            summary=(
                "[{customer}|The customer] is no longer in QuickBooks; "
                "[invoice {invoice_number} now belongs to {invoice_customer}"
                "|its invoices now belong to [{invoice_customer}|another customer]]."
            ),
            steps=(
                f"Choose {_USE_INVOICES_NAMED}. Merging cannot be undone in QuickBooks.",
                "[We offer to use {invoice_customer} for later payments too.]",
            ),
            remedies=("choose_customer",),
            renamed=_USE_INVOICES,
            heals="No.",
        ),
        Variant.MISSING: Story(
            label="Customer not found",
            summary="The customer[ {customer}] was not found in QuickBooks.",
            steps=(_PICK_CUSTOMER,),
            remedies=("choose_customer",),
            heals="Yes, at the next sync, when the customer is there.",
        ),
        Variant.UNMAPPED: Story(
            label="Customer not linked",
            summary=(
                "The payment site's customer[ {customer_external_id}] is not linked to one in "
                "QuickBooks."
            ),
            steps=(
                (
                    "Use **Choose the customer** and pick the one in QuickBooks. We offer to use "
                    "it for later payments too."
                ),
            ),
            remedies=("choose_customer",),
            heals="Yes, at the next sync, when the two are linked.",
        ),
    },
)

WRONG = CauseWords(
    label="Customer and invoice do not go together",
    means="The invoice belongs to another customer or is kept in another A/R account.",
    evidence=(
        Column("Invoice", "[{number}|{Type}]"),
        Column("Customer:Job", "{customer}", family),
        Column("A/R Account", "{account}", plain),
    ),
    heals="No.",
    hint=UNAVAILABLE.hint,
    steps=(
        (
            "Look in QuickBooks whose invoice it is, and in which A/R account. When they go "
            "together, choose **Retry**."
        ),
        (
            "A customer and its own jobs are one family: a payment from one for the invoices of "
            "another is no problem and never ends here."
        ),
    ),
    stories={
        Variant.CUSTOMER: Story(
            label="Invoice of another customer",
            summary=(
                f"{INVOICE} belongs to [{{invoice_customer}}|another customer]"
                "[, and this payment is from {customer}|, not to the one who paid]."
            ),
            steps=(
                (
                    f"If {THE_CUSTOMER} paid for [{{invoice_customer}}|the other customer], choose "
                    f"{_USE_INVOICES_NAMED}."
                ),
                f"If the wrong invoice was paid, {OTHER_INVOICE}, or choose **Post as a credit**.",
            ),
            remedies=("choose_customer", "choose_invoice", "post_unapplied"),
            renamed=_USE_INVOICES,
        ),
        Variant.ACCOUNT: Story(
            label="Invoice in another A/R account",
            summary=(
                f"{INVOICE} is kept in [the account {{account_name}}, and this payment was meant "
                "for another one|another account than this payment was meant for]."
            ),
            steps=(
                "Choose **Use the invoice's account**.",
                f"If the wrong invoice was paid, {OTHER_INVOICE}, or choose **Post as a credit**.",
            ),
            remedies=("use_invoice_account", "choose_invoice", "post_unapplied"),
        ),
        Variant.SEVERAL: Story(
            label="More than one customer or A/R account",
            summary=(
                "This payment is for invoices of more than one customer or A/R account; "
                "QuickBooks keeps one of each on a payment."
            ),
            steps=(
                (
                    "Record it by hand, one payment for each customer and A/R account, each with "
                    "**Reference #**[ {reference}][, together {amount}]."
                ),
                "Then choose **Dismiss Syncing** here and pick all of them.",
                "In **Record Deposits** check them together.",
            ),
        ),
    },
)

_HAS_IT = "Yes, at the next sync, when QuickBooks has it."
_INVOICES = (
    Column("What we have", "[{given}|{invoice_external_id}]"),
    NUMBER,
    DATE,
    Column("Due", "{due}"),
    CUSTOMER,
)
_INVOICE_STEPS = (
    "Use **Choose another invoice** and pick the right one.",
    "Is there none yet? Choose **Post as a credit**.",
)

UNKNOWN = CauseWords(
    label="Not found in QuickBooks",
    means=(
        "QuickBooks does not have the payment method, the account or the invoice named here"
        '[: "{qb_message}"|.]'
    ),
    evidence=(
        Column("The name we have", "{given}"),
        Column("The nearest names in QuickBooks", "{nearest}[ ({state})]"),
    ),
    heals=_HAS_IT,
    hint="Set the payment methods once under Settings.",
    steps=(
        (
            "Look under **Details** at what QuickBooks did not find. Put it right in QuickBooks, "
            "then choose **Retry**."
        ),
    ),
    stories={
        Variant.METHOD: Story(
            label="Payment method not found",
            summary=(
                'QuickBooks [has no payment method called "{method_name}"'
                "|does not have the payment method of this payment]."
            ),
            steps=(
                (
                    "Use **Choose the payment method**; it is remembered for every payment with "
                    '["{method_name}"|this method].'
                ),
                "Or add it in **Lists > Customer & Vendor Profile Lists > Payment Method List**.",
            ),
            remedies=("choose_method",),
        ),
        Variant.METHOD_INACTIVE: Story(
            label="Payment method inactive",
            summary='The payment method[ "{method_name}"| of this payment] is inactive in '
            "QuickBooks.",
            steps=(
                (
                    "In **Lists > Customer & Vendor Profile Lists > Payment Method List** check "
                    "**Include inactive** and make it active."
                ),
                (
                    "Or use **Choose the payment method**; it is remembered for every payment with "
                    '["{method_name}"|this method].'
                ),
            ),
            remedies=("choose_method",),
            heals="Yes, at the next sync, when it is active again.",
        ),
        Variant.ACCOUNT: Story(
            label="Account not found",
            summary=(
                'The account[ "{account_name}"| for this payment] was not found in QuickBooks, '
                "is inactive, or is of another type."
            ),
            who=ADMIN,
            steps=(
                (
                    'In **Lists > Chart of Accounts** look for ["{account_name}"|it] (check '
                    "**Include "
                    "inactive**), or choose another account in the settings here."
                ),
                "For payments the usual account is **Undeposited Funds**.",
            ),
            heals="Yes, at the next sync, when the account is there and active.",
        ),
        Variant.INVOICE_NONE: Story(
            label="Invoice not found",
            evidence=_INVOICES,
            summary=(
                "QuickBooks has no open invoice [{invoice_number}|with the number given] for "
                "[{customer}|this customer]."
            ),
            steps=_INVOICE_STEPS,
            remedies=("choose_invoice", "post_unapplied"),
            heals="Yes, at the next sync, when one open invoice has this number, and only one.",
        ),
        Variant.INVOICE_MANY: Story(
            label="More than one invoice",
            evidence=_INVOICES,
            summary=(
                "QuickBooks has more than one open invoice with the number "
                "[{invoice_number}|given] for [{customer}|this customer]."
            ),
            steps=(
                *_INVOICE_STEPS[:1],
                "Or choose **Post as a credit** and apply it in QuickBooks.",
            ),
            remedies=("choose_invoice", "post_unapplied"),
            heals="Yes, at the next sync, when only one open invoice has this number.",
        ),
        Variant.INVOICE_UNMAPPED: Story(
            label="Invoice not linked",
            evidence=_INVOICES,
            summary=(
                "The payment site's invoice[ {invoice_external_id}] is not linked to one in "
                "QuickBooks."
            ),
            steps=_INVOICE_STEPS,
            remedies=("choose_invoice", "post_unapplied"),
            heals="Yes, at the next sync, when the two are linked.",
        ),
    },
)

CURRENCY = CauseWords(
    label="Another currency",
    means="The payment and the customer or invoice are in two currencies.",
    evidence=(
        Column("Payment's currency", "{payment_currency}"),
        Column("Customer's", "{customer_currency}"),
        Column("Invoice's", "{invoice_currency}"),
        Column("The company file's", "{company_currency}"),
    ),
    heals="No.",
    hint=(
        "Payments come in another currency than the invoices. Let the payment site charge in the "
        "currency in which the customer is billed."
    ),
    stories={
        Variant.PLAIN: Story(
            summary=(
                "[This payment is in {payment_currency}; [invoice {invoice_number} of {currency_of}"
                "|invoice {invoice_number}|{currency_of}|QuickBooks] is kept in {invoice_currency}"
                "|This payment is in {payment_currency}, which is not the currency in QuickBooks"
                "|This payment is not in {invoice_currency}, the currency in QuickBooks"
                "|This payment is in another currency than in QuickBooks]."
            ),
            steps=(
                (
                    "In QuickBooks a customer has one currency. If [{customer}|the customer] also "
                    "stands there in [{payment_currency}|the payment's currency], use **Choose the "
                    "customer**."
                ),
                "Otherwise record it by hand, with the amount the bank credited.",
            ),
            remedies=("choose_customer",),
        ),
    },
)

"""The variants of the causes: what tells one story of a cause from another.

Words only; what is said of each is in `wording`.
"""

from collections.abc import Mapping
from enum import StrEnum

from sync_core.rejection import Cause


class Variant(StrEnum):
    """The stories; `VARIANTS` says which cause has which."""

    PLAIN = "plain"  # the only story of a cause, or its usual one

    BY_HAND = "by_hand"  # paid by an entry that we did not make
    PART = "part"  # the same, for some of it
    TWICE = "twice"  # paid by another online payment
    LOOK_ALIKE = "look_alike"  # the invoice is open, and a similar entry exists
    SAME_NUMBER = "same_number"  # typed in by hand under the number of this payment
    ENTRY_GONE = "entry_gone"  # what was there is deleted; told of the others, never kept

    MEMO = "memo"  # a credit memo of the customer's own
    MOVED_CREDIT = "moved_credit"  # a credit of another job: a pair of journal entries

    DISCOUNT = "discount"
    JOURNAL = "journal"
    EDITED = "edited"  # the invoice's total
    CENTS = "cents"  # sales tax, rounded another way
    PENDING = "pending"  # an invoice that is not final
    OTHER = "other"  # less is due, and nothing shows why

    TWIN = "twin"  # entered again, exactly the same
    DIFFERS = "differs"  # with differences, or more than once
    DATED_LATER = "dated_later"  # the same, dated after the payment

    INACTIVE = "inactive"
    MERGED = "merged"
    MISSING = "missing"
    UNMAPPED = "unmapped"  # the payment site's id is not linked

    CUSTOMER = "customer"  # the invoice is somebody else's
    ACCOUNT = "account"  # its A/R account is another one; or QuickBooks does not have the account
    SEVERAL = "several"  # customers or A/R accounts

    METHOD = "method"
    METHOD_INACTIVE = "method_inactive"
    INVOICE_NONE = "invoice_none"
    INVOICE_MANY = "invoice_many"
    INVOICE_UNMAPPED = "invoice_unmapped"

    CLOSING = "closing"  # the closing date
    ACCOUNTANT = "accountant"  # the dividing date of an Accountant's Copy

    RIGHTS = "rights"  # of the QuickBooks user
    APPLICATION = "application"  # of the connection
    READ_ONLY = "read_only"
    FEATURE = "feature"  # switched off, or not in this QuickBooks

    NUMBER_TAKEN = "number_taken"  # its number stands on something else
    OTHER_NUMBER = "other_number"  # its customer and amount, under another number
    WAS_DELETED = "was_deleted"  # what had its number was deleted

    UNREADABLE = "unreadable"  # QuickBooks refused to read it, alone in its message set
    LOST = "lost"  # its answer was lost too often
    NOT_DONE = "not_done"  # too often QuickBooks did not do it
    UNFIT = "unfit"  # it cannot be put into QuickBooks' language


_V = Variant
VARIANTS: Mapping[Cause, tuple[Variant, ...]] = {
    Cause.PAID_IN_QUICKBOOKS: (
        *(_V.BY_HAND, _V.PART, _V.TWICE, _V.LOOK_ALIKE, _V.SAME_NUMBER, _V.ENTRY_GONE),
    ),
    Cause.CREDIT_APPLIED: (_V.MEMO, _V.MOVED_CREDIT),
    Cause.BALANCE_CHANGED: (*(_V.DISCOUNT, _V.JOURNAL, _V.EDITED, _V.CENTS, _V.PENDING, _V.OTHER),),
    Cause.INVOICE_RECREATED: (_V.TWIN, _V.DIFFERS, _V.DATED_LATER),
    Cause.INVOICE_DELETED: (_V.PLAIN,),
    Cause.INVOICE_VOIDED: (_V.PLAIN,),
    Cause.CUSTOMER_UNAVAILABLE: (_V.INACTIVE, _V.MERGED, _V.MISSING, _V.UNMAPPED),
    Cause.WRONG_CUSTOMER: (_V.CUSTOMER, _V.ACCOUNT, _V.SEVERAL),
    Cause.UNKNOWN_REFERENCE: (
        *(_V.METHOD, _V.METHOD_INACTIVE, _V.ACCOUNT),
        *(_V.INVOICE_NONE, _V.INVOICE_MANY, _V.INVOICE_UNMAPPED),
    ),
    Cause.CLOSED_PERIOD: (_V.CLOSING, _V.ACCOUNTANT),
    Cause.CURRENCY_MISMATCH: (_V.PLAIN,),
    Cause.NOT_PERMITTED: (_V.RIGHTS, _V.APPLICATION, _V.READ_ONLY, _V.FEATURE),
    Cause.LOCKED: (_V.PLAIN,),
    Cause.POSSIBLE_DUPLICATE: (_V.PLAIN, _V.NUMBER_TAKEN, _V.OTHER_NUMBER, _V.WAS_DELETED),
    Cause.INVALID: (_V.PLAIN, _V.UNREADABLE, _V.LOST, _V.NOT_DONE, _V.UNFIT),
}

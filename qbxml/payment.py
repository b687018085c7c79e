"""Payments received: the one message that moves money in the books, and how to ask for it again.

Left out of what we send, on purpose: credits and discounts (SetCredit, DiscountAmount), which are
the bookkeeper's to give; card data (CreditCardTxnInfo); ExchangeRate, which QuickBooks knows.
"""

import datetime as dt

from qbxml.aggregate import Aggregate, Choice, Nested, RequestMessage, aggregate
from qbxml.company import DataExtRet
from qbxml.errors import BuildError
from qbxml.fields import (
    ACCOUNT_REF,
    AMOUNT,
    AMOUNT_ABOVE_ZERO,
    BOOL,
    CURRENCY_REF,
    CUSTOMER_REF,
    DATE,
    DATETIME,
    GUID,
    ID,
    INTEGER,
    PAYMENT_METHOD_REF,
    WORD,
    Ref,
    Text,
    element,
)
from qbxml.filters import (
    MAX_RETURNED,
    REF_NUMBER,
    RET_ELEMENT,
    EntityFilter,
    ModifiedDateRangeFilter,
    RefNumberFilter,
    TxnDateRangeFilter,
)
from qbxml.invoice import LinkedTxn


@aggregate
class AppliedToTxnRet(Aggregate):
    """An invoice that a payment stands against: how much, and what is due on it after that.

    Source: Intuit XSD 13.0, AppliedToTxnRet.
    """

    txn_id: str | None = element("TxnID", ID, default=None)
    txn_type: str | None = element("TxnType", WORD, default=None)
    txn_date: dt.date | None = element("TxnDate", DATE, default=None)
    ref_number: str | None = element("RefNumber", Text(20), default=None)
    balance_remaining: int | None = element("BalanceRemaining", AMOUNT, default=None)
    amount: int | None = element("Amount", AMOUNT, default=None)
    discount_amount: int | None = element("DiscountAmount", AMOUNT, default=None)
    linked_txn: tuple[LinkedTxn, ...] = element(
        "LinkedTxn", Nested(LinkedTxn), default=(), since="10.0"
    )


@aggregate
class ReceivePaymentRet(Aggregate):
    """A payment as it stands in QuickBooks; UnusedPayment is what is applied to nothing.

    Source: Intuit XSD 13.0, ReceivePaymentRet. Card data in the answer is passed over.
    """

    txn_id: str | None = element("TxnID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_modified: str | None = element("TimeModified", DATETIME, default=None)
    edit_sequence: str | None = element("EditSequence", Text(16), default=None)
    txn_number: int | None = element("TxnNumber", INTEGER, default=None)
    customer_ref: Ref | None = element("CustomerRef", CUSTOMER_REF, default=None)
    ar_account_ref: Ref | None = element("ARAccountRef", ACCOUNT_REF, default=None)
    txn_date: dt.date | None = element("TxnDate", DATE, default=None)
    ref_number: str | None = element("RefNumber", Text(20), default=None)
    total_amount: int | None = element("TotalAmount", AMOUNT, default=None)
    currency_ref: Ref | None = element("CurrencyRef", CURRENCY_REF, default=None, since="8.0")
    payment_method_ref: Ref | None = element("PaymentMethodRef", PAYMENT_METHOD_REF, default=None)
    memo: str | None = element("Memo", Text(4095, may_be_blank=True), default=None)
    deposit_to_account_ref: Ref | None = element("DepositToAccountRef", ACCOUNT_REF, default=None)
    unused_payment: int | None = element("UnusedPayment", AMOUNT, default=None)
    unused_credits: int | None = element("UnusedCredits", AMOUNT, default=None)
    external_guid: str | None = element("ExternalGUID", GUID, default=None, since="9.0")
    applied_to_txn_ret: tuple[AppliedToTxnRet, ...] = element(
        "AppliedToTxnRet", Nested(AppliedToTxnRet), default=()
    )
    data_ext_ret: tuple[DataExtRet, ...] = element("DataExtRet", Nested(DataExtRet), default=())


@aggregate
class AppliedToTxnAdd(Aggregate):
    """Set a part of the payment against one open invoice.

    Source: Intuit XSD 13.0, AppliedToTxnAdd. PaymentAmount is optional there, but a line with
    nothing in it comes back as an error for an empty transaction.
    """

    txn_id: str = element("TxnID", ID)
    payment_amount: int = element("PaymentAmount", AMOUNT_ABOVE_ZERO)


@aggregate
class ReceivePaymentAdd(RequestMessage):
    """Record a payment received from a customer.

    Either `is_auto_apply` (False leaves all of it unapplied) or lines for invoices; what the lines
    leave over stays unapplied. Source: Intuit XSD 13.0, ReceivePaymentAddRq. TotalAmount is
    optional there; left out or zero, no payment is made, only credits are used up.
    """

    answer = ReceivePaymentRet
    wrapped = True
    choices = (Choice("is_auto_apply", "applied_to_txn_add", required=True),)

    customer_ref: Ref = element("CustomerRef", CUSTOMER_REF)
    ar_account_ref: Ref | None = element("ARAccountRef", ACCOUNT_REF, default=None)
    txn_date: dt.date | None = element("TxnDate", DATE, default=None)
    ref_number: str | None = element("RefNumber", Text(20), default=None)
    total_amount: int = element("TotalAmount", AMOUNT_ABOVE_ZERO)
    payment_method_ref: Ref | None = element("PaymentMethodRef", PAYMENT_METHOD_REF, default=None)
    memo: str | None = element("Memo", Text(4095, may_be_blank=True), default=None)
    deposit_to_account_ref: Ref | None = element("DepositToAccountRef", ACCOUNT_REF, default=None)
    external_guid: str | None = element("ExternalGUID", GUID, default=None, since="9.0")
    is_auto_apply: bool | None = element("IsAutoApply", BOOL, default=None)
    applied_to_txn_add: tuple[AppliedToTxnAdd, ...] = element(
        "AppliedToTxnAdd", Nested(AppliedToTxnAdd), default=()
    )

    def check(self) -> None:
        """Refuse an invoice named twice, and more applied than was received.

        Source: Intuit developer site, QuickBooks Desktop, "ReceivePaymentAdd".
        """
        seen: set[str] = set()
        applied_cents = 0
        for position, line in enumerate(self.applied_to_txn_add, 1):
            if line.txn_id in seen:
                raise BuildError(
                    f"AppliedToTxnAdd[{position}]/TxnID", "names an invoice a second time"
                )
            seen.add(line.txn_id)
            applied_cents += line.payment_amount
        if applied_cents > self.total_amount:
            raise BuildError("AppliedToTxnAdd", "lines add up to more than TotalAmount")


@aggregate
class ReceivePaymentQuery(RequestMessage):
    """Ask for payments: named by id or number, or narrowed by filters, never both.

    Source: Intuit XSD 13.0, ReceivePaymentQueryRq. IncludeLineItems brings AppliedToTxnRet.
    """

    answer = ReceivePaymentRet
    has_iterator = True
    choices = (
        Choice(
            "txn_id",
            "ref_number",
            "ref_number_case_sensitive",
            (
                "max_returned",
                "modified_date_range_filter",
                "txn_date_range_filter",
                "entity_filter",
                "ref_number_filter",
            ),
        ),
        Choice("modified_date_range_filter", "txn_date_range_filter"),
    )

    txn_id: tuple[str, ...] = element("TxnID", ID, default=())
    ref_number: tuple[str, ...] = element("RefNumber", REF_NUMBER, default=())
    ref_number_case_sensitive: tuple[str, ...] = element(
        "RefNumberCaseSensitive", REF_NUMBER, default=(), since="4.0"
    )
    max_returned: int | None = element("MaxReturned", MAX_RETURNED, default=None)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element(
        "ModifiedDateRangeFilter", Nested(ModifiedDateRangeFilter), default=None
    )
    txn_date_range_filter: TxnDateRangeFilter | None = element(
        "TxnDateRangeFilter", Nested(TxnDateRangeFilter), default=None
    )
    entity_filter: EntityFilter | None = element("EntityFilter", Nested(EntityFilter), default=None)
    ref_number_filter: RefNumberFilter | None = element(
        "RefNumberFilter", Nested(RefNumberFilter), default=None
    )
    include_line_items: bool | None = element("IncludeLineItems", BOOL, default=None)
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )
    owner_id: tuple[str, ...] = element("OwnerID", GUID, default=())


@aggregate
class ReceivePaymentToDepositRet(Aggregate):
    """A payment, or a sales receipt, that waits in Undeposited Funds.

    Source: Intuit XSD 13.0, ReceivePaymentToDepositRet.
    """

    txn_id: str | None = element("TxnID", ID, default=None)
    txn_line_id: str | None = element("TxnLineID", ID, default=None)
    txn_type: str | None = element("TxnType", WORD, default=None)
    customer_ref: Ref | None = element("CustomerRef", CUSTOMER_REF, default=None)
    txn_date: dt.date | None = element("TxnDate", DATE, default=None)
    ref_number: str | None = element("RefNumber", Text(20), default=None)
    amount: int | None = element("Amount", AMOUNT, default=None)
    currency_ref: Ref | None = element("CurrencyRef", CURRENCY_REF, default=None, since="8.0")


@aggregate
class ReceivePaymentToDepositQuery(RequestMessage):
    """Ask for all that waits in Undeposited Funds; it has no filter and no iterator.

    Source: Intuit XSD 13.0, ReceivePaymentToDepositQueryRq.
    """

    answer = ReceivePaymentToDepositRet

    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )

"""Credit memos: what a bookkeeper gave back, and how much of it still waits for an invoice."""

import datetime as dt

from qbxml.aggregate import Aggregate, Choice, Nested, RequestMessage, aggregate
from qbxml.company import DataExtRet
from qbxml.fields import (
    ACCOUNT_REF,
    AMOUNT,
    BOOL,
    CURRENCY_REF,
    CUSTOMER_REF,
    DATE,
    DATETIME,
    GUID,
    ID,
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
class CreditMemoRet(Aggregate):
    """A credit memo; CreditRemaining is the part of TotalAmount that is applied to nothing.

    Source: Intuit XSD 13.0, CreditMemoRet; lines and addresses are left out.
    """

    txn_id: str | None = element("TxnID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_modified: str | None = element("TimeModified", DATETIME, default=None)
    edit_sequence: str | None = element("EditSequence", Text(16), default=None)
    customer_ref: Ref | None = element("CustomerRef", CUSTOMER_REF, default=None)
    ar_account_ref: Ref | None = element("ARAccountRef", ACCOUNT_REF, default=None)
    txn_date: dt.date | None = element("TxnDate", DATE, default=None)
    ref_number: str | None = element("RefNumber", Text(11), default=None)
    is_pending: bool | None = element("IsPending", BOOL, default=None)
    subtotal: int | None = element("Subtotal", AMOUNT, default=None)
    sales_tax_total: int | None = element("SalesTaxTotal", AMOUNT, default=None)
    total_amount: int | None = element("TotalAmount", AMOUNT, default=None)
    credit_remaining: int | None = element("CreditRemaining", AMOUNT, default=None)
    currency_ref: Ref | None = element("CurrencyRef", CURRENCY_REF, default=None, since="8.0")
    memo: str | None = element("Memo", Text(4095, may_be_blank=True), default=None)
    external_guid: str | None = element("ExternalGUID", GUID, default=None, since="9.0")
    linked_txn: tuple[LinkedTxn, ...] = element("LinkedTxn", Nested(LinkedTxn), default=())
    data_ext_ret: tuple[DataExtRet, ...] = element("DataExtRet", Nested(DataExtRet), default=())


@aggregate
class CreditMemoQuery(RequestMessage):
    """Ask for credit memos: named by id or number, or narrowed by filters, never both.

    Source: Intuit XSD 13.0, CreditMemoQueryRq. It has no PaidStatus: what is left of a credit is
    its CreditRemaining. Lines and linked transactions come only when asked for.
    """

    answer = CreditMemoRet
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
    include_linked_txns: bool | None = element("IncludeLinkedTxns", BOOL, default=None)
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )
    owner_id: tuple[str, ...] = element("OwnerID", GUID, default=())

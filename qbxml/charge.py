"""Statement charges: what stands on a customer's statement without an invoice."""

import datetime as dt

from qbxml.aggregate import Aggregate, Choice, Nested, RequestMessage, aggregate
from qbxml.company import DataExtRet
from qbxml.fields import (
    ACCOUNT_REF,
    AMOUNT,
    BOOL,
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
from qbxml.invoice import PAID_STATUS, LinkedTxn


@aggregate
class ChargeRet(Aggregate):
    """A statement charge: one line that is owed, and what is left of it.

    Source: Intuit XSD 13.0, ChargeRet; the item with its quantity and rate is left out.
    """

    txn_id: str | None = element("TxnID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_modified: str | None = element("TimeModified", DATETIME, default=None)
    edit_sequence: str | None = element("EditSequence", Text(16), default=None)
    customer_ref: Ref | None = element("CustomerRef", CUSTOMER_REF, default=None)
    txn_date: dt.date | None = element("TxnDate", DATE, default=None)
    ref_number: str | None = element("RefNumber", Text(11), default=None)
    amount: int | None = element("Amount", AMOUNT, default=None)
    balance_remaining: int | None = element("BalanceRemaining", AMOUNT, default=None)
    desc: str | None = element("Desc", Text(4095, may_be_blank=True), default=None)
    ar_account_ref: Ref | None = element("ARAccountRef", ACCOUNT_REF, default=None)
    billed_date: dt.date | None = element("BilledDate", DATE, default=None)
    due_date: dt.date | None = element("DueDate", DATE, default=None)
    is_paid: bool | None = element("IsPaid", BOOL, default=None)
    external_guid: str | None = element("ExternalGUID", GUID, default=None, since="9.0")
    linked_txn: tuple[LinkedTxn, ...] = element("LinkedTxn", Nested(LinkedTxn), default=())
    data_ext_ret: tuple[DataExtRet, ...] = element("DataExtRet", Nested(DataExtRet), default=())


@aggregate
class ChargeQuery(RequestMessage):
    """Ask for statement charges: named by id or number, or narrowed by filters, never both.

    Source: Intuit XSD 13.0, ChargeQueryRq. A charge is a line itself, so there is no
    IncludeLineItems; linked transactions come only when asked for.
    """

    answer = ChargeRet
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
                "paid_status",
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
    paid_status: str | None = element("PaidStatus", PAID_STATUS, default=None, since="4.0")
    include_linked_txns: bool | None = element("IncludeLinkedTxns", BOOL, default=None)
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )
    owner_id: tuple[str, ...] = element("OwnerID", GUID, default=())

"""Deletions: taking one transaction out of the books, and asking what was taken out.

A received payment cannot be voided by a program, only deleted (Intuit XSD 13.0, TxnVoidType).
Whether it may be deleted is decided elsewhere.
"""

from qbxml.aggregate import Aggregate, Nested, RequestMessage, aggregate
from qbxml.fields import DATETIME, ID, WORD, Keyword, Text, element
from qbxml.filters import FULL_NAME, RET_ELEMENT

TXN_DEL_TYPE = Keyword(
    (
        "ARRefundCreditCard",
        "Bill",
        "BillPaymentCheck",
        "BillPaymentCreditCard",
        "BuildAssembly",
        "Charge",
        "Check",
        "CreditCardCharge",
        "CreditCardCredit",
        "CreditMemo",
        "Deposit",
        "Estimate",
        "InventoryAdjustment",
        "Invoice",
        "ItemReceipt",
        "JournalEntry",
        "PurchaseOrder",
        "ReceivePayment",
        "SalesOrder",
        "SalesReceipt",
        "SalesTaxPaymentCheck",
        "TimeTracking",
        "TransferInventory",
        "VehicleMileage",
        "VendorCredit",
    )
)
LIST_DEL_TYPE = Keyword(
    (
        "Account",
        "BillingRate",
        "Class",
        "Currency",
        "Customer",
        "CustomerMsg",
        "CustomerType",
        "DateDrivenTerms",
        "Employee",
        "InventorySite",
        "ItemDiscount",
        "ItemFixedAsset",
        "ItemGroup",
        "ItemInventory",
        "ItemInventoryAssembly",
        "ItemNonInventory",
        "ItemOtherCharge",
        "ItemPayment",
        "ItemSalesTax",
        "ItemSalesTaxGroup",
        "ItemService",
        "ItemSubtotal",
        "JobType",
        "OtherName",
        "PaymentMethod",
        "PayrollItemNonWage",
        "PayrollItemWage",
        "PriceLevel",
        "SalesRep",
        "SalesTaxCode",
        "ShipMethod",
        "StandardTerms",
        "ToDo",
        "UnitOfMeasureSet",
        "Vehicle",
        "Vendor",
        "VendorType",
        "WorkersCompCode",
    )
)
# Intuit's schema sets no limit here; 20 is the longest RefNumber that a transaction of ours has.
_REF_NUMBER = Text(20)


@aggregate
class TxnDelRet(Aggregate):
    """The transaction that was deleted just now.

    Source: Intuit XSD 13.0, the group TxnDelRet: its children stand in TxnDelRs itself.
    """

    txn_del_type: str | None = element("TxnDelType", WORD, default=None)
    txn_id: str | None = element("TxnID", ID, default=None)
    time_deleted: str | None = element("TimeDeleted", DATETIME, default=None)
    ref_number: str | None = element("RefNumber", _REF_NUMBER, default=None)


@aggregate
class TxnDel(RequestMessage):
    """Delete a transaction; what it paid is open again. Source: Intuit XSD 13.0, TxnDelRq."""

    answer = TxnDelRet
    answer_wrapped = False

    txn_del_type: str = element("TxnDelType", TXN_DEL_TYPE)
    txn_id: str = element("TxnID", ID)


@aggregate
class TxnDeletedRet(Aggregate):
    """A transaction that was deleted, by whomever. Source: Intuit XSD 13.0, TxnDeletedRet."""

    txn_del_type: str | None = element("TxnDelType", WORD, default=None)
    txn_id: str | None = element("TxnID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_deleted: str | None = element("TimeDeleted", DATETIME, default=None)
    ref_number: str | None = element("RefNumber", _REF_NUMBER, default=None)


@aggregate
class DeletedDateRangeFilter(Aggregate):
    """What was deleted in a span of time, both ends included.

    Without an offset the times are the wall clock of the QuickBooks machine; send them so.
    Source: Intuit XSD 13.0, DeletedDateRangeFilter.
    """

    from_deleted_date: str | None = element("FromDeletedDate", DATETIME, default=None)
    to_deleted_date: str | None = element("ToDeletedDate", DATETIME, default=None)


@aggregate
class TxnDeletedQuery(RequestMessage):
    """Ask for deleted transactions of the kinds named; QuickBooks knows those of 90 days.

    It has no iterator: all come in one answer. Source: Intuit XSD 13.0, TxnDeletedQueryRq.
    """

    answer = TxnDeletedRet

    txn_del_type: tuple[str, ...] = element("TxnDelType", TXN_DEL_TYPE, many=True)
    deleted_date_range_filter: DeletedDateRangeFilter | None = element(
        "DeletedDateRangeFilter", Nested(DeletedDateRangeFilter), default=None
    )
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )


@aggregate
class ListDeletedRet(Aggregate):
    """A list item that was deleted, by whomever. Source: Intuit XSD 13.0, ListDeletedRet."""

    list_del_type: str | None = element("ListDelType", WORD, default=None)
    list_id: str | None = element("ListID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_deleted: str | None = element("TimeDeleted", DATETIME, default=None)
    full_name: str | None = element("FullName", FULL_NAME, default=None)


@aggregate
class ListDeletedQuery(RequestMessage):
    """Ask for deleted items of the lists named, such as Customer.

    It has no iterator: all come in one answer. Source: Intuit XSD 13.0, ListDeletedQueryRq.
    """

    answer = ListDeletedRet

    list_del_type: tuple[str, ...] = element("ListDelType", LIST_DEL_TYPE, many=True)
    deleted_date_range_filter: DeletedDateRangeFilter | None = element(
        "DeletedDateRangeFilter", Nested(DeletedDateRangeFilter), default=None
    )
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )

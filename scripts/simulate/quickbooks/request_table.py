"""The requests this QuickBooks understands, element by element, in schema order.

Source: Intuit XSD 13.0 and the annotated listings 2.0 to 16.0 (versions, maximum lengths). It holds
what a payment sync has a use for. What else Intuit's schema would allow (message set ids,
rollbackOnError, metaData, card data, credits, discounts, date macros) is left out on purpose and
refused like any unknown element: the product must not send it.
"""

from dataclasses import dataclass

from scripts.simulate.quickbooks.grammar import (
    AMOUNT,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    FLOAT,
    GUID,
    ID,
    Choice,
    Group,
    Version,
    any_number,
    enumeration,
    maybe,
    one,
    some,
    text,
)


@dataclass(frozen=True)
class RequestForm:
    """The form of one request: its content, its version, whether it has an iterator."""

    content: Group
    has_iterator: bool = False
    since: Version = (1, 1)


PAYMENT_METHOD_TYPE = enumeration(
    *("AmericanExpress", "Cash", "Check", "DebitCard", "Discover", "ECheck", "GiftCard"),
    *("MasterCard", "Other", "OtherCreditCard", "Visa"),
)
ACCOUNT_TYPE = enumeration(
    *("AccountsPayable", "AccountsReceivable", "Bank", "CostOfGoodsSold", "CreditCard", "Equity"),
    *("Expense", "FixedAsset", "Income", "LongTermLiability", "NonPosting", "OtherAsset"),
    *("OtherCurrentAsset", "OtherCurrentLiability", "OtherExpense", "OtherIncome"),
)
TXN_DEL_TYPE = enumeration(
    *("ARRefundCreditCard", "Bill", "BillPaymentCheck", "BillPaymentCreditCard", "BuildAssembly"),
    *("Charge", "Check", "CreditCardCharge", "CreditCardCredit", "CreditMemo", "Deposit"),
    *("Estimate", "InventoryAdjustment", "Invoice", "ItemReceipt", "JournalEntry"),
    *("PurchaseOrder", "ReceivePayment", "SalesOrder", "SalesReceipt", "SalesTaxPaymentCheck"),
    *("TimeTracking", "TransferInventory", "VehicleMileage", "VendorCredit"),
)
LIST_DEL_TYPE = enumeration(
    *("Account", "BillingRate", "Class", "Currency", "Customer", "CustomerMsg", "CustomerType"),
    *("DateDrivenTerms", "Employee", "InventorySite", "ItemDiscount", "ItemFixedAsset"),
    *("ItemGroup", "ItemInventory", "ItemInventoryAssembly", "ItemNonInventory"),
    *("ItemOtherCharge", "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup", "ItemService"),
    *("ItemSubtotal", "JobType", "OtherName", "PaymentMethod", "PayrollItemNonWage"),
    *("PayrollItemWage", "PriceLevel", "SalesRep", "SalesTaxCode", "ShipMethod"),
    *("StandardTerms", "ToDo", "UnitOfMeasureSet", "Vehicle", "Vendor", "VendorType"),
    "WorkersCompCode",
)
MATCH = enumeration("StartsWith", "Contains", "EndsWith")

INCLUDE_RET: Group = (any_number("IncludeRetElement", text(50), (4, 0)),)
OWNER: Group = (any_number("OwnerID", GUID, (2, 0)),)


def reference(limit: int) -> Group:
    """A reference to a list item, its FullName of at most that many characters."""
    return (maybe("ListID", ID), maybe("FullName", text(limit)))


def related(limit: int) -> Group:
    """An EntityFilter or AccountFilter."""
    return (
        Choice(
            (
                (some("ListID", ID, (2, 0)),),
                (some("FullName", text(limit)),),
                (one("ListIDWithChildren", ID, (2, 0)),),
                (one("FullNameWithChildren", text(limit)),),
            )
        ),
    )


MODIFIED: Group = (maybe("FromModifiedDate", DATETIME), maybe("ToModifiedDate", DATETIME))
TXN_FILTER: Group = (
    maybe("MaxReturned", COUNT),
    Choice(
        (
            (one("ModifiedDateRangeFilter", MODIFIED),),
            (one("TxnDateRangeFilter", (maybe("FromTxnDate", DATE), maybe("ToTxnDate", DATE))),),
        ),
        required=False,
    ),
    maybe("EntityFilter", related(209)),
    maybe("AccountFilter", related(159)),
    maybe("RefNumberFilter", (one("MatchCriterion", MATCH), one("RefNumber", text(20)))),
)
PAID_STATUS: Group = (maybe("PaidStatus", enumeration("All", "PaidOnly", "NotPaidOnly")),)


def txn_query(
    number_limit: int, *, filters: Group = TXN_FILTER, lines: bool = True, linked: bool = False
) -> Group:
    """A query for transactions, whose RefNumber has at most that many characters."""
    branches: tuple[Group, ...] = (
        (some("TxnID", ID),),
        (some("RefNumber", text(number_limit)),),
        (some("RefNumberCaseSensitive", text(number_limit), (4, 0)),),
        filters,
    )
    lines_flag: Group = (maybe("IncludeLineItems", BOOLEAN),) if lines else ()
    linked_flag: Group = (maybe("IncludeLinkedTxns", BOOLEAN),) if linked else ()
    return (
        Choice(branches, required=False),
        *lines_flag,
        *linked_flag,
        *INCLUDE_RET,
        *OWNER,
    )


def list_query(name_limit: int, last_filter: Group = ()) -> Group:
    """A query for list items, whose FullName has at most that many characters."""
    filters: Group = (
        maybe("MaxReturned", COUNT),
        maybe("ActiveStatus", enumeration("ActiveOnly", "InactiveOnly", "All")),
        *MODIFIED,
        maybe("NameFilter", (one("MatchCriterion", MATCH), one("Name", text(name_limit)))),
        *last_filter,
    )
    branches: tuple[Group, ...] = (
        (some("ListID", ID),),
        (some("FullName", text(name_limit)),),
        filters,
    )
    return (Choice(branches, required=False), *INCLUDE_RET)


APPLIED: Group = (one("TxnID", ID), maybe("PaymentAmount", AMOUNT))
PAYMENT: Group = (
    one("CustomerRef", reference(209)),
    maybe("ARAccountRef", reference(159)),
    maybe("TxnDate", DATE),
    maybe("RefNumber", text(20)),
    maybe("TotalAmount", AMOUNT),
    maybe("ExchangeRate", FLOAT, (8, 0)),
    maybe("PaymentMethodRef", reference(31)),
    maybe("Memo", text(4095)),
    maybe("DepositToAccountRef", reference(159)),
    maybe("ExternalGUID", GUID, (9, 0)),
    Choice(((one("IsAutoApply", BOOLEAN),), (some("AppliedToTxnAdd", APPLIED),))),
)
METHOD: Group = (
    one("Name", text(31)),
    maybe("IsActive", BOOLEAN),
    maybe("PaymentMethodType", PAYMENT_METHOD_TYPE, (7, 0)),
)
DELETED: Group = (
    maybe(
        "DeletedDateRangeFilter",
        (maybe("FromDeletedDate", DATETIME), maybe("ToDeletedDate", DATETIME)),
    ),
    *INCLUDE_RET,
)

REQUESTS: dict[str, RequestForm] = {
    "HostQuery": RequestForm(INCLUDE_RET),
    "CompanyQuery": RequestForm((*INCLUDE_RET, *OWNER)),
    "PreferencesQuery": RequestForm(INCLUDE_RET),
    "CustomerQuery": RequestForm((*list_query(209), *OWNER), has_iterator=True),
    "InvoiceQuery": RequestForm(
        txn_query(11, filters=(*TXN_FILTER, *PAID_STATUS), linked=True), has_iterator=True
    ),
    "CreditMemoQuery": RequestForm(txn_query(11, linked=True), has_iterator=True),
    "ChargeQuery": RequestForm(
        txn_query(11, filters=(*TXN_FILTER, *PAID_STATUS), lines=False, linked=True),
        has_iterator=True,
        since=(2, 0),
    ),
    "ReceivePaymentQuery": RequestForm(txn_query(20), has_iterator=True),
    "ReceivePaymentToDepositQuery": RequestForm(INCLUDE_RET, since=(2, 0)),
    "PaymentMethodQuery": RequestForm(
        list_query(31, (any_number("PaymentMethodType", PAYMENT_METHOD_TYPE, (7, 0)),))
    ),
    "AccountQuery": RequestForm(
        (*list_query(159, (any_number("AccountType", ACCOUNT_TYPE),)), *OWNER)
    ),
    "TxnDeletedQuery": RequestForm((some("TxnDelType", TXN_DEL_TYPE), *DELETED), since=(2, 0)),
    "ListDeletedQuery": RequestForm((some("ListDelType", LIST_DEL_TYPE), *DELETED), since=(2, 0)),
    "ReceivePaymentAdd": RequestForm((one("ReceivePaymentAdd", PAYMENT), *INCLUDE_RET)),
    "PaymentMethodAdd": RequestForm((one("PaymentMethodAdd", METHOD), *INCLUDE_RET)),
    "TxnDel": RequestForm((one("TxnDelType", TXN_DEL_TYPE), one("TxnID", ID))),
}

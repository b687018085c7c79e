"""What is asked for of each thing that QuickBooks tells: the elements that we read, and no others.

Every query that we send names them (IncludeRetElement, since qbXML 4.0; every version we speak has
it, and each element named here). So no card data comes, no address and no tax number. What holds
others is named whole, as a child of its ...Ret. A test holds each list against what is really read.

The answers to what we write (ReceivePaymentAdd, PaymentMethodAdd) come whole: they are evidence, of
what we sent. TxnDel cannot name any.
"""

HOST = ("ProductName", "Country", "SupportedQBXMLVersion")
# To name none would ask for all: this is for a question whose answer is not read.
HOST_UNREAD = ("ProductName",)
# DataExtRet are the stamps; they come for the OwnerIDs that the query names besides.
COMPANY = ("CompanyName", "DataExtRet")
STAMPS = ("DataExtRet",)
PREFERENCES = ("AccountingPreferences", "MultiCurrencyPreferences")
CLOSING_DATE = ("AccountingPreferences",)

CUSTOMER = (
    *("ListID", "TimeModified", "EditSequence", "FullName", "IsActive", "ParentRef"),
    *("Balance", "CurrencyRef"),
)
PAYER = ("ListID", "FullName", "IsActive", "Balance", "CurrencyRef")
ACCOUNT = (*("ListID", "FullName", "IsActive", "AccountType", "SpecialAccountType", "CurrencyRef"),)
METHOD = ("ListID", "Name", "IsActive", "PaymentMethodType")

INVOICE = (
    *("TxnID", "TimeCreated", "TimeModified", "EditSequence", "CustomerRef", "ARAccountRef"),
    *("TxnDate", "RefNumber", "IsPending", "DueDate", "Subtotal", "SalesTaxTotal"),
    *("BalanceRemaining", "CurrencyRef", "Memo", "IsPaid", "LinkedTxn"),
)
CREDIT_MEMO = (
    *("TxnID", "TimeModified", "EditSequence", "CustomerRef", "ARAccountRef", "TxnDate"),
    *("RefNumber", "TotalAmount", "CreditRemaining", "LinkedTxn"),
)
CHARGE = (
    *("TxnID", "CustomerRef", "TxnDate", "RefNumber", "Amount", "BalanceRemaining", "IsPaid"),
)
RECEIPT = (
    *("TxnID", "TimeCreated", "TimeModified", "EditSequence", "CustomerRef", "TxnDate"),
    *("RefNumber", "TotalAmount", "UnusedPayment", "ExternalGUID"),
)
# The lines come for a query with IncludeLineItems alone.
RECEIPT_WITH_LINES = (*RECEIPT, "AppliedToTxnRet")
TO_DEPOSIT = ("TxnID",)

# All that there is of a deleted transaction.
DELETED = ("TxnDelType", "TxnID", "TimeCreated", "TimeDeleted", "RefNumber")
LIST_DELETED = ("ListDelType", "ListID", "TimeDeleted")

"""Two lists that a payment refers to: the payment methods and the accounts.

Neither query has an iterator: QuickBooks sends the whole list, or its first MaxReturned items.
"""

from qbxml.aggregate import Aggregate, Choice, Nested, RequestMessage, aggregate
from qbxml.company import DataExtRet
from qbxml.fields import (
    ACCOUNT_REF,
    AMOUNT,
    BOOL,
    CURRENCY_REF,
    DATETIME,
    GUID,
    ID,
    INTEGER,
    WORD,
    Keyword,
    Ref,
    Text,
    element,
)
from qbxml.filters import ACTIVE_STATUS, MAX_RETURNED, RET_ELEMENT

PAYMENT_METHOD_NAME = Text(31)
PAYMENT_METHOD_TYPE = Keyword(
    (
        "AmericanExpress",
        "Cash",
        "Check",
        "DebitCard",
        "Discover",
        "ECheck",
        "GiftCard",
        "MasterCard",
        "Other",
        "OtherCreditCard",
        "Visa",
    )
)
ACCOUNT_NAME = Text(159)
ACCOUNT_TYPE = Keyword(
    (
        "AccountsPayable",
        "AccountsReceivable",
        "Bank",
        "CostOfGoodsSold",
        "CreditCard",
        "Equity",
        "Expense",
        "FixedAsset",
        "Income",
        "LongTermLiability",
        "NonPosting",
        "OtherAsset",
        "OtherCurrentAsset",
        "OtherCurrentLiability",
        "OtherExpense",
        "OtherIncome",
    )
)


@aggregate
class PaymentMethodRet(Aggregate):
    """A payment method as QuickBooks knows it. Source: Intuit XSD 13.0, PaymentMethodRet."""

    list_id: str | None = element("ListID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_modified: str | None = element("TimeModified", DATETIME, default=None)
    edit_sequence: str | None = element("EditSequence", Text(16), default=None)
    name: str | None = element("Name", PAYMENT_METHOD_NAME, default=None)
    is_active: bool | None = element("IsActive", BOOL, default=None)
    payment_method_type: str | None = element("PaymentMethodType", WORD, default=None, since="7.0")


@aggregate
class PaymentMethodAdd(RequestMessage):
    """Add a payment method. Source: Intuit XSD 13.0, PaymentMethodAddRq."""

    answer = PaymentMethodRet
    wrapped = True

    name: str = element("Name", PAYMENT_METHOD_NAME)
    is_active: bool | None = element("IsActive", BOOL, default=None)
    payment_method_type: str | None = element(
        "PaymentMethodType", PAYMENT_METHOD_TYPE, default=None, since="7.0"
    )


@aggregate
class PaymentMethodQuery(RequestMessage):
    """Ask for payment methods; only the active ones unless `active_status` says otherwise.

    Source: Intuit XSD 13.0, PaymentMethodQueryRq.
    """

    answer = PaymentMethodRet
    choices = (
        Choice(
            "list_id",
            "full_name",
            (
                "max_returned",
                "active_status",
                "from_modified_date",
                "to_modified_date",
                "payment_method_type",
            ),
        ),
    )

    list_id: tuple[str, ...] = element("ListID", ID, default=())
    full_name: tuple[str, ...] = element("FullName", PAYMENT_METHOD_NAME, default=())
    max_returned: int | None = element("MaxReturned", MAX_RETURNED, default=None)
    active_status: str | None = element("ActiveStatus", ACTIVE_STATUS, default=None)
    from_modified_date: str | None = element("FromModifiedDate", DATETIME, default=None)
    to_modified_date: str | None = element("ToModifiedDate", DATETIME, default=None)
    payment_method_type: tuple[str, ...] = element(
        "PaymentMethodType", PAYMENT_METHOD_TYPE, default=(), since="7.0"
    )
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )


@aggregate
class AccountRet(Aggregate):
    """An account; Undeposited Funds is known by its SpecialAccountType, not by its name.

    Source: Intuit XSD 13.0, AccountRet.
    """

    list_id: str | None = element("ListID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_modified: str | None = element("TimeModified", DATETIME, default=None)
    edit_sequence: str | None = element("EditSequence", Text(16), default=None)
    name: str | None = element("Name", Text(31), default=None)
    full_name: str | None = element("FullName", ACCOUNT_NAME, default=None)
    is_active: bool | None = element("IsActive", BOOL, default=None)
    parent_ref: Ref | None = element("ParentRef", ACCOUNT_REF, default=None)
    sublevel: int | None = element("Sublevel", INTEGER, default=None)
    account_type: str | None = element("AccountType", WORD, default=None)
    special_account_type: str | None = element("SpecialAccountType", WORD, default=None)
    account_number: str | None = element("AccountNumber", Text(7), default=None)
    balance: int | None = element("Balance", AMOUNT, default=None)
    total_balance: int | None = element("TotalBalance", AMOUNT, default=None)
    currency_ref: Ref | None = element("CurrencyRef", CURRENCY_REF, default=None, since="8.0")
    data_ext_ret: tuple[DataExtRet, ...] = element("DataExtRet", Nested(DataExtRet), default=())


@aggregate
class AccountQuery(RequestMessage):
    """Ask for accounts; only the active ones unless `active_status` says otherwise.

    Source: Intuit XSD 13.0, AccountQueryRq.
    """

    answer = AccountRet
    choices = (
        Choice(
            "list_id",
            "full_name",
            (
                "max_returned",
                "active_status",
                "from_modified_date",
                "to_modified_date",
                "account_type",
            ),
        ),
    )

    list_id: tuple[str, ...] = element("ListID", ID, default=())
    full_name: tuple[str, ...] = element("FullName", ACCOUNT_NAME, default=())
    max_returned: int | None = element("MaxReturned", MAX_RETURNED, default=None)
    active_status: str | None = element("ActiveStatus", ACTIVE_STATUS, default=None)
    from_modified_date: str | None = element("FromModifiedDate", DATETIME, default=None)
    to_modified_date: str | None = element("ToModifiedDate", DATETIME, default=None)
    account_type: tuple[str, ...] = element("AccountType", ACCOUNT_TYPE, default=())
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )
    owner_id: tuple[str, ...] = element("OwnerID", GUID, default=())

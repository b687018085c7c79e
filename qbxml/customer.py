"""Customers and their jobs."""

from qbxml.aggregate import Aggregate, Choice, Nested, RequestMessage, aggregate
from qbxml.company import DataExtRet
from qbxml.fields import (
    AMOUNT,
    BOOL,
    CURRENCY_REF,
    CUSTOMER_REF,
    DATETIME,
    GUID,
    ID,
    INTEGER,
    Ref,
    Text,
    element,
)
from qbxml.filters import ACTIVE_STATUS, FULL_NAME, MAX_RETURNED, RET_ELEMENT


@aggregate
class CustomerRet(Aggregate):
    """A customer or a job: FullName is `Parent:Job`, Balance its own, TotalBalance with its jobs.

    Source: Intuit XSD 13.0, CustomerRet; addresses and contacts are left out.
    """

    list_id: str | None = element("ListID", ID, default=None)
    time_created: str | None = element("TimeCreated", DATETIME, default=None)
    time_modified: str | None = element("TimeModified", DATETIME, default=None)
    edit_sequence: str | None = element("EditSequence", Text(16), default=None)
    name: str | None = element("Name", Text(41), default=None)
    full_name: str | None = element("FullName", FULL_NAME, default=None)
    is_active: bool | None = element("IsActive", BOOL, default=None)
    parent_ref: Ref | None = element("ParentRef", CUSTOMER_REF, default=None)
    sublevel: int | None = element("Sublevel", INTEGER, default=None)
    company_name: str | None = element("CompanyName", Text(41), default=None)
    email: str | None = element("Email", Text(1023), default=None)
    balance: int | None = element("Balance", AMOUNT, default=None)
    total_balance: int | None = element("TotalBalance", AMOUNT, default=None)
    account_number: str | None = element("AccountNumber", Text(99), default=None)
    external_guid: str | None = element("ExternalGUID", GUID, default=None, since="8.0")
    currency_ref: Ref | None = element("CurrencyRef", CURRENCY_REF, default=None, since="8.0")
    data_ext_ret: tuple[DataExtRet, ...] = element("DataExtRet", Nested(DataExtRet), default=())


@aggregate
class CustomerQuery(RequestMessage):
    """Ask for customers; only the active ones unless `active_status` says otherwise.

    Source: Intuit XSD 13.0, CustomerQueryRq. The dates stand in the query itself here.
    """

    answer = CustomerRet
    has_iterator = True
    choices = (
        Choice(
            "list_id",
            "full_name",
            ("max_returned", "active_status", "from_modified_date", "to_modified_date"),
        ),
    )

    list_id: tuple[str, ...] = element("ListID", ID, default=())
    full_name: tuple[str, ...] = element("FullName", FULL_NAME, default=())
    max_returned: int | None = element("MaxReturned", MAX_RETURNED, default=None)
    active_status: str | None = element("ActiveStatus", ACTIVE_STATUS, default=None)
    from_modified_date: str | None = element("FromModifiedDate", DATETIME, default=None)
    to_modified_date: str | None = element("ToModifiedDate", DATETIME, default=None)
    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )
    owner_id: tuple[str, ...] = element("OwnerID", GUID, default=())

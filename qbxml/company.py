"""Who is at the other end: QuickBooks itself, the company file, and its preferences.

The answers to these three also come unasked, together in `strHCPResponse` of the Web Connector's
first call (QBWC Programmer's Guide 2.0, sendRequestXML).
"""

import datetime as dt

from qbxml.aggregate import Aggregate, Nested, RequestMessage, aggregate
from qbxml.fields import BOOL, CURRENCY_REF, DATE, GUID, WORD, Ref, Text, element
from qbxml.filters import RET_ELEMENT


@aggregate
class DataExtRet(Aggregate):
    """A custom field, or a program's private value, on the object that holds it.

    The Web Connector stamps the company file with two of them under the OwnerID of the .qwc file:
    FileID and AppLock. Source: Intuit XSD 13.0, DataExtRet.
    """

    owner_id: str | None = element("OwnerID", GUID, default=None)
    data_ext_name: str | None = element("DataExtName", Text(31), default=None)
    data_ext_type: str | None = element("DataExtType", WORD, default=None)
    # STR1024TYPE is the longest of the types.
    data_ext_value: str | None = element(
        "DataExtValue", Text(1024, may_be_blank=True), default=None
    )


@aggregate
class HostRet(Aggregate):
    """The QuickBooks that answers. Source: Intuit XSD 13.0, HostRet."""

    product_name: str | None = element("ProductName", Text(255), default=None)
    major_version: str | None = element("MajorVersion", Text(5), default=None)
    minor_version: str | None = element("MinorVersion", Text(5), default=None)
    country: str | None = element("Country", Text(2), default=None)
    supported_qbxml_version: tuple[str, ...] = element(
        "SupportedQBXMLVersion", Text(10), default=()
    )
    is_automatic_login: bool | None = element("IsAutomaticLogin", BOOL, default=None)
    qb_file_mode: str | None = element("QBFileMode", WORD, default=None)


@aggregate
class AccountantCopy(Aggregate):
    """Whether an accountant works on a copy; nothing may be dated on or before the dividing date.

    Source: Intuit XSD 13.0, AccountantCopy.
    """

    accountant_copy_exists: bool | None = element("AccountantCopyExists", BOOL, default=None)
    dividing_date: dt.date | None = element("DividingDate", DATE, default=None)


@aggregate
class CompanyRet(Aggregate):
    """The company file: its name and the stamps on it, without addresses and tax numbers.

    Source: Intuit XSD 13.0, CompanyRet.
    """

    is_sample_company: bool | None = element("IsSampleCompany", BOOL, default=None)
    company_name: str | None = element("CompanyName", Text(59), default=None)
    legal_company_name: str | None = element("LegalCompanyName", Text(59), default=None)
    accountant_copy: AccountantCopy | None = element(
        "AccountantCopy", Nested(AccountantCopy), default=None, since="8.0"
    )
    data_ext_ret: tuple[DataExtRet, ...] = element("DataExtRet", Nested(DataExtRet), default=())


@aggregate
class AccountingPreferences(Aggregate):
    """The day through which the books are closed; None where they are not.

    Source: Intuit XSD 13.0, AccountingPreferences.
    """

    closing_date: dt.date | None = element("ClosingDate", DATE, default=None)


@aggregate
class MultiCurrencyPreferences(Aggregate):
    """Whether customers may have their own currency. Source: Intuit XSD 13.0."""

    is_multi_currency_on: bool | None = element("IsMultiCurrencyOn", BOOL, default=None)
    home_currency_ref: Ref | None = element("HomeCurrencyRef", CURRENCY_REF, default=None)


@aggregate
class SalesAndCustomersPreferences(Aggregate):
    """Whether QuickBooks applies payments by itself. Source: Intuit XSD 13.0."""

    is_auto_applying_payments: bool | None = element("IsAutoApplyingPayments", BOOL, default=None)


@aggregate
class CurrentAppAccessRights(Aggregate):
    """What our own entry in QuickBooks' list of applications allows us.

    Source: Intuit XSD 13.0, CurrentAppAccessRights.
    """

    is_automatic_login_allowed: bool | None = element("IsAutomaticLoginAllowed", BOOL, default=None)
    automatic_login_user_name: str | None = element(
        "AutomaticLoginUserName", Text(29), default=None
    )
    is_personal_data_access_allowed: bool | None = element(
        "IsPersonalDataAccessAllowed", BOOL, default=None
    )


@aggregate
class PreferencesRet(Aggregate):
    """The preferences that decide what a payment may look like.

    Source: Intuit XSD 13.0, PreferencesRet. No message can change them.
    """

    accounting_preferences: AccountingPreferences | None = element(
        "AccountingPreferences", Nested(AccountingPreferences), default=None
    )
    multi_currency_preferences: MultiCurrencyPreferences | None = element(
        "MultiCurrencyPreferences", Nested(MultiCurrencyPreferences), default=None, since="8.0"
    )
    sales_and_customers_preferences: SalesAndCustomersPreferences | None = element(
        "SalesAndCustomersPreferences", Nested(SalesAndCustomersPreferences), default=None
    )
    current_app_access_rights: CurrentAppAccessRights | None = element(
        "CurrentAppAccessRights", Nested(CurrentAppAccessRights), default=None
    )


@aggregate
class HostQuery(RequestMessage):
    """Ask which QuickBooks this is. Source: Intuit XSD 13.0, HostQueryRq."""

    answer = HostRet

    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )


@aggregate
class CompanyQuery(RequestMessage):
    """Ask for the company file. Source: Intuit XSD 13.0, CompanyQueryRq.

    The stamps of an install come back only when its OwnerID is named.
    """

    answer = CompanyRet

    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )
    owner_id: tuple[str, ...] = element("OwnerID", GUID, default=())


@aggregate
class PreferencesQuery(RequestMessage):
    """Ask for the preferences. Source: Intuit XSD 13.0, PreferencesQueryRq."""

    answer = PreferencesRet

    include_ret_element: tuple[str, ...] = element(
        "IncludeRetElement", RET_ELEMENT, default=(), since="4.0"
    )

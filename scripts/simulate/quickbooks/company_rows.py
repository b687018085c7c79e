"""Host, company and preferences as QuickBooks returns them.

Source: Intuit XSD 13.0 and the recorded answer of a QuickBooks Pro 2014 to a Web Connector.
"""

from collections.abc import Collection

from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.markup import Element, Part, flag, node


def host(books: CompanyFile) -> Element:
    """A HostRet."""
    return node(
        "HostRet",
        ("ProductName", books.host.product_name),
        ("MajorVersion", books.host.major_version),
        ("MinorVersion", books.host.minor_version),
        ("Country", books.host.country),
        [("SupportedQBXMLVersion", version) for version in books.host.versions],
        ("IsAutomaticLogin", "false"),
        ("QBFileMode", books.host.file_mode),
    )


def company(books: CompanyFile, owner_ids: Collection[str]) -> Element:
    """A CompanyRet with the private data of the OwnerIDs that were asked for."""
    is_copied = books.dividing_date is not None
    return node(
        "CompanyRet",
        ("IsSampleCompany", "false"),
        ("CompanyName", books.name),
        ("LegalCompanyName", books.name),
        node("Address", ("City", "Bayshore"), ("State", "CA"), ("PostalCode", "94326")),
        ("Phone", "415-555-0100"),
        ("FirstMonthFiscalYear", "January"),
        ("FirstMonthIncomeTaxYear", "January"),
        ("TaxForm", "OtherOrNone"),
        node(
            "AccountantCopy",
            ("AccountantCopyExists", flag(is_copied)),
            ("DividingDate", books.dividing_date.isoformat() if books.dividing_date else None),
        ),
        [
            _data(owner_id, name, value)
            for owner_id in owner_ids
            for name, value in sorted(books.data_of(owner_id).items())
        ],
    )


def _data(owner_id: str, name: str, value: str) -> Element:
    return node(
        "DataExtRet",
        ("OwnerID", owner_id),
        ("DataExtName", name),
        ("DataExtType", "STR255TYPE"),
        ("DataExtValue", value),
    )


def preferences(books: CompanyFile) -> Element:
    """A PreferencesRet."""
    return node(
        "PreferencesRet",
        node(
            "AccountingPreferences",
            ("IsUsingAccountNumbers", "false"),
            ("IsRequiringAccounts", "true"),
            ("IsUsingClassTracking", "false"),
            ("IsUsingAuditTrail", "true"),
            ("IsAssigningJournalEntryNumbers", "true"),
            ("ClosingDate", books.closing_date.isoformat() if books.closing_date else None),
        ),
        node(
            "JobsAndEstimatesPreferences",
            ("IsUsingEstimates", "true"),
            ("IsUsingProgressInvoicing", "false"),
            ("IsPrintingItemsWithZeroAmounts", "false"),
        ),
        node("MultiCurrencyPreferences", _currencies(books)),
        node(
            "SalesAndCustomersPreferences",
            ("IsTrackingReimbursedExpensesAsIncome", "false"),
            ("IsAutoApplyingPayments", flag(books.auto_apply)),
        ),
        node("TimeTrackingPreferences", ("FirstDayOfWeek", "Monday")),
        node(
            "CurrentAppAccessRights",
            ("IsAutomaticLoginAllowed", "false"),
            ("IsPersonalDataAccessAllowed", "false"),
        ),
    )


def _currencies(books: CompanyFile) -> Part:
    if books.home_currency is None:
        return ("IsMultiCurrencyOn", "false")
    return (
        ("IsMultiCurrencyOn", "true"),
        node(
            "HomeCurrencyRef",
            ("ListID", books.currency_id(books.home_currency)),
            ("FullName", books.home_currency),
        ),
    )

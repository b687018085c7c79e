"""The filters that narrow a query, shared by the queries for payments and for invoices."""

import datetime as dt

from qbxml.aggregate import Aggregate, Choice, aggregate
from qbxml.fields import DATE, DATETIME, ID, Integer, Keyword, Text, element

ACTIVE_STATUS = Keyword(("ActiveOnly", "InactiveOnly", "All"))
MATCH_CRITERION = Keyword(("StartsWith", "Contains", "EndsWith"))
MAX_RETURNED = Integer(minimum=1)
# Intuit's schema sets no limit on a RefNumber that is asked for; 20 is the longest there is.
REF_NUMBER = Text(20)
# The longest name of an element that may be asked for (Intuit XSD 13.0, IncludeRetElement).
RET_ELEMENT = Text(50)
# A customer's FullName is the longest that EntityFilter can mean (Intuit XSD 13.0, CustomerRet).
FULL_NAME = Text(209)


@aggregate
class ModifiedDateRangeFilter(Aggregate):
    """What was created or changed in a span of time, both ends included.

    Without an offset the times are the wall clock of the QuickBooks machine; send them so.
    Source: Intuit XSD 13.0, ModifiedDateRangeFilter.
    """

    from_modified_date: str | None = element("FromModifiedDate", DATETIME, default=None)
    to_modified_date: str | None = element("ToModifiedDate", DATETIME, default=None)


@aggregate
class TxnDateRangeFilter(Aggregate):
    """Transactions dated in a span of days, both ends included.

    Source: Intuit XSD 13.0, TxnDateRangeFilter; its named spans (DateMacro) are left out, since
    they mean other days on another day.
    """

    from_txn_date: dt.date | None = element("FromTxnDate", DATE, default=None)
    to_txn_date: dt.date | None = element("ToTxnDate", DATE, default=None)


@aggregate
class EntityFilter(Aggregate):
    """Transactions of these customers, or of one customer with its jobs.

    Source: Intuit XSD 13.0, EntityFilter.
    """

    choices = (
        Choice(
            "list_id", "full_name", "list_id_with_children", "full_name_with_children",
            required=True,
        ),
    )  # fmt: skip

    list_id: tuple[str, ...] = element("ListID", ID, default=())
    full_name: tuple[str, ...] = element("FullName", FULL_NAME, default=())
    list_id_with_children: str | None = element("ListIDWithChildren", ID, default=None)
    full_name_with_children: str | None = element("FullNameWithChildren", FULL_NAME, default=None)


@aggregate
class RefNumberFilter(Aggregate):
    """Transactions whose RefNumber begins with, contains or ends in a text.

    Source: Intuit XSD 13.0, RefNumberFilter.
    """

    match_criterion: str = element("MatchCriterion", MATCH_CRITERION)
    ref_number: str = element("RefNumber", REF_NUMBER)

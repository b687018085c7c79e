"""Why a customer misses an invoice: the reasons that there are."""

from enum import StrEnum


class Reason(StrEnum):
    """Why, in the words of the API."""

    NO_MAPPING = "no_mapping"
    CUSTOMER_GONE = "customer_gone"
    DELETED = "deleted"
    STATEMENT_CHARGE = "statement_charge"
    BEFORE_SYNC_FROM = "before_sync_from"
    NO_OPEN_BALANCE = "no_open_balance"
    CUSTOMER_INACTIVE = "customer_inactive"
    PENDING = "pending"
    OTHER_CUSTOMER = "other_customer"
    NOT_IMPORTED_SINCE = "not_imported_since"
    HERE_AND_OPEN = "here_and_open"

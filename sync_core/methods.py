"""Which payment method of QuickBooks is meant by the payment site's word for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync_core.names import plain

# The site's words for QuickBooks' PaymentMethodType (Intuit XSD 13.0, since 7.0), letters only,
# in lower case. What is not here has no type that could be proven right.
TYPES = {
    "americanexpress": "AmericanExpress",
    "amex": "AmericanExpress",
    "cash": "Cash",
    "check": "Check",
    "debitcard": "DebitCard",
    "debit": "DebitCard",
    "discover": "Discover",
    "echeck": "ECheck",
    "ach": "ECheck",
    "eft": "ECheck",
    "giftcard": "GiftCard",
    "mastercard": "MasterCard",
    "visa": "Visa",
}

# Intuit XSD 13.0: PaymentMethodAdd/Name. A longer one can match by its type, but not be added.
NAME_LENGTH_MAX = 31


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """One entry of QuickBooks' Payment Method List."""

    list_id: str
    name: str
    is_active: bool
    type: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """This entry is meant."""

    method: Method


@dataclass(frozen=True, slots=True)
class Inactive:
    """This entry is meant, and it cannot be used until a person makes it active."""

    method: Method


@dataclass(frozen=True, slots=True)
class Missing:
    """No entry is meant. `type` is the right type for a new one, None when none can be added."""

    type: str | None


def match(name: str, methods: Sequence[Method]) -> Found | Inactive | Missing:
    """Match by name whatever the case, inactive ones included; then by type if there is just one.

    Active entries go before inactive ones, for two names that differ in case alone as for types.
    """
    wanted = plain(name)
    same_name = [method for method in methods if plain(method.name) == wanted]
    for method in sorted(same_name, key=lambda method: not method.is_active):
        return _as_found(method)
    type_ = TYPES.get("".join(letter for letter in wanted if letter.isalpha()))
    of_type = [method for method in methods if type_ and method.type == type_]
    chosen = [method for method in of_type if method.is_active] or of_type
    if len(chosen) == 1:
        return _as_found(chosen[0])
    return Missing(type_ if len(wanted) <= NAME_LENGTH_MAX else None)


def _as_found(method: Method) -> Found | Inactive:
    return Found(method) if method.is_active else Inactive(method)

"""Who a payment is, in QuickBooks as here: its ExternalGUID and its RefNumber.

Both follow from the company file's id and the payment's external id alone, so the same payment has
the same identity after any restore of our database.
"""

import hashlib
import re
import uuid

# Digits and capitals without 0 O, 1 I L: 31 characters. 31 is prime, so the weighted sum below
# notices every single wrong character and every swap of two neighbours.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BODY_LENGTH = 9
PREFIX_DEFAULT = "CB"
# QuickBooks keeps 20 characters of a payment's RefNumber (Intuit XSD 13.0); ten are ours.
PREFIX_LENGTH_MAX = 10
REFERENCE_LENGTH_MAX = 20

_GIVEN = re.compile(rf"[A-Z0-9./-]{{1,{REFERENCE_LENGTH_MAX}}}", re.ASCII)


def external_guid(company_id: uuid.UUID, external_id: str) -> uuid.UUID:
    """Derive the payment's ExternalGUID (UUIDv5 of the company file's id and the external id)."""
    return uuid.uuid5(company_id, external_id)


def reference(prefix: str, company_id: uuid.UUID, external_id: str, *, turn: int = 0) -> str:
    """Derive the payment's RefNumber: `prefix`, nine characters and a check character.

    `turn` is raised by one when the number is taken in this company: with a million payments the
    chance that any two meet is about two in a hundred.
    """
    digest = hashlib.sha256(f"{turn}\0{external_id}".encode() + company_id.bytes).digest()
    number = int.from_bytes(digest, "big")
    body = ""
    for _ in range(BODY_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        body += ALPHABET[rest]
    return prefix + body + _check_character(body)


def is_of_our_making(text: str, prefix: str) -> bool:
    """Say whether a RefNumber has our prefix, length and a right check character."""
    body, check = text[len(prefix) : -1], text[-1:]
    return (
        text.startswith(prefix)
        and len(body) == BODY_LENGTH
        and all(character in ALPHABET for character in body)
        and check == _check_character(body)
    )


def is_acceptable(given: str) -> bool:
    """Say whether a reference given by the payment site can be a RefNumber as it is."""
    return _GIVEN.fullmatch(given) is not None


def _check_character(body: str) -> str:
    weighted = sum(
        place * ALPHABET.index(character) for place, character in enumerate(body, start=1)
    )
    return ALPHABET[weighted % len(ALPHABET)]

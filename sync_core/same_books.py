"""Are these the books that this Web Connector was registered for?

The Web Connector stamps a FileID under the install's OwnerID into the company file it first meets
(QBWC Programmer's Guide 2.0, chapter 4). The stamp is the file's identity; a name or path is not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# ExternalGUID exists since qbXML 9.0; 10.0 is the oldest version with all we send and read.
VERSION_MIN = (10, 0)
# Nothing we use was added after 13.0, the newest version with a published schema.
VERSION_MAX = (13, 0)
_VERSION = re.compile(r"([0-9]{1,3})(?:\.([0-9]))?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The pair that an install's .qwc file carries."""

    owner_id: str
    file_id: str


class Books(StrEnum):
    """What the stamps prove."""

    OURS = "ours"
    UNPROVEN = "unproven"  # ask with CompanyQuery and all OwnerIDs
    OTHER = "other"
    ASK = "ask"  # nothing contradicts, and nobody is left who could prove it: a person has to say


def judge(
    own: Stamp,
    *,
    proven_before: bool,
    proven_others: Sequence[Stamp],
    found: Mapping[str, str],
    asked_all: bool,
    others_in_use: bool = True,
) -> Books:
    """Say whose books these are.

    `proven_others` are the company's other installs that have proven themselves before; `found`
    maps OwnerID to FileID as the company file has them; `asked_all` says that it was asked for
    every OwnerID, so that a stamp which is not in `found` is not there. `others_in_use`: one of the
    others may still call. A file that was restored from before all of them stamped it has none of
    their stamps, and gets none back when all of them are retired.
    """
    stamps = {bare(owner): bare(file) for owner, file in found.items()}
    mine = stamps.get(bare(own.owner_id))
    if not mine:  # not there, or there without a value
        return Books.OTHER if asked_all else Books.UNPROVEN
    if mine != bare(own.file_id):
        return Books.OTHER
    if proven_before or not proven_others:
        return Books.OURS if proven_before or asked_all else Books.UNPROVEN
    if not asked_all:
        return Books.UNPROVEN
    seen = [(stamps.get(bare(other.owner_id)), bare(other.file_id)) for other in proven_others]
    contradicted = any(there is not None and there != given for there, given in seen)
    confirmed = any(there == given for there, given in seen)
    if confirmed or contradicted or others_in_use:
        return Books.OURS if confirmed and not contradicted else Books.OTHER
    return Books.ASK


def bare(guid: str) -> str:
    """Strip what differs between writers of the same GUID: braces, spaces, case."""
    return guid.strip().strip("{}").lower()


def negotiate(supported: Sequence[str]) -> str | None:
    """Choose the qbXML version: the highest both sides know, None when all are too old.

    `supported` is HostRet's SupportedQBXMLVersion list; what is not a version is passed over
    (Canadian editions list ``CA3.0`` beside the common numbers).
    """
    versions = [version for text in supported if (version := _version(text)) is not None]
    usable = [version for version in versions if VERSION_MIN <= version <= VERSION_MAX]
    if usable:
        return "{}.{}".format(*max(usable))
    if any(version > VERSION_MAX for version in versions):
        return "{}.{}".format(*VERSION_MAX)
    return None


def _version(text: str) -> tuple[int, int] | None:
    found = _VERSION.fullmatch(text.strip())
    return (int(found[1]), int(found[2] or 0)) if found else None

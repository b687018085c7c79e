"""A .qwc file read and checked as the Web Connector does when an application is added.

What it refuses carries the code the Web Connector shows. Where Intuit's Guide says nothing of an
odd file (an unknown element, the same element twice) it is refused. Source: QBWC Programmer's
Guide 2.0, chapters 1 and 4, Appendix A.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlsplit

from lxml import etree

from scripts.simulate import transport

REQUIRED = (
    *("AppName", "AppID", "AppURL", "AppDescription", "AppSupport", "UserName"),
    *("OwnerID", "FileID", "QBType"),
)
GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
MAX_DESCRIPTION = 80
MINUTES, SECONDS = "Scheduler/RunEveryNMinutes", "Scheduler/RunEveryNSeconds"

# Code, and the test of a value, of the elements that have no rule of their own below.
VALUES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AppDescription": ("QBWC1039", lambda value: len(value) <= MAX_DESCRIPTION),
    "OwnerID": ("QBWC1039", lambda value: GUID.fullmatch(value) is not None),
    "FileID": ("QBWC1026", lambda value: GUID.fullmatch(value) is not None),
    # This simulation is of QuickBooks, not of Point of Sale, and speaks document/literal only.
    "QBType": ("QBWC1039", lambda value: value == "QBFS"),
    "Style": ("QBWC1039", lambda value: value == "Document"),
    "AuthFlags": ("QBWC1034", lambda value: re.fullmatch("0x[0-9A-Fa-f]+", value) is not None),
    # With true, QuickBooks refuses the stamp that the Web Connector itself must write.
    "IsReadOnly": ("QBWC1039", lambda value: value == "false"),
    "Notify": ("QBWC1039", lambda value: value in ("true", "false")),
    "PersonalDataPref": (
        "QBWC1039",
        lambda value: value in ("pdpNotNeeded", "pdpOptional", "pdpRequired"),
    ),
    "UnattendedModePref": ("QBWC1039", lambda value: value in ("umpRequired", "umpOptional")),
    "AppDisplayName": ("QBWC1039", bool),
    "AppUniqueName": ("QBWC1039", bool),
    MINUTES: ("QBWC1039", lambda value: re.fullmatch("[1-9][0-9]*", value) is not None),
    SECONDS: ("QBWC1039", lambda value: re.fullmatch("[1-9][0-9]*", value) is not None),
}

KNOWN = frozenset((*REQUIRED, *VALUES))


class AddRefusedError(Exception):
    """The Web Connector does not add the application; `code` is what it shows."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


@dataclass(frozen=True)
class QwcFile:
    """What a session needs of a .qwc file; `run_every_s` is None without a Scheduler."""

    app_name: str
    app_url: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    run_every_s: int | None


def read(content: bytes) -> QwcFile:
    """Read and check a .qwc file. Errors: AddRefusedError."""
    values = _values(content)
    for name in REQUIRED:
        if name not in values or (not values[name] and name != "AppID"):
            raise AddRefusedError("QBWC1039", f"{name} is missing in the .qwc file.")
    for name, value in values.items():
        code, fits = VALUES.get(name, ("", None))
        if fits and not fits(value):
            raise AddRefusedError(code, f"{name} cannot be {value!r}.")
    _check_addresses(values["AppURL"], values["AppSupport"])
    seconds = values.get(SECONDS)
    minutes = values.get(MINUTES)
    return QwcFile(
        app_name=values["AppName"],
        app_url=values["AppURL"],
        app_support=values["AppSupport"],
        user_name=values["UserName"],
        owner_id=values["OwnerID"],
        file_id=values["FileID"],
        run_every_s=int(minutes) * 60 if minutes else int(seconds) if seconds else None,
    )


def check_add(content: bytes) -> None:
    """Check a .qwc file and ask for its pages with a plain GET, as when an application is added.

    Errors: AddRefusedError, among them QBWC1048 (AppURL), QBWC1003 and QBWC1004 (AppSupport).
    """
    qwc = read(content)
    status = _status(qwc.app_url, "QBWC1048")
    if status != 200:  # noqa: PLR2004  # HTTP OK
        raise AddRefusedError(
            "QBWC1048",
            "QuickBooks Web Connector could not verify the web application server certificate "
            f"(AppURL answered {status}).",
        )
    status = _status(qwc.app_support, "QBWC1004")
    if status not in (200, 202):
        raise AddRefusedError("QBWC1003", f"AppSupport answered {status}.")


def _status(url: str, code: str) -> int:
    try:
        return transport.get(url)
    except (OSError, HTTPException) as error:
        raise AddRefusedError(code, f"{url} could not be reached: {error}") from None


def _values(content: bytes) -> dict[str, str]:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise AddRefusedError("QBWC1039", f"The .qwc file is no XML: {error}") from None
    if root.tag != "QBWCXML":
        raise AddRefusedError("QBWC1039", f"The root is {root.tag!r}, not QBWCXML.")
    values: dict[str, str] = {}
    for element in root:
        is_scheduler = element.tag == "Scheduler"
        for leaf in element if is_scheduler else [element]:
            name = f"Scheduler/{leaf.tag!s}" if is_scheduler else str(leaf.tag)
            if name in values or name not in KNOWN:
                raise AddRefusedError("QBWC1039", f"{name} is unknown, or is there twice.")
            values[name] = leaf.text or ""
    return values


def _check_addresses(app_url: str, app_support: str) -> None:
    host, support_host = urlsplit(app_url).hostname or "", urlsplit(app_support).hostname or ""
    if _is_ip_address(host):
        raise AddRefusedError("QBWC1001", "AppURL is an IP address.")
    if _is_ip_address(support_host):
        raise AddRefusedError("QBWC1002", "AppSupport is an IP address.")
    if urlsplit(app_url).scheme != "https" and (
        urlsplit(app_url).scheme != "http" or host != "localhost"
    ):
        raise AddRefusedError("QBWC1010", "AppURL is not https, and not http on localhost.")
    if host not in ("localhost", support_host):
        raise AddRefusedError("QBWC1000", "AppURL and AppSupport have different domains.")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

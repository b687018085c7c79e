"""What the Web Connector would refuse in a .qwc file, and what would go wrong with it later.

Pure: it looks at the values and nothing else. Whether a page answers and whether its certificate is
good (QBWC1003, 1004, 1035, 1048) only the PC can find out.

Source of the codes: QBWC Programmer's Guide 2.0, ch. 4 and Appendix A.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from config_builder.fields import QwcFile

APP_DESCRIPTION_MAX = 80  # the Guide's: QuickBooks shows it in the window that asks for permission
APP_NAME_MAX = 80  # ours, none is documented: it stands in the same windows as the description

_NOT_ADDED = "QBWC1039"  # "app could not be added": a missing or unreadable element
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
# Windows reads 127.1 and 0x7f000001 as addresses too: whatever ends in a number is one.
_IPV4 = re.compile(r"(.*\.)?([0-9]+|0[xX][0-9A-Fa-f]*)\.?")


@dataclass(frozen=True)
class Problem:
    """One thing that must change before the file can be built.

    `code` is the Web Connector's ("QBWC1001"), or "" where Intuit's list has none for it.
    `field` is the element as the file names it ("AppURL").
    """

    code: str
    field: str
    sentence: str

    def __str__(self) -> str:
        """Return the sentence, followed by the code if there is one."""
        return f"{self.sentence} ({self.code})" if self.code else self.sentence


def problems(qwc: QwcFile) -> tuple[Problem, ...]:
    """Return all that is wrong with the file, in the file's order; nothing means it can be built.

    A field that cannot be read at all is told once, without what would follow from it.
    """
    unreadable = tuple(_unreadable(qwc))
    readable = qwc.texts().keys() - {problem.field for problem in unreadable}
    rules = (*_name_rules(qwc), *_address_rules(qwc), *_identity_rules(qwc), *_schedule_rules(qwc))
    found = (*unreadable, *(rule for rule in rules if rule.field in {*readable, "Scheduler"}))
    order = (*qwc.texts(), "Scheduler")
    return tuple(sorted(found, key=lambda problem: order.index(problem.field)))


def _unreadable(qwc: QwcFile) -> Iterator[Problem]:
    """Yield the fields that are blank, or that do not come out of XML as they went in."""
    for field, text in qwc.texts().items():
        if not text.strip() and field != "AppID":
            yield Problem(_NOT_ADDED, field, f"{field} is blank; the Web Connector needs it.")
        elif text != text.strip():
            yield Problem("", field, f"{field} begins or ends with a blank; take it away.")
        elif not text.isprintable():
            yield Problem(
                _NOT_ADDED,
                field,
                f"{field} holds a line break or another character that cannot be shown; "
                "write it as one plain line.",
            )


def _name_rules(qwc: QwcFile) -> Iterator[Problem]:
    if len(qwc.app_name) > APP_NAME_MAX:
        yield Problem("", "AppName", f"AppName is longer than {APP_NAME_MAX} characters.")
    # The Web Connector keeps each application under its name in the Windows registry, where a
    # backslash parts two keys; QuickBooks lists the name in the Western character set.
    if "\\" in qwc.app_name:
        yield Problem("", "AppName", "AppName holds a backslash; Windows cannot keep such a name.")
    if qwc.app_name.encode("cp1252", "ignore").decode("cp1252") != qwc.app_name:
        yield Problem(
            "",
            "AppName",
            "AppName holds a letter that QuickBooks' list of integrated applications cannot show; "
            "use Western letters only.",
        )
    if len(qwc.app_description) > APP_DESCRIPTION_MAX:
        sentence = f"AppDescription is longer than {APP_DESCRIPTION_MAX} characters."
        yield Problem("", "AppDescription", sentence)


def _address_rules(qwc: QwcFile) -> Iterator[Problem]:
    found = [
        *_address_problem("AppURL", qwc.app_url, code_if_ip="QBWC1001"),
        *_address_problem("AppSupport", qwc.app_support, code_if_ip="QBWC1002"),
    ]
    yield from found
    if found:
        return
    service, support = urlsplit(qwc.app_url).hostname, urlsplit(qwc.app_support).hostname
    # "Same domain" is read strictly, as the same host name; only a service on the PC itself is
    # excused, the one exception the Guide makes.
    if service not in {support, "localhost"}:
        yield Problem(
            "QBWC1000",
            "AppSupport",
            f"AppSupport is at {support} and AppURL at {service}; both must have the same domain.",
        )
    elif f".{support}".endswith(".intuit.com"):
        yield Problem("", "AppSupport", "AppSupport is a page of Intuit; it must be one of yours.")


def _address_problem(field: str, url: str, *, code_if_ip: str) -> Iterator[Problem]:
    """Yield the first thing wrong with a URL; its text is not repeated, it may hold a password."""
    parts = _split(url)
    if parts is None:
        yield Problem("", field, f"{field} is not a web address such as https://example.com/page.")
    elif "@" in parts.netloc:
        yield Problem(
            "", field, f"{field} holds a user name or password; the file is no place for one."
        )
    elif "#" in url:
        yield Problem("", field, f"{field} holds a #; leave it and what follows away.")
    elif "[" in parts.netloc or _IPV4.fullmatch(parts.hostname or ""):
        yield Problem(
            code_if_ip,
            field,
            f"{field} names the IP address {parts.hostname}, which the Web Connector refuses; use "
            "an https address with a host name, or localhost if QuickBooks is on this computer.",
        )
    elif not _HOST_NAME.fullmatch(parts.hostname or ""):
        yield Problem("", field, f"{field} has no valid host name; write it as in example.com.")
    elif parts.scheme == "http" and parts.hostname != "localhost":
        # A newer Web Connector was seen to show QBWC1051 in its place.
        yield Problem(
            "QBWC1010", field, f"{field} is not https; only localhost may be called by http."
        )


def _split(url: str) -> SplitResult | None:
    """Return the parts of an http or https URL, None if it is none."""
    # urlsplit drops line breaks and tabs in silence, so the characters are looked at first.
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.netloc and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return None
    return parts if usable else None


def _identity_rules(qwc: QwcFile) -> Iterator[Problem]:
    for field, text in (("OwnerID", qwc.owner_id), ("FileID", qwc.file_id)):
        if not _GUID.fullmatch(text):
            yield Problem(
                "QBWC1026",
                field,
                f"{field} is not a GUID in braces, of the form "
                "{XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}; give the stored one.",
            )


def _schedule_rules(qwc: QwcFile) -> Iterator[Problem]:
    if qwc.run_every_minutes is not None and qwc.run_every_minutes < 1:
        yield Problem(
            "",
            "Scheduler",
            "RunEveryNMinutes must be 1 or more; leave it out for an install by hand.",
        )

"""Writes the .qwc file. Pure: values in, bytes out; never a file whose values `checks` refuses."""

from lxml import etree

from config_builder import checks
from config_builder.fields import QwcFile

__all__ = ["QwcFile", "QwcRefused", "build"]

# The same in every file. AuthFlags is left out: by default every edition of QuickBooks may
# connect, and a flag that is not there cannot fail to be set (QBWC1034). AppUniqueName is left out
# too: with it a Web Connector was seen to log an application without a name.
_CONSTANTS = {
    "QBType": "QBFS",
    # Not read-only, whatever the Guide's sentence says: QBWC itself writes FileID and AppLock into
    # the company file, and with `true` the application could not be added (QBWC1039).
    "IsReadOnly": "false",
    # QuickBooks then asks for "allow access even if QuickBooks is not running", without which
    # nothing posts at night. The permission belongs to the company file, not to the PC, so a file
    # for an install by hand must not ask for less than the primary one does.
    "UnattendedModePref": "umpRequired",
    # No social security number, no card number: the box in that window stays empty.
    "PersonalDataPref": "pdpNotNeeded",
    "Style": "Document",
}


# ASCII is UTF-8; the declaration is the one that every .qwc file in the field carries.
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'


class QwcRefused(Exception):  # noqa: N818 - not a fault: the answer to values that cannot work
    """The Web Connector would refuse this file; `problems` says why, one sentence each."""

    def __init__(self, problems: tuple[checks.Problem, ...]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems))
        self.problems = problems


def build(qwc: QwcFile) -> bytes:
    """Return the file as ASCII XML, other letters as numeric references.

    Raises `QwcRefused` when `checks.problems` finds any.
    Source: QBWC Programmer's Guide 2.0, ch. 4; the order of the elements is free.
    """
    problems = checks.problems(qwc)
    if problems:
        raise QwcRefused(problems)
    root = etree.Element("QBWCXML")
    for name, text in (qwc.texts() | _CONSTANTS).items():
        etree.SubElement(root, name).text = text
    if qwc.run_every_minutes is not None:
        scheduler = etree.SubElement(root, "Scheduler")
        etree.SubElement(scheduler, "RunEveryNMinutes").text = str(qwc.run_every_minutes)
    return _DECLARATION + etree.tostring(root, encoding="us-ascii", pretty_print=True)

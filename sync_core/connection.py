"""Connection problems: what an HRESULT means, and what to do at the PC, in one sentence each.

The sentences stand in the Web Connector's status column. Sources: QuickBooks SDK error list,
"Supporting your user"; the tables of published integrations.
"""

# The status column shows about this much without scrolling.
STATUS_LENGTH_MAX = 150

_DIALOG = "A window is open in QuickBooks. Close it, then press Update Selected."
_NOT_OPEN = "QuickBooks is closed. Open the company file there, then press Update Selected."
_REFUSED = "QuickBooks has not allowed this connection. Its Admin can, in Integrated Applications."
_OTHER_FILE = (
    "Another company file is open in QuickBooks. Open the right one, then Update Selected."
)
_MODE = "QuickBooks is in single-user mode. Switch to multi-user mode, then Update Selected."
_CANNOT_OPEN = (
    "QuickBooks could not open the company file. Close its windows, then Update Selected."
)
_RESTART = "QuickBooks does not answer. Start it again, then press Update Selected."
_WINDOWS_USER = "Start QuickBooks and the Web Connector as the same Windows user, then try again."
_OURS = "QuickBooks could not read what we asked. Please tell the support of your payment site."

SENTENCES = {
    "0x80040400": _OURS,
    "0x80040401": _CANNOT_OPEN,
    "0x80040403": _CANNOT_OPEN,
    "0x80040408": _CANNOT_OPEN,
    "0x8004040a": _OTHER_FILE,
    "0x8004040d": _RESTART,
    "0x80040410": _MODE,
    "0x80040414": _DIALOG,
    "0x80040416": _NOT_OPEN,
    "0x80040417": _NOT_OPEN,
    "0x80040418": _REFUSED,
    "0x8004041a": _REFUSED,
    "0x8004041d": _NOT_OPEN,
    "0x8004041e": _REFUSED,
    "0x80040420": _REFUSED,
    "0x80040423": _OURS,
    "0x80040424": "QuickBooks is still starting. Try again in a minute.",
    "0x80010105": _RESTART,
    "0x800706ba": _RESTART,
    "0x80070005": _WINDOWS_USER,
}


def sentence(hresult: str, message: str) -> str:
    """Say what an HRESULT means; for one that is not known, QuickBooks' own words."""
    known = SENTENCES.get(hresult.strip().lower())
    if known is not None:
        return known
    words = " ".join(message.split()) or f"QuickBooks ended the connection ({hresult.strip()})."
    return words if len(words) <= STATUS_LENGTH_MAX else words[: STATUS_LENGTH_MAX - 1] + "…"

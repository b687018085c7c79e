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
_REPAIR = "QuickBooks is not fully installed on this PC. Repair or reinstall it, then try again."
_OTHER_VERSION = (
    "This version of QuickBooks cannot work with the company file. Open it in the one it is from."
)
_OURS = "QuickBooks could not read what we asked. Please tell the support of your payment site."

SENTENCES = {
    "0x80040154": _REPAIR,
    "0x80040308": _REPAIR,
    "0x80040400": _OURS,
    "0x80040401": _CANNOT_OPEN,
    "0x80040403": _CANNOT_OPEN,
    "0x80040406": _OTHER_VERSION,
    "0x80040407": _REPAIR,
    "0x80040408": _CANNOT_OPEN,
    "0x80040409": _OTHER_VERSION,
    "0x8004040a": _OTHER_FILE,
    "0x8004040d": _RESTART,
    "0x80040410": _MODE,
    "0x80040414": _DIALOG,
    "0x80040416": _NOT_OPEN,
    "0x80040417": _NOT_OPEN,
    "0x80040418": _REFUSED,
    "0x8004041a": _REFUSED,
    "0x8004041b": "QuickBooks is busy with its list of permissions. Try again in a few minutes.",
    "0x8004041c": _RESTART,
    "0x8004041d": _NOT_OPEN,
    "0x8004041e": _REFUSED,
    "0x8004041f": "This QuickBooks lets no program in. The sync needs Pro, Premier or Enterprise.",
    "0x80040420": _REFUSED,
    "0x80040422": "Another program holds the company file. Close that program, then try again.",
    "0x80040423": _OURS,
    "0x80040424": "QuickBooks is still starting. Try again in a minute.",
    "0x80040427": "QuickBooks is not registered. Register or activate it, then try again.",
    "0x8004042a": "QuickBooks allows no remote access. Run the Web Connector on the PC it is on.",
    "0x8004042c": "QuickBooks no longer trusts this connection. Please tell your site's support.",
    "0x80010105": _RESTART,
    "0x800706ba": _RESTART,
    "0x80070005": _WINDOWS_USER,
}


# QuickBooks could not read the set, or not in its version: nothing of it was done. No other code
# proves that (rule D.1).
REFUSED_WHOLE = ("0x80040400", "0x80040423")


def is_refused_whole(hresult: str) -> bool:
    """Say whether a code proves that a message set was refused before any of it was done."""
    return hresult.strip().lower() in REFUSED_WHOLE


def sentence(hresult: str, message: str) -> str:
    """Say what an HRESULT means; for one that is not known, QuickBooks' own words."""
    known = SENTENCES.get(hresult.strip().lower())
    if known is not None:
        return known
    code = " ".join(hresult.split())
    ended = (
        f"QuickBooks ended the connection ({code})." if code else "QuickBooks ended the connection."
    )
    words = " ".join(message.split()) or ended
    return words if len(words) <= STATUS_LENGTH_MAX else words[: STATUS_LENGTH_MAX - 1] + "…"

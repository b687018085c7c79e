"""Text as QuickBooks can keep it: what Windows-1252 holds, without control characters.

QuickBooks stores a Western single-byte set; other letters turn into "?" or get the whole message
set refused. So each is replaced here by what looks most like it, and a "?" is our own doing. Ids
never pass through here: an id changed by one letter is another id.
"""

import functools
import unicodedata

_LIKE = {
    # Signs that Unicode does not decompose into a plain one.
    **dict.fromkeys("\u02b9\u02bb\u02bc\u02bd\u02c8\u201b\u2032\u2035", "'"),
    **dict.fromkeys("\u02ba\u201f\u2033\u2036\u301d\u301e\u301f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2015\u2043\u2212\ufe58\ufe63", "-"),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u22ef\u2e31", "..."),
    **dict.fromkeys("\u2219\u22c5\u25cf\u25e6", "\u00b7"),
    "\u223c": "~",
    "\u2260": "!=",  # decomposes into "=" and a stroke: the opposite of what was meant
    # Latin letters that are one piece in Unicode.
    "\u0110": "D",
    "\u0111": "d",
    "\u0126": "H",
    "\u0127": "h",
    "\u0131": "i",
    "\u0138": "k",
    "\u0141": "L",
    "\u0142": "l",
    "\u014a": "N",
    "\u014b": "n",
    "\u0166": "T",
    "\u0167": "t",
    "\u0180": "b",
    "\u018f": "E",
    "\u0197": "I",
    "\u0259": "e",
    "\u0268": "i",
    "\u1e9e": "SS",
}


def clean(text: str) -> str:
    """Return the text as QuickBooks will keep it; one that needs nothing is returned as it is.

    Line breaks and tabs become one space each, other control and format characters go, letters
    outside Windows-1252 are transliterated, and what has no likeness becomes "?". Cleaning twice
    changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_likeness, unicodedata.normalize("NFC", text.replace("\r\n", "\n"))))


# Bounded because names come from outside; 4,096 covers every alphabet a customer list may mix.
@functools.lru_cache(maxsize=1024)
def _likeness(char: str) -> str:
    if char in "\t\n\r\x85\u2028\u2029":
        return " "
    category = unicodedata.category(char)
    if category == "Cc":
        return ""
    if _is_western(char):
        return char
    if char in _LIKE:
        return _LIKE[char]
    if category == "Cf" or category.startswith("M"):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part if _is_western(part) else _LIKE.get(part, "") for part in parts) or "?"


def _is_western(char: str) -> bool:
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True

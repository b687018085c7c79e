"""What the sync log says: how it stands with the syncs, what one was, what crossed in it.

Sentences only, in the language of `phrases`; the words for steps and outcomes are in `syncs`.
"""

from collections.abc import Mapping

from sync_core.wording.states import ATTEMPTS
from sync_core.wording.syncs import Outcome

# How it stands with the syncs.
NONE_YET = "No sync has run yet."
UNDER_WAY = "A sync from {pc} is under way."
THROUGH = "Last sync {when} from {pc}: {result}."
FAILED_ONCE = "Last sync {when} from {pc} did not get through; a first failed try is no alarm."
NONE_THROUGH = "No sync from {pc} has got through yet."
FAILED_AGAIN = "Syncs from {pc} do not get through; the last good one was {good}."

# What one was.
ONE = "Sync from {pc}, {when}: {how}."
HOW: Mapping[Outcome, str] = {
    Outcome.UNDER_WAY: "under way, {percent} %",
    Outcome.THROUGH: "{result}",
    Outcome.FAILED_ONCE: "did not get through",
    Outcome.FAILED_AGAIN: "failed again",
}

# While one runs, and when it is over.
RUNNING = "{state} from {pc}, {percent} %[: {step}]."
QUIET = "Nothing was heard from it since {since}. QuickBooks may be at work."
OVER = "The sync from {pc} is over: [{result}|it did not get through]."

# Before the first one.
WHEN_IT_RUNS = "A sync runs when the Web Connector on the PC with QuickBooks calls here."
WHO_CONNECTS = "An administrator connects it under Settings."

# What crossed in one.
NOTHING_NEW = "Nothing new"
NOTHING_ASKED = "Nothing was asked: the Web Connector called and did not come so far."
NOTHING_CAME = "Nothing came."
NO_ANSWER = "No answer came."
AWAITED = ATTEMPTS[None]
ENDED = "QuickBooks ended it with code {hresult}."
CUT = "Cut here: these are the first {most} lines."
PART_KEPT = "Of this answer only the beginning is kept: {kept} of {whole}."
NOT_WHOLE = "The answer is cut, or not well-formed XML."

# Of names and amounts in it.
SECRETS_HIDDEN = "Secrets are hidden always."
HIDDEN = "They are hidden, here and in the support bundle."
NAMES_SHOWN = "Names and amounts are shown; secrets are hidden always."
NAMES_HIDDEN = "Names and amounts are hidden: *** stands for each."

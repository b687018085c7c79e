"""What the support page says, which is open to all: to whoever stands at the PC.

Sentences only, in the language of `phrases`; what stopped a sync is in the table of problems.
"""

TITLE = "This server syncs web payments with QuickBooks."
IS_REACHED = (
    "You see this page, so this computer reaches the server. That is what the Web Connector checks "
    "when the application is added."
)
STEPS = (
    "Press **Update Selected** in the Web Connector once more. A first try sometimes fails.",
    (
        "Read the line in its status column. It says what happened and what to do at this "
        "computer; more is below."
    ),
    "Look for a window in QuickBooks that waits for a click. It may be behind other windows.",
    "If it stays, tell whoever looks after the payment site what the status column says.",
)
NOTHING_IS_LOST = (
    "Nothing is lost while a sync does not work: payments wait and go in at the next sync that "
    "gets through."
)

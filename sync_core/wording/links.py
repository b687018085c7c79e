"""The e-mail with a one-time link, for somebody who is invited or gets a new password.

Sentences only, in the language of `phrases`. It names nothing but the link: whoever reads it may
not be whom it is meant for.
"""

from collections.abc import Mapping

from sync_core.people import Purpose
from sync_core.wording.mail import Opening

LETTERS: Mapping[Purpose, Opening] = {
    Purpose.INVITE: Opening(
        subject="You are invited to Payment sync",
        opening=(
            "{by} invites you to Payment sync, where online payments go to QuickBooks. Open this "
            "link and choose your password:\n{link}"
        ),
    ),
    Purpose.RESET: Opening(
        subject="A new password for Payment sync",
        opening=(
            "{by} made you a link to choose a new password for Payment sync. Your present one "
            "works until then:\n{link}"
        ),
    ),
}
LASTS = "The link works once, for [{days} days|one day]. A newer one takes its place."
NOT_FOR_YOU = "You did not expect this? Leave the link alone, and nothing happens."

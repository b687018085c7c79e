"""What stands in a .qwc file. No rules here (`checks`) and no XML (`qwc`)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class QwcFile:
    """One install of a company, as its Web Connector is told of it.

    `owner_id` and `file_id` are GUIDs in braces, stored with the install and never made anew for a
    download: QuickBooks keeps the stamp and refuses another pair with QBWC1039.
    `run_every_minutes` is for the primary install; None, for one that runs by hand, leaves the
    Scheduler out. `app_id` may be empty; QuickBooks does not use it.

    Source: QBWC Programmer's Guide 2.0, ch. 4.
    """

    app_name: str
    app_id: str
    app_url: str
    app_description: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    run_every_minutes: int | None

    def texts(self) -> dict[str, str]:
        """Return the text of each element that differs from file to file, by QBWC's own name."""
        return {
            "AppName": self.app_name,
            "AppID": self.app_id,
            "AppURL": self.app_url,
            "AppDescription": self.app_description,
            "AppSupport": self.app_support,
            "UserName": self.user_name,
            "OwnerID": self.owner_id,
            "FileID": self.file_id,
        }

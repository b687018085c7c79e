"""A .qwc file as the Guide describes it."""

OWNER = "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}"
FILE = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"
ELEMENTS = {
    "AppName": "Bluestem Payments",
    "AppID": "",
    "AppURL": "https://pay.example.com/qbwc",
    "AppDescription": "Posts online payments",
    "AppSupport": "https://pay.example.com/support",
    "UserName": "bluestem-1",
    "OwnerID": OWNER,
    "FileID": FILE,
    "QBType": "QBFS",
}
SCHEDULER = "<Scheduler><RunEveryNMinutes>15</RunEveryNMinutes></Scheduler>"


def qwc(more: str = "", **changed: str | None) -> bytes:
    """Write the file; None leaves an element out."""
    elements = {**ELEMENTS, **changed}
    inner = "".join(f"<{k}>{v}</{k}>" for k, v in elements.items() if v is not None)
    return f'<?xml version="1.0"?>\n<QBWCXML>{inner}{more}</QBWCXML>'.encode()

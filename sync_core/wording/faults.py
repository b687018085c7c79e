"""What the office reads when the service itself has something to say.

At most 150 characters each, the width of the Web Connector's status column: what happened, what
it means for the books, what to do. What the sync has to say comes from the use cases instead.
"""

FAULT = (
    "The sync server had a fault. Nothing is lost; the next sync carries on."
    " Please try again in a few minutes."
)
CLOSED_WITH_FAULT = (
    "The sync ended, and the server had a fault while closing it. Nothing is lost;"
    " the next sync carries on."
)
DATABASE_AWAY = "The database does not answer[ ({cause}); see qbwc settings]."
OTHER_RELEASE = "The database is of another release: run qbwc migrate."
NOT_XML = (
    "The server could not read this message: it is not well-formed XML. Nothing is lost;"
    " the next sync carries on. Please try again."
)
NOT_SOAP = (
    "This address answers the QuickBooks Web Connector only, in SOAP 1.1."
    " Nothing was done. Check the address in the .qwc file."
)
UNKNOWN_OPERATION = (
    "The server does not know this operation; it answers those of the QuickBooks Web Connector."
    " Nothing was done. Check the program."
)
DOCTYPE = (
    "This message carries a DOCTYPE, which the server never reads. Nothing was done."
    " Send it without one."
)
TOO_LARGE = (
    "QuickBooks' answer is over 64 MB and was not read. The next sync checks what was written."
    " Ask for a smaller import page size."
)
BROKE_OFF = (
    "This message broke off on its way to the server. Nothing is lost;"
    " the next sync checks what was written. Please try again."
)

"""What pages say of customers and invoices, as QuickBooks last told of them.

Sentences only, in the language of `phrases`; why an invoice is missing is in `missing`, what the
payment site calls an entry in `mapping`.
"""

from sync_core.wording.phrases import Forms

# Of a list: how old it is, that it was never read, that nothing fits.
AS_OF = "As of the last sync, {when}."
NOT_TO_ITS_END = "This list has not been read to its end yet; the next sync goes on with it."
NEVER_READ = "No sync has read the {what} yet"
HOW_TO_READ = (
    "On the PC with QuickBooks open the Web Connector, check the box beside this company and press "
    "**Update Selected**. The first sync reads all {what}[ from the {since} on]; then they stand "
    "here."
)
CONNECTS_FIRST = "Where no PC is connected yet, that comes first:"
NOTHING_FITS = "Nothing fits what you look for"
LOOK_FOR_LESS = "Look for less, or {show_all}."

# Of customers, and of one.
NO_CUSTOMER_READ = "No customer has been read from QuickBooks yet."
NO_CUSTOMER = "QuickBooks has no customers."
ACTIVE: Forms = (
    "1 customer is active in QuickBooks[, {inactive} inactive].",
    "{count} customers are active in QuickBooks[, {inactive} inactive].",
)
IS_GONE = "{name} is no longer in QuickBooks."
HAS_NONE_OPEN = "{name} has no open invoice."
HAS_OPEN: Forms = (
    "{name} has 1 open invoice, with {due} left to pay.",
    "{name} has {count} open invoices, with {due} left to pay.",
)
NONE_OF_IT_OPEN = "No invoice of this customer is open."
NO_PAYMENT_OF_IT = "No online payment of this customer has arrived."

# Of invoices, and of one.
NO_INVOICE_READ = "No invoice has been read from QuickBooks yet."
NONE_OPEN = "No invoice is open."
OPEN: Forms = (
    "1 invoice is open[, with {due} left to pay].",
    "{count} invoices are open[, with {due} left to pay].",
)
NONE_BEFORE = "Invoices before the Sync From Date are not listed."
_INVOICE = "Invoice [{number}|without a number]"
IS_DELETED = f"{_INVOICE} was deleted in QuickBooks."
IS_VOIDED = f"{_INVOICE} was voided in QuickBooks."
IS_PAID = f"{_INVOICE} is paid."
IS_PENDING = f"{_INVOICE} is pending, so nothing is due on it yet."
IS_OPEN = f"{_INVOICE} is open[, with {{due}} due]."
NOTHING_AGAINST_IT = "Nothing is set against this invoice."
NO_PAYMENT_FOR_IT = "No online payment is meant for this invoice."

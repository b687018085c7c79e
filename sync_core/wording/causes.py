"""The one table of every sentence a person sees about a rejected payment."""

from collections.abc import Mapping

from sync_core.rejection import Cause
from sync_core.wording import invoices, names, refusals
from sync_core.wording.story import CauseWords

CAUSES: Mapping[Cause, CauseWords] = {
    Cause.PAID_IN_QUICKBOOKS: invoices.PAID,
    Cause.CREDIT_APPLIED: invoices.CREDIT,
    Cause.BALANCE_CHANGED: invoices.BALANCE,
    Cause.INVOICE_RECREATED: invoices.RECREATED,
    Cause.INVOICE_DELETED: invoices.GONE,
    Cause.INVOICE_VOIDED: invoices.VOIDED,
    Cause.CUSTOMER_UNAVAILABLE: names.UNAVAILABLE,
    Cause.WRONG_CUSTOMER: names.WRONG,
    Cause.UNKNOWN_REFERENCE: names.UNKNOWN,
    Cause.CLOSED_PERIOD: refusals.CLOSED,
    Cause.CURRENCY_MISMATCH: names.CURRENCY,
    Cause.NOT_PERMITTED: refusals.FORBIDDEN,
    Cause.LOCKED: refusals.LOCKED,
    Cause.POSSIBLE_DUPLICATE: refusals.DUPLICATE,
    Cause.INVALID: refusals.INVALID,
}

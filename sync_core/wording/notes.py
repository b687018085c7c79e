"""The notes beside a payment: why it waits, why it is checked, why it moved.

Sentences only; `{names}` are facts. They stand on its page, in the API, and in its history.
"""

# The same fact, wherever it is told: our database holds less than what has happened.
DATABASE_RESTORED = "the server's database was restored"
NO_ANSWER_YET = "before QuickBooks' answer came."

# Why it may be in QuickBooks, and nobody knows yet.
RESTORED = (
    f"{DATABASE_RESTORED[0].upper()}{DATABASE_RESTORED[1:]}; QuickBooks is asked whether it has "
    "this payment."
)
SILENT = f"The sync fell silent {NO_ANSWER_YET}"
ANOTHER_SYNC = f"Another sync began {NO_ANSWER_YET}"
ENDED = f"The sync ended {NO_ANSWER_YET}"
ASKED_FOR_MORE = "The next message set was asked for before the answer to this one came."
UNREADABLE_ANSWER = "QuickBooks' answer could not be read: {problem}"
REFUSED_WHOLE = "QuickBooks refused the whole message set: {said}"
NO_ANSWER = "QuickBooks gave no answer to this request."
ANSWERS = "QuickBooks gave {count} answers to this request."
OTHER_ANSWER = "QuickBooks answered with {name} instead of a payment."
REFUSED_AND_NAMED = "QuickBooks refused the payment and named a TxnID in one answer."
NO_TXN_ID = "QuickBooks said that it was done, but named no TxnID."
NO_SUCH_TXN_ID = "QuickBooks said that it was done, but named no TxnID that can be one."
OTHER_PAYMENT = "QuickBooks' answer describes another payment."
NO_CODE = "QuickBooks' answer carries no status code."
PROVES_NOTHING = 'QuickBooks said "{message}" ({code}), which does not prove what it did.'
NOT_ITS_OWN = "QuickBooks named an entry for it that is another payment's."

# Why it is still not known.
STILL_AT_WORK = (
    "QuickBooks does not have it yet, but the PC it was handed to may still be at work on it. "
    "Please press Update Selected there, and do not enter it by hand."
)
CUT_OFF = (
    "QuickBooks does not have it yet, and {pc}, which it was handed to, was retired or connected "
    "anew and cannot tell any more. Please see that the Web Connector there is closed, then say "
    "whether the payment is in QuickBooks."
)
NOT_LONG_ENOUGH = "QuickBooks does not have it yet; the next sync asks again."
PLEASE_LOOK = "Please look whether it is this one."
UNREADABLE = (
    "QuickBooks showed a payment with this number that could not be read. Please do not enter it "
    "by hand: the next sync asks again."
)

# Why it is not sent yet.
ASKED_NEXT = "QuickBooks had a payment like it; the next sync asks for it before it is sent."
ALIKE_IN_DOUBT = (
    "Another payment of this customer looks the same, and it is being checked whether QuickBooks "
    "has that one: {other}."
)
NOT_DONE = "QuickBooks did not do it: {said}"
UNSETTLED = (
    "QuickBooks did not answer what was asked about it, so it waits for the next sync[: {said}|.]"
)
MOVED = (
    "Its invoice went over to another customer of the same family in QuickBooks meanwhile, so the "
    "next sync sends it there."
)

# Why it moved.
SEEN = "QuickBooks has it."
LATE_ANSWER = "QuickBooks' answer came late: it has it."
NOT_THERE = "QuickBooks does not have it, so it is sent again."
IS_ZERO = "It was set to 0.00 in QuickBooks."
IS_DELETED = "It was deleted in QuickBooks."
OTHER_STANDS = "Its entry in QuickBooks is gone; another one of it stands there."
NOT_SEEN = (
    "QuickBooks has no entry with the TxnID that was given for this payment. Please look for it "
    "there; if it is not there, re-open it."
)
EXPLAINED = "QuickBooks was asked why: {summary}"
HEALED = "What was in the way is gone, so it goes to QuickBooks."
TRIED = "Tried again, to see whether QuickBooks allows payments now."
ALLOWED = "QuickBooks allows payments again, so it goes there."

# What became of an entry that is one too many of it.
TAKEN_OUT = "The second entry in QuickBooks ({txn_id}) was taken out."
TO_BE_TAKEN_OUT = "{txn_id} in QuickBooks is one too many: to be taken out."
KEPT = "{txn_id} in QuickBooks is right as well and stays."

"""What is said of what the payment site calls things: customers, invoices, payment methods.

Sentences only, in the language of `phrases`; {thing} is customer or invoice.
"""

from sync_core.wording.phrases import Forms, fill

# How it stands.
ALL_MEAN_SOMETHING = "Payments wait for no unknown {thing} of the payment site."
_UNMAPPED = (
    "1 of the payment site's {thing}s means nothing in QuickBooks yet",
    "{many} of the payment site's {thing}s mean nothing in QuickBooks yet",
)
UNMAPPED: Forms = (f"{_UNMAPPED[0]}.", f"{_UNMAPPED[1]}.")
WAITED_FOR: Forms = (
    f"{_UNMAPPED[0]}, and payments wait for it.",
    f"{_UNMAPPED[1]}, and payments wait for them.",
)
NAMED_AS_THERE = (
    "The payment site names customers by their names in QuickBooks or QuickBooks' own ids so far, "
    "so none has to be mapped."
)
NOTHING_MAPPED = "Nothing is mapped yet."
WHAT_STANDS_HERE = (
    "The payment site has ids of its own. Here stands which {thing} of QuickBooks each means. What "
    "a payment names by {names} needs none."
)

# Of one entry.
CALLS_THIS = "The payment site calls this {thing}:"
IS_PROPOSED = "Payments wait under this very name. Set it here if that is this {thing}."
HAS_NO_ID = "The payment site has no id of its own for this {thing}."

# What an act has done.
MAPPED = "{word} is mapped."
MEANS_THIS = "The payment site's {word} means this one now."
MEANS_NOTHING = "The payment site's {word} means nothing any more."
TAKEN: Forms = (
    "1 is mapped.[ {left} could not be: QuickBooks has them no more.]",
    "{count} are mapped.[ {left} could not be: QuickBooks has them no more.]",
)

# Of a file.
IN_THE_FILE = "what is mapped, and below it the ids that payments wait for, to be filled in."
CHOOSE_A_FILE = "Choose a CSV file first."
NO_ROWS = "The file has no rows."
FILE_READ = "The file was read: {counts}."
REFUSED_LINES = (
    "All other lines are done. Mend these and upload the file again; what is set already stays as "
    "it is."
)
MORE_PROPOSED = (
    "And {count} more: upload the file again and let what is found be set without asking."
)

# Of payment methods.
METHODS_KNOWN = "Every payment method of the waiting payments is known."
METHODS_UNKNOWN: Forms = (
    "1 payment method of the payment site is not in QuickBooks.",
    "{count} payment methods of the payment site are not in QuickBooks.",
)
HOW_METHODS_ARE_FOUND = (
    "A payment method is found in QuickBooks by its name, then by its type if just one has it. "
    "What neither finds is matched once, for all payments."
)
METHOD_SET = "{word} has its payment method. What was refused for it waits again."
METHOD_FORGOTTEN = "{word} means again what its name says."
NO_METHOD_SAID = "Nothing has been said here yet."


def file_read(*, set_now: int, same: int, removed: int, proposed: int, refused: int) -> str:
    """Say what became of the rows of a file."""
    counts = {
        "set": set_now,
        "as before": same,
        "removed": removed,
        "proposed": proposed,
        "refused": refused,
    }
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return fill(FILE_READ, {"counts": said}) if said else NO_ROWS

"""The one table of every sentence a person sees about a sync that does not get through.

Data in the language of `phrases`. Each reads well with any of its facts missing. `status` is for
the Web Connector's status column: whole without a fact, it has at most 150 characters.
"""

from collections.abc import Mapping
from dataclasses import replace

from sync_core.trouble import Kind, Variant
from sync_core.wording.buttons import KEEP_STRANGER, POST_MISSING, STANDS_FOR, TAKE_OUT_EXTRA
from sync_core.wording.obstacle import (
    APP,
    AT_PC,
    FILE,
    KEEPER,
    MULTI_USER,
    OTHER_PC,
    PC,
    PREFERENCES,
    PRESS,
    SYNC_USER,
    THIS_FILE,
    WAITING,
    TroubleWords,
)
from sync_core.wording.other_trouble import OTHERS
from sync_core.wording.states import ADMIN, ANYONE
from sync_core.wording.story import SUPPORT

_RETIRE = "A PC that nobody uses any more: retire it."

_ASK_FOR_PERMISSION = TroubleWords(
    title="QuickBooks has not allowed this connection.",
    what="The first time, QuickBooks asks the Admin only.",
    who=ADMIN,
    steps=(
        f"Sign in as **Admin** on {PC}, then **File > Switch to Single-user Mode**.",
        PRESS,
        (
            "In QuickBooks' window choose **Yes, always; allow access even if QuickBooks is not "
            f"running**, **Login as** {SYNC_USER}, **Continue…**, **Done**."
        ),
        f"Afterwards {MULTI_USER}.",
    ),
    status=(
        "QuickBooks has not allowed this connection. The Admin can[: see {short_link}"
        "|, in single-user mode.]"
    ),
)

TROUBLES: Mapping[tuple[Kind, Variant], TroubleWords] = {
    (Kind.DIALOG_OPEN, Variant.PLAIN): TroubleWords(
        title="A window in QuickBooks is waiting for a click.",
        what=(
            "QuickBooks lets no sync in while one of its windows is open, such as an update offer, "
            "a backup reminder or an Intuit sign-in."
        ),
        who=AT_PC,
        steps=(
            (
                f"At {PC}, find the window (it may be behind others) and close it: **Install "
                "Later**, **Cancel** or **Remind Me Later**."
            ),
            (
                f"No QuickBooks to be seen? Open {FILE} as {SYNC_USER} and answer what appears; "
                f"then **File > Exit**. Still nothing: restart {PC}."
            ),
            PRESS,
            (
                "So that it stays away: **Edit > Preferences > General > My Preferences**, check "
                f"**Turn off pop-up messages for products and services**, once as {SYNC_USER} and "
                "once as Admin."
            ),
        ),
        status=(
            "A window is open in QuickBooks. Close it, then Update Selected."
            "[ Payments waiting: {waiting_count}.]"
        ),
    ),
    (Kind.SINGLE_USER, Variant.PLAIN): TroubleWords(
        title="The company file is in single-user mode.",
        what="Only one person can be in the file now, so the sync could not sign in.",
        who="Whoever has the file open",
        steps=(
            ("Finish what needs single-user mode (merging names and **Record Bounced Check** do)."),
            f"{MULTI_USER}.",
            PRESS,
            (
                "Does [{company}|the company] always work in single-user mode? Then run the Web "
                "Connector on the PC where the file is open."
            ),
        ),
        status=(
            "QuickBooks is in single-user mode. File > Switch to Multi-user Mode, then Update "
            "Selected."
        ),
    ),
    (Kind.SEATS, Variant.PLAIN): TroubleWords(
        title="QuickBooks has no free place for the sync.",
        what=f"All user licences are in use, or {SYNC_USER} is signed in on another PC.",
        who=ANYONE,
        steps=(
            f"Let one person sign out, or sign {SYNC_USER} out where it is open.",
            PRESS,
            (
                "Does it happen daily? Give the sync its own user that no person uses; it takes a "
                "licence only while a sync runs."
            ),
        ),
        status=(
            "No free QuickBooks licence, or the sync's user is signed in elsewhere. Free one, then "
            "Update Selected."
        ),
    ),
    (Kind.COULD_NOT_OPEN, Variant.PLAIN): TroubleWords(
        title="QuickBooks could not open the company file for the sync.",
        what="QuickBooks does not say why; the usual reasons follow in the order in which to look.",
        who=AT_PC,
        steps=(
            "A window in QuickBooks is waiting for a click: close it.",
            f"The file is in single-user mode: {MULTI_USER}.",
            (
                "[{sync_user}|The sync's user] is signed in on another PC, or all user licences "
                "are in use: let one sign out."
            ),
            "Another company file is open: close it.",
            "The file was moved or renamed: open it where it is now.",
            (
                f"If it is none of these: restart {PC}, open {FILE} as {SYNC_USER} once, close "
                "QuickBooks."
            ),
            PRESS,
        ),
        status=(
            "QuickBooks could not open the company file. Close its windows, check multi-user mode, "
            "then Update Selected."
        ),
    ),
    (Kind.QUICKBOOKS_CLOSED, Variant.PLAIN): TroubleWords(
        title="QuickBooks was closed, and the sync may not open it.",
        what="A sync works while the company file is open, or when QuickBooks lets it sign in.",
        who=f"For today, anyone at {PC}; for good, the QuickBooks Admin",
        steps=(
            f"For today: open {FILE} in QuickBooks on {PC} and press **Update Selected**.",
            (
                f"For good: sign in as Admin, {PREFERENCES}, choose {APP}, **Properties**, check "
                f"**Allow this application to login automatically** and choose {SYNC_USER}."
            ),
            (
                "Close QuickBooks and press **Update Selected**: it must now work with QuickBooks "
                "closed."
            ),
        ),
        status=(
            "QuickBooks is closed and may not be opened by the sync. Open "
            f"{FILE}, then Update Selected."
        ),
    ),
    (Kind.OTHER_COMPANY, Variant.PLAIN): TroubleWords(
        title="Another company file was open in QuickBooks.",
        what=(
            "[{open_file} was open. ]This connection belongs to [{company_file}|another file], so "
            "we did not look any further."
        ),
        books="Nothing was read or written, in either file.",
        who=AT_PC,
        steps=(
            f"**File > Close Company**, open {THIS_FILE}, press **Update Selected**.",
            (
                "Was the file moved or renamed? Open it where it is now and press **Update "
                "Selected** once; then we ask whether it is the same file."
            ),
            (
                f"Do you work with two companies on {PC}? Give each its own connection, and sync "
                "each while its own file is open."
            ),
        ),
        status=(
            f"Another company file is open. Open {THIS_FILE}, then Update Selected. Nothing was "
            "changed."
        ),
    ),
    (Kind.PERMISSION, Variant.FIRST_TIME): _ASK_FOR_PERMISSION,
    (Kind.PERMISSION, Variant.TAKEN_AWAY): TroubleWords(
        title="QuickBooks has not allowed this connection.",
        what="Access was refused or taken away.",
        who=ADMIN,
        steps=(
            f"As Admin: {PREFERENCES}.",
            "Clear **Don't allow any applications to access this company file**.",
            f"Check **Allow Access** beside {APP}.",
            PRESS,
        ),
        status=(
            "QuickBooks has not allowed this connection. The Admin can[: see {short_link}"
            "|, in Integrated Applications.]"
        ),
    ),
    (Kind.PERMISSION, Variant.RENEW): replace(
        _ASK_FOR_PERMISSION, what="The permission has run out."
    ),
    (Kind.HELD_BY_OTHER, Variant.STOPPED): TroubleWords(
        title="The Web Connector stopped right after signing in.",
        what=(
            "Usually another Web Connector holds the company file: only one works in it at a time"
            "[; the last other one was {other_pc}]. The Web Connector then shows **Company file is "
            "locked by another client**."
        ),
        who=f"Whoever looks after {PC} and {OTHER_PC}",
        steps=(
            (
                "If a sync is running on another PC, wait until it ends, then press **Update "
                "Selected**."
            ),
            (
                "If none is running, it was cut off there. On that PC start the Web Connector and "
                "press **Update Selected**: a sync that ends well lets the file go."
            ),
            (
                "Still held? Let everybody leave the file, **File > Switch to Single-user Mode** "
                "and back, and try again."
            ),
            (
                f"Still held: renew the connection for {PC}, build the file again and add it to "
                "the Web Connector."
            ),
            "Leave **Auto-Run** on for one PC only.",
            (
                "Does the Web Connector show something else, with a code QBWC10…? Then tell "
                f"{SUPPORT} the code."
            ),
            _RETIRE,
        ),
        status=(
            "The sync stopped before QuickBooks was asked. Does another Web Connector hold the "
            "file? Then try again in a few minutes."
        ),
    ),
    (Kind.HELD_BY_OTHER, Variant.TURNED_AWAY): TroubleWords(
        title="Another sync was running.",
        what=(
            "Only one Web Connector works in a company file at a time"
            "[, and a sync from {other_pc} was not over yet|, and the sync before was not over "
            "yet]."
        ),
        books=(
            f"Nothing was read or written by this one; the other one does the same work.{WAITING}"
        ),
        who=f"Whoever looks after {PC} and {OTHER_PC}",
        steps=(
            "Nothing to do: wait until the other sync ends, then press **Update Selected**.",
            (
                f"Is none running on {OTHER_PC}? It was cut off there. Wait ten minutes, then "
                "press **Update Selected**."
            ),
            "Leave **Auto-Run** on for one PC only.",
            _RETIRE,
        ),
        status=(
            "[A sync from {other_pc} is running.|The sync before is not over yet.] Nothing to do: "
            "try again in a few minutes."
        ),
    ),
    (Kind.SILENT, Variant.PLAIN): TroubleWords(
        title="[{pc}|A PC that syncs by itself] has not called[ since {last_call}].",
        what="It should call[ every {minutes} minutes| by itself].",
        books=f"Nothing is lost.{WAITING}",
        who=KEEPER,
        steps=(
            (
                f"Wake {PC} and sign in to Windows. (After a restart or Windows update nobody is "
                "signed in; a locked screen is fine.)"
            ),
            (
                "Look for the Web Connector's icon beside the clock. Not there? Start **QuickBooks "
                "Web Connector**."
            ),
            (
                "[{app_name}|The application] must have its box and **Auto-Run** checked and a "
                f"number of minutes. {PRESS}"
            ),
            (
                "An error with a code QBWC10…? Check the internet connection, the PC's date and "
                "time, and the firewall."
            ),
            (
                "For good: a shortcut to the Web Connector in the Startup folder (Windows+R, "
                "**shell:startup**), and **Sleep: Never**."
            ),
            _RETIRE,
        ),
        status="This PC has not called for a while. Leave Auto-Run checked, and Sleep on Never.",
    ),
    (Kind.CUT_OFF, Variant.PLAIN): TroubleWords(
        title="The last sync was cut off while QuickBooks was recording payments.",
        what=(
            "QuickBooks closed or crashed, or the line went, before it said what became of them."
            '[ It said: "{qb_message}"[ ({hresult})].]'
        ),
        books=(
            "Not known yet[ (payments: {count}[, {sum}])]. QuickBooks is asked at the next sync, "
            "and nothing is sent twice. Please do not enter them by hand until then."
        ),
        who=AT_PC,
        steps=(
            f"Open QuickBooks and see that {FILE} opens.",
            "Press **Update Selected**[ after {check_time}].",
        ),
        status=(
            "[{problem}|QuickBooks' answer did not reach us.] What became of the payments sent is "
            "not known yet: please do not enter them by hand."
        ),
    ),
    (Kind.OTHER_BOOKS, Variant.PLAIN): TroubleWords(
        title="This company file does not hold payments we posted earlier.",
        what="Usually the file was restored from a backup, or it is a copy.",
        books=(
            "Nothing is written until a person has said which. Please do not enter the missing "
            "ones by hand yet."
        ),
        who=ADMIN,
        steps=(
            (
                "Restored, and you go on with this file: choose **This is our file now**. We list "
                f"what is missing; then **{POST_MISSING}**, all or some."
            ),
            (
                f"A copy, for tests or for the accountant: close it, open {THIS_FILE}, press "
                "**Update Selected**."
            ),
        ),
        status=(
            "This file lacks payments posted earlier (a backup or copy?). Nothing was written."
            "[ See {short_link}]"
        ),
    ),
    (Kind.NEW_PLACE, Variant.FIRST): TroubleWords(
        title="Is this the right company file?",
        what=(
            "[{company_name_found}|A company file] was opened[ from {company_file}]. Is this "
            "[{company}|the company of this connection]?"
        ),
        books="Read, but nothing is written before the answer.",
        who="An administrator here",
        steps=("Choose **Yes, this is it** or **No**.",),
        status=(
            "Nothing is posted until an administrator confirms that this is the right company file"
            "[ ({company_name_found}[, {company_file}])]."
        ),
    ),
    (Kind.NEW_PLACE, Variant.MOVED): TroubleWords(
        title="Is this the same company file?",
        what=(
            "[{company_name_found}|The company file] was opened from [{company_file}|another "
            "place][; until now it was {company_file_before}]."
        ),
        books="Read, but nothing is written before the answer.",
        who="An administrator here",
        steps=("Choose **Yes, it was moved** or **No, it is a copy**.",),
        status=(
            "Nothing is posted until an administrator confirms that this is the right company file"
            "[ ({company_name_found}[, {company_file}])]."
        ),
    ),
    (Kind.ONE_TOO_MANY, Variant.SECOND): TroubleWords(
        title="QuickBooks holds two entries for one online payment.",
        what=(
            "[{reference}|The number of an online payment] stands there twice"
            "[: {date_1} and {date_2}]."
        ),
        books="One of the two is too many. Posting is paused.",
        who=ANYONE,
        steps=(
            (
                f"Still in Undeposited Funds: choose **{TAKE_OUT_EXTRA}**. Entered by hand on "
                f"purpose with our number: choose **{STANDS_FOR}**."
            ),
            (
                "Already in a deposit: it cannot be deleted. Find the deposit that is too high[ by "
                "{amount}]; ask your accountant if that month is reconciled."
            ),
        ),
        status="Posting is paused: QuickBooks holds two entries for one online payment.",
    ),
    (Kind.ONE_TOO_MANY, Variant.STRANGER): TroubleWords(
        title="QuickBooks holds an online payment that is not known here.",
        what=(
            "[{reference}|An entry][ of {date_1}] has a number of ours and stands for no payment "
            "that this server knows."
        ),
        books="One entry may be too many. Posting is paused.",
        who=ANYONE,
        steps=(
            (
                "Was this server restored from a backup? Then the payment site may have sent the "
                "payment before: have it send the payment again."
            ),
            (
                f"Still in Undeposited Funds, and not right: choose **{TAKE_OUT_EXTRA}**. "
                f"Right as it is: choose **{KEEP_STRANGER}**, with a note."
            ),
        ),
        status="Posting is paused: QuickBooks holds online payments that are not known here.",
    ),
    (Kind.PASSWORD, Variant.PLAIN): TroubleWords(
        title="The Web Connector called with a password we do not know.",
        what="It reached us, and was turned away before QuickBooks was asked.",
        who=KEEPER,
        steps=(
            (
                f"In the Web Connector click the **Password** field of {APP}, type the password, "
                "press Tab, answer **Yes** to save it."
            ),
            PRESS,
            "Lost it? Choose **New password** here; the old one stops at once.",
        ),
        status="Invalid password. Type it in the Web Connector's Password field and press Tab.",
    ),
    **OTHERS,
}

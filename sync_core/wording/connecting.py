"""The words for connecting a PC: the steps at the Windows PC, the live line, what goes wrong.

Sentences only, in the language of `phrases`; how far a PC has come is decided elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# The QuickBooks user that people are told to make for the sync.
SYNC_USER = "WebSync"


class Only(StrEnum):
    """What a step, or a sentence of one, depends on."""

    FIRST = "first"  # no PC of this company file was connected before
    SECOND = "second"
    BY_ITSELF = "by_itself"
    BY_HAND = "by_hand"
    PAIRED = "paired"
    MADE = "made"  # the password was made by us


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step. `stage` names the one in which it is to be done, `drawing` what is shown beside it.

    `also` are sentences that are said for some kinds of PC alone; `only` leaves the whole step out
    for others.
    """

    says: tuple[str, ...]
    stage: str
    drawing: str = ""
    only: Only | None = None
    also: Mapping[Only, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """The steps at one place; `hint` is said once above them."""

    title: str
    hint: str
    steps: tuple[Step, ...]


BEFORE = (
    "About 15 minutes at the Windows PC with QuickBooks. You need the **Admin** password. "
    "Everybody else leaves the company file meanwhile."
)
BOTH_ARE_GOOD = (
    "Both ways are good. Several people able to press the button is worth more than a PC that does "
    "it alone."
)
ONE_PC_ONLY = "One PC only: the one that is always on and signed in."
TERMINAL_SERVER = (
    "One Windows profile that all who need it can open; by itself or by hand, as above."
)
TYPED = (
    "Type anything: the first one typed in the Web Connector after the download is kept. Building "
    "the file again starts this anew."
)

PARTS: tuple[Part, ...] = (
    Part(
        "In QuickBooks",
        "",
        (
            Step(
                stage="FILE",
                says=(
                    "Open [{company}|the company file] and sign in as **Admin**.",
                    (
                        "Start QuickBooks the ordinary way, not with **Run as administrator**, as "
                        "the Windows user who will be signed in when it syncs. Open no other "
                        "company file."
                    ),
                ),
            ),
            Step(
                stage="FILE",
                drawing="single_user",
                says=(
                    "Choose **File > Switch to Single-user Mode**.",
                    "If the menu offers **Switch to Multi-user Mode**, you are there already.",
                ),
            ),
            Step(
                stage="FILE",
                only=Only.FIRST,
                drawing="add_user",
                says=(
                    (
                        "Make a user for the sync, once: **Company > Set Up Users and Passwords > "
                        "Set Up Users > Add User** (Enterprise: **Company > Users > Set Up Users "
                        "and Roles > New**)."
                    ),
                    (
                        "Name it **{sync_user}**, give it a password, choose **External "
                        "Accountant** (or **All areas of QuickBooks**), answer **Yes**, "
                        "**Finish**. If an e-mail address is asked for, use one whose invitation "
                        "you can accept."
                    ),
                ),
            ),
            Step(
                stage="FILE",
                only=Only.FIRST,
                drawing="pop_ups",
                says=(
                    (
                        "Sign in once as **{sync_user}** and close all first-time windows. Choose "
                        "**Edit > Preferences > General > My Preferences**, check **Turn off "
                        "pop-up messages for products and services**, **OK**."
                    ),
                    "Sign in as **Admin** again (single-user mode) and do the same.",
                ),
            ),
        ),
    ),
    Part(
        "In the browser, on the same PC",
        "",
        (
            Step(
                stage="FILE",
                drawing="build",
                says=(
                    (
                        "Choose **Build Config File** here and save the file; the Downloads folder "
                        "is fine."
                    ),
                    (
                        "Another PC than this one? Sign in there, open **Settings > "
                        "Integrations > QuickBooks > View** and choose **Go on connecting** "
                        "beside this one."
                    ),
                ),
            ),
        ),
    ),
    Part(
        "In the Web Connector",
        "",
        (
            Step(
                stage="CALL",
                drawing="start_menu",
                says=(
                    (
                        "Open it: press the Windows key and type **web con**; or in QuickBooks "
                        "**File > Update Web Services** (newer years: under **App Management**)."
                    ),
                ),
            ),
            Step(
                stage="CALL",
                drawing="add_application",
                says=(
                    "Choose **Add an Application** (bottom right), and the file.",
                    (
                        "If it says that the application is already there and asks whether to "
                        "replace it, choose **Yes**; **No** adds a second one with a 1 behind its "
                        "name."
                    ),
                ),
            ),
            Step(
                stage="CALL",
                drawing="authorize",
                says=("**Authorize New Web Service** appears: **OK**.",),
            ),
        ),
    ),
    Part(
        "In QuickBooks again",
        "The window may hide behind others: look in the taskbar or press Alt+Tab.",
        (
            Step(
                stage="OPEN",
                drawing="certificate",
                says=(
                    (
                        "**QuickBooks - Application Certificate** (or **…with No Certificate**) "
                        'asks: "Do you want to allow this application to read and modify this '
                        'company file?"'
                    ),
                    (
                        "Choose **Yes, always; allow access even if QuickBooks is not running**; "
                        "if asked again, **Yes**. **Login as:** {sync_user}."
                    ),
                    (
                        "Leave **personal data such as Social Security Numbers and customer "
                        "credit card information** unchecked; it is not needed. **Continue…**"
                    ),
                ),
                also={Only.SECOND: "QuickBooks may not ask again for a second PC."},
            ),
            Step(
                stage="OPEN",
                drawing="access",
                says=(
                    "**Access Confirmation**: read the company name, **Done**.",
                    "Now and then these windows do not come here but at **Update Selected** below.",
                ),
            ),
        ),
    ),
    Part(
        "In the Web Connector again",
        "",
        (
            Step(
                stage="CALL",
                drawing="password",
                says=(
                    (
                        "Click into **Password** beside [{app_name}|the application], type it, "
                        "press Tab or Enter, answer **Yes** to save it. It must not stay blank."
                    ),
                ),
                also={
                    Only.PAIRED: (
                        "Type anything; you need not remember it.[ The first one typed until "
                        "{until} is kept.]"
                    ),
                },
            ),
            Step(
                stage="CALL",
                drawing="check_box",
                says=("Check the box on the left.",),
                also={
                    Only.BY_ITSELF: "Leave **Auto-Run** checked: this PC syncs by itself.",
                    Only.BY_HAND: "Leave **Auto-Run** unchecked: this PC syncs by hand.",
                },
            ),
            Step(
                stage="CALL",
                drawing="update",
                says=(
                    (
                        "Choose **Update Selected**. Give it 30 seconds. If it shows an error, "
                        "press once more; the first try may fail."
                    ),
                ),
            ),
        ),
    ),
    Part(
        "On this page",
        "",
        (
            Step(
                stage="CONFIRM",
                says=(
                    (
                        "The line at the top turns green and names the company file that was open. "
                        "Say whether it is [{company}|the right one]. Nothing is posted before "
                        "**Yes**."
                    ),
                ),
            ),
        ),
    ),
    Part(
        "Leave it running",
        "",
        (
            Step(
                stage="PROVE",
                drawing="multi_user",
                says=(
                    (
                        "In QuickBooks choose **File > Switch to Multi-user Mode** and sign in as "
                        "yourself again. The others may come back."
                    ),
                    "Left out, this step is the most common reason why the next sync fails.",
                ),
            ),
            Step(
                stage="PROVE",
                drawing="update",
                says=(
                    (
                        "The proof: close QuickBooks on this PC and press **Update Selected**. It "
                        "must work with QuickBooks closed."
                    ),
                ),
            ),
            Step(
                stage="PROVE",
                says=("Do not exit the Web Connector; let it sit beside the clock.",),
                also={
                    Only.BY_ITSELF: (
                        "Put a shortcut to it in the Startup folder (Windows+R, "
                        "**shell:startup**), set **Sleep: Never**, lock the screen instead of "
                        "signing out; on a server, disconnect instead of signing out."
                    ),
                },
            ),
        ),
    ),
)

# By the words of sync_core.connecting.Live.
LIVE: Mapping[str, str] = {
    "no_file": "Build the config file first; then this line waits for the first call.",
    "waiting": "Waiting for the first call.",
    "password": ("The Web Connector reached us[ at {time}], but the password did not match."),
    "pairing_over": (
        "The Web Connector reached us[ at {time}], but the time for its first password is over. "
        "Build the config file again."
    ),
    "paused": "It reached us[ at {time}]; the sync of this company file is paused.",
    "running": "A sync is running[: {percent} %].",
    "not_let_in": "It reached us[ at {time}]; QuickBooks did not let it in[: {problem}|.]",
    "other_file": "It reached us[ at {time}], with another company file.",
    "asks": (
        "[{pc}|The PC] called[ at {time}]. The company file is **{company_name_found}**"
        "[ ({company_file})]. Is this {company}?"
    ),
    "busy": (
        "It reached us[ at {time}], while another sync of this company file was running. Press "
        "**Update Selected** once more."
    ),
    "again": (
        "Connected. Press **Update Selected** once more: the next sync reads customers and "
        "invoices."
    ),
    "connected": ("Connected. {customers} and {invoices} read so far."),
    "retired": "This PC is retired and cannot sign in any more.",
}


# The state of a PC in a table, by the same words.
STATES: Mapping[str, str] = {
    "no_file": "Not connected yet",
    "waiting": "Waits for its first call",
    "password": "Wrong password",
    "pairing_over": "Wrong password",
    "paused": "Paused",
    "running": "Syncing",
    "not_let_in": "Not let in",
    "other_file": "Another company file",
    "asks": "Needs a word",
    "busy": "Another sync was running",
    "again": "Connected",
    "connected": "Connected",
    "retired": "Retired",
}


class Question(StrEnum):
    """What an administrator's word is asked for."""

    FIRST = "first"  # a PC opened its first company file
    MOVED = "moved"  # it opened one from another place than before
    DENIED = "denied"  # it opened one that is not ours, as was said before
    DOUBTED = "doubted"  # what we posted is missing from the company file
    RESTORED = "restored"  # our database was restored


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question, what it means for the books, and its answers; `no` is "" where there is one."""

    title: str
    says: str
    yes: str
    no: str = ""


QUESTIONS: Mapping[Question, Asked] = {
    Question.FIRST: Asked(
        title="Is this {company}?",
        says=(
            "[{pc}|A PC] called[ at {time}]. The company file that was open is "
            "**{company_name_found}**[ ({company_file})]. Nothing is read or posted before **Yes**."
        ),
        yes="Yes, this is it",
        no="No",
    ),
    Question.MOVED: Asked(
        title="Is this the same company file?",
        says=(
            "**{company_name_found}** was opened[ from {company_file}][ at {pc}]; until now it was "
            "{company_file_before}. Nothing is read or posted from there before the answer."
        ),
        yes="Yes, it was moved",
        no="No, it is a copy",
    ),
    Question.DENIED: Asked(
        title="Another company file is turned away.",
        says=(
            "**{company_name_found}**[ ({company_file})] was opened[ at {pc}], and somebody here "
            "said that it is not {company}. Was that a mistake?"
        ),
        yes="It is {company} after all",
    ),
    Question.DOUBTED: Asked(
        title="This company file does not hold payments we posted earlier.",
        says=(
            "Usually it was restored from a backup, or it is a copy. Nothing is written until a "
            "person has said which. Restored, and you go on with this file: choose **This is our "
            "file now**; the next sync lists what is missing. A copy: close it, open the right "
            "company file, press **Update Selected**."
        ),
        yes="This is our file now",
    ),
    Question.RESTORED: Asked(
        title="Posting waits: the server's database was restored from a backup.",
        says=(
            "A PC may still hold payments from before. Press **Update Selected** on every PC. Or, "
            "when none is at work any more and none sleeps with payments in its hands, say so: "
            "what such a PC carries out later would stand in QuickBooks twice."
        ),
        yes="No PC is at work from before",
    ),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong while connecting: what is seen, and what to do."""

    seen: str
    says: str


TROUBLES: Mapping[str, Trouble] = {
    "pair": Trouble(
        "QBWC1039, **Unique OwnerID/FileID pair value required**",
        "This company file remembers an earlier connection. Choose **Renew the connection**, build "
        "the file again, and add that one.",
    ),
    "not_admin": Trouble(
        "0x80040418, or QuickBooks refuses at once",
        "The first time, only the **Admin** in single-user mode may allow a connection. Sign in as "
        "Admin, **File > Switch to Single-user Mode**, then **Update Selected**.",
    ),
    "hidden_window": Trouble(
        "Nothing happens after **Add an Application**",
        "QuickBooks is probably asking for permission behind another window. Look in the taskbar "
        "or press Alt+Tab.",
    ),
    "not_always": Trouble(
        "It works only while QuickBooks is open (0x8004041D)",
        "Another answer than **Yes, always** was given. As Admin: **Edit > Preferences > "
        "Integrated Applications > Company Preferences**, [{app_name}|the application], "
        "**Properties**: check **Allow this application to login automatically**, choose "
        "{sync_user}.",
    ),
    "other_file": Trouble(
        "The company found is another one",
        "You are connecting [{company}|this company], and QuickBooks had "
        "[{company_name_found}|another one] open. Nothing was read further or posted. Open "
        "[{company}|the right one], choose **Renew the connection**, build the file again, and "
        "remove the old entry in the Web Connector.",
    ),
    "password": Trouble(
        "**Invalid password for username**, QBWC1030, QBWC1040",
        "The password was not saved or is another one. Type it into the **Password** field again, "
        "press Tab, answer **Yes**.",
    ),
    "single_user": Trouble(
        "First sync good, next one not (0x80040408, 0x80040410)",
        "The company file is still in single-user mode. **File > Switch to Multi-user Mode**.",
    ),
    "windows_user": Trouble(
        "Two QuickBooks windows, or access denied (0x80070005)",
        "Start QuickBooks and the Web Connector as the same Windows user, both without **Run "
        "as administrator**.",
    ),
    "certificate": Trouble(
        "QBWC1048, QBWC1012, **could not verify … certificate**",
        "[{pc}|The PC] could not reach us safely. Open {support_url} in its browser. If our page "
        "appears, tell whoever runs this server the code; if not, check date and time, internet "
        "and firewall.",
    ),
    "two_primaries": Trouble(
        "Two PCs call by themselves",
        "[{pc}|This PC] and [{other_pc}|another one] both sync by themselves. Leave **Auto-Run** "
        "checked on one, and uncheck it on the other.",
    ),
}

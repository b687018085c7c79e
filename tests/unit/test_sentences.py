"""What people are told of payments, syncs and problems stands in the tables, `sync_core/wording`.

A sentence here is text in code that begins with a capital, has four words and ends like one.
Looked through are the rules, the use cases and every edge. What says only that a field, a file or
an address is wrong may stand where that is checked. In a template it is text of four words that
ends with a full stop; labels, headings and what stands below a field as its hint may be written
there.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDGES = [f"qbwc_server/{name}" for name in ("soap", "portal", "api", "cli")]
FOLDERS = ["sync_core", "qbwc_server/services", *EDGES]
TEMPLATES = ROOT / "qbwc_server/portal/templates"
TABLES = ROOT / "sync_core/wording"

# What is said with these is that something given is wrong, or what a field or a setting means.
OF_A_FIELD = {
    *("Problem", "fault", "refuse", "_wrong", "_Wrong", "NotFound", "Field", "Setting"),
    "option",  # of a command
}
# What is said with this is where a rule is from, for whoever reads the code; on the command line,
# that a file cannot be used as it is.
OF_A_SOURCE = {"Refusal"}

SERVICES, PORTAL, API = (f"qbwc_server/{name}" for name in ("services", "portal", "api"))
# Modules that speak of something else, each with at least one sentence (or it is to go from here).
OF_SOMETHING_ELSE = {
    # people, their passwords, their settings
    *("sync_core/people.py", f"{SERVICES}/access.py", f"{SERVICES}/users.py"),
    *(f"{SERVICES}/user_sign_in.py", f"{SERVICES}/preferences.py"),
    # what somebody sent us: fields, lists, files, pages of a list
    *(f"{SERVICES}/{name}_input.py" for name in ("action", "payment")),
    *(f"{SERVICES}/{name}_files.py" for name in ("mapping", "payment")),
    *(f"{SERVICES}/payment_{name}.py" for name in ("filter", "import")),
    *(f"{SERVICES}/{name}.py" for name in ("books", "filters", "intake", "invoices", "mappings")),
    *(f"{SERVICES}/{name}.py" for name in ("method_words", "missing_invoice", "paging")),
    *(f"{SERVICES}/{name}.py" for name in ("company_settings", "site_words")),
    # the server itself: its key, its installs, its mail, its own checks, its bundle for support
    *(f"{SERVICES}/{name}.py" for name in ("assembly", "installs", "mail", "notices")),
    *(f"{SERVICES}/{name}.py" for name in ("support_bundle", "verify")),
    # the same, at the edges: people and their passwords
    *(f"{PORTAL}/{name}.py" for name in ("account", "first_steps", "forms", "sign_in", "users")),
    "qbwc_server/cli/users.py",
    # a call or a page that cannot be answered
    *(f"{PORTAL}/failures.py", f"{API}/blueprint.py", f"{API}/problems.py"),
    # what figures and calls mean, for whoever programs against them
    *(f"{PORTAL}/health.py", f"{API}/bodies.py", f"{API}/openapi.py"),
    # the server itself, and what to type next
    *(f"qbwc_server/cli/{name}.py" for name in ("installs", "mappings", "operate")),
}

# The same of templates.
TEMPLATES_OF_SOMETHING_ELSE = {
    # people, their passwords, their settings
    *("account", "first_steps", "forgotten", "link_gone", "sign_in", "user", "user_link"),
}
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_IN_QUOTES = re.compile(r"""(?<!hint=)(?:"([^"]*)"|'([^']*)')""")


def sentences(source: str, *, all_of_them: bool = False) -> list[str]:
    """List the sentences in Python source that are neither docstrings nor said of a field."""
    return [
        f"line {line}: {text}" for line, text in _found(ast.parse(source), all_of_them=all_of_them)
    ]


def _found(node: ast.AST, *, all_of_them: bool) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring
            return
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if (
            name in OF_A_FIELD | OF_A_SOURCE and not all_of_them
        ):
            return
        case ast.Constant(value=str(text)) if _is_sentence(text):
            yield node.lineno, text
        case ast.JoinedStr():
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
            if _is_sentence(text):
                yield node.lineno, text
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _found(child, all_of_them=all_of_them)


def template_sentences(source: str) -> list[str]:
    """List the sentences in a template that are not the hint of a field."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    code = re.findall(r"\{[{%].*?[%}]\}", source, re.DOTALL)
    texts = ["".join(quoted) for part in code for quoted in _IN_QUOTES.findall(part)]
    tag = ""
    for part in re.split(r"(<[^>]*>|\{%.*?%\})", _EXPRESSION.sub("{}", source), flags=re.DOTALL):
        if part.startswith("<"):
            tag = part
        elif "form-hint" not in tag:
            texts.append(part)
    said = (" ".join(text.split()) for text in texts)
    return [text for text in said if len(re.findall(r"[A-Za-z]+", text)) >= 4 and text[-1] == "."]


def _is_sentence(text: str) -> bool:
    ends = re.search(r"[.!?]\s*$|[.:;] \S", text)
    return bool(re.match(r"\s*[A-Z{\[]", text)) and len(text.split()) >= 4 and ends is not None


@pytest.mark.parametrize(
    "source",
    [
        'WHY = "The sync fell silent."',
        "def why(name): return f'{name} is not in QuickBooks any more.'",
        'SEE = "Posting is paused: {why}"',
        'raise Refused("This payment is deleted already.")',
        'DONE = {"a": ("It waits for the next sync again",), "b": "It is being checked again."}',
    ],
)
def test_a_sentence_would_be_seen(source: str) -> None:
    assert sentences(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""What this module is for, in a sentence."""',
        'raise NotFound("There is no customer with this id.")',
        'log.info("session_ended", state="a word")',
        'NAME = "Payment Method List"',
    ],
)
def test_what_is_none_is_not(source: str) -> None:
    assert sentences(source) == []


@pytest.mark.parametrize(
    "module",
    sorted(
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if TABLES not in path.parents and path.relative_to(ROOT).as_posix() not in OF_SOMETHING_ELSE
    ),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_what_people_are_told_stands_in_the_tables(module: Path) -> None:
    assert sentences(module.read_text()) == []


@pytest.mark.parametrize("module", sorted(OF_SOMETHING_ELSE))
def test_what_speaks_of_something_else_does_so(module: str) -> None:
    assert sentences((ROOT / module).read_text(), all_of_them=True)


@pytest.mark.parametrize(
    "source",
    [
        "<p>The sync of {{ company }} is paused.</p>",
        "<p><strong>Pause.</strong> Payments wait until you resume.</p>",
        '{{ parts.xml(nothing="No answer has come yet.") }}',
    ],
)
def test_a_sentence_of_a_template_would_be_seen(source: str) -> None:
    assert template_sentences(source)


@pytest.mark.parametrize(
    "source",
    [
        "{# What this template is for. #}",
        "<label>What the token is for</label>",
        '<div class="form-hint" id="file-hint">UTF-8, at most 1 MB.</div>',
        '{{ parts.field("minutes", hint="A payment is there that long after.") }}',
        "<p>{{ say(wording.companies.PAUSE) }}</p>",
    ],
)
def test_what_is_none_of_a_template_is_not(source: str) -> None:
    assert template_sentences(source) == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_what_pages_tell_stands_in_the_tables(template: Path) -> None:
    found = template_sentences(template.read_text())
    assert bool(found) == (template.stem in TEMPLATES_OF_SOMETHING_ELSE), found


def test_templates_say_what_there_is() -> None:
    for template in TEMPLATES.glob("*.html"):
        for table, name in re.findall(r"\bwording\.(\w+)\.(\w+)", template.read_text()):
            module = importlib.import_module(f"sync_core.wording.{table}")
            assert hasattr(module, name), f"{template.name}: {table}.{name}"


def test_no_two_names_have_one_sentence() -> None:
    """Within the tables whose sentences have a name each."""
    told: dict[str, str] = {}
    for name in (
        *("notes", "acts", "office", "faults", "books", "needs_you"),
        *("companies", "mapping", "payments", "support", "sync_log"),
    ):
        for text in sentences((TABLES / f"{name}.py").read_text(), all_of_them=True):
            sentence = text.partition(": ")[2]
            assert sentence not in told, f"{name} and {told.get(sentence)}: {sentence}"
            told[sentence] = name

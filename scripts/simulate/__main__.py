"""`python -m scripts.simulate`: one Update Selected against a running server, call by call.

The simulated QuickBooks starts afresh each time; what was posted last time is gone from it.
"""

import argparse
import re
from pathlib import Path

from scripts.simulate import demo_company
from scripts.simulate.qwc_file import AddRefusedError, check_add
from scripts.simulate.web_connector import Call, WebConnector

RESULT = re.compile(r"<(?:\w+:)?\w+Result\b[^>]*>(.*)</(?:\w+:)?\w+Result>", re.DOTALL)
SHOWN = 60  # characters of an answer


def main() -> int:
    """Play the update; 0 when the Web Connector shows no error, else 1."""
    parser = argparse.ArgumentParser(prog="python -m scripts.simulate", description=__doc__)
    parser.add_argument("--qwc", type=Path, required=True, help="the .qwc file of an install")
    parser.add_argument("--password", required=True, help="the install's password")
    parser.add_argument("--company", choices=["demo"], default="demo", help="the company file")
    arguments = parser.parse_args()
    books = demo_company.build().books
    content = arguments.qwc.read_bytes()
    try:
        check_add(content)
        connector = WebConnector.from_qwc(content, arguments.password, books)
    except AddRefusedError as error:
        print(error)
        return 1
    outcome = connector.update_selected()
    for call in outcome.calls:
        print(_line(call))
    print(f"Status: {outcome.status}" + (f" ({outcome.error_code})" * bool(outcome.error_code)))
    return 1 if outcome.error_code else 0


def _line(call: Call) -> str:
    found = RESULT.search(call.answer)
    answer = " ".join((found[1] if found else call.answer).split())
    short = answer if len(answer) <= SHOWN else f"{answer[:SHOWN]}..."
    return f"{call.operation:<20} {len(call.request):>8} characters out, answered: {short}"


if __name__ == "__main__":
    raise SystemExit(main())

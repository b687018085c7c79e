"""Files that a page hands out, line by line, so that memory does not grow with a list."""

from collections.abc import Iterator

from flask import Response


def csv(lines: Iterator[str], name: str) -> Response:
    """Hand out CSV under a name of ours."""
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer

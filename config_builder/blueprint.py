"""Hands the .qwc file to a browser. Who may have it and where it comes from is passed in."""

import re
import unicodedata
from collections.abc import Callable

from flask import Blueprint, Response

from config_builder import qwc


def create_blueprint(
    load: Callable[[str], qwc.QwcFile | None],
    guard: Callable[[], bool],
    note: Callable[[str], None],
) -> Blueprint:
    """Return the blueprint with `POST /installs/<install_id>/qwc`.

    It is a form, not a link: a paired install waits for its first password anew each time.
    `load` finds the file's values by the install's id, or None. `guard` says whether whoever asks
    now is a signed-in administrator; it is asked first, so that a stranger cannot try out ids.
    `note` is told of each file that is handed out.
    Answers 200 with the file, 403, 404, or 409 with a sentence for each reason it was refused.
    """
    blueprint = Blueprint("config_builder", __name__)

    @blueprint.post("/installs/<install_id>/qwc")
    def download(install_id: str) -> Response:
        if not guard():
            return _sentences(403, "Only a signed-in administrator may download this file.")
        wanted = load(install_id)
        if wanted is None:
            return _sentences(404, "There is no such install; look for it in the settings.")
        try:
            content = qwc.build(wanted)
        except qwc.QwcRefused as refusal:
            return _sentences(409, *(str(problem) for problem in refusal.problems))
        note(install_id)
        return _attachment(content, file_name(wanted))

    return blueprint


def file_name(wanted: qwc.QwcFile) -> str:
    """Return a name that every system can store, another one for each install of a company.

    The fixed beginning keeps it from being one of Windows' reserved names (CON, NUL).
    """
    plain = unicodedata.normalize("NFKD", f"{wanted.app_name} {wanted.user_name}")
    words = re.findall(r"[A-Za-z0-9]+", plain.encode("ascii", "ignore").decode())
    return "-".join(["QBWC", *words])[:100] + ".qwc"


def _attachment(content: bytes, name: str) -> Response:
    # Not text/xml: a browser would show it instead of saving it.
    answer = Response(content, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(answer)


def _sentences(status: int, *sentences: str) -> Response:
    return _private(Response("\n".join(sentences) + "\n", status, mimetype="text/plain"))


def _private(answer: Response) -> Response:
    """Keep every answer out of caches: a file names a user, and a refusal ends when mended."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

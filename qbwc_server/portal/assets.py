"""Style sheets and scripts: named by what is in them, so that a browser may keep them for good.

gunicorn does not compress, so the compressed form is made once at the start, and the big style
sheet is trimmed to what the templates use.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, url_for

from qbwc_server.portal import trimming

FOLDER = Path(__file__).with_name("static")
TEMPLATES = Path(__file__).with_name("templates")
_TRIMMED = "vendor/tabler.min.css"
_KINDS = {".css", ".js", ".svg"}
_FOR_GOOD = "public, max-age=31536000, immutable"
_HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    packed: bytes
    kind: str
    mark: str


def add_to(app: Flask) -> None:
    """Serve the assets, and teach the templates their addresses: `asset('portal.css')`."""
    assets = _assets()
    blueprint = Blueprint("assets", __name__)

    @blueprint.get("/assets/<mark>/<path:name>")
    def give(mark: str, name: str) -> Response:
        asset = assets.get(name)
        if asset is None or mark != asset.mark:
            abort(404)
        packed = request.accept_encodings.quality("gzip") > 0
        answer = Response(asset.packed if packed else asset.content, mimetype=asset.kind)
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = _FOR_GOOD
        return answer

    def address(name: str) -> str:
        return url_for("assets.give", mark=assets[name].mark, name=name)

    app.register_blueprint(blueprint)
    app.jinja_env.globals |= {"asset": address, "zip": zip}


@cache
def _assets() -> dict[str, _Asset]:
    """Read them all, once in a process."""
    return {
        path.relative_to(FOLDER).as_posix(): _asset(path)
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in _KINDS
    }


def _asset(path: Path) -> _Asset:
    content = path.read_bytes()
    if path == FOLDER / _TRIMMED:
        content = trimming.trim(content.decode(), used_words()).encode()
    return _Asset(
        content=content,
        packed=gzip.compress(content, mtime=0),
        kind=mimetypes.types_map[path.suffix],
        mark=hashlib.sha256(content).hexdigest()[:_HASH_LENGTH],
    )


def used_words() -> frozenset[str]:
    """List the words of the templates and of our script, class names among them."""
    templates = (path.read_text() for path in sorted(TEMPLATES.glob("*.html")))
    return trimming.words(*templates, (FOLDER / "portal.js").read_text())

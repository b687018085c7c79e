"""Somebody with a browser that runs no scripts."""

import html
import re
from dataclasses import dataclass
from types import CodeType

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.test import TestResponse

from qbwc_server import bootstrap
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import Settings

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class _Translated(BytecodeCache):
    """The templates as Python, so that not every test translates them anew."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.codes[bucket.key] = (bucket.checksum, bucket.code)


_TRANSLATED = _Translated()


def portal_of(use_cases: UseCases, settings: Settings) -> Flask:
    """Open a portal, as the server does."""
    opened = bootstrap.create_flask(use_cases, settings)
    opened.jinja_env.bytecode_cache = _TRANSLATED
    return opened


@dataclass
class Person:
    """Opens pages and sends their forms, with the mark that the page carried."""

    http: FlaskClient
    email: str = ""
    password: str = ""

    def open(self, path: str) -> TestResponse:
        return self.http.get(path)

    def send(self, path: str, *, on: str = "", **fields: object) -> TestResponse:
        """Send a form of the page `on`; by default the page at the form's own address."""
        page = self.http.get(on or path).text
        mark = _TOKEN.search(page)
        data = {"csrf_token": html.unescape(mark[1]) if mark else "", **fields}
        return self.http.post(path, data=data)

    def sign_in(self, *, target: str = "") -> TestResponse:
        answer = self.send("/sign-in", email=self.email, password=self.password, next=target)
        assert answer.status_code == 303, answer.text
        return answer

    def is_inside(self) -> bool:
        return self.open("/account").status_code == 200


def link_in(page: str) -> str:
    """Read the one-time link of a page, as a path."""
    found = re.search(r'value="http://localhost:8085(/link/[^"]+)"', page)
    assert found, page
    return found[1]

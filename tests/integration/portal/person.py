"""Somebody with a browser that runs no scripts."""

import html
import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


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

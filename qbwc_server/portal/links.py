"""Links from one page to another: what is not built is not linked."""

from typing import Any

from flask import Flask, current_app, url_for


def add_to(app: Flask) -> None:
    """Teach the templates `link_to`."""
    app.jinja_env.globals |= {"link_to": link_to}


def link_to(endpoint: str, **values: Any) -> str:
    """Give the address of a page, "" where there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""

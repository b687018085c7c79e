"""How commands speak: one JSON document or lines for a person on stdout, refusals on stderr.

Exit 0 done, 1 refused with one sentence, 2 wrong usage (click's own).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from qbwc_server import logs, settings
from qbwc_server.errors import InvalidInput, ServiceError
from qbwc_server.services import assembly
from qbwc_server.services.assembly import UseCases
from sync_core.wording.faults import DATABASE_AWAY
from sync_core.wording.phrases import fill

AnyModel = TypeVar("AnyModel", bound=BaseModel)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


class Refusal(click.ClickException):
    """A command that was refused: one sentence on stderr, exit 1."""

    def show(self, file: Any = None) -> None:
        """Print the sentence, and nothing around it."""
        click.echo(self.message, err=file is None, file=file)


class Refusing(click.Group):
    """A group that turns what use cases refuse into the sentence and the exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InvalidInput as wrong:
            said = (f"{one.pointer.removeprefix('/')}: {one.sentence}" for one in wrong.problems)
            raise Refusal(" ".join(said)) from None
        except ServiceError as refused:
            raise Refusal(str(refused)) from None
        except OperationalError as error:
            # The driver's first line says what is wrong; none of them repeats a password.
            cause = str(error.orig).strip().partition("\n")[0]
            raise Refusal(fill(DATABASE_AWAY, {"cause": cause})) from None


@contextmanager
def use_cases() -> Iterator[UseCases]:
    """Open the use cases on the database of the settings, and close it at the end."""
    loaded = settings.load()
    logs.configure(loaded.log_level)
    opened = assembly.use_cases(loaded)
    try:
        yield opened
    finally:
        opened.engine.dispose()


def tell(document: BaseModel | dict[str, Any], text: str, *, json_wanted: bool) -> None:
    """Print a document, or its text for a person."""
    if json_wanted:
        shown = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
        click.echo(json.dumps(shown))
    else:
        click.echo(text)


def tell_all(
    documents: Iterable[AnyModel], text_of: Callable[[AnyModel], str], *, json_wanted: bool
) -> None:
    """Print a list as it comes, so that a long one needs no memory."""
    if not json_wanted:
        for document in documents:
            click.echo(text_of(document))
        return
    click.echo("[", nl=False)
    for index, document in enumerate(documents):
        click.echo(",\n" if index else "", nl=False)
        click.echo(json.dumps(document.model_dump(mode="json")), nl=False)
    click.echo("]")

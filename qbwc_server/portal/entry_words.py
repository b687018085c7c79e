"""What the payment site calls an invoice or a customer: set and removed on the entry's own page."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput
from qbwc_server.portal import door, elsewhere, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services.mappings import What
from sync_core.people import Role
from sync_core.wording import mapping as says
from sync_core.wording.phrases import fill

Answer = Response | str | tuple[str, int]


def add(
    blueprint: Blueprint, frame: Frame, what: What, *, name: str, page: Callable[..., Answer]
) -> None:
    """Mount both forms; `name` is the word of the address for the entry's id.

    `page` makes the entry's page anew, with problems and what was typed.
    """
    words = frame.use.site_words

    def back(entry: str, told: str) -> Response:
        flash(told)
        where = elsewhere.there(f"{blueprint.name}.show", {name: entry})
        return redirect(where, 303)

    @blueprint.post(f"/companies/<company_id>/{what.value[:-1]}/word")
    @needs(Role.BOOKKEEPER)
    def set_word(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        entry, word = request.args.get(name, ""), request.form.get("external_id", "")
        try:
            words.name_entry(door.company(), what, entry, word, by=reader().email)
        except InvalidInput as wrong:
            return page(entry, forms.problems(wrong), word)
        return back(entry, fill(says.MEANS_THIS, {"word": word.strip()}))

    @blueprint.post(f"/companies/<company_id>/{what.value[:-1]}/word/remove")
    @needs(Role.BOOKKEEPER)
    def remove_word(company_id: str) -> Answer:  # noqa: ARG001 - the same
        entry, word = request.args.get(name, ""), request.form.get("external_id", "")
        words.forget(door.company(), what, word, by=reader().email)
        return back(entry, fill(says.MEANS_NOTHING, {"word": word}))

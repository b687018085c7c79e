"""The list of mutations says what there is: each has one place to change."""

import pytest

from qbwc_server.settings import HOME
from scripts.attack.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_has_its_place(mutation: Mutation) -> None:
    text = (HOME / mutation.file).read_text(encoding="utf-8")
    assert text.count(mutation.stands) == 1
    assert mutation.stands != mutation.becomes
    assert (HOME / mutation.by).is_file()

"""What is left out of a style sheet, and what never is."""

import re

import pytest

from qbwc_server.portal.assets import FOLDER, used_words
from qbwc_server.portal.trimming import trim, words

TABLER = (FOLDER / "vendor/tabler.min.css").read_text()
CLASSES = {
    re.sub(r"\\(.)", r"\1", name) for name in re.findall(r"\.((?:[A-Za-z0-9_-]|\\.)+)", TABLER)
}


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".a{x:y}.b{x:y}", ".a{x:y}"),
        (".a,.b,p{x:y}", ".a,p{x:y}"),
        (".a .b{x:y}", ""),
        (".a:not(.b){x:y}", ".a:not(.b){x:y}"),
        (".a:is(.b,.c) p{x:y}", ".a:is(.b,.c) p{x:y}"),
        ("@media print{.b{x:y}.a{x:y}}", "@media print{.a{x:y}}"),
        ("@media print{.b{x:y}}", ""),
        (
            "@media (min-width:1px){@media print{.a{x:y}}}",
            "@media (min-width:1px){@media print{.a{x:y}}}",
        ),
        ("@keyframes k{0%{x:y}to{x:z}}", "@keyframes k{0%{x:y}to{x:z}}"),
        ('@charset "UTF-8";/* .b{} */p{x:y}', '@charset "UTF-8";p{x:y}'),
        ('.a::after{content:"}.b{"}', '.a::after{content:"}.b{"}'),
        (r".w-1\/2{x:y}.b\/2{x:y}", r".w-1\/2{x:y}"),
    ],
)
def test_a_rule_stays_when_its_classes_are_used(css: str, left: str) -> None:
    assert trim(css, {"a", "w-1/2"}) == left


def test_words_are_what_a_class_could_be() -> None:
    assert {"btn", "btn-primary", "d-md-none", "w-1/2"} <= words(
        '<a class="btn btn-primary d-md-none w-1/2">'
    )


def test_nothing_is_lost_when_everything_is_used() -> None:
    assert trim(TABLER, CLASSES).count("{") == TABLER.count("{")


def test_what_the_templates_use_is_there_and_the_rest_is_not() -> None:
    left = trim(TABLER, used_words())
    assert ".btn-primary{" in left
    assert ".carousel-inner" not in left
    assert left.count("{") == left.count("}")
    assert len(left) < len(TABLER) / 4


def test_no_template_puts_the_name_of_a_class_together() -> None:
    """A name that stands nowhere whole would be trimmed away."""
    for path in sorted((FOLDER.parent / "templates").glob("*.html")):
        for found in re.findall(r'class="([^"]*)"', path.read_text()):
            for word in re.findall(r"[\w-]+(?=\{\{)", found):
                assert word in ("state-", "became-"), f"{path.name}: {found}"

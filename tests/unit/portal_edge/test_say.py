"""How templates say a sentence of the tables."""

from markupsafe import Markup

from qbwc_server.portal.writing import say


def test_what_is_between_asterisks_is_bold_and_all_else_is_text() -> None:
    said = say("**Pause {company}.** Payments & all wait.", company="<b>Acme</b>")
    assert said == "<strong>Pause &lt;b&gt;Acme&lt;/b&gt;.</strong> Payments &amp; all wait."


def test_a_fact_is_never_read_as_a_phrase() -> None:
    assert say("{pc} is silent.", pc="[{x}|**PC**]") == "[{x}|**PC**] is silent."


def test_a_fact_may_be_markup() -> None:
    link = Markup('<a href="/">2 payments</a>')
    assert say("Besides, {link}.", link=link) == 'Besides, <a href="/">2 payments</a>.'


def test_what_has_no_value_is_left_out() -> None:
    for nothing in (None, ""):
        assert say("Changed[ on {day}].", day=nothing) == "Changed."
    assert say("{count} left[ of {of}].", count=0, of=0) == "0 left of 0."


def test_a_pair_goes_with_the_number() -> None:
    pair = ("1 payment", "{count} payments")
    assert [say(pair, count=count) for count in (0, 1, 1200)] == [
        "0 payments",
        "1 payment",
        "1,200 payments",
    ]

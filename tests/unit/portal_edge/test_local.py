"""Where a page may send a browser on to: an address on this server, nothing else."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.portal.door import local


@pytest.mark.parametrize(
    "target", ["/", "/users", "/payments?status=rejected&cursor=a%2Fb", "/a//b"]
)
def test_a_path_of_ours_is_taken(target: str) -> None:
    assert local(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "users",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/%0d%0aSet-Cookie:x=y\r\n",
        "//[evil",
    ],
)
def test_anything_else_leads_home(target: str | None) -> None:
    assert local(target) == "/"


@given(st.text(alphabet="/\\:.?#@%ax\t\r\n ", max_size=12))
def test_no_text_leads_to_another_host(target: str) -> None:
    taken = local(target)
    split = urlsplit(taken)
    assert (split.scheme, split.netloc) == ("", "")
    assert taken.startswith("/")
    assert not taken.startswith(("//", "/\\"))

"""Each refusal of the Web Connector, by its code, and each rule of ours that has none."""

from dataclasses import replace
from typing import Any

import pytest

from config_builder import checks
from config_builder.qwc import QwcFile
from tests.unit.qwc_file.examples import PRIMARY


def found(qwc: QwcFile) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in checks.problems(qwc)]


def with_host(host: str, scheme: str = "https") -> QwcFile:
    return replace(
        PRIMARY, app_url=f"{scheme}://{host}/qbwc", app_support=f"{scheme}://{host}/support"
    )


@pytest.mark.parametrize(
    "qwc",
    [
        PRIMARY,
        replace(PRIMARY, run_every_minutes=None),
        replace(PRIMARY, run_every_minutes=1),
        replace(PRIMARY, app_id="anything"),
        replace(PRIMARY, app_name="Café Müller & Söhne <payments>"),
        replace(PRIMARY, app_description="x" * 80),
        replace(PRIMARY, app_url="https://pay.example.com:8443/qbwc?office=1&pc=2"),
        replace(PRIMARY, app_url="https://PAY.Example.COM/qbwc"),
        with_host("localhost", "http"),
        with_host("localhost:8085", "http"),
        with_host("LOCALHOST", "http"),
        with_host("localhost"),
        with_host("office-server"),
        with_host("1stpayments.example"),
        with_host("xn--caf-dma.example"),
    ],
)
def test_these_are_fine(qwc: QwcFile) -> None:
    assert found(qwc) == []


@pytest.mark.parametrize("host", ["pay.example.com", "office-server", "localhost.example.com"])
def test_http_is_for_localhost_only(host: str) -> None:
    assert found(with_host(host, "http")) == [("QBWC1010", "AppURL"), ("QBWC1010", "AppSupport")]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8085",
        "192.168.1.20",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "127.0.0.1.",
        "[::1]:8085",
        "[fe80::1%25eth0]",
        "[::ffff:10.0.0.1]",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_ip_address_is_refused(host: str, scheme: str) -> None:
    assert found(with_host(host, scheme)) == [("QBWC1001", "AppURL"), ("QBWC1002", "AppSupport")]


def test_the_sentence_for_an_ip_address_says_what_to_use() -> None:
    [service, _] = checks.problems(with_host("127.0.0.1:8085", "http"))
    assert str(service) == (
        "AppURL names the IP address 127.0.0.1, which the Web Connector refuses; use an https "
        "address with a host name, or localhost if QuickBooks is on this computer. (QBWC1001)"
    )


@pytest.mark.parametrize("support", ["https://example.com/help", "https://evil.example/support"])
def test_both_pages_have_one_domain(support: str) -> None:
    assert found(replace(PRIMARY, app_support=support)) == [("QBWC1000", "AppSupport")]


def test_a_service_on_the_pc_itself_may_have_its_support_page_elsewhere() -> None:
    assert found(replace(PRIMARY, app_url="http://localhost:8085/qbwc")) == []


def test_a_support_page_on_the_pc_itself_is_no_help_for_a_service_elsewhere() -> None:
    qwc = replace(PRIMARY, app_support="http://localhost/support")
    assert found(qwc) == [("QBWC1000", "AppSupport")]


def test_intuit_does_not_support_us() -> None:
    qwc = replace(
        PRIMARY, app_url="http://localhost/qbwc", app_support="https://developer.intuit.com/"
    )
    assert found(qwc) == [("", "AppSupport")]


@pytest.mark.parametrize(
    ("field", "element"),
    [
        ("app_name", "AppName"),
        ("app_url", "AppURL"),
        ("app_description", "AppDescription"),
        ("app_support", "AppSupport"),
        ("user_name", "UserName"),
        ("owner_id", "OwnerID"),
        ("file_id", "FileID"),
    ],
)
@pytest.mark.parametrize("blank", ["", "   ", "\n"])
def test_a_missing_element(field: str, element: str, blank: str) -> None:
    change: dict[str, Any] = {field: blank}
    qwc = replace(PRIMARY, **change)
    assert found(qwc) == [("QBWC1039", element)]


@pytest.mark.parametrize("mark", ["\n", "\r", "\t", "\x00", "\x07", "\x85", "\u2028", "\ud800"])
@pytest.mark.parametrize("field", ["app_name", "app_url", "user_name", "owner_id", "app_id"])
def test_a_character_that_cannot_be_shown(field: str, mark: str) -> None:
    text: str = getattr(PRIMARY, field)
    change: dict[str, Any] = {field: f"{text[:9]}a{mark}b{text[9:]}"}
    qwc = replace(PRIMARY, **change)
    assert [code for code, _ in found(qwc)] == ["QBWC1039"]


@pytest.mark.parametrize("text", [" qb-front-desk", "qb-front-desk ", "qb-front-desk\n"])
def test_a_blank_around_the_user_name(text: str) -> None:
    assert found(replace(PRIMARY, user_name=text)) == [("", "UserName")]


@pytest.mark.parametrize(
    "text",
    [
        "6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5B",
        "{6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5B",
        "{6F1C2A340B5D4E7F8A9B0C1D2E3F4A5B}",
        "{6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5G}",
        "{6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5B}}",
    ],
)
def test_a_guid_has_its_braces(text: str) -> None:
    qwc = replace(PRIMARY, owner_id=text, file_id=text)
    assert found(qwc) == [("QBWC1026", "OwnerID"), ("QBWC1026", "FileID")]


@pytest.mark.parametrize(
    "url",
    [
        "pay.example.com/qbwc",
        "ftp://pay.example.com/qbwc",
        "https:///qbwc",
        "https:pay.example.com/qbwc",
        "https://pay.example.com:https/qbwc",
        "https://pay.example.com:0/qbwc",
        "https://pay.example.com:99999/qbwc",
        "https://[::1/qbwc",
        "https://pay.example.com\\qbwc",
        "https://pay.example.com/our page",
        "https://café.example/qbwc",
        "https://pay..example.com/qbwc",
        "https://-pay.example.com/qbwc",
        "https://pay_site.example.com/qbwc",
        "https://:8443/qbwc",
        "https://pay.example.com/qbwc#top",
        "https://pay.example.com/qbwc#",
        "https://joe:hunter2@pay.example.com/qbwc",
        "https://joe@pay.example.com/qbwc",
        "https://@pay.example.com/qbwc",
    ],
)
def test_what_is_no_address_of_a_page(url: str) -> None:
    assert found(replace(PRIMARY, app_url=url)) == [("", "AppURL")]
    assert found(replace(PRIMARY, app_support=url)) == [("", "AppSupport")]


def test_a_password_in_an_address_is_not_repeated() -> None:
    qwc = replace(PRIMARY, app_url="https://joe:hunter2@127.0.0.1/qbwc")
    [problem] = checks.problems(qwc)
    assert "hunter2" not in str(problem)
    assert "user name or password" in problem.sentence


@pytest.mark.parametrize("name", ["x" * 81, "Sunrise\\Dental", "Стоматология"])
def test_a_name_that_the_lists_cannot_hold(name: str) -> None:
    assert found(replace(PRIMARY, app_name=name)) == [("", "AppName")]


def test_a_long_description() -> None:
    qwc = replace(PRIMARY, app_description="x" * 81)
    assert found(qwc) == [("", "AppDescription")]


@pytest.mark.parametrize("minutes", [0, -5])
def test_the_schedule_is_at_least_a_minute(minutes: int) -> None:
    assert found(replace(PRIMARY, run_every_minutes=minutes)) == [("", "Scheduler")]


def test_all_problems_are_told_at_once_in_the_file_s_order() -> None:
    qwc = replace(
        PRIMARY,
        app_name="",
        app_url="http://10.0.0.5/qbwc",
        user_name="",
        file_id="none",
        run_every_minutes=0,
    )
    assert found(qwc) == [
        ("QBWC1039", "AppName"),
        ("QBWC1001", "AppURL"),
        ("QBWC1039", "UserName"),
        ("QBWC1026", "FileID"),
        ("", "Scheduler"),
    ]

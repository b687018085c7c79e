"""Settings of the mail server: what could not work, or would tell a password, is refused."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from qbwc_server.errors import ServiceError
from qbwc_server.services import mail
from qbwc_server.settings import Settings, load

WHOLE = {"QBWC_SMTP_HOST": "mail.example.com", "QBWC_SMTP_FROM": "sync@example.com"}
SIGNED_IN = {**WHOLE, "QBWC_SMTP_USER": "sync", "QBWC_SMTP_PASSWORD": "hunter2"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        (WHOLE, ""),
        (SIGNED_IN, ""),
        ({**SIGNED_IN, "QBWC_SMTP_SECURITY": "none", "QBWC_SMTP_HOST": "localhost"}, ""),
        ({**SIGNED_IN, "QBWC_SMTP_SECURITY": "none"}, "the password would be sent in clear"),
        ({**WHOLE, "QBWC_SMTP_FROM": ""}, "QBWC_SMTP_FROM must be an e-mail address"),
        ({**WHOLE, "QBWC_SMTP_FROM": "Sync <s@example.com>"}, "QBWC_SMTP_FROM must be an e-mail"),
        ({**WHOLE, "QBWC_SMTP_FROM": "s@example.com\r\nBcc: e@x.example"}, "QBWC_SMTP_FROM must"),
        ({**WHOLE, "QBWC_SMTP_HOST": "mail.example.com:25 "}, "QBWC_SMTP_HOST: must be the name"),
        ({**WHOLE, "QBWC_SMTP_USER": "sync"}, "belong together"),
        ({**SIGNED_IN, "QBWC_SMTP_PASSWORD": "hünter2"}, "ASCII"),
    ],
)
def test_what_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], said: str
) -> None:
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / "none")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    if not said:
        assert load().smtp_host == given.get("QBWC_SMTP_HOST", "")
        return
    with pytest.raises(ServiceError) as refused:
        load()
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://pay.example.com/", "pay.example.com"),
        ("http://localhost:8085", "localhost"),
        ("http://127.0.0.1:8085", "localhost"),
        ("http://[::1]:8085", "localhost"),
    ],
)
def test_the_name_that_mail_servers_are_told(url: str, host: str) -> None:
    assert mail.host_of(Settings(public_url=url, secret_key=SecretStr("x"))) == host

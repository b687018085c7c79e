"""gunicorn's settings: the limit for silence, and what must not be at its default."""

import pytest

from qbwc_server import gunicorn_conf


def test_what_must_not_be_at_gunicorns_default() -> None:
    assert gunicorn_conf.worker_class == "gthread"
    assert gunicorn_conf.keepalive == 75
    assert gunicorn_conf.control_socket_disable
    assert not gunicorn_conf.preload_app
    assert gunicorn_conf.graceful_timeout > 100


def test_silence_is_a_minute_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QBWC_CLIENT_SILENT_S", raising=False)
    assert gunicorn_conf.client_silent_s() == 60


def test_silence_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QBWC_CLIENT_SILENT_S", "5")
    assert gunicorn_conf.client_silent_s() == 5


@pytest.mark.parametrize("text", ["0", "-1", "", "1.5", "for ever", "86400"])
def test_silence_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("QBWC_CLIENT_SILENT_S", text)
    with pytest.raises(ValueError, match="QBWC_CLIENT_SILENT_S must be whole seconds"):
        gunicorn_conf.client_silent_s()

"""Settings: one frozen record, read once from the environment or an `.env` file.

Each setting is `QBWC_` and the field's name in capitals. Its description is what `qbwc settings`
and the documentation show.
"""

import secrets
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from qbwc_server.errors import ServiceError
from sync_core.people import email_problem

# The checkout, when we run from one; a wheel's own environment has no pyproject beside it, and
# then the working directory is the place for `var/` and `.env`.
_CHECKOUT = Path(__file__).resolve().parent.parent
HOME = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else Path.cwd()

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
SECRET_NAMES = ("secret_key", "database_url", "smtp_password")


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix="QBWC_", env_file=HOME / ".env", extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        default=HOME / "var", description="Folder of the embedded database and the secret key."
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL: sqlite:///... or postgresql+psycopg://...; "
        "default: SQLite in the data folder.",
    )
    public_url: str = Field(
        default="http://localhost:8085",
        description="The address by which the Web Connector and people reach this server; "
        "it goes into .qwc files. https, or http for localhost.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key of the hashes of passwords and tokens; default: made once and kept in "
        "the data folder. When it changes, every generated password and token stops working.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="From which level on log lines are written."
    )
    proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies of yours stand in front; their X-Forwarded headers "
        "are believed.",
    )
    client_silent_s: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="After this many silent seconds within a request, a client is given up.",
    )
    threads: int = Field(
        default=4, ge=1, le=64, description="Threads of each worker; the database pool has as many."
    )

    session_silent_s: int = Field(
        default=120,
        ge=1,
        description="After this many seconds of silence another call may take an open sync over.",
    )
    session_silent_with_writes_s: int = Field(
        default=600,
        ge=1,
        description="The same while payments are out and QuickBooks may be at work.",
    )
    in_doubt_wait_s: int = Field(
        default=900,
        ge=1,
        description="A lost answer is not looked into before this many seconds have passed.",
    )
    message_set_max: int = Field(
        default=100, ge=1, le=500, description="Most payments in one message set."
    )
    import_page_size: int = Field(
        default=500,
        ge=1,
        le=1000,
        description="Most objects that one message set asks QuickBooks for.",
    )
    pairing_window_s: int = Field(
        default=3600,
        ge=60,
        description="How long after Build Config File the first password typed in the Web "
        "Connector is taken as a paired install's password.",
    )

    smtp_host: str = Field(
        default="",
        description="Mail server for notices to a company's contacts when payments are refused; "
        "blank: no e-mail is sent.",
    )
    smtp_port: int = Field(
        default=587, ge=1, le=65535, description="Its port; 465 is usual for tls, 25 for none."
    )
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="starttls",
        description="How the line to it is protected; its certificate must be a trusted one.",
    )
    smtp_user: str = Field(default="", description="User to sign in as there; blank: nobody.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="That user's password.")
    smtp_from: str = Field(
        default="", description="The e-mail address that notices come from; with a mail server."
    )
    smtp_timeout_s: int = Field(
        default=20, ge=1, le=120, description="How long an answer of the mail server is awaited."
    )

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        """Refuse what could not send an e-mail, or would show a password to whoever listens."""
        password = self.smtp_password.get_secret_value()
        if self.smtp_host and email_problem(self.smtp_from):
            raise ValueError("QBWC_SMTP_FROM must be an e-mail address when QBWC_SMTP_HOST is set")
        if bool(self.smtp_user) != bool(password):
            raise ValueError("QBWC_SMTP_USER and QBWC_SMTP_PASSWORD belong together")
        if not (self.smtp_user + password + self.smtp_from).isascii():
            raise ValueError(
                "QBWC_SMTP_USER, QBWC_SMTP_PASSWORD and QBWC_SMTP_FROM must be of ASCII characters"
            )
        if password and self.smtp_security == "none" and self.smtp_host not in LOOPBACK:
            raise ValueError(
                "QBWC_SMTP_SECURITY must be starttls or tls: the password would be sent in clear"
            )
        return self

    @field_validator("smtp_host")
    @classmethod
    def _host_is_a_name(cls, host: str) -> str:
        if not host.isascii() or not host.isprintable() or set(host) & set(" /@"):
            raise ValueError("must be the name of a mail server, such as mail.example.com")
        return host

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        """Refuse times that would let a payment be looked for while it may still be written."""
        times = (self.in_doubt_wait_s, self.session_silent_with_writes_s, self.session_silent_s)
        if sorted(times, reverse=True) != list(times):
            raise ValueError(
                "QBWC_IN_DOUBT_WAIT_S must be at least QBWC_SESSION_SILENT_WITH_WRITES_S, "
                "and that at least QBWC_SESSION_SILENT_S"
            )
        return self

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, url: str) -> str:
        """Refuse what no engine of ours could open; the text may hold a password: never quoted."""
        try:
            driver = make_url(url).drivername if url else "sqlite"
        except ArgumentError:
            driver = ""
        if driver not in DRIVERS:
            raise ValueError("must be sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
        return url

    @field_validator("public_url")
    @classmethod
    def _public_url_is_one(cls, url: str) -> str:
        try:
            TypeAdapter(HttpUrl).validate_python(url)
        except ValidationError:
            raise ValueError("must be an address such as https://pay.example.com") from None
        return url

    @property
    def base_url(self) -> str:
        """The public address without a slash at its end."""
        return self.public_url.rstrip("/")

    @property
    def database(self) -> str:
        """The database URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'qbwc.sqlite3'}"

    def key(self) -> str:
        """Give the secret key; make and keep one when none is set."""
        return self.secret_key.get_secret_value() or _kept_key(self.data_dir / "secret_key")


def load() -> Settings:
    """Read the settings.

    Raises:
        ServiceError: a value is refused; the sentence names the setting and what it must be.
    """
    try:
        return Settings()
    except ValidationError as refused:
        raise ServiceError("; ".join(_sentences(refused))) from None


def _sentences(refused: ValidationError) -> list[str]:
    return [
        f"QBWC_{str(error['loc'][0]).upper()}: {error['msg']}" if error["loc"] else error["msg"]
        for error in _plain(refused)
    ]


def _plain(refused: ValidationError) -> list[dict[str, Any]]:
    """List pydantic's errors without its own words before our sentences."""
    errors = refused.errors(include_url=False, include_input=False)
    return [{**error, "msg": error["msg"].removeprefix("Value error, ")} for error in errors]


def _kept_key(file: Path) -> str:
    """Read the kept key; make it first when it is not there. Two processes make one key."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    if not file.exists():
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(32))
        try:
            file.hardlink_to(made)  # fails when another process was quicker: then theirs counts
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_text().strip()

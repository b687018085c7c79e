"""A server on an SQLite of its own, and the simulated office that calls it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from qbwc_server.services import assembly
from qbwc_server.settings import Settings
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.server import Server, serving
from scripts.simulate.transport import HttpTransport
from scripts.simulate.web_connector import WebConnector

SECRET = "a bench needs no secret"  # noqa: S105 - as it says


@dataclass(frozen=True, kw_only=True)
class Office:
    """A company on an empty database, and one PC with its books. `services` work beside the server.

    While it is served they hold no connection of their own: dispose of their engine after use.
    """

    folder: Path
    services: assembly.UseCases
    company_file_id: int
    connector: WebConnector

    @property
    def database(self) -> Path:
        """The file that the server writes."""
        return self.folder / "qbwc.sqlite3"

    @contextmanager
    def served(self, app: str = "qbwc_server.wsgi:app") -> Iterator[Server]:
        """Serve with one worker for as long as the block lasts; the PC calls it over HTTP."""
        environ = {
            "QBWC_DATA_DIR": str(self.folder),
            "QBWC_DATABASE_URL": "",
            "QBWC_SECRET_KEY": SECRET,
            "QBWC_LOG_LEVEL": "WARNING",
        }
        with serving(environ, app=app) as server:
            self.connector.transport = HttpTransport(f"{server.url}/qbwc")
            yield server


@contextmanager
def opened(books: CompanyFile) -> Iterator[Office]:
    """Set up a company and its PC on an empty database; all of it is gone after the block."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data_dir=folder,
            database_url="",
            secret_key=SecretStr(SECRET),
            public_url="http://localhost",
        )
        services = assembly.use_cases(settings)
        company = services.companies.add("Bench", yes_to_first=True)
        install = services.installs.add(company.id, label="PC")
        qwc = services.installs.build_file(install.id).content
        connector = WebConnector.from_qwc(qwc, install.password or "", books)
        company_file_id = services.companies.internal_id(company.id)
        services.engine.dispose()
        yield Office(
            folder=folder,
            services=services,
            company_file_id=company_file_id,
            connector=connector,
        )

"""The stamps that the Web Connector leaves in a company file, by install: FileID and AppLock."""

from qbwc_server.services.steps.step import Turn, installs_of
from qbxml.company import CompanyRet
from sync_core.same_books import bare

# As long as an AppLock is kept; a real one has a computer's name and a number.
APP_LOCK_MAX = 200


def file_ids(company: CompanyRet) -> dict[str, str]:
    """Read the FileIDs by OwnerID, as the company file has them."""
    return _named(company, "FileID")


def locks(turn: Turn, company: CompanyRet) -> dict[str, str]:
    """Read the AppLocks by install id (as text, for JSON); "" where there is none.

    An install whose FileID did not come along was not told of.
    """
    files = {bare(owner): bare(file) for owner, file in file_ids(company).items()}
    held = {bare(owner): lock for owner, lock in _named(company, "AppLock").items()}
    return {
        str(row.install_id): held.get(bare(row.owner_id), "").strip()[:APP_LOCK_MAX]
        for row in installs_of(turn)
        if files.get(bare(row.owner_id)) == bare(row.file_id)
    }


def _named(company: CompanyRet, name: str) -> dict[str, str]:
    return {
        row.owner_id: row.data_ext_value or ""
        for row in company.data_ext_ret
        if row.data_ext_name == name and row.owner_id
    }

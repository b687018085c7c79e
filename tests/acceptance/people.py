"""People who sign in with a browser."""

from playwright.sync_api import Page

from qbwc_server.services.access import OPERATOR
from tests.acceptance.office import Office


def sign_in(page: Page, url: str, email: str, password: str, *, target: str = "") -> None:
    """Sign in on the page; it is the overview then, or the path `target`."""
    page.goto(f"{url}/sign-in{f'?next={target}' if target else ''}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def hire(page: Page, office: Office, role: str, *, target: str = "") -> None:
    """Give somebody a role in this firm alone, and let them sign in."""
    email = f"{role}-{office.company_id}@example.com"
    made = office.services.users.add(email, role, companies=[office.company_id], by=OPERATOR)
    sign_in(page, office.server.url, made.email, made.password, target=target)

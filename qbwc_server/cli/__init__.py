"""The command line, `qbwc`: each command parses, calls a use case, prints."""

import click

from qbwc_server.cli import (
    books,
    companies,
    extras,
    installs,
    mappings,
    operate,
    payments,
    sessions,
    tokens,
    troubles,
    users,
)
from qbwc_server.cli.speech import Refusing


@click.group(cls=Refusing)
@click.version_option(package_name="qbwc-payment-sync")
def main() -> None:
    """Post web payments into QuickBooks Desktop through Intuit's Web Connector."""


main.add_command(companies.group)
main.add_command(troubles.show)
main.add_command(installs.group)
main.add_command(tokens.group)
main.add_command(users.group)
main.add_command(payments.group)
main.add_command(extras.group)
main.add_command(books.customers)
main.add_command(books.invoices)
main.add_command(mappings.group)
main.add_command(sessions.sessions)
main.add_command(operate.migrate)
main.add_command(operate.restore)
main.add_command(operate.verify)
main.add_command(operate.show_settings)

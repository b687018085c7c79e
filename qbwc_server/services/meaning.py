"""Whom and which invoice the payment site's words mean, by what the tables know. Writes nothing."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from models.base import AnyRow
from models.queries import ledger, mappings
from sync_core.books import Books, Customer, Invoice, KnownCustomer
from sync_core.names import Meant, plain

# An invoice in the site's words: whose it is, and its number.
Numbered = tuple[Customer, str]


def payers(
    db: Connection, company_file_id: int, named: Collection[Customer]
) -> Mapping[Customer, Customer]:
    """Say whom the site's words for customers mean: a person's choice for all of that customer."""
    mapped = mappings.resolve(
        db, company_file_id, Meant.CUSTOMERS, {one.external_id for one in named if one.external_id}
    )
    replaced = mappings.resolve(
        db, company_file_id, Meant.PAYERS, {word for one in named if (word := _word(one))}
    )
    return {
        one: Customer(list_id=chosen)
        if (chosen := replaced.get(_word(one)))
        else Customer(
            list_id=one.list_id or mapped.get(one.external_id or ""),
            name=one.name,
            external_id=one.external_id,
        )
        for one in named
    }


def _word(payer: Customer) -> str:
    """Give the word by which a person may have replaced a payer; "" where the site's id is it."""
    return payer.list_id or (plain(payer.name) if payer.name else "")


def numbered(
    db: Connection, company_file_id: int, named: Collection[Numbered]
) -> dict[Numbered, str]:
    """Find the invoices (TxnIDs) that are meant; left out where not exactly one can be."""
    if not named:
        return {}
    meant = payers(db, company_file_id, {payer for payer, _ in named})
    asked = {each: meant[each[0]] for each in named if meant[each[0]].list_id or each[0].name}
    rows = ledger.invoices_named(
        db, company_file_id, txn_ids=(), plain_numbers={plain(number) for _, number in asked}
    )
    list_ids = {payer.list_id for payer in asked.values() if payer.list_id}
    customers = ledger.customers_named(db, company_file_id, list_ids) if rows else ()
    books = Books(
        invoices={row.txn_id: known_invoice(row) for row in rows},
        customers={row.list_id: known_customer(row) for row in customers},
    )
    found = {each: books.meant(each[1], payer) for each, payer in asked.items()}
    return {each: invoice.txn_id for each, invoice in found.items() if invoice is not None}


def known_customer(row: AnyRow) -> KnownCustomer:
    """Make a row of `ledger.customers_named` what the check sees."""
    return KnownCustomer(
        list_id=row.list_id,
        name=row.full_name,
        is_active=row.is_active,
        is_gone=row.gone_wall is not None,
        currency=row.currency,
        balance_cents=row.balance_cents,
        seen_on=row.seen_at.date(),
    )


def known_invoice(row: AnyRow) -> Invoice:
    """Make a row of `ledger.invoices_named` what the check sees."""
    return Invoice(
        txn_id=row.txn_id,
        number=row.number,
        customer_list_id=row.customer_list_id,
        customer_name=row.customer_name,
        ar_account_list_id=row.ar_account_list_id,
        day=row.txn_date,
        total_cents=row.total_cents,
        balance_cents=row.balance_cents,
        is_open=not row.is_paid,
        is_pending=row.is_pending,
        is_voided=row.is_voided,
        currency=row.currency,
        created_wall=row.created_wall,
        deleted_wall=row.deleted_wall,
    )

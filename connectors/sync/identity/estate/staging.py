"""Both sides of the estate, made comparable, in tables that last as long as the connection."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from connectors.sync.identity import linking, normal, traits
from connectors.sync.identity.traits import Traits
from connectors.sync.mirrored import customer_from
from integration.mirror.models import Contact, PrimaCustomer

PAGE = 5_000
TRAITS = (
    "key", "is_company", "is_lead", "is_held", "name", "given", "surname", "company", "vat", "number", "company_number",
    "email", "mobile", "phone", "postcode", "street", "account", "held_key",
)  # fmt: skip
"""Members of `Traits` that are staged, in the order of the columns."""
BLOCKS = ("upper_key", "domain", "block", "company_block")
"""Columns by which a likely pair is found: homes share a postcode and the beginning of a name."""
# Compared byte by byte: what is equal is equal in every language, and sorting is many times quicker.
_TEXT = 'text COLLATE "C"'
_COLUMNS = ", ".join(
    f"{name} {'boolean' if name.startswith('is_') else _TEXT} NOT NULL" for name in TRAITS + BLOCKS
)
_TABLES = f"""
SET work_mem = '64MB';
DROP TABLE IF EXISTS estate_contact, estate_account;
CREATE TEMP TABLE estate_contact (
  n integer PRIMARY KEY, {_COLUMNS}, is_linked boolean NOT NULL DEFAULT false,
  is_known boolean NOT NULL DEFAULT false, shares_email boolean NOT NULL DEFAULT false,
  shares_mobile boolean NOT NULL DEFAULT false);
CREATE TEMP TABLE estate_account (n integer PRIMARY KEY, {_COLUMNS});
"""
_MARKS = """
UPDATE estate_contact c SET is_known = true, is_linked = EXISTS (
    SELECT FROM identity_customerlink a WHERE a.customer_id = l.customer_id
    AND a.system = 'prima' AND a.company = 'main' AND a.state = 'active')
FROM identity_customerlink l
WHERE l.system = 'sfmc' AND l.company = 'main' AND l.state <> 'retired' AND upper(l.key) = c.upper_key;
UPDATE estate_contact c SET shares_email = true FROM (
    SELECT email FROM estate_contact WHERE email <> '' GROUP BY email HAVING count(*) > 1) s
WHERE s.email = c.email;
UPDATE estate_contact c SET shares_mobile = true FROM (
    SELECT mobile FROM estate_contact WHERE mobile <> '' GROUP BY mobile HAVING count(*) > 1) s
WHERE s.mobile = c.mobile;
CREATE INDEX ON estate_contact (upper_key);
ANALYZE estate_contact;
ANALYZE estate_account;
"""
Beat = Callable[[int], None]


def stage(beat: Beat) -> None:
    """Contacts that are there, and accounts that stand for somebody. `beat` is told the rows."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
    _copy("estate_contact", Contact.objects.filter(deleted_at__isnull=True), _contact, beat)
    accounts = PrimaCustomer.objects.filter(deleted_at__isnull=True, is_pool=False)
    _copy("estate_account", accounts.exclude(status="merged"), _account, beat)
    with connection.cursor() as cursor:
        cursor.execute(_MARKS)


def _copy(table: str, rows: QuerySet[Any], read: Callable[[Any], Traits], beat: Beat) -> None:
    names = ", ".join(("n", *TRAITS, *BLOCKS))
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = page[-1].pk
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as into,
        ):
            for values in _values((row.pk, read(row)) for row in page):
                into.write_row(values)
        beat(len(page))


def _values(rows: Iterable[tuple[int, Traits]]) -> Iterable[Sequence[Any]]:
    for number, one in rows:
        told = [getattr(one, name) for name in TRAITS]
        yield [number, *(_storable(value) for value in told), *_blocks(one)]


def _blocks(one: Traits) -> tuple[str, str, str, str]:
    surname = one.surname[:3]
    first = one.company.partition(" ")[0][:5]
    return (
        one.key.upper().replace("\x00", ""),
        normal.own_domain(one.email),
        f"{one.postcode} {surname}" if one.postcode and surname else "",
        f"{one.postcode} {first}" if one.postcode and first else "",
    )


def _storable(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


def _contact(row: Contact) -> Traits:
    return linking.contact_traits(row)


def _account(row: PrimaCustomer) -> Traits:
    return traits.of_account(customer_from(row.data))

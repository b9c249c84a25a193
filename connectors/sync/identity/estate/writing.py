"""What came of it: customers and links in bulk, the queue of persons, and the lists of the report."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from connectors.sync.identity.ladder import STEPS
from integration.identity import candidates, keys
from integration.identity.candidates import Found
from integration.identity.models import LinkRun

_OFFERED_AT_ONCE = 500
KEPT_REPORTS = 5

_OWNERS = """
UPDATE estate_verdict v SET customer = l.customer_id
FROM estate_account a, identity_customerlink l
WHERE a.n = v.account AND l.system = 'prima' AND l.company = 'main' AND l.state <> 'retired'
  AND upper(l.key) = a.upper_key
"""
# A UUID of version 7: the milliseconds of now, then chance.
_UID = """
encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
  substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) from 3)
  from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
"""
_CUSTOMERS = f"""
DROP TABLE IF EXISTS estate_owner;
CREATE TEMP TABLE estate_owner AS
SELECT account, {_UID} AS uid FROM (
    SELECT DISTINCT v.account FROM estate_verdict v JOIN estate_contact c ON c.n = v.contact
    WHERE v.customer IS NULL AND NOT c.is_known) free;
INSERT INTO identity_customer (uid, name, created_at)
SELECT o.uid, left(p.name, 200), now()
FROM estate_owner o JOIN mirror_primacustomer p ON p.id = o.account
"""  # noqa: S608 - the words of another constant
_ACCOUNT_LINKS = """
INSERT INTO identity_customerlink (customer_id, system, company, key, state, method, evidence,
  linked_by, linked_at, retired_by)
SELECT DISTINCT ON (o.account) o.uid, 'prima', 'main', a.key, 'active', v.step,
  jsonb_build_object('agrees', v.agrees, 'run', %(run)s), %(by)s, now(), ''
FROM estate_owner o
JOIN estate_account a ON a.n = o.account
JOIN estate_verdict v ON v.account = o.account
ORDER BY o.account, v.contact
ON CONFLICT DO NOTHING
"""
# Somebody else may have linked an account meanwhile: then theirs is the customer.
_LEFT_OVER = """
DELETE FROM identity_customer c USING estate_owner o
WHERE c.uid = o.uid AND NOT EXISTS (
    SELECT FROM identity_customerlink l WHERE l.customer_id = c.uid)
"""
_CONTACT_LINKS = """
INSERT INTO identity_customerlink (customer_id, system, company, key, state, method, evidence,
  linked_by, linked_at, retired_by)
SELECT customer, 'sfmc', 'main', key,
  CASE WHEN place = 1 AND NOT has_one THEN 'active' ELSE 'alias' END,
  step, jsonb_build_object('agrees', agrees, 'run', %(run)s), %(by)s, now(), ''
FROM (
    SELECT v.customer, c.key, v.step, v.agrees,
      row_number() OVER (PARTITION BY v.customer ORDER BY v.step <> 'external_key', c.upper_key)
        AS place,
      EXISTS (SELECT FROM identity_customerlink l WHERE l.customer_id = v.customer
              AND l.system = 'sfmc' AND l.company = 'main' AND l.state = 'active') AS has_one
    FROM estate_verdict v JOIN estate_contact c ON c.n = v.contact
    WHERE v.customer IS NOT NULL AND NOT c.is_known) AS linked
ON CONFLICT DO NOTHING
"""
_KNOWN = """
SELECT c.key, a.key, v.step, v.agrees FROM estate_verdict v
JOIN estate_contact c ON c.n = v.contact JOIN estate_account a ON a.n = v.account
WHERE c.is_known ORDER BY c.n
"""
_SETTLED = """
WITH closed AS (
    UPDATE identity_candidate d
    SET state = CASE WHEN d.account_code = a.key THEN 'approved' ELSE 'dismissed' END,
        decided_at = now(), decided_by = %(by)s, note = v.step
    FROM estate_verdict v
    JOIN estate_contact c ON c.n = v.contact JOIN estate_account a ON a.n = v.account
    WHERE d.contact_key = c.key AND d.state = 'open'
    RETURNING d.contact_key, d.several)
SELECT DISTINCT contact_key FROM closed WHERE several
"""
_OFFERS = """
SELECT c.n, c.key, a.key, near.score, near.reasons, near.several
FROM estate_contact c
LEFT JOIN estate_near near ON near.contact = c.n
LEFT JOIN estate_account a ON a.n = near.account
WHERE c.n = ANY(%s) ORDER BY c.n, near.score DESC, a.key
"""
# Those with something to offer, and those of whom something is offered that is not there any more.
_TO_OFFER = """
SELECT n FROM (
    SELECT contact AS n FROM estate_near
    UNION
    SELECT c.n FROM identity_candidate d JOIN estate_contact c ON c.key = d.contact_key
    WHERE d.state = 'open' AND NOT c.is_linked
      AND NOT EXISTS (SELECT FROM estate_verdict v WHERE v.contact = c.n)) AS wanted
WHERE n > %s ORDER BY n LIMIT %s
"""
_OUTCOMES = """
WITH owned AS MATERIALIZED (
    SELECT upper(l.key) AS code FROM identity_customerlink l
    JOIN identity_customerlink s ON s.customer_id = l.customer_id AND s.system = 'sfmc'
     AND s.state <> 'retired'
    WHERE l.system = 'prima' AND l.company = 'main' AND l.state <> 'retired')
INSERT INTO identity_linkoutcome (run_id, outcome, contact_key, account_code, step, score, reasons)
SELECT %(run)s, 'linked', c.key, a.key, v.step, 0, v.agrees FROM estate_verdict v
JOIN estate_contact c ON c.n = v.contact JOIN estate_account a ON a.n = v.account
UNION ALL
SELECT %(run)s, CASE WHEN near.several THEN 'ambiguous' ELSE 'suggested' END, c.key, a.key, '',
  near.score, near.reasons FROM estate_near near
JOIN estate_contact c ON c.n = near.contact JOIN estate_account a ON a.n = near.account
UNION ALL
SELECT %(run)s, 'contact_alone', c.key, '', '', 0, '[]' FROM estate_contact c
WHERE NOT c.is_linked
  AND NOT EXISTS (SELECT FROM estate_verdict v WHERE v.contact = c.n)
  AND NOT EXISTS (SELECT FROM estate_near near WHERE near.contact = c.n)
UNION ALL
SELECT %(run)s, 'account_alone', '', a.key, '', 0, '[]' FROM estate_account a
WHERE NOT EXISTS (SELECT FROM estate_verdict v WHERE v.account = a.n)
  AND NOT EXISTS (SELECT FROM owned WHERE owned.code = a.upper_key)
"""


def links(run: LinkRun) -> None:
    """Writes the customers and links that are certain, in the caller's transaction."""
    told: dict[str, int | str] = {"run": run.pk, "by": run.started_by}
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS)
        cursor.execute(_CUSTOMERS)
        cursor.execute(_ACCOUNT_LINKS, told)
        cursor.execute(_LEFT_OVER)
        cursor.execute(_OWNERS)
        cursor.execute(_CONTACT_LINKS, told)
        cursor.execute("ANALYZE identity_customerlink; ANALYZE identity_customer")
        cursor.execute(_KNOWN)
        known = cursor.fetchall()
        cursor.execute(_SETTLED, told)
        was = [key for (key,) in cursor.fetchall()]
    for contact, account, step, agrees in known:
        evidence = {"agrees": json.loads(agrees), "run": run.pk}
        keys.link(contact, account, method=step, actor=None, evidence=evidence)
    candidates.tell([], was, healed_by="Linked")


def offers() -> None:
    """Fills the queue of persons, some contacts in a transaction of their own."""
    for numbers in _pages():
        with transaction.atomic():
            rows = _rows(_OFFERS, [numbers])
            contacts = sorted({key for _, key, *_ in rows})
            found = [
                Found(key, account, score, tuple(json.loads(reasons)), several=several)
                for _, key, account, score, reasons, several in rows
                if account is not None
            ]
            candidates.offer(contacts, found)


def outcomes(run: LinkRun) -> None:
    """The lists of the report. Only those of the newest reports are kept."""
    old = LinkRun.objects.order_by("-started_at").values_list("pk", flat=True)[KEPT_REPORTS:]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_linkoutcome WHERE run_id = ANY(%s)", [list(old)])
        cursor.execute(_OUTCOMES, {"run": run.pk})


def figures() -> dict[str, Any]:
    """How many of what, for the report."""
    linked = dict(_rows("SELECT step, count(*) FROM estate_verdict GROUP BY step", []))
    near = dict(
        _rows("SELECT several, count(DISTINCT contact) FROM estate_near GROUP BY several", [])
    )
    contacts, before = _rows(
        "SELECT count(*), count(*) FILTER (WHERE is_linked) FROM estate_contact", []
    )[0]
    accounts = _rows("SELECT count(*) FROM estate_account", [])[0][0]
    return {
        "contacts": contacts,
        "accounts": accounts,
        "linked_before": before,
        "linked": {step: linked[step] for step in STEPS if step in linked},
        "suggested": near.get(False, 0),
        "ambiguous": near.get(True, 0),
        "contacts_alone": contacts - before - sum(linked.values()) - sum(near.values()),
    }


def _pages() -> Iterator[list[int]]:
    last = 0
    while rows := _rows(_TO_OFFER, [last, _OFFERED_AT_ONCE]):
        numbers = [number for (number,) in rows]
        yield numbers
        last = numbers[-1]


def _rows(statement: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())

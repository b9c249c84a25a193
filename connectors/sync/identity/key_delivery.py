"""The customer's key on its way to the account in Prima: what is due, and how it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection as database
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.errors import PermanentError, RemoteError, Stale, TransientError
from connectors.prima.port import Change, Prima
from connectors.sync import backoff
from connectors.sync.connections import connection_to
from connectors.sync.context import Failure
from connectors.sync.mirrored import capabilities_from, customer_from
from connectors.sync.models import FlowSetting, SyncItem
from connectors.sync.reference.customers import CustomerShelf
from integration.core.problems import Finding, Problem, Subject, report
from integration.identity.keys import PRIMA, SFMC
from integration.mirror.models import PrimaCustomer
from integration.records.customer import Customer

FLOW = "customer_keys"
State = SyncItem.State
_WRITTEN = ("external_keys",)
# An account that holds a key of the same customer already is left alone: an alias resolves as well.
_WANTED = """
SELECT account.account_code, contact.key
FROM identity_customerlink AS held
JOIN identity_customerlink AS contact
  ON contact.customer_id = held.customer_id AND contact.system = 'sfmc'
 AND contact.state = 'active'
JOIN mirror_primacustomer AS account
  ON upper(account.account_code) = upper(held.key) AND account.deleted_at IS NULL
WHERE held.system = 'prima' AND held.state = 'active' AND held.company = 'main'
  AND account.status = 'active' AND NOT account.is_pool
  AND NOT EXISTS (
    SELECT FROM identity_customerlink AS same
    WHERE same.customer_id = held.customer_id AND same.system = 'sfmc'
      AND same.state <> 'retired' AND upper(same.key) = upper(account.contact_key))
"""
_ENQUEUE = f"""
INSERT INTO sync_syncitem (flow, external_id, state, content_hash, attempts, crashes, not_before,
  lease_owner, in_doubt, last_error, reason, created_at, changed_at)
SELECT %(flow)s, account_code, 'waiting', encode(sha256(convert_to(key, 'UTF8')), 'hex'), 0, 0,
  now(), '', false, '', '', now(), now()
FROM ({_WANTED}) AS wanted
ON CONFLICT (flow, external_id) DO UPDATE
SET state = 'waiting', content_hash = excluded.content_hash, attempts = 0, not_before = now(),
  changed_at = now(), last_error = ''
WHERE sync_syncitem.state IN ('sent', 'held', 'cancelled')
  AND (sync_syncitem.content_hash <> excluded.content_hash OR sync_syncitem.state <> 'held'
       OR sync_syncitem.changed_at < now() - interval '6 hours')
"""  # noqa: S608 - no values of others


@dataclass(frozen=True, slots=True)
class Errand:
    """One account and the key it shall hold; `known` is the account as it was last read."""

    item: SyncItem
    key: str
    known: Customer


def enqueue() -> int:
    """Puts every account in line that does not hold its customer's key. Answers how many."""
    with database.cursor() as cursor:
        cursor.execute(_ENQUEUE, {"flow": FLOW})
        return int(cursor.rowcount)


def errands(items: Sequence[SyncItem]) -> list[Errand]:
    """For the items that are still wanted; links may have changed since they were put in line."""
    codes = [item.external_id for item in items]
    with database.cursor() as cursor:
        cursor.execute(
            f"{_WANTED} AND account.account_code = ANY(%s)",
            [codes],
        )
        keys = dict(cursor.fetchall())
    rows = PrimaCustomer.objects.filter(account_code__in=list(keys))
    known = {row.account_code: customer_from(row.data) for row in rows}
    return [
        Errand(item, keys[item.external_id], known[item.external_id])
        for item in items
        if item.external_id in keys
    ]


def send(prima: Prima, errand: Errand) -> Customer:
    """Writes the key on top of the version that was read last; reads again when that is stale."""
    try:
        return prima.update_customer(_with_key(errand.known, errand.key), changed=_WRITTEN)
    except Stale:
        return send_afresh(prima, errand)


def send_afresh(prima: Prima, errand: Errand) -> Customer:
    """Writes the key on top of what Prima has now, unless it holds it already."""
    fresh = prima.customer_by_account(errand.known.account_code)
    if _holds(fresh, errand.key):
        return fresh
    return prima.update_customer(_with_key(fresh, errand.key), changed=_WRITTEN)


def send_together(prima: Prima, errands: Sequence[Errand]) -> list[Customer | RemoteError]:
    """As `send`, in one call, with the answer to each; what is stale is not read again."""
    wanted = [_with_key(errand.known, errand.key) for errand in errands]
    return prima.update_customers(wanted, changed=_WRITTEN)


def at_once(setting: FlowSetting) -> int:
    """How many go in one call: what Prima takes, and no more than one second's worth of calls, so
    that nobody waits longer for a turn behind a batch than a second.
    """
    connection = connection_to(PRIMA.value)
    can = capabilities_from(connection.capabilities or {})
    if not can.batches:
        return 1
    rates = [connection.calls_per_second, setting.calls_per_second, can.limits.calls_per_second]
    return max(1, min(can.limits.batch_size, *filter(None, rates)))


def store(errand: Errand, answer: Customer | Failure, *, prima: Prima, max_attempts: int) -> str:
    """Keeps what came of it. Answers "sent", "held" or "failed"; the last is tried again."""
    if isinstance(answer, Customer):
        store_taken([(errand, answer)], prima=prima)
        return "sent"
    with transaction.atomic():
        error = answer.error
        is_final = isinstance(error, PermanentError) or errand.item.attempts + 1 >= max_attempts
        if not is_final:
            _again(errand.item, error)
            return "failed"
        _settle([errand], State.HELD, _said(error))
        report([_refusal(errand, error)])
        return "held"


def store_taken(taken: Sequence[tuple[Errand, Customer]], *, prima: Prima) -> None:
    """Keeps the accounts as Prima answered them, set by set."""
    if not taken:
        return
    with transaction.atomic():
        CustomerShelf(prima).write(
            tuple(Change("upsert", held.id, held.version, held) for _, held in taken)
        )
        _settle([errand for errand, _ in taken], State.SENT)
        report(
            [
                Finding(_subject(errand), (), FLOW, healed_by="Prima took the key")
                for errand, _ in taken
            ]
        )


def drop(items: Sequence[SyncItem]) -> None:
    """Nobody wants these any more, or the account holds its key already."""
    SyncItem.objects.filter(pk__in=[item.pk for item in items]).update(
        state=State.CANCELLED, lease_owner="", lease_until=None, changed_at=timezone.now()
    )


def put_back(items: Sequence[SyncItem]) -> None:
    """What is still claimed waits again, at once."""
    SyncItem.objects.filter(pk__in=[item.pk for item in items], state=State.WORKING).update(
        state=State.WAITING, lease_owner="", lease_until=None, changed_at=timezone.now()
    )


def _with_key(customer: Customer, key: str) -> Customer:
    return replace(customer, external_keys={**customer.external_keys, SFMC.value: key})


def _holds(customer: Customer, key: str) -> bool:
    return customer.external_keys.get(SFMC.value, "").upper() == key.upper()


def _settle(errands: Sequence[Errand], state: str, error: str = "") -> None:
    SyncItem.objects.filter(pk__in=[errand.item.pk for errand in errands]).update(
        state=state,
        last_error=error,
        lease_owner="",
        lease_until=None,
        attempts=F("attempts") + 1,
        changed_at=timezone.now(),
    )


def _again(item: SyncItem, error: Exception) -> None:
    now = timezone.now()
    wait = backoff.delay(item.attempts + 1, at_least=getattr(error, "retry_after", None))
    SyncItem.objects.filter(pk=item.pk).update(
        state=State.WAITING,
        last_error=_said(error),
        lease_owner="",
        lease_until=None,
        attempts=F("attempts") + 1,
        not_before=now + wait,
        changed_at=now,
    )


def _said(error: Exception) -> str:
    return error.message if isinstance(error, RemoteError) else "The desk failed unexpectedly."


def _refusal(errand: Errand, error: Exception) -> Finding:
    code = errand.known.account_code
    says = "does not answer" if isinstance(error, TransientError) else "does not take it"
    message = (
        f"The key {errand.key} of Marketing Cloud should stand at account {code}; Prima {says}: "
        f"{_said(error)}"
    )
    facts = {"account": code, "contact_key": errand.key}
    return Finding(_subject(errand), (Problem("customer_key_refused", message, facts),), FLOW)


def _subject(errand: Errand) -> Subject:
    code = errand.known.account_code
    return Subject(PRIMA.value, "customer-key", code, label=f"Account {code}")

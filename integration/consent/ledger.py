"""Writes consent events, and what follows from them, in one transaction and a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from integration.consent import addresses, projection, rules, wordings
from integration.consent.happening import Happening
from integration.consent.models import (
    ConsentAddress,
    ConsentEvent,
    ConsentEvidence,
    Propagation,
    State,
    Suppression,
)
from integration.consent.suppression import standing_of, standings
from integration.consent.unsupported import findings_for
from integration.core import problems

TARGETS = ("sfmc", "prima")


@transaction.atomic
def record(happenings: Sequence[Happening]) -> list[ConsentEvent]:
    """Keeps what is new and lets it act; answers the new events. Told twice, it is one event.

    The suppression is effective in this very transaction, and the way to both systems begins with
    it. An opt-in without evidence changes nothing and becomes a case. Raises UnusableAddress.
    """
    told = {one.event_id: one for one in _with_persons(happenings)}
    known = set(ConsentEvent.objects.filter(event_id__in=told).values_list("event_id", flat=True))
    fresh = [one for key, one in told.items() if key not in known]
    if not fresh:
        return []
    named = wordings.by_name({one.wording for one in fresh if one.wording})
    events = ConsentEvent.objects.bulk_create(
        [_event(one, named) for one in fresh], ignore_conflicts=True
    )
    # With ignored conflicts no ids come back, and what another worker wrote meanwhile is its own.
    ids = dict(
        ConsentEvent.objects.filter(event_id__in=[one.event_id for one in fresh]).values_list(
            "event_id", "pk"
        )
    )
    for event in events:
        event.pk = ids[event.event_id]
    by_id = {event.event_id: event for event in events}
    _keep_beside([(by_id[one.event_id], one) for one in fresh])
    counting = [event for event in events if event.counts_at is not None]
    _suppress(counting)
    projection.apply(counting)
    _send_on([event for event in counting if told[event.event_id].spreads])
    problems.report(findings_for(_meaning_more([one for one in events if one.unsupported])))
    return events


def _with_persons(happenings: Iterable[Happening]) -> Iterable[Happening]:
    """An objection is the person's, and stays with them when their address changes."""
    for one in happenings:
        channel, purpose = rules.widened(one.action, one.channel, one.purpose)
        given_for = one.given_for or one.channel
        yield replace(one, channel=channel, purpose=purpose, given_for=given_for)
        if one.action == rules.OBJECTION and one.customer_uid is not None:
            yield replace(
                one,
                event_id=f"{one.event_id}:person",
                address=addresses.person(one.customer_uid),
                channel=channel,
                purpose=purpose,
                ip_address="",
                user_agent="",
                note="",
                spreads=False,
            )


def _event(one: Happening, named: dict[str, int]) -> ConsentEvent:
    weight = rules.weigh(
        rules.Claim(
            action=one.action,
            channel=one.channel,
            purpose=one.purpose,
            received_at=one.received_at,
            occurred_at=one.occurred_at,
            method=one.method,
            wording=one.wording if one.wording in named else "",
            source_ref=one.evidence_ref,
            source=one.source,
        ),
        settings.CONSENT_SOURCES,
    )
    return ConsentEvent(
        event_id=one.event_id,
        customer_uid=one.customer_uid,
        address_hash=addresses.address_hash(one.given_for or one.channel, one.address),
        channel=one.channel,
        purpose=one.purpose,
        action=one.action,
        basis=one.basis or ("consent" if one.action == rules.OPT_IN else ""),
        occurred_at=one.occurred_at,
        received_at=one.received_at,
        counts_at=weight.counts_at,
        unsupported=weight.why_not[:250],
        source_system=one.source_system,
        source=one.source[:80],
        source_ref=one.source_ref[:250],
        method=one.method[:80],
        wording_id=named.get(one.wording),
        wording_named=one.wording[:120],
        locale=one.locale[:12],
        actor=one.actor[:150],
        evidence_ref=one.evidence_ref[:250],
    )


def _keep_beside(pairs: Sequence[tuple[ConsentEvent, Happening]]) -> None:
    """Address and proof, apart from the ledger, because these can be erased."""
    seen = {
        event.address_hash: ConsentAddress(
            address_hash=event.address_hash,
            address=one.address.strip()[:320],
            first_seen_at=one.received_at,
        )
        for event, one in pairs
    }
    ConsentAddress.objects.bulk_create(
        [seen[key] for key in sorted(seen)],
        update_conflicts=True,
        unique_fields=["address_hash"],
        update_fields=["address", "erased_at"],
    )
    proofs = [
        ConsentEvidence(
            event=event,
            ip_address=one.ip_address or None,
            user_agent=one.user_agent[:300],
            note=one.note,
        )
        for event, one in pairs
        if one.ip_address or one.user_agent or one.note
    ]
    ConsentEvidence.objects.bulk_create(proofs, ignore_conflicts=True)


def _suppress(events: Sequence[ConsentEvent]) -> None:
    """First of all, and apart from the states: a state may be rebuilt, this only grows.

    An opt-out follows the person to their other addresses; a yes of one of these lifts it there.
    """
    latest: dict[tuple[str, str, str, str], Suppression] = {}
    for event in events:
        if event.action == rules.OPT_IN or event.counts_at is None:
            continue
        for hashed in _suppressed(event):
            key = (hashed, event.channel, event.purpose, event.action)
            before = latest.get(key)
            if before is None or before.since < event.counts_at:
                latest[key] = Suppression(
                    address_hash=hashed,
                    channel=event.channel,
                    purpose=event.purpose,
                    reason=event.action,
                    since=event.counts_at,
                    added_at=event.received_at,
                )
    projection.suppress([latest[key] for key in sorted(latest)])


def _suppressed(event: ConsentEvent) -> set[str]:
    found = {event.address_hash}
    if event.action == rules.OPT_OUT and event.customer_uid:
        found.add(addresses.person_hash(event.customer_uid))
    return found


def _send_on(events: Sequence[ConsentEvent]) -> None:
    Propagation.objects.bulk_create(
        [
            Propagation(
                event=event,
                target=target,
                is_restriction=event.action != rules.OPT_IN,
                seen_at=event.received_at,
                suppressed_at=event.received_at if event.action != rules.OPT_IN else None,
            )
            for event in events
            for target in TARGETS
        ],
        ignore_conflicts=True,
    )


def _meaning_more(events: Sequence[ConsentEvent]) -> list[ConsentEvent]:
    """The flag of somebody who may be written to anyhow asks for nobody's decision."""
    known = standings(event.address_hash for event in events) if events else {}
    return [
        event
        for event in events
        if standing_of(known, [event.address_hash], event.channel, event.purpose).state()
        != State.OPTED_IN
    ]

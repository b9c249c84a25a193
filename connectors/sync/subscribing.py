"""Has Prima notify the desk of changes, where Prima offers that, and keeps the subscription well."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.errors import MisconfiguredError, NotOffered, RemoteError, TransientError
from connectors.prima.port import Prima, Subscription
from connectors.sync.flow import hinting_resources
from connectors.sync.models import PrimaSubscription
from integration.audit import trail
from integration.core import problems
from integration.core.problems import Finding, Problem, Subject

OLD_SECRET_GOOD_FOR = timedelta(minutes=30)
MOST_UNHEARD = 5
NOT_OFFERED = (
    "This Prima does not notify of changes. What is said there is found by asking, every minute."
)
NOT_ARRIVING = (
    "Prima says that it notifies the desk, but no notification arrives. What is said there is found "
    "by asking, every minute."
)
Status = PrimaSubscription.Status
Say = Callable[[str], None]


def register(prima: Prima, company: str, url: str, say: Say) -> PrimaSubscription:
    """Goes on wherever the registration stands; may be run at any time.

    A Prima that notifies nobody is no error: the row says so. Raises the errors of
    `connectors.errors`; what went wrong is kept at the row and is a case.
    """
    PrimaSubscription.objects.exclude(company=company).delete()
    row, _ = PrimaSubscription.objects.get_or_create(
        company=company, defaults={"url": url, "created_at": timezone.now()}
    )
    try:
        if not prima.capabilities().notifies:
            raise NotOffered(NOT_OFFERED)
        _at_prima(prima, row, url, say)
    except NotOffered:
        _set(row, status=Status.NOT_OFFERED, remote_id="", message=NOT_OFFERED)
        say(NOT_OFFERED)
    except RemoteError as error:
        _broken(row, error.message)
        raise
    _told_well(row)
    return row


def new_secret(prima: Prima, company: str, say: Say) -> PrimaSubscription:
    """Subscribes anew with another secret; what the old one signed is taken for a while."""
    row = PrimaSubscription.objects.filter(company=company).exclude(remote_id="").first()
    if row is None:
        raise MisconfiguredError("Nothing is registered at Prima yet; register first.")
    _renew(prima, row, prima.subscriptions())
    say("Prima signs with a new secret.")
    return row


def look_after(prima: Prima, company: str, *, forgotten: Callable[[], None]) -> None:
    """Makes the subscription anew when Prima has none, or another one than it should have.

    `forgotten` is called first when Prima has forgotten it, as a restored backup has: once it is
    made anew, nothing tells of that any more. A Prima that is down says nothing about it. What
    else is wrong is a case until it is right.
    """
    wanted = PrimaSubscription.objects.exclude(status=Status.NOT_OFFERED)
    row = wanted.filter(company=company).first()
    if row is None:
        return
    try:
        there = prima.subscriptions()
        if row.remote_id and row.remote_id not in [one.id for one in there]:
            forgotten()
        if not _is_right(there, row, row.url):
            _renew(prima, row, there)
            trail.record("notifications registered again", actor=None, target=row, url=row.url)
    except TransientError:
        return
    except RemoteError as error:
        _broken(row, error.message)
        return
    row.refresh_from_db(fields=["unheard"])  # A notification may have come while Prima was asked.
    if row.unheard >= MOST_UNHEARD:
        _broken(row, NOT_ARRIVING)
    else:
        _set(row, status=Status.SUBSCRIBED, message="")
        _told_well(row)


def found_by_asking() -> None:
    """A look found news: a notification should have told of it, or is just about to."""
    PrimaSubscription.objects.filter(status=Status.SUBSCRIBED).update(unheard=F("unheard") + 1)


def _at_prima(prima: Prima, row: PrimaSubscription, url: str, say: Say) -> None:
    there = prima.subscriptions()
    if _is_right(there, row, url):
        _set(row, status=Status.SUBSCRIBED, message="", unheard=0)
        say("Prima notifies of changes.")
        return
    _set(row, url=url)
    _renew(prima, row, there)
    say("The address is registered, and Prima notifies of changes.")


def _is_right(there: tuple[Subscription, ...], row: PrimaSubscription, url: str) -> bool:
    """One subscription leads to the address, ours, for all that flows are hinted by."""
    leading = _leading(there, row, url)
    if row.url != url or [one.id for one in leading] != [row.remote_id]:
        return False
    wanted = set(hinting_resources())
    return wanted == set(row.resources) and wanted <= set(leading[0].resources)


def _leading(
    there: tuple[Subscription, ...], row: PrimaSubscription, url: str
) -> list[Subscription]:
    return [one for one in there if one.url == url or one.id == row.remote_id]


def _renew(prima: Prima, row: PrimaSubscription, there: tuple[Subscription, ...]) -> None:
    """Another secret, kept before Prima can sign with it; and no second one leads to the address."""
    for one in _leading(there, row, row.url):
        prima.unsubscribe(one.id)
    _set(
        row,
        previous_secret=row.secret,
        previous_until=timezone.now() + OLD_SECRET_GOOD_FOR,
        secret=secrets.token_urlsafe(32),
        remote_id="",
        resources=list(hinting_resources()),
        status=Status.CREATING,
    )
    made = prima.subscribe(
        row.url,
        row.resources,
        secret=row.secret,
        idempotency_key=sha256(row.secret.encode()).hexdigest(),
    )
    _set(row, remote_id=made.id, status=Status.SUBSCRIBED, message="", unheard=0)


def _set(row: PrimaSubscription, **values: object) -> None:
    """Only these: what comes meanwhile counts in other columns."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


@transaction.atomic
def _broken(row: PrimaSubscription, why: str) -> None:
    _set(row, status=Status.BROKEN, message=why)
    facts = {"system": "Prima", "cause": why[:120]}
    problems.report([_finding(row, Problem("consent_subscription", why, facts))])


@transaction.atomic
def _told_well(row: PrimaSubscription) -> None:
    problems.report([_finding(row, None)])


def _finding(row: PrimaSubscription, problem: Problem | None) -> Finding:
    return Finding(
        Subject("prima", "subscription", row.company, label="Notifications of Prima"),
        (problem,) if problem else (),
        "consent_from_prima",
        healed_by="" if problem else "the registration",
    )

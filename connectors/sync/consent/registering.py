"""Registers the desk with Marketing Cloud's notification service, and keeps the registration well."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from connectors.errors import MisconfiguredError, NotFound, RemoteError
from connectors.sfmc.client import SfmcClient
from connectors.sync.models import NotificationCallback
from integration.core import problems
from integration.core.problems import Finding, Problem, Subject

NAME = "prima-desk-consent"
OLD_KEY_GOOD_FOR = timedelta(minutes=30)
Status = NotificationCallback.Status
Say = Callable[[str], None]


def register(client: SfmcClient, url: str, say: Say) -> NotificationCallback:
    """Goes on wherever the registration stands; may be run at any time.

    Raises the errors of `connectors.errors`; what went wrong is kept at the row and is a case.
    """
    row = NotificationCallback.objects.filter(name=NAME).first()
    try:
        row = _at_the_service(client, row, url, say)
        _verified(client, row, say)
        _subscribed(client, row, say)
    except RemoteError as error:
        _broken(error.message)
        raise
    _told_well()
    return row


def new_key(client: SfmcClient, say: Say) -> NotificationCallback:
    """Has another key made; what was signed with the old one is taken for half an hour more."""
    row = NotificationCallback.objects.filter(name=NAME).exclude(callback_id="").first()
    if row is None:
        raise MisconfiguredError("Nothing is registered yet; register first.")
    made = client.notifications.new_key(row.callback_id)
    row.previous_key, row.signature_key = row.signature_key, made
    row.previous_until = timezone.now() + OLD_KEY_GOOD_FOR
    row.save()
    say("Marketing Cloud made a new key; it is kept.")
    return row


def look_after(client: SfmcClient) -> None:
    """Whether the subscription is still there and active; a paused one is set going again."""
    row = NotificationCallback.objects.filter(name=NAME, status=Status.SUBSCRIBED).first()
    if row is None:
        return
    found = {one.id: one for one in client.notifications.subscriptions(row.callback_id)}
    ours = found.get(row.subscription_id)
    if ours is None:
        _broken("Marketing Cloud does not know the subscription any more.")
    elif ours.status != "active":
        client.notifications.resume(ours)
    else:
        _told_well()


def _at_the_service(
    client: SfmcClient, row: NotificationCallback | None, url: str, say: Say
) -> NotificationCallback:
    there = {one.id: one for one in client.notifications.callbacks()}
    if row is not None and row.callback_id in there and row.url == url and row.signature_key:
        say("The address is registered.")
        return row
    for one in there.values():
        if one.name == NAME or one.url == url:
            client.notifications.delete_callback(one.id)
            say("An older registration was removed.")
    row, _ = NotificationCallback.objects.update_or_create(
        name=NAME,
        defaults={
            "url": url,
            "status": Status.CREATING,
            "created_at": timezone.now(),
            "callback_id": "",
            "verification_key": "",
            "signature_key": "",
            "subscription_id": "",
            "message": "",
        },
    )
    made = client.notifications.create_callback(NAME, url)
    NotificationCallback.objects.filter(pk=row.pk).update(callback_id=made.id)
    row.refresh_from_db()
    row.callback_id, row.signature_key, row.status = made.id, made.signature_key, Status.CREATED
    row.save()
    say("The address is registered, and Marketing Cloud reached it.")
    return row


def _verified(client: SfmcClient, row: NotificationCallback, say: Say) -> None:
    if row.status in (Status.VERIFIED, Status.SUBSCRIBED):
        return
    if row.verification_key:
        client.notifications.verify(row.callback_id, row.verification_key)
    elif not any(
        one.id == row.callback_id and one.status == "verified"
        for one in client.notifications.callbacks()
    ):
        raise NotFound("The proof that Marketing Cloud sent to the address did not arrive here.")
    row.status, row.verification_key = Status.VERIFIED, ""
    row.save()
    say("The address is verified.")


def _subscribed(client: SfmcClient, row: NotificationCallback, say: Say) -> None:
    found = client.notifications.subscriptions(row.callback_id)
    ours = next((one for one in found if one.name == NAME), None)
    if ours is None:
        ours = client.notifications.subscribe(row.callback_id, NAME)
    elif ours.status != "active":
        ours = client.notifications.resume(ours)
    row.subscription_id, row.status, row.message = ours.id, Status.SUBSCRIBED, ""
    row.save()
    say("Unsubscriptions are notified.")


@transaction.atomic
def _broken(why: str) -> None:
    NotificationCallback.objects.filter(name=NAME).update(status=Status.BROKEN, message=why)
    problems.report([_finding(Problem("consent_subscription", why, {"cause": why[:120]}))])


@transaction.atomic
def _told_well() -> None:
    problems.report([_finding(None)])


def _finding(problem: Problem | None) -> Finding:
    return Finding(
        Subject("sfmc", "subscription", NAME, label="Notifications of unsubscriptions"),
        (problem,) if problem else (),
        "consent_from_sfmc",
        healed_by="" if problem else "the registration",
    )

"""`manage.py register_notifications`: has both systems tell the desk at once what changed."""

import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from connectors.errors import RemoteError
from connectors.sync import subscribing
from connectors.sync.connections import Remotes, company_of, connection_to
from connectors.sync.consent import registering
from connectors.sync.flow import CONSENT
from connectors.sync.models import Connection, NotificationCallback, PrimaSubscription
from integration.audit import trail

VIEWS = {"sfmc": "inbound-notifications", "prima": "inbound-prima"}
Say = Callable[[str], None]


class Command(BaseCommand):
    help = (
        "Has Marketing Cloud notify the desk of unsubscriptions, and Prima of changes of consent; "
        "goes on where an earlier run stopped. The web server must be running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url",
            help="the desk's public address, as https://desk.example; the one used before without",
        )
        parser.add_argument("--system", choices=list(VIEWS), help="only this one")
        parser.add_argument("--new-key", action="store_true", help="only have another key made")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        remotes = Remotes(None, threading.Event(), lane=CONSENT)
        try:
            for system in [options["system"]] if options["system"] else VIEWS:
                name = Connection.System(system).label
                try:
                    self._one(system, name, remotes, options)
                except RemoteError as error:
                    failed.append(f"{name}: {error.message}")
        finally:
            remotes.close()
        if failed:
            raise CommandError(" ".join(failed))

    def _one(self, system: str, name: str, remotes: Remotes, options: dict[str, Any]) -> None:
        def say(words: str) -> None:
            self.stdout.write(f"{name}: {words}")

        url = "" if options["new_key"] else _url(system, options["url"])
        work = _at_prima if system == "prima" else _at_marketing_cloud
        row = work(remotes, url, say)
        if row.status == PrimaSubscription.Status.NOT_OFFERED:
            return
        trail.record(
            "notifications registered" if url else "notification key renewed",
            actor=None,
            actor_name="command line",
            target=row,
            url=row.url,
        )


def _at_marketing_cloud(remotes: Remotes, url: str, say: Say) -> NotificationCallback:
    """Registers the address; has a new key made when there is none."""
    if url:
        return registering.register(remotes.sfmc(), url, say)
    return registering.new_key(remotes.sfmc(), say)


def _at_prima(remotes: Remotes, url: str, say: Say) -> PrimaSubscription:
    """As at Marketing Cloud."""
    _, company = company_of(connection_to("prima"))
    if url:
        return subscribing.register(remotes.prima(), company, url, say)
    return subscribing.new_secret(remotes.prima(), company, say)


def _url(system: str, given: str | None) -> str:
    """The address of this system's notifications, below the given one or the one that is known."""
    paths = {name: reverse(view) for name, view in VIEWS.items()}
    if given:
        return given.rstrip("/") + paths[system]
    known = _known()
    if system in known:
        return known[system]
    for other, url in known.items():
        return url.removesuffix(paths[other]) + paths[system]
    raise CommandError("Say the desk's public address: --url https://desk.example")


def _known() -> dict[str, str]:
    """By system, the address that was registered before."""
    found = {
        "sfmc": NotificationCallback.objects.filter(name=registering.NAME).first(),
        "prima": PrimaSubscription.objects.first(),
    }
    return {system: row.url for system, row in found.items() if row is not None}

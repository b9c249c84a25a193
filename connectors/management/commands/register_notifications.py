"""`manage.py register_notifications`: has Marketing Cloud tell the desk of unsubscriptions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from connectors.errors import RemoteError
from connectors.sync import connections
from connectors.sync.consent import registering
from connectors.sync.flow import CONSENT
from connectors.sync.models import NotificationCallback
from integration.audit import trail


class Command(BaseCommand):
    help = (
        "Registers the desk's address with Marketing Cloud, verifies it and subscribes to "
        "unsubscriptions; goes on where an earlier run stopped. The web server must be running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url",
            help="the desk's public address, as https://desk.example; the one used before without",
        )
        parser.add_argument("--new-key", action="store_true", help="only have another key made")

    def handle(self, *args: Any, **options: Any) -> None:
        client = connections.sfmc(lane=CONSENT)
        try:
            if options["new_key"]:
                row = registering.new_key(client, self.stdout.write)
                action = "notification key renewed"
            else:
                row = registering.register(client, _url(options["url"]), self.stdout.write)
                action = "notifications registered"
        except RemoteError as error:
            raise CommandError(error.message) from error
        finally:
            client.close()
        trail.record(action, actor=None, actor_name="command line", target=row, url=row.url)


def _url(given: str | None) -> str:
    path = reverse("inbound-notifications")
    if given:
        return given.rstrip("/") + path
    known = NotificationCallback.objects.filter(name=registering.NAME).first()
    if known is None:
        raise CommandError("Say the desk's public address: --url https://desk.example")
    return known.url

"""`manage.py load_demo`: connections to the sandboxes, and the mappings its world starts with."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models, transaction

from connectors.sandbox import scenario as scenarios
from connectors.sync.models import Connection
from integration.audit.trail import record
from integration.mapping.models import (
    BackInStock,
    MilestoneEvent,
    OrderPolicy,
    ProductMapping,
    PromotionMapping,
    TaxRule,
    ValueMapping,
)

# The sandbox is no ERP to protect; a first sync at ten calls a second would take minutes.
CALLS_PER_SECOND = 100
CALLS_PER_DAY = {"sfmc": 200_000, "prima": 50_000}

TABLES: Mapping[str, type[models.Model]] = {
    "products": ProductMapping,
    "promotions": PromotionMapping,
    "values": ValueMapping,
    "tax_rules": TaxRule,
    "milestones": MilestoneEvent,
}


class Command(BaseCommand):
    help = "Points the connections at the sandboxes and fills mappings that are still empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scenario", default="busy_week", help="a built-in world or a file")
        parser.add_argument("--sandbox", default="http://127.0.0.1:8800", help="where it listens")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        try:
            world = scenarios.load(options["scenario"])
        except scenarios.ScenarioRefused as refused:
            raise CommandError(str(refused)) from refused
        with transaction.atomic():
            _connect(world["sfmc"]["packages"][0], options["sandbox"].rstrip("/"))
            filled = _fill(dict(world).get("mappings", {}))
        for name, count in filled.items():
            self.stdout.write(f"{name}: {count} added")


def _connect(package: scenarios.Package, sandbox: str) -> None:
    """The addresses follow the sandbox's port; what an admin has set otherwise stays."""
    places = {
        "sfmc": (f"{sandbox}/sfmc/auth/", str(package["mid"])),
        "prima": (f"{sandbox}/prima/v1/main", ""),
    }
    for system, (address, account) in places.items():
        connection, made = Connection.objects.get_or_create(
            system=system,
            defaults={
                "base_url": address,
                "client_id": package["client_id"],
                "client_secret": package["client_secret"],
                "account_id": account,
                "calls_per_second": CALLS_PER_SECOND,
                "calls_per_day": CALLS_PER_DAY[system],
                "inbound_secret": secrets.token_urlsafe(32) if system == "sfmc" else "",
            },
        )
        if made or connection.base_url != address:
            connection.base_url = address
            connection.save(update_fields=["base_url"])
            record("connection set up", actor=None, target=connection, address=address)


def _fill(mappings: Any) -> dict[str, int]:
    """Fills each table that is empty; what people have mapped is never touched."""
    filled = {}
    for name, model in TABLES.items():
        rows = mappings.get(name, [])
        if rows and not model._default_manager.exists():
            model._default_manager.bulk_create([model(**row) for row in rows])
            filled[name] = len(rows)
    policy = mappings.get("policy")
    if policy and not OrderPolicy.objects.exists():
        OrderPolicy.objects.create(**policy)
        filled["policy"] = 1
    told = mappings.get("back_in_stock")
    if told and not BackInStock.objects.exists():
        BackInStock.objects.create(**told)
        filled["back in stock"] = 1
    if filled:
        record("mappings loaded", actor=None, label="the demo's world", rows=filled)
    return filled

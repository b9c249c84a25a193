"""`manage.py demo_campaign`: the demo has a campaign that was checked before it is sent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.preflight import running
from exceptions.preflight.models import Preflight
from integration.accounts.models import User
from integration.mirror.models import PrimaItem

ASKS = "mark"
GOODS, DAYS_AHEAD = 5, 7
UNMAPPED_SKU = "WARRANTY-3Y"
MAPPED_CODE, UNMAPPED_CODE = "WELCOME10", "FESTIVE10"


class Command(BaseCommand):
    help = "Asks for the check of a campaign with something to put right. Once."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        if Preflight.objects.exists():
            self.stdout.write("A campaign was checked already: nothing to do.")
            return
        actor = User.objects.filter(username=ASKS).first()
        if actor is None:
            raise CommandError(f"There is no {ASKS}: run manage.py demo_people first.")
        run = running.begin(_campaign(actor), actor=actor)
        self.stdout.write(f"{run.preflight} is being checked.")


def _campaign(actor: User) -> Preflight:
    """Goods that Prima sells and one it does not know; a code that is mapped and one that is not."""
    goods = PrimaItem.objects.filter(status="active", kind="stock").order_by("sku_key")
    return Preflight.objects.create(
        name="Festive season",
        campaign="FESTIVE-26",
        send_on=timezone.localdate() + timedelta(days=DAYS_AHEAD),
        currency="GBP",
        skus=[
            *({"sku": sku, "units": None} for sku in goods.values_list("sku", flat=True)[:GOODS]),
            {"sku": UNMAPPED_SKU, "units": 40},
        ],
        promotions=[
            {"code": code, "type": "percent", "value": "10", "scope": "order"}
            for code in (MAPPED_CODE, UNMAPPED_CODE)
        ],
        audience="Contact_Master",
        uptake=Decimal(2),
        created_by=actor,
        created_by_name=str(actor),
    )

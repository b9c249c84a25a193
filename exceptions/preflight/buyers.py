"""A customer of Prima under whose account a sample order can be tried, and how they would pay."""

from collections.abc import Mapping

from integration.core.money import is_currency
from integration.mirror.models import CampaignOrder, PrimaCustomer


def sample_buyer(currency: str) -> Mapping[str, str] | None:
    """The fields of a contact who is an account in good standing; None when there is nobody.

    A person, since their orders need no tax number, and the first one, so that a run can be
    compared with the run before.
    """
    if not is_currency(currency):
        return None
    row = (
        PrimaCustomer.objects.filter(
            is_pool=False,
            status="active",
            deleted_at__isnull=True,
            data__type="person",
            data__currency=currency,
            data__hold="none",
        )
        .exclude(contact_key="")
        .order_by("account_code")
        .first()
    )
    return _contact(row) if row else None


def usual_payment() -> str:
    """The payment method of the newest campaign order that names one, in the campaign's word."""
    methods = (
        CampaignOrder.objects.exclude(payload__order__payment_method="")
        .filter(payload__order__has_key="payment_method")
        .order_by("-ordered_at")
        .values_list("payload__order__payment_method", flat=True)
    )
    return str(methods.first() or "")


def _contact(row: PrimaCustomer) -> dict[str, str]:
    places = row.data.get("addresses") or [{}]
    address = places[0].get("address") or {}
    lines = [*address.get("lines", ()), "", "", ""]
    first, _, last = row.name.partition(" ")
    return {
        "key": row.contact_key,
        "email": row.email,
        "first_name": first,
        "last_name": last,
        "line1": lines[0],
        "line2": lines[1],
        "line3": lines[2],
        **{part: address.get(part, "") for part in ("city", "county", "postcode", "country")},
    }

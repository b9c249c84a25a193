"""Links contacts to accounts as either side changes."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.identity import linking
from connectors.sync.identity.estate import running
from connectors.sync.models import Cursor
from integration.accounts.roles import Role
from integration.mirror.models import Contact, PrimaCustomer


class CustomerLinks(Flow):
    slug = "customer_links"
    title = "Customers linked"
    meaning = (
        "Looks at contacts and accounts that are new or changed, and links those that are certainly "
        "one customer. What is only likely is suggested to a person."
    )
    owner = Role.MARKETING
    systems = ()
    defaults = Defaults(batch_size=500, silent_after_minutes=60)

    def run(self, context: Context) -> None:
        began = timezone.now()
        since = _cursor(self.slug)
        if since is None:
            _first(context)
            _move(self.slug, began)
            return
        last = ""
        while not context.is_over():
            page = list(_changed(since).filter(key__gt=last)[: context.setting.batch_size])
            if not page:
                _move(self.slug, began)
                return
            counted = linking.link(page)
            last = page[-1].key
            context.count(
                seen=len(page),
                sent=counted["linked"],
                held=counted["ambiguous"],
                unchanged=len(page) - counted["linked"] - counted["ambiguous"],
            )
            context.beat()


def _first(context: Context) -> None:
    """Everybody at once, unless a person is doing just that."""
    try:
        row = running.ask(is_dry=False, name="first sync")
    except running.AlreadyLinking as already:
        context.note(already.message)
        return
    running.run(row)
    told = row.figures
    linked = sum(told["linked"].values())
    context.count(
        seen=told["contacts"],
        sent=linked,
        held=told["ambiguous"],
        unchanged=told["contacts"] - linked - told["ambiguous"],
    )


def _changed(since: datetime) -> QuerySet[Contact]:
    """Contacts read since then, and those who share an address or key with an account read since."""
    rows = Contact.objects.filter(deleted_at__isnull=True).order_by("key")
    accounts = PrimaCustomer.objects.filter(read_at__gte=since, deleted_at__isnull=True)
    emails = accounts.exclude(email="").annotate(upper=Upper("email")).values("upper")
    held = accounts.exclude(contact_key="").values("contact_key")
    return rows.annotate(upper_email=Upper("email")).filter(
        Q(read_at__gte=since) | Q(upper_email__in=emails) & ~Q(email="") | Q(key__in=held)
    )


def _cursor(flow: str) -> datetime | None:
    kept = Cursor.objects.filter(flow=flow).values_list("value", flat=True).first()
    return datetime.fromisoformat(kept) if kept else None


def _move(flow: str, to: datetime) -> None:
    with transaction.atomic():
        Cursor.objects.update_or_create(
            flow=flow, defaults={"value": to.isoformat(), "moved_at": timezone.now()}
        )

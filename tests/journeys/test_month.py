"""A whole month, from campaign orders to a period that two people signed and the database locked."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from connectors.sandbox.running import RunningSandbox
from integration.accounts.models import User
from integration.mirror.models import PrimaOrder
from reconciliation import periods
from reconciliation.models import Difference, LateArrival, Match, Period
from reconciliation.statement import figures
from tests.journeys import month
from tests.journeys.desk import desk, held, sync

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Press = Callable[..., str]


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with desk(month.world()) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "kept"
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@pytest.fixture
def press(client_for: Callable[[User], Client]) -> Press:
    """A person presses a button of a period's page; answers what the page says then."""

    def pressed(person: User, step: str, period: Period, **typed: str) -> str:
        period.refresh_from_db()
        client = client_for(person)
        sent = {"version": period.version, **typed}
        page = client.post(reverse(f"period-{step}", args=[period.pk]), sent, follow=True)
        return str(next(iter(page.context["messages"])))

    return pressed


def lock(period: Period, press: Press, first: User, second: User) -> None:
    assert press(first, "review", period) == "The period is in review."
    assert press(first, "sign", period) == "You have signed."
    assert press(second, "sign", period) == "You have signed."
    assert press(second, "lock", period) == "The period is locked."


ORDERED = {
    "PLAIN": "48.00", "PARTS": "120.00", "REFUND": "60.00", "DISPUTE": "36.00",
    "VOUCHER": "100.00", "EURO": "80.00", "CHANGED": "50.00", "CANCEL": "99.00",
    "LATER": "90.00", "LATE": "54.00",
}  # fmt: skip
MATCHED = [
    ("chargebacks", -3600, -3600, "GBP"),
    ("exact_reference", 3600, 3600, "GBP"),
    ("exact_reference", 4800, 4800, "GBP"),
    ("exact_reference", 6000, 6000, "GBP"),
    ("exact_reference", 8000, 8000, "EUR"),
    ("exact_reference", 9000, 9000, "GBP"),
    ("fees", -2000, -2000, "GBP"),
    ("foreign_currency", 5000, 5000, "EUR"),
    ("one_to_several", 5400, 5400, "GBP"),
    ("one_to_several", 12000, 12000, "GBP"),
    ("refunds", -6000, -6000, "GBP"),
    ("vouchers", 7500, 7500, "GBP"),
]
# 48 + 120 + 60 - 60 + 36 - 36 - 20 + 75 + 90 + 54 pounds, and 80 + 50 euros.
STATEMENT = [
    ("Matched: Payout lines and documents", "EUR", 2, "130.00"),
    ("Matched: Payout lines and documents", "GBP", 10, "367.00"),
    ("Exchange differences booked: 7630", "GBP", 1, "-0.64"),
    ("Arrived late: invoice", "GBP", 1, "24.00"),
]


def test_a_month_from_orders_to_a_signed_and_locked_period(
    sandbox: RunningSandbox, folder: Path, press: Press, finance: User, finance2: User,
    client_for: Callable[[User], Client],
) -> None:  # fmt: skip
    # given ten orders that went to Prima, what became of them, and the files of it
    sync()
    booked = PrimaOrder.objects.values_list("campaign_order__key", "gross")
    assert ({key: f"{gross:.2f}" for key, gross in booked}, held()) == (ORDERED, {})
    told = month.trade(sandbox, folder)
    sync("prima_documents")

    # when every file is in and every control has run
    month.take_in(folder, finance)

    # then only the sale of the month before is open: a part of it is not invoiced yet
    assert month.reconcile() == {"payouts_to_documents": 1}
    late = Difference.objects.get(closed_at__isnull=True)
    assert (late.category, late.amount, late.left["reference"]) == ("amount_off", 2400, "LATE")

    # when the month before is locked, and then the rest of its sale is invoiced
    before = periods.period_of("main", month.day_before())
    lock(before, press, finance, finance2)
    month.do(sandbox, told.late_steps)
    sync("prima_documents")

    # then everything agrees, each thing by the rule that is for it, and the invoice is traced
    assert month.reconcile() == {}
    late.refresh_from_db()
    assert (late.state, late.closed_by) == ("healed", "The line is matched")
    arrival = LateArrival.objects.get()
    assert (arrival.object_type, arrival.amount, arrival.belongs_to) == ("invoice", 2400, before)
    assert matched() == MATCHED

    # when both sign
    period = periods.period_of("main", month.first_day())
    lock(period, press, finance, finance2)

    # then the statement says what the month came to, and the pack proves it
    assert [(one.what, one.currency, one.count, one.amount) for one in figures(period)] == STATEMENT
    pack = client_for(finance).get(reverse("evidence", args=[period.pk])).getvalue()
    assert_proves(pack, folder.parent / "pack.zip")

    # and nothing in it can be changed any more, not even past the pages
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Match.objects.filter(rule="fees").update(left_total=-1)
    assert matched() == MATCHED


def matched() -> list[tuple[str, int, int, str]]:
    columns = ("rule", "left_total", "right_total", "currency")
    return list(Match.objects.order_by("rule", "left_total").values_list(*columns))


def assert_proves(pack: bytes, path: Path) -> None:
    path.write_bytes(pack)
    call_command("verify_evidence", path)
    with ZipFile(BytesIO(pack)) as files:
        assert len(files.read("matches.csv").splitlines()) == 1 + len(MATCHED)
        assert b"invoice INV-" in files.read("late-arrivals.csv")
        assert b"367.00" in files.read("statement.html")

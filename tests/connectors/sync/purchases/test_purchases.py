"""What each contact has bought, from invoices and credit notes; increments come to the whole."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sync.models import OutgoingRow
from connectors.sync.purchases import staging
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.identity import keys, merging
from integration.identity.models import CustomerLink
from integration.mirror.models import CampaignOrder, PrimaDocument, PrimaItem, PrimaOrder

NUMBERS = count(1)
DAY = date(2026, 3, 1)
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def item(sku: str, brand: str = "", kind: str = "stock") -> PrimaItem:
    return PrimaItem.objects.create(
        sku_key=sku, sku=sku, description=sku, kind=kind, data={"brand": brand},
        read_at=timezone.now(),
    )  # fmt: skip


def link(contact: str, account: str) -> None:
    keys.link(contact, account, method="test", actor=None)


def paper(
    account: str, net: str, day: date = DAY, *, kind: str = "invoice", **values: Any
) -> PrimaDocument:
    """A document with one line."""
    number, now = next(NUMBERS), timezone.now()
    sku = values.pop("sku", "BOOT")
    amount = Decimal(net)
    told = {"currency": "GBP", "order_number": f"SO-{number}", **values}
    return PrimaDocument.objects.create(
        prima_id=f"P-{number}", kind=kind, number=f"N-{number}", date=day, account_code=account,
        net=amount, tax=amount / 5, gross=amount * 6 / 5, read_at=now, confirmed_at=now,
        data={"lines": [{"line_ref": "1", "sku": sku, "quantity": "1", "net": net, "tax": "0"}]},
        **told,
    )  # fmt: skip


def campaign_order(contact: str, order_number: str, account: str = "SHOP") -> None:
    now = timezone.now()
    placed = CampaignOrder.objects.create(
        key=f"CO-{next(NUMBERS)}", payload={}, content_hash="h", contact_key=contact,
        first_seen_at=now, last_seen_at=now,
    )  # fmt: skip
    PrimaOrder.objects.create(
        campaign_order=placed, prima_id=order_number, order_number=order_number,
        account_code=account, currency="GBP", gross=1, order_status="accepted", payload={},
        created_at=now,
    )  # fmt: skip


def history() -> dict[str, dict[str, Any]]:
    rows = OutgoingRow.objects.filter(part="purchase").order_by("key")
    return {row.key: row.values for row in rows}


def test_a_contact_has_what_was_invoiced_less_what_was_credited(db):
    item("BOOT", "Alpine")
    item("COAT", "Nordic")
    link("C-1", "ACME")
    paper("ACME", "100.00", date(2026, 1, 1), order_number="SO-A")
    paper("ACME", "20.00", date(2026, 1, 8), order_number="SO-A")
    paper("ACME", "300.00", date(2026, 1, 11), order_number="SO-B", sku="COAT")
    paper("ACME", "250.00", date(2026, 2, 1), kind="credit_note", order_number="SO-B", sku="COAT")
    paper("ACME", "40.00", date(2026, 2, 10), order_number="SO-C")

    staging.rebuild()

    assert history() == {
        "C-1|GBP": {
            "contact_key": "C-1",
            "currency": "GBP",
            "orders": 3,
            "lifetime_value": "210.00",
            "first_order_on": "2026-01-01",
            "last_order_on": "2026-02-10",
            "days_between": "20.00",
            "favourite_category": "Alpine",
        }
    }


def test_an_order_credited_in_full_counts_no_more(db):
    link("C-1", "ACME")
    paper("ACME", "100.00", date(2026, 1, 1), order_number="SO-A")
    paper("ACME", "100.00", date(2026, 1, 5), kind="credit_note", order_number="SO-A")
    paper("ACME", "30.00", date(2026, 1, 9))

    staging.rebuild()

    told = history()["C-1|GBP"]
    assert (told["orders"], told["lifetime_value"]) == (1, "30.00")
    assert told["first_order_on"] == told["last_order_on"] == "2026-01-09"
    assert told["days_between"] is None


def test_currencies_and_receipts_are_not_added_up(db):
    link("C-1", "ACME")
    paper("ACME", "100.00")
    paper("ACME", "50.00", currency="EUR")
    paper("ACME", "100.00", kind="receipt")

    staging.rebuild()

    assert {key: row["lifetime_value"] for key, row in history().items()} == {
        "C-1|EUR": "50.00",
        "C-1|GBP": "100.00",
    }


def test_a_campaign_order_is_the_contacts_who_placed_it_whatever_the_account(db):
    link("C-1", "SHOP")
    campaign_order("C-2", "SO-A")
    paper("SHOP", "10.00", order_number="SO-A")
    paper("SHOP", "20.00", order_number="SO-B")

    staging.rebuild()

    found = {key: row["lifetime_value"] for key, row in history().items()}
    assert found == {"C-1|GBP": "20.00", "C-2|GBP": "10.00"}


def test_after_a_change_of_hands_the_old_contact_has_nothing(db):
    with time_machine.travel(START, tick=False) as clock:
        link("C-1", "ACME")
        paper("ACME", "100.00")
        staging.stage_due()
        clock.shift(timedelta(hours=1))
        keys.retire("sfmc", "C-1", actor=None)
        link("C-2", "ACME")

        staging.stage_due()

    assert {key: row["lifetime_value"] for key, row in history().items()} == {
        "C-1|GBP": "0.00",
        "C-2|GBP": "100.00",
    }
    assert history()["C-1|GBP"]["first_order_on"] is None


def test_a_merger_taken_apart_gives_each_their_purchases_back(db):
    mark = User.objects.create_user("mark", roles=["marketing"])
    with time_machine.travel(START, tick=False) as clock:
        one = keys.link("C-1", "ACME", method="test", actor=None)
        two = keys.link("C-2", "BOOTS", method="test", actor=None)
        paper("ACME", "10.00")
        paper("BOOTS", "10.00")
        staging.stage_due()
        clock.shift(timedelta(hours=1))
        merger = merging.merge(one, two, actor=mark, reason="the same people")
        staging.stage_due()
        assert history()["C-1|GBP"]["lifetime_value"] == "20.00"
        clock.shift(timedelta(hours=1))

        merging.undo(merger, actor=mark, reason="they are two")
        staging.stage_due()

    assert [row["lifetime_value"] for row in history().values()] == ["10.00", "10.00"]


@pytest.mark.parametrize(("currency", "net"), [("KWD", "10.005"), ("JPY", "1000")])
def test_what_was_bought_has_the_decimals_of_its_currency(db, currency, net):
    link("C-1", "ACME")
    paper("ACME", net, currency=currency)

    staging.rebuild()

    assert history()[f"C-1|{currency}"]["lifetime_value"] == net


def test_nobody_without_a_contact_has_a_history(db):
    paper("CASH", "100.00")
    staging.rebuild()
    assert history() == {}


def test_an_increment_looks_at_those_only_whom_a_change_concerns(db, django_assert_max_num_queries):
    with time_machine.travel(START, tick=False) as clock:
        for number in range(30):
            link(f"C-{number}", f"A-{number}")
            paper(f"A-{number}", "10.00")
        staging.stage_due()
        clock.shift(timedelta(hours=1))
        paper("A-7", "5.00")
        with django_assert_max_num_queries(12):
            staged = staging.stage_due()

    assert staged == 1
    assert history()["C-7|GBP"]["lifetime_value"] == "15.00"


def test_once_a_day_everything_is_worked_out(db):
    with time_machine.travel(START, tick=False) as clock:
        item("BOOT", "Alpine")
        link("C-1", "ACME")
        paper("ACME", "10.00")
        staging.stage_due()
        clock.shift(timedelta(hours=1))
        staging.stage_due()
        PrimaItem.objects.update(data={"brand": "Nordic"})
        clock.shift(timedelta(hours=1))
        assert staging.stage_due() == 0
        clock.shift(timedelta(hours=24))

        staging.stage_due()

    assert history()["C-1|GBP"]["favourite_category"] == "Nordic"


def test_the_command_works_everything_out_and_says_how_many_differ(db, capsys):
    link("C-1", "ACME")
    paper("ACME", "10.00")

    call_command("rebuild_purchases")

    assert capsys.readouterr().out == "1 rows differ from what was there.\n"
    assert AuditEntry.objects.filter(action="purchase history rebuilt").exists()


CONTACTS, ACCOUNTS = ["C-1", "C-2", "C-3"], ["A-1", "A-2", "A-3"]
HAPPENINGS = st.one_of(
    st.tuples(
        st.just("paper"),
        st.sampled_from(ACCOUNTS),
        st.decimals("0.01", "99.99", places=2),
        st.sampled_from(["invoice", "credit_note"]),
        st.sampled_from(["SO-1", "SO-2", "SO-3", ""]),
        st.sampled_from(["GBP", "EUR"]),
    ),
    st.tuples(st.just("link"), st.sampled_from(CONTACTS), st.sampled_from(ACCOUNTS)),
    st.tuples(st.just("retire"), st.sampled_from(CONTACTS)),
    st.tuples(st.just("drop"), st.integers(0, 5)),
    st.tuples(st.just("campaign"), st.sampled_from(CONTACTS), st.sampled_from(["SO-1", "SO-2"])),
    st.tuples(st.just("increment")),
)


def happen(what: tuple[Any, ...], day: date) -> None:
    match what:
        case "paper", account, net, kind, order, currency:
            paper(account, str(net), day, kind=kind, order_number=order, currency=currency)
        case "link", contact, account:
            link(contact, account)
        case "retire", contact:
            keys.retire("sfmc", contact, actor=None)
        case "drop", place:
            now = timezone.now()
            for row in PrimaDocument.objects.order_by("pk")[place : place + 1]:
                row.deleted_at = row.read_at = now
                row.save()
        case "campaign", contact, order:
            if not PrimaOrder.objects.filter(order_number=order).exists():
                campaign_order(contact, order)
        case _:
            staging.stage_changed()


@pytest.mark.slow
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(HAPPENINGS, min_size=1, max_size=14))
def test_increments_come_to_what_a_rebuild_comes_to(db, happenings):
    """Documents, credits, links and their ends in any order; an hour passes between two of them."""
    with transaction.atomic():
        with time_machine.travel(START, tick=False) as clock:
            for number, what in enumerate(happenings):
                clock.shift(timedelta(hours=1))
                happen(what, DAY + timedelta(days=number))
            staging.stage_changed()
        gradually = history()

        assert staging.rebuild() == 0
        assert history() == gradually
        by_contact = sum(Decimal(row["lifetime_value"]) for row in gradually.values())
        assert by_contact == _worth_of_documents()
        transaction.set_rollback(True)


def _worth_of_documents() -> Decimal:
    """Of the documents that belong to somebody, reckoned document by document."""
    worth = Decimal(0)
    tied = dict(PrimaOrder.objects.values_list("order_number", "campaign_order__contact_key"))
    owned = set(
        CustomerLink.objects.filter(
            system="prima", customer__links__system="sfmc", customer__links__state="active"
        )
        .exclude(state="retired")
        .values_list("key", flat=True)
    )
    for one in PrimaDocument.objects.filter(deleted_at__isnull=True):
        if tied.get(one.order_number) or one.account_code in owned:
            worth += -one.net if one.kind == "credit_note" else one.net
    return worth


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    """No history from elsewhere."""
    assert not OutgoingRow.objects.exists()

"""The mirror follows Prima, and what changed there sets the held orders it concerns to wait."""

import pytest

from connectors.sandbox.running import RunningSandbox
from connectors.sync import runner
from connectors.sync.models import Connection, Cursor, SyncItem
from integration.mirror.models import CampaignOrder, PrimaCode, PrimaCustomer, PrimaItem
from tests.connectors.sync.desk import HAPPY_DAY, at_prima, states

ORDER = HAPPY_DAY[0]


@pytest.fixture
def mirrored(happy_day: RunningSandbox) -> RunningSandbox:
    """Prima has been read once, and the orders have come."""
    runner.run("prima_reference")
    runner.run("campaign_orders")
    return happy_day


def read() -> None:
    done = runner.run("prima_reference")
    assert done is not None
    assert (done.status, done.message) == ("succeeded", "")


def hold_all() -> None:
    SyncItem.objects.update(state="held")


def account_of(key: str) -> PrimaCustomer:
    order = CampaignOrder.objects.get(key=key)
    return PrimaCustomer.objects.get(contact_key=order.contact_key)


def test_a_second_reading_brings_only_what_changed(mirrored: RunningSandbox):
    # given
    done = runner.run("prima_reference")
    assert done is not None
    assert (done.seen, done.sent) == (0, 0)
    first = PrimaCustomer.objects.order_by("account_code").first()
    assert first is not None

    # when
    at_prima(mirrored, "PATCH", f"customers/{first.account_code}", name="Another Name Ltd")
    read()

    # then
    first.refresh_from_db()
    assert first.name == first.data["name"] == "Another Name Ltd"


def test_a_changed_account_sets_the_held_orders_of_its_contact_to_wait(mirrored: RunningSandbox):
    # given
    hold_all()
    account = account_of(ORDER)

    # when
    at_prima(mirrored, "PATCH", f"customers/{account.account_code}", vat_number="GB123456782")
    read()

    # then
    theirs = CampaignOrder.objects.filter(contact_key=account.contact_key)
    waiting = SyncItem.objects.filter(state="waiting")
    assert {item.external_id for item in waiting} == set(theirs.values_list("key", flat=True))
    assert {item.reason for item in waiting} == {
        f"a change of account {account.account_code} in Prima"
    }


def test_a_new_balance_concerns_no_order(mirrored: RunningSandbox):
    hold_all()
    at_prima(mirrored, "PATCH", f"customers/{account_of(ORDER).account_code}", balance="12.00")
    read()
    assert states() == {"held": 60}


def test_what_a_person_rejected_stays_rejected(mirrored: RunningSandbox):
    SyncItem.objects.update(state="rejected")
    at_prima(mirrored, "PATCH", f"customers/{account_of(ORDER).account_code}", name="New Name")
    read()
    assert states() == {"rejected": 60}


def test_an_item_that_appears_sets_the_orders_held_for_it_to_wait(mirrored: RunningSandbox):
    # given
    order = CampaignOrder.objects.get(key=ORDER)
    order.payload["lines"][0]["sku"] = "brand-new "
    order.save()
    hold_all()

    # when
    at_prima(mirrored, "POST", "items", sku="BRAND-NEW", description="New", tax_code="S")
    read()

    # then
    item = SyncItem.objects.get(state="waiting")
    assert (item.external_id, item.reason) == (ORDER, "a change of item BRAND-NEW in Prima")


def test_what_is_deleted_at_prima_is_not_used_any_more(mirrored: RunningSandbox):
    # given
    account, item = account_of(ORDER), PrimaItem.objects.order_by("sku_key").first()
    assert item is not None

    # when
    at_prima(mirrored, "DELETE", f"customers/{account.account_code}")
    at_prima(mirrored, "DELETE", f"items/{item.sku_key}")
    read()

    # then
    account.refresh_from_db()
    item.refresh_from_db()
    assert account.deleted_at is not None
    assert item.deleted_at is not None


def test_a_cursor_that_expired_is_answered_with_a_whole_snapshot(mirrored: RunningSandbox):
    # given: one goes and one changes while the desk cannot follow
    account = account_of(ORDER)
    at_prima(mirrored, "DELETE", f"customers/{account.account_code}")
    at_prima(mirrored, "POST", "cursors/expire")

    # when
    read()

    # then
    account.refresh_from_db()
    assert account.deleted_at is not None
    alive = PrimaCustomer.objects.filter(deleted_at__isnull=True).count()
    assert alive == len(mirrored.scenario["prima"]["customers"]) - 1
    snapshot = Cursor.objects.get(flow="prima_customers.snapshot")
    assert snapshot.value == ""


def test_an_account_code_may_move_to_another_customer(mirrored: RunningSandbox):
    # given
    first, second = PrimaCustomer.objects.order_by("account_code")[:2]
    PrimaCustomer.objects.filter(pk=second.pk).update(account_code="MOVED")
    Cursor.objects.all().delete()

    # when
    PrimaCustomer.objects.filter(pk=first.pk).update(account_code=second.account_code)
    read()

    # then
    codes = PrimaCustomer.objects.values_list("account_code", flat=True)
    assert len(codes) == len(mirrored.scenario["prima"]["customers"])
    assert {first.account_code, second.account_code} <= set(codes)


def test_a_new_code_sets_all_held_orders_to_wait(mirrored: RunningSandbox):
    # given
    hold_all()
    before = PrimaCode.objects.count()

    # when
    at_prima(mirrored, "PUT", "codes/promotion-codes/NEW26", description="New in 26")
    read()

    # then
    assert PrimaCode.objects.count() == before + 1
    assert states() == {"waiting": 60}


def test_capabilities_are_kept_with_the_connection(mirrored: RunningSandbox):
    row = Connection.objects.get(system="prima")
    assert row.capabilities["adapter"] == "rest"
    assert row.capabilities_at is not None


def test_a_run_without_changes_costs_few_statements(
    mirrored: RunningSandbox, django_assert_max_num_queries
):
    with django_assert_max_num_queries(35):
        read()

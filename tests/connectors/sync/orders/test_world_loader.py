"""What a batch needs is read in a few queries, however large it is, and kept while it stands."""

from datetime import UTC, datetime
from decimal import Decimal
from time import process_time

import pytest

from connectors.prima.capabilities import Capabilities, Limits
from connectors.prima.rest.customer_payload import customer_from
from connectors.prima.rest.item_payload import item_from
from connectors.sync.mirrored import as_data
from connectors.sync.models import Connection
from connectors.sync.orders import world_loader
from connectors.sync.orders.draft import draft
from connectors.sync.orders.preview import BookChange, what_if, what_if_corrected
from connectors.sync.orders.reading import read
from connectors.sync.orders.summary import summary
from connectors.sync.orders.translate import translate_reading
from connectors.sync.orders.world import Release
from integration.identity import keys
from integration.mapping.book import PromotionRule
from integration.mapping.models import (
    DiscountRelease,
    ProductMapping,
    PromotionMapping,
)
from integration.mirror.models import (
    CampaignOrder,
    OrderCorrection,
    PrimaCode,
    PrimaCustomer,
    PrimaItem,
)
from integration.records.item import Item
from tests.connectors.sync.orders.worlds import CODE_LISTS, PRIMA, line, payload, promotion

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prima(time_machine_at_now):
    """The mirror of the small world."""
    capabilities = Capabilities(currencies=("GBP", "EUR"), limits=Limits(address_lines=5))
    Connection.objects.update_or_create(
        system="prima",
        defaults={
            "base_url": "https://prima.example.com",
            "client_id": "desk",
            "capabilities": as_data(capabilities),
        },
    )
    for entry in PRIMA["tax_codes"]:
        PrimaCode.objects.create(
            list="tax", code=entry["code"], rate=Decimal(entry["rate"]), read_at=NOW
        )
    for name, key in CODE_LISTS.items():
        for entry in PRIMA[key]:
            PrimaCode.objects.create(
                list=name,
                code=entry["code"],
                tax_code=entry.get("tax_code", ""),
                valid_to=entry.get("valid_to"),
                read_at=NOW,
            )
    for entry in PRIMA["customers"]:
        keep_account(customer_from({"id": entry["account_code"], **entry}))
    for entry in PRIMA["items"]:
        keep_item(item_from(entry))


@pytest.fixture
def time_machine_at_now(time_machine):
    time_machine.move_to(NOW, tick=False)


def keep_account(account):
    PrimaCustomer.objects.create(
        prima_id=account.id,
        account_code=account.account_code,
        contact_key=account.external_keys.get("sfmc", ""),
        name=account.name,
        email=account.email,
        status=account.status,
        is_pool=account.is_pool,
        data=as_data(account),
        read_at=NOW,
    )


def keep_item(item):
    PrimaItem.objects.create(
        sku_key=item.sku_key,
        sku=item.sku,
        description=item.description,
        kind=item.kind,
        status=item.status,
        tax_code=item.tax_code,
        data=as_data(item),
        read_at=NOW,
    )


def keep_order(sent):
    known = summary(sent)
    return CampaignOrder.objects.create(
        key=sent["order"]["key"],
        payload=sent,
        content_hash="0" * 64,
        currency=known.currency,
        total_paid=known.total_paid,
        first_seen_at=NOW,
        last_seen_at=NOW,
    )


def translated(*sent):
    reference = world_loader.load_reference()
    readings = [read(one, reference) for one in sent]
    orders = [one.order for one in readings if one.order is not None]
    world = world_loader.load(orders, reference)
    return [translate_reading(one, world) for one in readings]


def codes(translation):
    return [problem.code for problem in translation.problems]


def test_an_order_is_translated_from_the_mirror():
    ProductMapping.objects.create(source_sku="web-boot", prima_sku="BOOT|RED|42")

    (translation,) = translated(payload(line(sku="WEB-BOOT")))

    assert translation.problems == ()
    assert translation.order is not None
    assert translation.order.lines[0].variant == ("RED", "42", "", "")
    assert translation.order.account_code == "JANE01"


def test_customers_are_found_by_link_key_and_email_and_through_mergers():
    keys.link("C-1", "OLD01", method="x", actor=None)
    keys.link("C-2", "ACME01", method="x", actor=None)
    keys.retire(keys.SFMC, "C-2", actor=None)

    found = translated(
        payload(contact_key="C-1"),
        payload(contact_key="C-2", email="JANE.SMITH@example.com"),
        payload(contact_key="C-JANE", email=""),
        payload(contact_key="", email=""),
    )

    assert [(one.account_code, one.matched_by) for one in found] == [
        ("ACME01", "link"),
        ("JANE01", "email"),
        ("JANE01", "external_key"),
        ("", ""),
    ]


def test_what_prima_has_deleted_is_not_there():
    PrimaItem.objects.filter(sku="MUG").update(deleted_at=NOW)
    PrimaCustomer.objects.filter(account_code="JANE01").update(deleted_at=NOW)

    (translation,) = translated(payload())

    assert codes(translation) == ["customer_not_found", "unknown_sku"]


@pytest.mark.parametrize("count", [1, 100])
def test_the_number_of_queries_does_not_grow_with_the_batch(count, django_assert_num_queries):
    keys.link("L", "OLD01", method="x", actor=None)
    reference = world_loader.load_reference()
    sent = [
        payload(
            line(sku=f"S{n}"),
            promotions=(promotion(value="1"),),
            key=f"W-{n}",
            contact_key="L" if n == 0 else f"C-{n}",
            email=f"j{n}@example.com",
        )
        for n in range(count)
    ]
    orders = [reading.order for one in sent if (reading := read(one, reference)).order]

    with django_assert_num_queries(6):
        world_loader.load(orders, reference)


def test_the_reference_is_kept_until_something_of_it_changes(django_assert_num_queries):
    cache = world_loader.WorldCache()
    with django_assert_num_queries(8):
        first = cache.reference()
    with django_assert_num_queries(1):
        assert cache.reference() is first

    ProductMapping.objects.create(source_sku="NEW", prima_sku="MUG")
    second = cache.reference()
    Connection.objects.filter(system="prima").update(capabilities={"charset": "iso-8859-1"})
    third = cache.reference()
    cache.refresh()
    fourth = cache.reference()

    assert second.book.product("new", second.today) == "MUG"
    assert third.capabilities.charset == "iso-8859-1"
    assert fourth is not third
    assert (first.capabilities.limits.address_lines, first.today) == (5, NOW.date())


def test_the_reference_knows_a_new_day(time_machine):
    cache = world_loader.WorldCache()
    cache.reference()

    time_machine.move_to(datetime(2026, 11, 25, 1, 0, tzinfo=UTC))

    assert cache.reference().today.isoformat() == "2026-11-25"


def test_releases_are_those_of_the_batch():
    for key in ("W-1", "W-2"):
        DiscountRelease.objects.create(
            order_key=key,
            promotion_code="ten",
            content_hash="h",
            approval="1",
            released_by="Fiona",
            released_at=NOW,
        )
    reference = world_loader.load_reference()
    order = read(payload(promotions=(promotion(value="1"),)), reference).order
    assert order is not None

    world = world_loader.load([order], reference)

    assert world.releases == frozenset({Release("W-1", "TEN", "h")})


def test_a_preview_tells_what_a_mapping_would_heal():
    # given two orders of the unknown goods, one with another fault as well, and one in order
    keep_order(payload(line(sku="CARE-3Y"), key="W-1"))
    keep_order(payload(line(sku="CARE-3Y"), key="W-2", payment_method="shells"))
    keep_order(payload(key="W-3"))

    # when
    preview = what_if(["W-1", "W-2", "W-3", "W-9"], BookChange(products=(("care-3y", "MUG"),)))

    # then
    assert [(one.key, one.amount, one.currency) for one in preview.healed] == [
        ("W-1", Decimal("12.00"), "GBP")
    ]
    assert [(one.key, one.solved, codes(one)) for one in preview.failing] == [
        ("W-2", 1, ["unmapped_value"])
    ]
    assert [one.key for one in preview.fine] == ["W-3"]
    assert preview.money == {"GBP": Decimal("12.00")}
    assert ProductMapping.objects.count() == 0


def test_what_comes_to_light_behind_a_fault_does_not_hide_that_the_fault_is_gone():
    keep_order(payload(line(quantity="-1"), key="W-1"))

    put_right = what_if_corrected("W-1", {"/lines/0/quantity": {"from": "-1", "to": "9"}})
    no_help = what_if_corrected("W-1", {"/lines/0/quantity": {"from": "-1", "to": "-2"}})

    (one,) = put_right.failing
    assert (one.solved, "unreadable_order" in codes(one)) == (1, False)
    assert "total_mismatch" in codes(one)
    (one,) = no_help.failing
    assert (one.solved, codes(one)) == (0, ["unreadable_order"])


def test_a_preview_of_an_item_that_is_yet_to_be_created():
    keep_order(payload(line(sku="CARE-3Y"), key="W-1"))
    item = Item(sku="CARE3", description="Care", kind="service", tax_code="S")

    preview = what_if(["W-1"], BookChange(products=(("CARE-3Y", "CARE3"),), items=(item,)))

    assert [one.key for one in preview.healed] == ["W-1"]


def test_a_preview_of_promotions_and_values():
    rule = PromotionRule("discount", "P-TEN")
    keep_order(
        payload(
            promotions=(promotion("NEW", value="10"),),
            shipping_code="drone",
            total_paid="10.80",
        )
    )

    half = what_if(["W-1"], BookChange(promotions=(("new", rule),)))
    whole = what_if(
        ["W-1"], BookChange(promotions=(("new", rule),), values=(("charge", "Drone", "CARR"),))
    )
    worse = what_if(["W-1"], BookChange(products=(("MUG", "NOT-THERE"),)))

    assert (codes(half.failing[0]), half.money) == (["unmapped_value"], {})
    assert [one.key for one in whole.healed] == ["W-1"]
    assert "unknown_sku" in codes(worse.failing[0])


def test_a_preview_shows_what_a_change_would_break():
    keep_order(payload())

    preview = what_if(["W-1"], BookChange(products=(("MUG", "ENDED"),)))

    assert [(one.key, codes(one)) for one in preview.broken] == [("W-1", ["item_not_sellable"])]


def test_a_preview_keeps_peoples_corrections(operations):
    order = keep_order(payload(payment_method="shells", invoice_postcode=""))
    OrderCorrection.objects.create(
        order=order,
        changes={"/order/payment_method": {"from": "shells", "to": "CARD"}},
        reason="Told by the customer",
        author=operations,
        author_name="Olive",
    )

    before = what_if(["W-1"], BookChange())
    after = what_if_corrected("W-1", {"/order/invoice_postcode": {"from": "", "to": "LS1 4DL"}})

    assert codes(before.failing[0]) == ["incompatible_address"]
    assert [one.key for one in after.healed] == ["W-1"]


def test_a_preview_of_many_orders_takes_few_queries(django_assert_max_num_queries):
    for number in range(60):
        keep_order(payload(line(sku="CARE-3Y"), key=f"W-{number}"))

    change = BookChange(products=(("CARE-3Y", "MUG"),))
    with django_assert_max_num_queries(15):
        preview = what_if([f"W-{n}" for n in range(60)], change)
    with django_assert_max_num_queries(8) as again:
        what_if([f"W-{n}" for n in range(60)], change)

    assert len(preview.healed) == 60
    assert not [one for one in again.captured_queries if 'FROM "mapping_' in one["sql"]]


def test_a_page_sees_a_mapping_that_was_changed_just_now():
    keep_order(payload(line(sku="CARE-3Y"), key="W-1"))
    before = draft("W-1")

    ProductMapping.objects.create(source_sku="CARE-3Y", prima_sku="MUG")
    after = draft("W-1")

    assert before
    assert before.missing == ("/lines/0/sku",)
    assert after
    assert after.payload["lines"][0]["sku"] == "MUG"


def test_mappings_made_today_count(time_machine):
    PromotionMapping.objects.create(source_code="TEN", prima_code="P-TEN")

    (translation,) = translated(payload(promotions=(promotion(value="10"),), total_paid="10.80"))

    assert translation.problems == ()


@pytest.mark.slow
def test_a_preview_of_two_thousand_orders_is_quick():
    rows = [
        CampaignOrder(
            key=f"W-{number}",
            payload=payload(
                line(sku="CARE-3Y"), line("2", "BOOK"), total_paid="24", key=f"W-{number}"
            ),
            content_hash="0" * 64,
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        for number in range(2000)
    ]
    CampaignOrder.objects.bulk_create(rows)
    started = process_time()

    preview = what_if([row.key for row in rows], BookChange(products=(("CARE-3Y", "MUG"),)))

    assert len(preview.healed) == 2000
    assert process_time() - started < 3

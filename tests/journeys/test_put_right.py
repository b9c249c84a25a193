"""Single orders and customers put right by people, each on the page of its case."""

import pytest
from django.urls import reverse

from connectors.sandbox.worlds.wrongs import addresses, customers, goods, money
from connectors.sandbox.worlds.wrongs.wrong import Wrong
from connectors.sync import runner
from exceptions.models import ExceptionCase
from integration.identity import keys
from integration.mapping.models import OrderPolicy
from integration.mirror.models import CampaignOrder, OrderCorrection, PrimaCustomer, PrimaOrder
from tests.connectors.sync.desk import at_prima
from tests.journeys.desk import assert_nothing_lost, cluster, desk, held, sync, world

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
STRANGER = next(one for one in customers.WRONGS if one.name == "unknown contact")
TWINS = next(one for one in customers.WRONGS if one.name == "two accounts fit")
DOLLARS = next(one for one in money.WRONGS if one.name == "in dollars")
POSTCODE = next(one for one in addresses.WRONGS if one.name == "postcode wrong")


def one_wrong(wrong: Wrong) -> dict[str, object]:
    return world(wrong, right=2, wrong=1)


def test_a_correction_sends_the_order_and_keeps_the_original(at, operations) -> None:
    with desk(one_wrong(customers.INVALID_EMAIL)) as sandbox:
        # given
        sync()
        case = ExceptionCase.objects.get()
        ((key, _),) = held().items()
        original = CampaignOrder.objects.get(key=key).payload["order"]["email"]
        corrected = {
            "order": key, "order.email": "ann@example.com", "reason": "She said so by telephone.",
        }  # fmt: skip

        # when
        preview = at(operations).look(case, "correct_order", **corrected)
        at(operations).act(case, "correct_order", **corrected)
        cluster()

        # then
        assert preview.healed == (key,)
        assert [row[1:] for row in preview.differences] == [(original, "ann@example.com")]
        case.refresh_from_db()
        assert case.resolution == f"Healed by a correction by {operations}"
        assert CampaignOrder.objects.get(key=key).payload["order"]["email"] == original
        assert OrderCorrection.objects.get().changes == {
            "/order/email": {"from": original, "to": "ann@example.com"}
        }
        assert_nothing_lost(sandbox)
        assert PrimaOrder.objects.count() == 3

        # when the page of the order is opened, both are told
        page = at(operations).client.get(reverse("order", args=[key])).content.decode()
        assert "ann@example.com" in page


def test_a_customer_with_two_accounts_is_linked_to_one(at, operations) -> None:
    with desk(one_wrong(TWINS)) as sandbox:
        # given
        sync()
        case = ExceptionCase.objects.get(kind="ambiguous_customer")
        order = CampaignOrder.objects.get(key=next(iter(held())))
        account = PrimaCustomer.objects.filter(email=order.email).order_by("account_code")[0]
        answer = {"account": account.account_code, "reason": "The newer of the two."}

        # when
        at(operations).act(case, "link_customer", **answer)
        cluster()

        # then
        assert held() == {}
        assert PrimaOrder.objects.get(campaign_order=order).account_code == account.account_code
        assert list(keys.accounts_by_contact([order.contact_key])) == [order.contact_key]
        assert_nothing_lost(sandbox)


def test_an_account_is_opened_for_a_stranger(at, operations) -> None:
    with desk(one_wrong(STRANGER)) as sandbox:
        # given
        sync()
        case = ExceptionCase.objects.get(kind="customer_not_found")
        order = CampaignOrder.objects.get(key=next(iter(held())))
        page = at(operations).client.get(reverse("act", args=[case.pk, "create_account"]))
        offered = {
            name: str(value) for name, value in page.context["form"].initial.items() if value
        }

        # when what the form offers is taken as it is
        at(operations).act(case, "create_account", **offered)
        cluster()

        # then
        opened = PrimaCustomer.objects.get(contact_key=order.contact_key)
        assert held() == {}
        assert PrimaOrder.objects.get(campaign_order=order).account_code == opened.account_code
        assert_nothing_lost(sandbox)


def test_an_address_set_in_prima_sends_the_order(at, operations) -> None:
    with desk(one_wrong(POSTCODE)) as sandbox:
        # given both addresses with a postcode that is none
        sync()
        ((key, kinds),) = held().items()
        assert kinds == ["incompatible_address"]
        order = CampaignOrder.objects.get(key=key)

        # when
        for case in ExceptionCase.objects.filter(status="open"):
            page = at(operations).client.get(reverse("act", args=[case.pk, "set_address"]))
            offered = {
                name: str(value) for name, value in page.context["form"].initial.items() if value
            }
            right = {**offered, "postcode": "LS1 4AP", "source": "the customer"}
            at(operations).act(case, "set_address", **right)
            cluster()

        # then
        assert held() == {}
        assert PrimaOrder.objects.filter(campaign_order=order).count() == 1
        data = PrimaCustomer.objects.get(contact_key=order.contact_key).data
        assert "LS1 4AP" in {one["address"]["postcode"] for one in data["addresses"]}
        assert_nothing_lost(sandbox)


def test_a_tax_number_set_from_the_screen_sends_every_order_of_the_customer(at, operations) -> None:
    with desk(one_wrong(customers.MISSING_TAX_NUMBER)) as sandbox:
        # given
        sync()
        case = ExceptionCase.objects.get(kind="missing_tax_number")
        numbers = {"IE": "IE6388047V", "DE": "DE136695976", "FR": "FR40303265045"}
        number = numbers.get(case.facts["country"], "NL004495445B01")

        # when
        at(operations).act(case, "set_tax_number", number=number, source="letterhead")
        cluster()

        # then
        account = PrimaCustomer.objects.get(account_code=case.facts["account"])
        assert account.vat_number == number
        assert held() == {}
        assert_nothing_lost(sandbox)


def test_a_currency_allowed_by_an_admin_sends_what_waited_for_it(
    at, admin_person, operations
) -> None:
    with desk(one_wrong(DOLLARS)) as sandbox:
        # given an order in dollars of a customer who trades in dollars
        sync("prima_reference", "campaign_orders")
        order = CampaignOrder.objects.get(currency="USD")
        account = PrimaCustomer.objects.get(contact_key=order.contact_key).account_code
        at_prima(sandbox, "PATCH", f"customers/{account}", currency="USD")
        sync()
        case = ExceptionCase.objects.get(kind="currency_not_allowed")
        assert case.facts["reason"] == "policy"

        # when an admin allows dollars, and the order is tried again
        page = reverse("admin:mapping_orderpolicy_change", args=[OrderPolicy.objects.get().pk])
        form = at(admin_person).client.get(page).context["adminform"].form
        at(admin_person).client.post(page, {**form.initial, "currencies": "GBP,EUR,USD"})
        at(operations).act(case, "retry")
        cluster()

        # then
        case.refresh_from_db()
        assert (case.status, case.resolution) == ("resolved", "Went through when tried again")
        assert PrimaOrder.objects.get(campaign_order=order).currency == "USD"
        assert_nothing_lost(sandbox)


def test_a_blocked_item_released_in_prima_heals_by_itself() -> None:
    blocked = next(one for one in goods.WRONGS if one.name == "blocked item")
    with desk(one_wrong(blocked)) as sandbox:
        # given
        sync()
        case = ExceptionCase.objects.get(kind="item_not_sellable")
        sku = case.facts["sku"]

        # when
        at_prima(sandbox, "PATCH", f"items/{sku}", status="active")
        sync("prima_reference", "orders_to_prima")

        # then
        case.refresh_from_db()
        assert case.status == "resolved"
        assert sku in case.resolution
        assert held() == {}
        assert runner.run("orders_to_prima") is not None
        assert_nothing_lost(sandbox)

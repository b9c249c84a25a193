"""The demo's mergers: one that stays, one that was taken apart, made once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from integration.accounts.models import User
from integration.identity import keys
from integration.identity.models import Customer, Merger
from tests.exceptions.customers.conftest import at
from tests.factories.estates import OTHER_VAT, VAT, account, contact

pytestmark = pytest.mark.django_db


def known(name: str, number: int, vat_number: str = "") -> Customer:
    contact(f"CK-{number}")
    account(f"A{number}", name, vat_number=vat_number)
    customer = keys.link(f"CK-{number}", f"A{number}", method="email", actor=None)
    born = timezone.now() + timedelta(seconds=number)
    Customer.objects.filter(pk=customer.pk).update(name=name, created_at=born)
    return customer


@pytest.fixture
def namesakes(marketing: User) -> list[Customer]:
    return [
        known("Acme Ltd", 1, VAT), known("Acme Ltd", 2, OTHER_VAT),
        known("Aoife Walsh", 3), known("aoife walsh", 4),
        known("Zoe Hill", 5), known("Zoe Hill", 6),
        known("Alone", 7),
    ]  # fmt: skip


def test_one_pair_is_one_customer_now_and_one_was_taken_apart(client_for, marketing, namesakes):
    call_command("demo_customers")
    call_command("demo_customers")

    stays, undone = Merger.objects.order_by("pk")
    assert (stays.kept, stays.gone, stays.undone_at) == (namesakes[2], namesakes[3], None)
    assert (undone.kept, undone.gone) == (namesakes[4], namesakes[5])
    assert undone.undone_by == str(marketing)
    assert list(Customer.objects.filter(merged_into__isnull=False)) == [namesakes[3]]
    page = client_for(marketing).get(at("customer", stays.kept_id)).content.decode()
    assert "moved house" in page
    page = client_for(marketing).get(at("customer", undone.kept_id)).content.decode()
    assert "taken apart" in page
    assert "Two people after all" in page


def test_without_its_person_nothing_is_merged(db: None):
    with pytest.raises(CommandError):
        call_command("demo_customers")


@override_settings(PRODUCTION=True)
def test_it_has_no_place_in_production(namesakes):
    with pytest.raises(CommandError):
        call_command("demo_customers")
    assert not Merger.objects.exists()

"""Two writers of one key: one of them wins, and the other sees it."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from connectors.sync.identity.estate import running
from integration.identity import keys
from integration.identity.models import Customer, CustomerLink
from tests.factories.estates import account, contact

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[Exception]:
    """Runs them at the same moment, each on a connection of its own."""
    gate, failed = threading.Barrier(len(works)), list[Exception]()

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failed


def state() -> dict[str, str]:
    rows = CustomerLink.objects.exclude(state="retired").values_list("key", "customer_id")
    return {key: str(uid) for key, uid in rows}


def test_many_who_link_the_same_pair_make_one_customer():
    failed = together(*[lambda: keys.link("CK-1", "A1", method="x", actor=None) for _ in range(6)])

    assert failed == []
    assert Customer.objects.count() == 1
    assert len(set(state().values())) == 1


def test_one_contact_for_two_accounts_ends_at_one_of_them():
    failed = together(
        lambda: keys.link("CK-1", "A1", method="x", actor=None),
        lambda: keys.link("CK-1", "A2", method="x", actor=None),
    )

    assert failed == []
    assert keys.accounts_by_contact(["CK-1"])["CK-1"] in ("A1", "A2")
    assert CustomerLink.objects.filter(key="CK-1").exclude(state="retired").count() == 1


def test_two_contacts_of_one_account_are_one_customer_with_one_active_key():
    failed = together(
        lambda: keys.link("CK-1", "A1", method="x", actor=None),
        lambda: keys.link("CK-2", "A1", method="x", actor=None),
    )

    assert failed == []
    assert len(set(state().values())) == 1
    assert CustomerLink.objects.filter(system="sfmc", state="active").count() == 1


def test_a_durable_key_is_made_once():
    together(*[lambda: keys.contact_key_of("A1") for _ in range(4)])

    assert Customer.objects.count() == 1
    assert CustomerLink.objects.filter(system="sfmc").count() == 1


def test_bulk_linking_and_a_person_at_the_same_moment_agree():
    for number in range(40):
        contact(f"CK-{number}", email=f"j{number}@x.example")
        account(f"A{number}", email=f"j{number}@x.example")
    row = running.ask(is_dry=False, name="test")

    failed = together(
        lambda: running.run(row),
        lambda: [
            keys.link(f"CK-{number}", f"A{number}", method="by hand", actor=None)
            for number in range(39, -1, -1)
        ],
    )

    assert failed == []
    assert keys.accounts_by_contact([f"CK-{n}" for n in range(40)]) == {
        f"CK-{n}": f"A{n}" for n in range(40)
    }
    used = CustomerLink.objects.exclude(state="retired")
    assert used.count() == 80
    assert not Customer.objects.exclude(pk__in=used.values("customer_id")).exists()

"""One person, several addresses and accounts: a no follows the person, a yes stays where it was said."""

import pytest
from django.utils import timezone

from connectors.sfmc.subscribers import Subscriber
from connectors.sync import connections
from connectors.sync.consent import new_links
from connectors.sync.models import Cursor
from exceptions.customers import decisions
from integration.consent import ledger, projection
from integration.consent.models import ConsentEvent
from integration.consent.suppression import allowed
from integration.identity import keys
from integration.mirror.models import Contact, PrimaCustomer
from integration.records.audience import Recipient
from tests.factories.consent import objection, wording
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PROOF = {"method": "form", "wording_version": "newsletter 3", "evidence_ref": "form 9"}
NO_PROOF = {"method": "flag", "wording_version": "?", "evidence_ref": "none"}


@pytest.fixture
def estate():
    with desk.estate(2) as sandbox:
        wording()
        yield sandbox


def merge(kept, gone, actor):
    one, two = desk.customer_of(kept), desk.customer_of(gone)
    decisions.merge(one, two, actor=actor, reason="She told us")


def says_yes(sandbox, name, **back):
    told = {"action": "opt_in", "occurred_at": desk.moment(**back), **PROOF}
    desk.says_no_in_the_portal(sandbox, name, **told)


def standing(name):
    """(what the gate says, Marketing Cloud, Prima)"""
    one = Recipient(f"CK-{name}", email=f"{name}@example.com")
    may = "yes" if allowed([one], "email", "marketing").cleared else "no"
    return may, desk.status(name), desk.at_prima_is(name)


NO = ("no", "Unsubscribed", "opt_out")


def test_a_yes_of_one_address_holds_up_no_older_no_for_the_others(estate, marketing):
    merge("ann", "ben", marketing)
    says_yes(estate, "ben", minutes=4)
    desk.says_no_in_the_portal(estate, "ben", occurred_at=desk.moment(minutes=46))

    desk.until_confirmed()

    assert standing("ben") == ("yes", "Active", "opt_in")
    assert standing("ann") == NO


def ann_at_work():
    """A contact of hers with another address, subscribed in Marketing Cloud and linked to nobody."""
    subscriber = Subscriber("CK-ann-2", "ann@work.example", "Active")
    connections.sfmc().subscribers.create([subscriber])
    Contact.objects.create(
        key=subscriber.key, email=subscriber.email, status="Active", read_at=timezone.now()
    )


def test_a_contact_linked_after_the_no_of_its_person_is_unsubscribed_as_well(estate):
    desk.says_no_in_the_portal(estate, "ann")
    desk.until_confirmed()

    ann_at_work()
    keys.link("CK-ann-2", "A-ANN", method="test", actor=None)
    desk.sync()
    desk.until_confirmed()

    assert desk.status("ann-2") == "Unsubscribed"
    assert desk.address("ann-2") == "ann@work.example"
    assert standing("ben") == ("yes", "Active", "")


def test_a_no_of_a_contact_that_was_nobody_s_is_one_of_the_person_it_turns_out_to_be(estate):
    # given: she says no at work, where nobody knows who she is
    ann_at_work()
    desk.follows_the_link("ann-2")
    desk.until_confirmed()
    assert standing("ann") == ("yes", "Active", "")

    # when
    keys.link("CK-ann-2", "A-ANN", method="test", actor=None)
    desk.sync()
    desk.until_confirmed()

    # then
    assert standing("ann") == NO
    assert projection.differences() == []
    assert list(projection.unsuppressed()) == []

    # and it is told once, however often links are looked at
    told = ConsentEvent.objects.count()
    Cursor.objects.filter(flow=new_links.FLOW).delete()
    desk.sync()
    assert ConsentEvent.objects.count() == told


@pytest.mark.parametrize("who", ["ann", "ben"])
def test_the_no_of_either_before_they_were_merged_is_one_of_both_after(who, estate, marketing):
    desk.says_no_in_the_portal(estate, who)
    desk.until_confirmed()

    merge("ann", "ben", marketing)
    desk.until_confirmed()

    assert standing("ann") == standing("ben") == NO


@pytest.mark.parametrize("who", ["ann", "ben"])
def test_a_no_after_they_were_merged_is_one_of_both(who, estate, marketing):
    merge("ann", "ben", marketing)

    desk.follows_the_link(who)
    desk.until_confirmed()

    assert standing("ann") == standing("ben") == NO


def test_a_yes_is_not_given_to_the_other_address_that_said_no(estate, marketing):
    desk.follows_the_link("ann")
    merge("ann", "ben", marketing)
    says_yes(estate, "ben", minutes=45)

    desk.until_confirmed()

    assert standing("ann") == standing("ben") == NO


def test_an_address_that_said_yes_plainly_later_keeps_it_when_merged(estate, marketing):
    desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(hours=2))
    says_yes(estate, "ben", hours=1)
    desk.until_confirmed()

    merge("ann", "ben", marketing)
    desk.until_confirmed()

    assert standing("ann") == NO
    assert standing("ben") == ("yes", "Active", "opt_in")


def test_an_objection_that_one_address_has_lifted_stays_lifted_there_alone(estate, marketing):
    desk.says_no_in_the_portal(estate, "ann", action="objection", occurred_at=desk.moment(hours=2))
    says_yes(estate, "ann", hours=1)
    desk.until_confirmed()
    assert standing("ann") == ("yes", "Active", "opt_in")

    merge("ann", "ben", marketing)
    desk.until_confirmed()

    assert standing("ann") == ("yes", "Active", "opt_in")
    assert standing("ben") == ("no", "Unsubscribed", "objection")


def test_prima_is_told_again_when_a_flag_of_the_other_account_says_yes(estate, marketing):
    merge("ann", "ben", marketing)
    desk.follows_the_link("ann")
    desk.until_confirmed()
    desk.says_no_in_the_portal(estate, "ben", action="opt_in", **NO_PROOF)
    assert desk.at_prima_is("ben") == "opt_in"

    desk.until_confirmed()

    assert standing("ben") == NO


def test_a_merger_that_is_made_again_carries_what_was_said_between(estate, marketing):
    merge("ann", "ben", marketing)
    merger = desk.customer_of("ann").mergers.get()
    decisions.undo(merger, actor=marketing, reason="A mistake")
    desk.follows_the_link("ben")
    desk.until_confirmed()
    assert standing("ann")[:2] == ("yes", "Active")

    merge("ann", "ben", marketing)
    desk.until_confirmed()

    assert standing("ann") == standing("ben") == NO


def test_a_yes_of_one_address_makes_no_contact_with_another_address_active():
    two = [
        {"key": "CK-ann", "email": "ann@example.com"},
        {"key": "CK-ann-2", "email": "ann@work.example", "status": "Unsubscribed"},
    ]
    with desk.estate(1, subscribers=two) as sandbox:
        wording()
        keys.link("CK-ann-2", "A-ANN", method="test", actor=None)
        says_yes(sandbox, "ann", minutes=30)
        desk.until_confirmed()

        assert desk.status("ann") == "Active"
        assert desk.status("ann-2") == "Unsubscribed"
        assert desk.row_of("ann-2").get("emailconsent") != "True"


def test_an_objection_by_a_telephone_of_prima_is_taken_in_and_holds_everywhere(estate):
    """And holds up nobody who comes after it in the feed."""
    PrimaCustomer.objects.filter(account_code="A-ANN").update(data={"phone": "+447700900123"})
    desk.says_no_in_the_portal(estate, "ann", channel="sms", action="objection")
    desk.says_no_in_the_portal(estate, "ben")

    desk.until_confirmed()

    assert standing("ann")[:2] == ("no", "Unsubscribed")
    assert standing("ben") == NO


def test_somebody_who_is_no_customer_yet_objects_by_telephone(estate, marketing):
    keys.retire("sfmc", "CK-ann", actor=None)
    Contact.objects.filter(key="CK-ann").update(mobile="07700 900123")
    desk.let_in("ann", "ben")

    ledger.record([objection("+447700900123", channel="sms")])
    desk.until_confirmed()

    assert desk.status("ann") == "Unsubscribed"
    assert desk.journeys_of("ann") == []
    assert desk.status("ben") == "Active"


def test_an_unsubscription_counts_although_the_contact_has_no_readable_address_here(estate):
    Contact.objects.filter(key="CK-ann").update(email="ann (at) example")
    desk.follows_the_link("ann")

    desk.until_confirmed()

    ann = Recipient("CK-ann", email="ann@example.com")
    assert not allowed([ann], "email", "marketing").cleared
    assert desk.at_prima_is("ann") == "opt_out"

"""What Marketing Cloud tells of unsubscriptions: our own writing is no news, the person's always is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.sync import connections
from connectors.sync.consent.claims import store, under_way
from connectors.sync.consent.claims import take as take_due
from connectors.sync.consent.people import people_of
from connectors.sync.consent.sfmc_write import write
from connectors.sync.consent.unsubscribed import Unsubscription, take
from integration.consent import ledger
from integration.consent.models import ConsentEvent
from integration.consent.suppression import allowed
from integration.identity import keys
from integration.mirror.models import Contact
from integration.records.audience import Recipient
from tests.factories.consent import opt_out, wording
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ANN = Recipient("CK-ann", email="ann@example.com")


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


def test_the_echo_at_another_address_of_theirs_is_no_news_before_the_step_is_stored():
    two = [
        {"key": "CK-ann", "email": "ann@example.com"},
        {"key": "CK-ann-2", "email": "ann@work.example"},
    ]
    with desk.estate(1, subscribers=two):
        keys.link("CK-ann-2", "A-ANN", method="test", actor=None)
        Contact.objects.create(key="CK-ann-2", email="ann@work.example", read_at=timezone.now())
        desk.follows_the_link("ann")
        desk.sync("consent_from_sfmc")
        [row] = take_due("sfmc", "a worker", 10)
        client = connections.sfmc()
        write(client, [row], people_of([row.event]))
        assert desk.status("ann-2") == "Unsubscribed"

        told = Unsubscription("told at once", timezone.now(), key="CK-ann-2")
        counted = take(client, [told])
        client.close()

        assert (counted.echoes, counted.new) == (1, 0)
        assert ConsentEvent.objects.count() == 1


def test_a_worker_whose_lease_ran_out_writes_nothing_and_keeps_what_its_successor_noted(estate):
    desk.says_no_in_the_portal(estate, "ann")
    desk.sync("consent_from_prima")
    [late] = take_due("sfmc", "the worker that slept", 10)
    under_way().update(lease_until=timezone.now() - timedelta(seconds=1))
    [row] = take_due("sfmc", "its successor", 10)
    client = connections.sfmc()
    write(client, [row], people_of([row.event]))
    store([row])
    noted = under_way().filter(pk=row.pk).values().get()
    before = estate.calls()

    write(client, [late], people_of([late.event]))
    store([late])

    client.close()
    made = {call: many - before.get(call, 0) for call, many in estate.calls().items()}
    asked_only = {"POST /sfmc/soap/Service.asmx": 1}
    assert {call: many for call, many in made.items() if many} == asked_only
    assert under_way().filter(pk=row.pk).values().get() == noted


@pytest.mark.parametrize("moment", ["before our own writing", "after it failed"])
def test_a_link_that_is_followed_around_our_own_writing_is_no_echo_of_it(moment, estate):
    """Else a yes that is older than the link, and comes in later, would outweigh the first no."""
    wording()
    desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(hours=1))
    desk.sync("consent_from_prima")
    if moment == "after it failed":
        estate.fault("server_error", path="/sfmc/soap.*#update")
        desk.sync("consent_to_sfmc")
        assert desk.status("ann") == "Active"
        under_way().update(not_before=None)
    desk.follows_the_link("ann")
    desk.sync("consent_to_sfmc", "consent_from_sfmc")
    desk.says_no_in_the_portal(
        estate,
        "ann",
        action="opt_in",
        occurred_at=desk.moment(minutes=30),
        method="form",
        wording_version="newsletter 3",
        evidence_ref="form 9",
    )
    desk.until_confirmed()

    assert not allowed([ANN], "email", "marketing").cleared
    assert desk.status("ann") == "Unsubscribed"
    assert desk.at_prima_is("ann") == "opt_out"


def test_a_writing_of_ours_that_was_not_answered_counts_as_theirs_and_says_so(estate):
    desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(hours=1))
    desk.sync("consent_from_prima")
    estate.fault("server_error", path="/sfmc/soap.*#update", when="after")
    desk.sync("consent_to_sfmc", "consent_from_sfmc")

    event = ConsentEvent.objects.get(source_system="sfmc")
    assert "had no answer" in event.evidence.note


def test_a_writing_that_is_repeated_hides_no_link_that_was_followed_long_after_the_first(estate):
    desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(hours=1))
    desk.sync("consent_from_prima")
    [row] = take_due("sfmc", "a worker", 10)
    client = connections.sfmc()
    write(client, [row], people_of([row.event]))
    row.sending_at = row.ended_at = timezone.now() - timedelta(minutes=30)

    write(client, [row], people_of([row.event]))
    told = Unsubscription("told", timezone.now() - timedelta(minutes=10), key="CK-ann")
    counted = take(client, [told])
    client.close()

    assert (counted.echoes, counted.new) == (0, 1)


def test_our_own_writings_are_found_by_an_index_however_many_there_were(estate):
    ledger.record([opt_out(f"p{number}@example.com") for number in range(1_500)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_propagation SET ended = ARRAY['CK-P' || id]")
        cursor.execute("VACUUM ANALYZE consent_propagation")
    client = connections.sfmc()
    with CaptureQueriesContext(connection) as asked:
        take(client, [Unsubscription("told", timezone.now(), key="CK-ann")])
    client.close()
    [looking] = [one["sql"] for one in asked if '"in_doubt" &&' in one["sql"]]

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {looking}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "propagation_ended" in plan

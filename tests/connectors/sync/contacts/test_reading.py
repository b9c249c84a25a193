"""The mirror follows the contacts of Marketing Cloud."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox, running
from connectors.sfmc.rows import RowWrite
from connectors.sfmc.subscribers import Subscriber
from connectors.sync import connections, runner
from connectors.sync.contacts import reading
from connectors.sync.models import Cursor, FlowSetting, SyncRun
from integration.mapping.models import SourceTable
from integration.mirror.models import Contact
from tests.connectors.sync.desk import connect
from tests.journeys.desk import world


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    with running(world(right=2, wrong=0)) as sandbox:
        yield sandbox


@pytest.fixture
def cloud(served: RunningSandbox, transactional_db: None) -> RunningSandbox:
    served.reload()
    connect(served)
    return served


def read() -> SyncRun:
    done = runner.run("contacts")
    assert done is not None
    assert (done.traceback, done.status) == ("", "succeeded")
    return done


def told(cloud: RunningSandbox) -> list[dict[str, Any]]:
    tables = cloud.scenario["sfmc"]["data_extensions"]
    return next(one["rows"] for one in tables if one["key"] == "Contact_Master")


def write(key: str, **columns: Any) -> None:
    client = connections.sfmc()
    columns.setdefault("ModifiedDate", timezone.now())
    done = client.data_extensions.upsert_rows(
        "Contact_Master", [RowWrite({"ContactKey": key}, columns)]
    )
    assert [one.message for one in done if not one.ok] == []
    client.close()


def yesterday() -> None:
    """The whole reading is due again."""
    past = (timezone.now() - reading.WHOLE_EVERY).isoformat()
    Cursor.objects.filter(flow=reading.WHOLE).update(value=past)


def test_every_contact_is_kept_with_what_is_known_of_it(cloud: RunningSandbox):
    # when
    done = read()

    # then
    rows = {row["ContactKey"]: row for row in told(cloud)}
    kept = {row.key: row for row in Contact.objects.all()}
    assert set(kept) == set(rows)
    assert done.sent == len(rows)
    key, row = next((key, row) for key, row in rows.items() if row["CompanyName"])
    assert kept[key].email == row["EmailAddress"]
    assert kept[key].company_name == kept[key].name == row["CompanyName"]
    assert kept[key].data["line1"] == row["AddressLine1"]
    assert not kept[key].is_lead


def test_numbers_and_statuses_come_from_the_subscribers(cloud: RunningSandbox):
    read()

    statuses = {one["key"]: one["status"] for one in cloud.scenario["sfmc"]["subscribers"]}
    kept = dict(Contact.objects.values_list("key", "status"))
    assert kept == statuses
    assert "Unsubscribed" in kept.values()
    assert not Contact.objects.filter(subscriber_id="").exists()


def test_a_second_reading_brings_only_what_changed(cloud: RunningSandbox):
    # given
    read()
    first = Contact.objects.earliest("key")

    # when
    write(first.key, City="Bath")
    write("NEW-1", EmailAddress="new@example.com", IsLead="True")
    done = read()
    again = read()

    # then
    first.refresh_from_db()
    assert first.data["city"] == "Bath"
    assert first.subscriber_id
    assert Contact.objects.get(key="NEW-1").is_lead
    assert done.sent == 2
    assert again.sent == 0


def test_an_unsubscription_is_seen_although_the_contact_did_not_change(cloud: RunningSandbox):
    # given
    read()
    someone = Contact.objects.filter(status="Active").earliest("key")

    # when
    client = connections.sfmc()
    client.subscribers.save([Subscriber(someone.key, someone.email, status="Unsubscribed")])
    client.close()
    read()

    # then
    someone.refresh_from_db()
    assert someone.status == "Unsubscribed"


def test_a_deleted_contact_is_noticed_by_the_next_whole_reading(cloud: RunningSandbox):
    # given
    read()
    first, second = Contact.objects.order_by("key")[:2]
    client = connections.sfmc()
    client.data_extensions.delete_rows("Contact_Master", [{"ContactKey": first.key}])
    client.close()
    read()
    assert not Contact.objects.filter(deleted_at__isnull=False).exists()

    # when
    yesterday()
    read()

    # then
    gone = Contact.objects.get(deleted_at__isnull=False)
    assert gone.key == first.key

    # and one that comes back is there again
    write(first.key, EmailAddress=second.email)
    read()
    gone.refresh_from_db()
    assert gone.deleted_at is None


def test_a_whole_reading_finds_changes_that_did_not_move_the_date(cloud: RunningSandbox):
    read()
    first = Contact.objects.earliest("key")
    write(first.key, City="Ely", ModifiedDate=timezone.now() - timedelta(days=9))
    assert read().sent == 0

    yesterday()
    assert read().sent == 1
    first.refresh_from_db()
    assert first.data["city"] == "Ely"


def test_a_whole_reading_cut_short_goes_on_where_it_was(cloud: RunningSandbox):
    # given
    read()
    keys = list(Contact.objects.order_by("key").values_list("key", flat=True))
    Contact.objects.update(content_hash="")
    begun = (timezone.now() - timedelta(minutes=1)).isoformat()
    Cursor.objects.create(flow=reading.WHOLE_SINCE, value=begun)
    Cursor.objects.create(flow=reading.WHOLE_AFTER, value=keys[9])

    # when
    read()

    # then
    passed_over = Contact.objects.filter(content_hash="").order_by("key")
    assert list(passed_over.values_list("key", flat=True)) == keys[:10]
    assert not Cursor.objects.filter(flow__startswith="contacts.whole_").exists()


def test_renamed_columns_and_tables_are_followed(cloud: RunningSandbox):
    SourceTable.objects.create(
        part="contact",
        data_extension="Contact_Master",
        columns={"company_name": "City", "city": "CompanyName"},
    )
    read()
    row = told(cloud)[0]
    assert Contact.objects.get(key=row["ContactKey"]).company_name == row["City"]


def test_a_reading_costs_few_statements_and_calls_however_many_contacts(
    cloud: RunningSandbox, django_assert_max_num_queries
):
    FlowSetting.objects.update_or_create(flow="contacts", defaults={"batch_size": 2_500})
    cloud.reset_calls()
    with django_assert_max_num_queries(90):
        read()
    assert sum(cloud.calls().values()) <= 12
    with django_assert_max_num_queries(45):
        read()

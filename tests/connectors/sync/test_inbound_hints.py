"""The public address for Prima's notes: signed, fresh, ours; a hint, and nothing else of it is kept."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from connectors.prima.notes import ID, SIGNATURE, TIMESTAMP, signature
from connectors.sync.flow import flows, hinted_by, hinting_resources
from connectors.sync.models import FlowAsk, PrimaSubscription

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-our-own"
NOTE = {"company": "main", "resource": "consents", "cursor": "WyJjIl0"}


@pytest.fixture
def subscription():
    return PrimaSubscription.objects.create(
        company="main", url="https://desk.example/api/v1/inbound/prima", remote_id="s-1",
        secret=SECRET, resources=["consents"], status="subscribed", created_at=timezone.now(),
        unheard=3,
    )  # fmt: skip


def post(note=NOTE, *, body=None, secret=SECRET, minutes=0, client=None, **changed):
    body = json.dumps(note).encode() if body is None else body
    stamp = str(int((timezone.now() + timedelta(minutes=minutes)).timestamp()))
    headers = {ID: "n-1", TIMESTAMP: stamp, SIGNATURE: signature(secret, "n-1", stamp, body)}
    return (client or Client()).post(
        reverse("inbound-prima"), body, content_type="application/json", headers=headers | changed
    )


def waiting():
    return [(row.key, row.task["args"][0]) for row in OrmQ.objects.all()]


def assert_nothing_changed(subscription, *, refused):
    before = {**PrimaSubscription.objects.filter(pk=subscription.pk).values().get()}
    assert before["refused"] == refused
    assert (before["last_received_at"], before["unheard"]) == (None, 3)
    assert not OrmQ.objects.exists()
    assert not FlowAsk.objects.exists()


def test_a_signed_note_has_the_flow_look_and_asks_little_of_the_database(
    subscription, django_assert_max_num_queries
):
    client = Client(enforce_csrf_checks=True)
    with django_assert_max_num_queries(6):
        assert post(client=client).status_code == 200

    assert waiting() == [("consent", "consent_from_prima")]
    subscription.refresh_from_db()
    assert subscription.last_received_at is not None
    assert (subscription.unheard, subscription.refused) == (0, 0)


def test_the_same_note_again_and_a_storm_of_others_leave_one_task(subscription):
    for number in range(30):
        assert post({**NOTE, "cursor": f"c{number // 2}"}).status_code == 200

    assert waiting() == [("consent", "consent_from_prima")]


@pytest.mark.parametrize(
    "changed",
    [
        {SIGNATURE: ""},
        {SIGNATURE: "v1=nonsense"},
        {SIGNATURE: "é"},
        {ID: "another"},
        {TIMESTAMP: ""},
        {TIMESTAMP: "now"},
        {"secret": "another secret"},
        {"secret": ""},
        {"minutes": -6},
        {"minutes": 6},
    ],
    ids=str,
)
def test_what_nobody_signed_just_now_is_refused_and_nothing_changes(subscription, changed):
    assert post(**changed).status_code == 401

    assert_nothing_changed(subscription, refused=1)


def test_a_note_that_is_replayed_later_is_refused(subscription):
    body = json.dumps(NOTE).encode()
    stamp = str(int((timezone.now() - timedelta(seconds=301)).timestamp()))
    old = {TIMESTAMP: stamp, SIGNATURE: signature(SECRET, "n-1", stamp, body)}

    assert post(body=body, **old).status_code == 401

    assert_nothing_changed(subscription, refused=1)


@pytest.mark.parametrize(
    "note",
    [
        {**NOTE, "company": "other"},
        {**NOTE, "company": "MAIN"},
        {**NOTE, "resource": "invoices"},
        {**NOTE, "resource": "gossip"},
        {**NOTE, "cursor": 7},
        {"resource": "consents"},
        [NOTE],
        "consents",
        None,
    ],
    ids=str,
)
def test_what_is_not_ours_or_no_note_is_refused_although_it_is_signed(subscription, note):
    assert post(note).status_code == 400

    assert_nothing_changed(subscription, refused=0)


@pytest.mark.parametrize("body", [b"", b"not json", b"[" * 10_000])
def test_what_cannot_be_read_is_refused(subscription, body):
    assert post(body=body).status_code == 400

    assert_nothing_changed(subscription, refused=0)


def test_what_is_too_large_is_refused_unread(subscription):
    assert post({**NOTE, "more": "x" * 20_000}).status_code == 413

    assert_nothing_changed(subscription, refused=0)


def test_without_a_registration_nothing_is_taken(db):
    assert post().status_code == 401
    assert post(secret="").status_code == 401
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(1, 200), (-1, 401)])
def test_after_a_new_secret_the_old_one_is_good_for_a_while(subscription, minutes, status):
    PrimaSubscription.objects.update(previous_until=timezone.now() + timedelta(minutes=minutes))
    subscription.refresh_from_db()
    subscription.previous_secret, subscription.secret = SECRET, "the-new-one"
    subscription.save()

    assert post().status_code == status
    assert post(secret="the-new-one").status_code == 200


def test_it_takes_no_other_method(subscription):
    assert Client().get(reverse("inbound-prima")).status_code == 405


def test_the_secrets_are_encrypted_where_they_are_kept_and_shown_nowhere(
    subscription, client_for, admin_person
):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM sync_primasubscription")
        assert SECRET not in cursor.fetchone()[0]

    shown = client_for(admin_person).get(
        reverse("admin:sync_primasubscription_change", args=[subscription.pk])
    )
    assert "desk.example" in shown.content.decode()
    assert SECRET not in shown.content.decode() + repr(subscription) + str(subscription)


def test_each_feed_that_hints_is_known_and_says_which_flows_look():
    assert hinting_resources() == ("consents",)
    assert [flow.slug for flow in hinted_by("consents")] == ["consent_from_prima"]
    assert hinted_by("gossip") == []
    assert all("prima" in flow.systems for flow in flows().values() if flow.hinted_by)

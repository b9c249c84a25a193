"""The public address for notifications: signed, kept raw, answered at once."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from connectors.sfmc.notifications import signature
from connectors.sync.models import Notification, NotificationCallback

pytestmark = pytest.mark.django_db
KEY = "c2VjcmV0LWtleQ=="
BODY = json.dumps([{"eventCategoryType": "EngagementEvents.EmailUnsubscribe"}]).encode()


@pytest.fixture
def callback():
    return NotificationCallback.objects.create(
        name="ours", url="https://desk.example/x", signature_key=KEY, status="subscribed",
        callback_id="cb", created_at=timezone.now(),
    )  # fmt: skip


def post(body=BODY, given=None, key=KEY):
    headers = {"x-sfmc-ens-signature": signature(key, body) if given is None else given}
    return Client().post(
        reverse("inbound-notifications"), body, content_type="application/json", headers=headers
    )


def test_a_signed_message_is_kept_raw_once_and_set_going(callback, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert post().status_code == 200
    assert post().status_code == 200

    kept = Notification.objects.get()
    assert kept.body == BODY.decode()
    assert kept.processed_at is None
    assert OrmQ.objects.get().key == "consent"
    callback.refresh_from_db()
    assert callback.last_received_at is not None


def test_the_key_is_encrypted_where_it_is_kept(callback):
    with connection.cursor() as cursor:
        cursor.execute("SELECT signature_key FROM sync_notificationcallback")
        stored = cursor.fetchone()[0]
    assert KEY not in stored


@pytest.mark.parametrize("given", ["", "nonsense", signature("another key", BODY), "é"])
def test_what_nobody_signed_is_refused_and_nothing_is_kept(callback, given):
    assert post(given=given).status_code == 401

    assert not Notification.objects.exists()
    assert not OrmQ.objects.exists()
    callback.refresh_from_db()
    assert callback.refused == 1


def test_a_changed_body_is_refused(callback):
    assert post(BODY + b" ", given=signature(KEY, BODY)).status_code == 401
    assert not Notification.objects.exists()


@pytest.mark.parametrize("body", [b"{}", b"not json", b'"text"'])
def test_what_is_no_list_is_refused(callback, body):
    assert post(body).status_code == 400
    assert not Notification.objects.exists()


def test_without_a_registration_nothing_is_taken():
    assert post().status_code == 401
    assert post(b'{"callbackId": "x", "verificationKey": "y"}', given="").status_code == 401
    assert not Notification.objects.exists()


def test_the_unsigned_proof_is_taken_only_while_registering(callback):
    proof = b'{"callbackId": "cb-2", "verificationKey": "secret"}'
    assert post(proof, given="").status_code == 401

    NotificationCallback.objects.update(status="creating", created_at=timezone.now())
    assert post(proof, given="").status_code == 200

    callback.refresh_from_db()
    assert (callback.callback_id, callback.verification_key) == ("cb-2", "secret")


def test_it_takes_no_other_method(callback):
    assert Client().get(reverse("inbound-notifications")).status_code == 405

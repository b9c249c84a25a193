"""The signature of Prima's notes, by the words of the contract."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from connectors.prima.notes import ID, SIGNATURE, TIMESTAMP, Note, is_signed, note_from, signature

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BODY = b'{"company": "main", "resource": "consents", "cursor": "c"}'


def headers(secret="hush", at=NOW, body=BODY, **changed):
    stamp = str(int(at.timestamp()))
    return {
        ID: "n-1",
        TIMESTAMP: stamp,
        SIGNATURE: signature(secret, "n-1", stamp, body),
        **changed,
    }


def test_the_signature_is_over_id_timestamp_and_body():
    made = hmac.new(b"hush", b"n-1.1764072800." + BODY, hashlib.sha256).hexdigest()

    assert signature("hush", "n-1", "1764072800", BODY) == f"v1={made}"


def test_any_of_the_secrets_in_use_may_have_signed():
    assert is_signed(["new", "hush"], headers(), BODY, now=NOW)
    assert not is_signed(["new"], headers(), BODY, now=NOW)
    assert not is_signed(["", "new"], headers(secret=""), BODY, now=NOW)
    assert not is_signed([], headers(), BODY, now=NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_was_signed_too_long_ago_or_in_the_future_is_not_taken(seconds):
    at = NOW + timedelta(seconds=seconds)
    assert not is_signed(["hush"], headers(at=at), BODY, now=NOW)


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_clocks_may_differ_by_five_minutes(seconds):
    assert is_signed(["hush"], headers(at=NOW + timedelta(seconds=seconds)), BODY, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {ID: "n-2"},
        {TIMESTAMP: str(int(NOW.timestamp()) + 1)},
        {TIMESTAMP: "soon"},
        {TIMESTAMP: ""},
        {SIGNATURE: ""},
        {SIGNATURE: "é"},
        {SIGNATURE: headers()[SIGNATURE].removeprefix("v1=")},
        {SIGNATURE: headers()[SIGNATURE].replace("v1=", "v2=")},
    ],
)
def test_whatever_is_changed_makes_it_unsigned(changed):
    assert not is_signed(["hush"], headers(**changed), BODY, now=NOW)
    assert not is_signed(["hush"], headers(), BODY + b" ", now=NOW)


def test_a_timestamp_that_is_no_number_is_refused_even_when_signed():
    stamp = "²"
    told = {ID: "n", TIMESTAMP: stamp, SIGNATURE: signature("hush", "n", stamp, BODY)}
    assert not is_signed(["hush"], told, BODY, now=NOW)


@pytest.mark.parametrize(
    "told", [None, [], "x", {}, {"company": "main", "resource": "consents"},
             {"company": 1, "resource": "consents", "cursor": "c"}]
)  # fmt: skip
def test_what_lacks_a_part_is_no_note(told):
    assert note_from(told) is None


def test_a_note_has_company_resource_and_cursor():
    told = {"company": "main", "resource": "consents", "cursor": "c", "more": 1}
    assert note_from(told) == Note("main", "consents", "c")

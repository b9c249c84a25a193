"""Marketing permission in Prima: events only added, the state that follows."""

import pytest


def event(number=1, action="opt_out", at="2026-11-20T10:00:00Z", **members):
    return {
        "event_id": f"E-{number}",
        "subject": {"account_code": "JANE01"},
        "channel": "email",
        "action": action,
        "occurred_at": at,
        "source": "sfmc",
        **members,
    }


EVIDENCE = {"method": "form", "wording_version": "3", "evidence_ref": "form-77"}


def state(prima, code="JANE01"):
    found = prima.get(f"/consents/by-account/{code}").json()["items"]
    return [(each["channel"], each["purpose"], each["state"]) for each in found]


def test_an_opt_out_applies(prima):
    answer = prima.send("POST", "/consent-events", event())

    assert (answer.status_code, answer.json()["applied"]) == (201, True)
    assert state(prima) == [("email", "marketing", "opted_out")]


def test_an_event_is_kept_once(prima):
    first = prima.send("POST", "/consent-events", event())
    again = prima.send("POST", "/consent-events", event())
    other = prima.send("POST", "/consent-events", event(action="objection"))

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.headers["Idempotent-Replay"] == "true"
    assert other.json()["type"] == "urn:prima:problem:duplicate-event"


@pytest.mark.parametrize(
    ("second", "applied", "expected"),
    [
        (event(2, "opt_in", "2026-11-21T10:00:00Z", **EVIDENCE), True, "opted_in"),
        (event(2, "opt_in", "2026-11-21T10:00:00Z"), False, "opted_out"),
        (event(2, "opt_in", "2026-11-19T10:00:00Z", **EVIDENCE), False, "opted_out"),
        (event(2, "opt_in", "2026-11-20T10:00:00Z", **EVIDENCE), False, "opted_out"),
        (event(2, "objection", "2026-11-19T10:00:00Z"), True, "objected"),
    ],
)
def test_after_an_opt_out(prima, second, applied, expected):
    prima.send("POST", "/consent-events", event())

    answer = prima.send("POST", "/consent-events", second)

    assert answer.json()["applied"] is applied
    assert bool(answer.json()["reason"]) is not applied
    assert state(prima) == [("email", "marketing", expected)]


def test_a_later_evidenced_opt_in_stands_against_an_older_opt_out(prima):
    prima.send("POST", "/consent-events", event(1, "opt_in", "2026-11-21T10:00:00Z", **EVIDENCE))

    answer = prima.send("POST", "/consent-events", event(2, "opt_out", "2026-11-20T10:00:00Z"))

    assert answer.json()["applied"] is False
    assert state(prima) == [("email", "marketing", "opted_in")]


def test_a_no_that_is_set_aside_or_passed_by_a_yes_is_told_with_the_state(prima):
    yes = event(2, "opt_in", "2026-11-21T10:00:00Z", **EVIDENCE)
    prima.send("POST", "/consent-events", event(1, "objection", actor="the person"))
    prima.send("POST", "/consent-events", yes)
    prima.send("POST", "/consent-events", event(3, "opt_out", "2026-11-20T11:00:00Z"))
    prima.send("POST", "/consent-events", event(4, "opt_out", "2026-11-19T10:00:00Z"))

    entry = prima.get("/consents/changes").json()["items"][-1]["data"]

    assert (entry["state"], entry["event_id"]) == ("opted_in", "E-2")
    told = [(one["state"], one["since"][:13], one["event_id"]) for one in entry["restrictions"]]
    assert told == [
        ("objected", "2026-11-20T10", "E-1"),
        ("opted_out", "2026-11-20T11", "E-3"),
    ]


def test_channels_and_purposes_are_apart(prima):
    prima.send("POST", "/consent-events", event(1, channel="sms"))
    prima.send("POST", "/consent-events", event(2, purpose="newsletter"))

    assert state(prima) == [("email", "newsletter", "opted_out"), ("sms", "marketing", "opted_out")]


def test_a_subject_is_an_account_an_external_key_or_an_address(prima):
    key = {"external_key": {"system": "sfmc", "key": "C-1"}}
    prima.send("POST", "/consent-events", event(1, subject=key))
    address = prima.send("POST", "/consent-events", event(2, subject={"email": "New@Example.com"}))

    assert state(prima, "ACME01") == [("email", "marketing", "opted_out")]
    assert address.json()["applied"] is True
    feed = prima.get("/consents/changes").json()["items"]
    assert [entry["id"] for entry in feed] == [
        "ACME01|email|marketing",
        "email:new@example.com|email|marketing",
    ]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"subject": {"account_code": "NOBODY"}}, "#/subject", "customer.not_found"),
        ({"subject": {}}, "#/subject", "field.required"),
        ({"channel": "pigeon"}, "#/channel", "enum.unmapped"),
        ({"action": "maybe"}, "#/action", "enum.unmapped"),
        ({"occurred_at": "yesterday"}, "#/occurred_at", "field.invalid"),
        ({"occurred_at": "2026-11-20T10:00:00"}, "#/occurred_at", "field.invalid"),
        ({"flag": True}, "#/flag", "field.unknown"),
    ],
)
def test_an_event_that_cannot_be_understood_is_refused(prima, change, pointer, code):
    answer = prima.send("POST", "/consent-events", {**event(), **change})

    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


def test_an_order_has_no_place_for_consent(prima):
    assert prima.refused({"receive_mail": True})[0] == ("field.unknown", "#/receive_mail")


def test_an_opt_out_typed_into_prima_comes_in_the_feed(prima):
    prima.control("POST", "consents", event(source="portal"))

    entry = prima.get("/consents/changes").json()["items"][0]

    assert (entry["data"]["state"], entry["data"]["source"]) == ("opted_out", "portal")

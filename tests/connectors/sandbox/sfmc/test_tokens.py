"""Signing in, what a token may do, and how it ends."""

import pytest
import requests

from tests.connectors.sandbox.conftest import CLIENT_ID, CLIENT_SECRET, MID

GOOD = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}
DISCOVERY = "platform/v1/tokenContext"


def sign_in(sandbox, **changes):
    return requests.post(f"{sandbox.sfmc_auth_url}v2/token", json={**GOOD, **changes}, timeout=5)


@pytest.mark.parametrize("form", [False, True])
def test_a_token_is_given_for_json_and_for_a_form(sandbox, form):
    # when
    url, fields = f"{sandbox.sfmc_auth_url}v2/token", {**GOOD, "account_id": str(MID)}
    reply = (
        requests.post(url, data=fields, timeout=5)
        if form
        else requests.post(url, json=fields, timeout=5)
    )
    # then
    body = reply.json()
    assert reply.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1079)
    assert body["rest_instance_url"] == sandbox.sfmc_rest_url
    assert body["soap_instance_url"] == sandbox.sfmc_soap_url
    assert "data_extensions_write" in body["scope"].split()
    assert 400 < len(body["access_token"]) < 600


def test_at_the_root_all_three_hosts_are_one(sandbox):
    # when
    body = requests.post(f"{sandbox.base_url}/v2/token", json=GOOD, timeout=5).json()
    # then
    assert body["rest_instance_url"] == f"{sandbox.base_url}/"
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    reply = requests.get(f"{sandbox.base_url}/{DISCOVERY}", headers=headers, timeout=5)
    assert reply.json()["organization"] == {"id": MID}


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "move_mountains"}, 400, "invalid_scope"),
        ({"account_id": 1}, 400, "invalid_request"),
    ],
)
def test_a_wrong_sign_in_is_refused_in_the_shape_of_oauth(sandbox, changes, status, error):
    # when
    reply = sign_in(sandbox, **changes)
    # then
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert set(reply.json()) == {"error", "error_description", "error_uri"}


def test_the_old_sign_in_is_refused_with_10007(sandbox):
    # when
    reply = requests.post(f"{sandbox.sfmc_auth_url}v1/requestToken", json={}, timeout=5)
    # then
    assert (reply.status_code, reply.json()["errorcode"]) == (401, 10007)


def test_without_a_good_token_the_answer_is_401_with_a_challenge(client):
    # given
    client.session.headers["Authorization"] = "Bearer stale"
    # when
    reply = client.get(DISCOVERY)
    # then
    assert (reply.status_code, reply.json()["message"]) == (401, "Not Authorized")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_a_token_ends_after_its_life(client):
    # given
    client.sandbox.advance_clock(1078)
    assert client.get(DISCOVERY).status_code == 200
    # when
    client.sandbox.advance_clock(2)
    # then
    assert client.get(DISCOVERY).status_code == 401


def test_a_token_that_was_ended_by_a_fault_stays_ended(client):
    # given
    client.sandbox.fault("expired_token")
    # then
    assert client.get(DISCOVERY).status_code == 401
    assert client.get(DISCOVERY).status_code == 401
    assert sign_in(client.sandbox).status_code == 200


def test_a_missing_scope_is_403_before_anything_is_looked_at(client):
    # given
    token = sign_in(client.sandbox, client_id="reader", client_secret="read-only").json()
    client.session.headers["Authorization"] = f"Bearer {token['access_token']}"
    # when
    reply = client.session.post(
        f"{client.sandbox.sfmc_rest_url}hub/v1/dataevents/key:NONE/rowset", data="no json"
    )
    # then
    assert reply.status_code == 403
    assert reply.json()["message"] == "Insufficient privileges to complete this action."
    assert client.get("data/v1/customobjectdata/key/ORDERS/rowset").status_code == 200


def test_an_empty_scope_gives_a_token_that_may_nothing(client):
    # given
    body = sign_in(client.sandbox, scope="").json()
    client.session.headers["Authorization"] = f"Bearer {body['access_token']}"
    # then
    assert body["scope"] == ""
    assert client.get("data/v1/customobjectdata/key/ORDERS/rowset").status_code == 403


@pytest.mark.parametrize("section", ["data", "interaction", "hub", "messaging", "platform"])
def test_every_section_describes_itself(client, section):
    assert client.get(f"{section}/v1/rest").json()["name"] == section


def test_an_unknown_path_is_404_as_json(client):
    # when
    reply = client.get("data/v1/nothing")
    # then
    assert (reply.status_code, reply.json()["errorcode"]) == (404, 404)
    assert reply.headers["Content-Type"].startswith("application/json")

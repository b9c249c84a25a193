"""Tokens and keys: who gets in, and for how long."""

from typing import Any

import pytest
import requests

from connectors.sandbox.running import RunningSandbox, running
from tests.connectors.sandbox.prima.world import API_KEY, CLIENT


def ask_token(sandbox: RunningSandbox, **asked) -> requests.Response:
    body = {"grant_type": "client_credentials", **CLIENT, **asked}
    return requests.post(f"{sandbox.base_url}/prima/oauth2/token", json=body, timeout=5)


def health(sandbox: RunningSandbox, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"{sandbox.prima_url}/main/health", headers=named, timeout=5)


def test_a_token_opens_the_door(sandbox):
    answer = ask_token(sandbox)

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 1200
    assert health(sandbox, Authorization=f"Bearer {answer.json()['access_token']}").ok


def test_a_form_and_basic_credentials_do_as_well(sandbox):
    url = f"{sandbox.base_url}/prima/oauth2/token"
    form = {"grant_type": "client_credentials", **CLIENT}
    basic = (CLIENT["client_id"], CLIENT["client_secret"])

    assert requests.post(url, data=form, timeout=5).ok
    assert requests.post(url, data={"grant_type": "client_credentials"}, auth=basic, timeout=5).ok


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_for_a_token_is_refused(sandbox, asked, status, error):
    answer = ask_token(sandbox, **asked)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_expires(sandbox):
    token = ask_token(sandbox).json()["access_token"]

    sandbox.advance_clock(1201)
    answer = health(sandbox, Authorization=f"Bearer {token}")

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:prima:problem:token-expired"
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "headers", [{}, {"X_Api_Key": "wrong"}, {"Authorization": "Bearer made-up"}]
)
def test_without_a_good_token_or_key_nothing_is_told(sandbox, headers):
    answer = health(sandbox, **headers)

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:prima:problem:not-authenticated"


def test_every_answer_has_a_request_id_the_callers_own_if_given(sandbox):
    given = health(sandbox, X_Api_Key=API_KEY, X_Request_Id="run-7")
    made = health(sandbox)

    assert given.headers["X-Request-Id"] == "run-7"
    assert made.headers["X-Request-Id"] == made.json()["request_id"]


def test_another_version_is_refused(sandbox):
    assert health(sandbox, X_Api_Key=API_KEY, Prima_Api_Version="1").ok
    assert health(sandbox, X_Api_Key=API_KEY, Prima_Api_Version="2").status_code == 400


def test_clients_of_marketing_cloud_sign_in_when_the_scenario_names_no_others():
    package = {"client_id": "both", "client_secret": "same", "mid": 1}
    world: Any = {"name": "shared", "sfmc": {"packages": [package]}}
    with running(world) as shared:
        answer = ask_token(shared, client_id="both", client_secret="same")

    assert answer.status_code == 200

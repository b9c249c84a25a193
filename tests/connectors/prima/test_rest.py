"""What only the REST adapter does: signing in, and reading answers that are not as agreed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.answer import Answer
from connectors.errors import (
    MisconfiguredError,
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    ServerFailed,
    StillRunning,
    Throttled,
    UnexpectedShape,
)
from connectors.http import Conduct
from connectors.prima.rest.adapter import RestPrima
from connectors.prima.rest.auth import Credentials
from connectors.prima.rest.problems import problem_for
from connectors.sandbox.running import RunningSandbox
from tests.connectors.prima.adapters import API_KEY, LOOPBACK, connect_rest, sales_order

TOKEN = "POST /prima/oauth2/token"
PROBLEM = "application/problem+json"


def answered(status: int, body: bytes, content_type: str = PROBLEM) -> Answer:
    return Answer("Prima", "GET", "/x", status, {"Content-Type": content_type}, body)


def test_one_token_serves_many_calls_from_many_threads(installation: RunningSandbox) -> None:
    prima = connect_rest(installation)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: prima.capabilities(), range(16)))
    assert installation.calls()[TOKEN] == 1


def test_an_expired_token_is_renewed_and_the_call_succeeds(
    installation: RunningSandbox, rest: RestPrima
) -> None:
    rest.capabilities()
    installation.advance_clock(2 * 3600)

    assert rest.capabilities().contract == "1"
    assert installation.calls()[TOKEN] == 2


def test_an_order_is_booked_although_the_token_expires_on_it(
    installation: RunningSandbox, rest: RestPrima
) -> None:
    rest.capabilities()
    installation.fault("expired_token", path="sales-orders")
    assert not rest.create_order(sales_order(), idempotency_key="K-1").replayed


def test_a_sign_in_that_is_refused_again_and_again_is_renewed_only_once(
    installation: RunningSandbox, rest: RestPrima
) -> None:
    installation.fault("expired_token", path="capabilities", times=None)
    with pytest.raises(NotAuthorised):
        rest.capabilities()
    assert installation.calls()[TOKEN] == 2


def test_a_wrong_secret_is_a_sign_in_to_mend(installation: RunningSandbox) -> None:
    prima = connect_rest(installation, client_id="desk", client_secret="wrong")
    with pytest.raises(NotAuthorised):
        prima.capabilities()
    assert installation.calls() == {TOKEN: 1}


def test_a_sign_in_that_is_not_there_does_not_mean_that_there_is_no_order(
    installation: RunningSandbox,
) -> None:
    credentials = Credentials(f"{installation.base_url}/nowhere", "desk", "hush")
    conduct = Conduct(addresses=LOOPBACK)
    prima = RestPrima(installation.prima_url, "main", credentials, conduct)
    with pytest.raises(MisconfiguredError, match="has no sign-in at this address"):
        prima.find_order("sfmc", "R-1")


def test_an_api_key_needs_no_token(installation: RunningSandbox) -> None:
    assert connect_rest(installation, api_key=API_KEY).capabilities().contract == "1"
    assert TOKEN not in installation.calls()


def test_a_wrong_api_key_is_tried_once(installation: RunningSandbox) -> None:
    with pytest.raises(NotAuthorised, match="did not accept the API key"):
        connect_rest(installation, api_key="wrong").capabilities()
    assert sum(installation.calls().values()) == 1


def test_secrets_are_not_shown() -> None:
    shown = repr(Credentials("https://x.example.com", "desk", "hush", "open-sesame"))
    assert "hush" not in shown
    assert "open-sesame" not in shown


def test_an_address_without_tls_is_refused_unless_it_is_allowed(
    installation: RunningSandbox,
) -> None:
    with pytest.raises(MisconfiguredError, match="must begin with https://"):
        RestPrima(installation.prima_url, "main", Credentials(api_key=API_KEY))


def test_being_throttled_says_for_how_long(installation: RunningSandbox, rest: RestPrima) -> None:
    rest.capabilities()
    installation.fault("throttle", retry_after=4)
    with pytest.raises(Throttled) as caught:
        rest.create_order(sales_order(), idempotency_key="K-1")
    assert caught.value.retry_after == 4.0
    assert rest.find_order("sfmc", "R-1") is None


@pytest.mark.parametrize("fault", [{"html": True}, {"body": "[1"}, {"body": "[]"}, {"body": "{}"}])
def test_an_answer_of_another_shape_is_told_apart(
    installation: RunningSandbox, rest: RestPrima, fault: dict[str, object]
) -> None:
    rest.references()
    installation.fault("wrong_shape", **fault)
    with pytest.raises(UnexpectedShape):
        rest.customer_by_account("ACME01")


def test_a_404_from_something_in_between_does_not_mean_that_there_is_no_order() -> None:
    page = answered(404, b"<html>Not found</html>", "text/html")
    assert isinstance(problem_for(page), UnexpectedShape)


@pytest.mark.parametrize(
    ("status", "slug", "error"),
    [
        (404, "not-found", NotFound),
        (409, "request-in-flight", StillRunning),
        (409, "order-state-conflict", Rejected),
        (413, "body-too-large", Rejected),
        (422, "idempotency-key-reused", Rejected),
        (428, "precondition-required", Rejected),
        (500, "internal", ServerFailed),
    ],
)
def test_each_problem_has_its_error(status: int, slug: str, error: type[Exception]) -> None:
    body = f'{{"type":"urn:prima:problem:{slug}","title":"T","detail":"Because."}}'
    found = problem_for(answered(status, body.encode()))
    assert type(found) is error
    assert found.status == status


def test_a_refusal_without_reasons_tells_its_detail() -> None:
    found = problem_for(answered(422, b'{"type":"x","detail":"Because."}'))
    assert isinstance(found, Rejected)
    assert [(issue.code, issue.message) for issue in found.issues] == [
        ("upstream.rejected", "Because.")
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"errors":[1,null]}', b"{"])
def test_a_malformed_problem_is_still_a_refusal(body: bytes) -> None:
    found = problem_for(answered(422, body))
    assert isinstance(found, Rejected)


def test_a_prima_without_notifications_is_told_from_one_that_fails(
    rest: RestPrima, installation: RunningSandbox
) -> None:
    told = {"secret": "hush", "idempotency_key": "S-1"}
    installation.fault("server_error", status=501, path="/subscriptions", times=2)
    with pytest.raises(NotOffered):
        rest.subscriptions()
    with pytest.raises(NotOffered):
        rest.subscribe("http://127.0.0.1:9/notes", ["consents"], **told)

    installation.fault("server_error", status=500, path="/subscriptions")
    with pytest.raises(ServerFailed):
        rest.subscriptions()

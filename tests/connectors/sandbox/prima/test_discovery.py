"""What Prima says about itself."""

import pytest

from connectors.sandbox.prima.capabilities import CapabilitiesRefused, build
from connectors.sandbox.running import running
from tests.connectors.sandbox.prima.world import Client, scenario


def test_capabilities_have_the_defaults(prima):
    told = prima.get("/capabilities").json()

    assert told["contract_version"] == "1"
    assert told["adapter"] == "rest"
    assert told["charset"] == "utf-8"
    assert told["vat_rounding"] == "line"
    assert told["company"] == "main"
    assert told["limits"]["max_length"]["sales_orders.external_ref.ref"] == 35
    assert told["limits"]["address_lines"] == 6
    assert told["tax_codes"] == {"OLD": "17.5", "R": "5", "S": "20", "Z": "0"}
    assert told["server_time"].endswith("Z")


def test_a_scenario_lays_its_own_over_them():
    built = build({"limits": {"max_length": {"customers.name": 30}}, "charset": "iso-8859-1"})

    assert built.max_length["customers.name"] == 30
    assert built.max_length["customers.account_code"] == 20
    assert built.charset == "iso-8859-1"


@pytest.mark.parametrize(
    "wrong",
    [{"typo": 1}, {"limits": {"typo": 1}}, {"vat_rounding": "up"}, {"charset": "latin"}],
)
def test_a_capability_that_does_not_exist_is_refused(wrong):
    with pytest.raises(CapabilitiesRefused):
        build(wrong)


def test_prima_is_well(prima):
    assert prima.get("/health").json()["status"] == "ok"
    assert prima.get("/health/upstream").json()["reachable"] is True


def test_an_unknown_address_company_or_method_is_a_problem(prima):
    nothing, other = prima.get("/nothing"), prima.send("DELETE", "/customers")
    prima.company = "nowhere"

    assert nothing.status_code == 404
    assert nothing.headers["Content-Type"] == "application/problem+json"
    assert (other.status_code, other.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert prima.get("/health").status_code == 404


def test_calls_above_the_stated_rate_are_throttled():
    with running(scenario(limits={"calls_per_second": 5})) as sandbox, Client(sandbox) as prima:
        answers = [prima.get("/health") for _ in range(10)]

    throttled = [answer for answer in answers if answer.status_code == 429]
    assert throttled
    assert throttled[0].headers["Retry-After"] == "1"
    assert throttled[0].json()["retryable"] is True


def test_code_lists_are_told_with_their_dates(prima):
    assert [each["code"] for each in prima.get("/tax-codes").json()["items"]] == [
        "OLD",
        "R",
        "S",
        "Z",
    ]
    assert prima.get("/promotion-codes").json()["items"][1]["valid_to"] == "2026-08-31"
    assert prima.get("/charge-codes").json()["items"][0]["tax_code"] == "S"
    assert prima.get("/source-media").json()["items"][0]["code"] == "EMAIL"
    assert prima.get("/payment-methods").json()["items"][1]["kind"] == "voucher"

"""The pre-flight over HTTP: the same checks, the same refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exceptions.preflight.models import Preflight, PreflightRun
from integration.accounts.models import User
from tests.exceptions.preflight.test_pages import a_finding, a_run

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


def plan(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Autumn sale",
        "send_on": "2026-12-01",
        "skus": [{"sku": "OAK-1", "units": 40}, {"sku": "OAK-2"}],
        "promotions": [{"code": "TEN", "type": "percent", "value": "10"}],
        **changes,
    }


def post(client: Client, name: str, body: Any = None, *args: int) -> Any:
    return client.post(reverse(name, args=args), body, content_type="application/json")


def test_a_campaign_is_taken_and_checked_in_the_background(client_for: ClientFor, marketing: User):
    answer = post(client_for(marketing), "api-preflight-new", plan())

    row = Preflight.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {
        "id": row.pk,
        "run": 1,
        "url": f"/api/v1/campaigns/preflight/{row.pk}?run=1",
    }
    assert row.skus == [{"sku": "OAK-1", "units": 40}, {"sku": "OAK-2", "units": None}]
    assert row.promotions[0]["value"] == "10"
    assert row.runs.get().state == "waiting"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"skus": []}, "skus"),
        ({"currency": "XXZ"}, "currency"),
        ({"send_on": "soon"}, "send_on"),
        ({"promotions": [{"code": "A", "type": "magic"}]}, "promotions"),
    ],
)
def test_what_is_no_plan_is_told_field_by_field(
    client_for: ClientFor, marketing: User, wrong: dict[str, Any], field: str
):
    answer = post(client_for(marketing), "api-preflight-new", plan(**wrong))

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not Preflight.objects.exists()


def test_the_outcome_has_checks_and_findings_page_by_page(client_for: ClientFor, marketing: User):
    run = a_run(marketing)
    rows = [a_finding(run, f"S-{number}") for number in range(3)]
    url = reverse("api-preflight", args=[run.preflight_id])
    client = client_for(marketing)

    first = client.get(url, {"limit": "2"}).json()
    rest = client.get(url, {"limit": "2", "after": str(first["after"])}).json()

    assert (first["state"], first["verdict"], first["compared_with"]) == ("done", "no_go", None)
    assert [one["subject"] for one in first["findings"]] == ["S-0", "S-1"]
    assert first["after"] == rows[1].pk
    assert [one["subject"] for one in rest["findings"]] == ["S-2"]
    assert rest["after"] is None


def test_a_second_check_at_the_same_time_is_refused(client_for: ClientFor, marketing: User):
    run = a_run(marketing)
    client = client_for(marketing)
    assert post(client, "api-preflight-again", None, run.preflight_id).status_code == 202

    answer = post(client, "api-preflight-again", None, run.preflight_id)

    assert answer.status_code == 409
    assert answer.json() == {"detail": "This campaign is being checked already."}


@pytest.mark.parametrize("name", ["api-preflight-new", "api-preflight-again"])
def test_who_only_looks_starts_nothing(client_for: ClientFor, auditor: User, name: str):
    run = a_run(auditor)
    args = [] if name == "api-preflight-new" else [run.preflight_id]

    answer = post(client_for(auditor), name, plan(), *args)

    assert answer.status_code == 403
    assert (Preflight.objects.count(), PreflightRun.objects.count()) == (1, 1)


def test_nobody_is_answered_without_signing_in(marketing: User):
    run = a_run(marketing)

    answer = Client().get(reverse("api-preflight", args=[run.preflight_id]))

    assert answer.status_code in (302, 401, 403)

"""Limits, tolerances, accounts, bounds and rates on the admin site, always with a trail."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from reconciliation.models import (
    AdjustmentLimit,
    ExchangeRate,
    LedgerAccount,
    MatchBounds,
    Tolerance,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGES: list[tuple[Any, dict[str, str]]] = [
    (
        AdjustmentLimit,
        {"kind": "write_off", "currency": "gbp", "role": "controller", "amount": "500000"},
    ),
    (
        Tolerance,
        {"control": "payout_to_bank", "currency": "*", "absolute": "2", "relative": "0.5"},
    ),
    (LedgerAccount, {"company": "main", "purpose": "fee", "gateway": "Stripe", "code": "7600"}),
    (
        MatchBounds,
        {
            "control": "payouts_to_documents",
            "window_days": "9",
            "most_parts": "5",
            "most_candidates": "12",
            "rate_days": "5",
        },
    ),
    (
        ExchangeRate,
        {"day": "2026-10-15", "base": "EUR", "quote": "GBP", "rate": "0.87", "source": "ECB"},
    ),
]


def address(model: Any, page: str) -> str:
    return reverse(f"admin:reconciliation_{model._meta.model_name}_{page}")


@pytest.mark.parametrize(("model", "given"), PAGES)
def test_an_admin_adds_one_and_the_trail_says_so(
    model: Any, given: dict[str, str], client_for: SignIn, admin_person: User
) -> None:
    client = client_for(admin_person)

    answer = client.post(address(model, "add"), given)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert model.objects.count() == 1
    assert AuditEntry.objects.get().action == f"{model._meta.verbose_name} added"
    assert client.get(address(model, "changelist")).status_code == 200


@pytest.mark.parametrize(("model", "given"), PAGES)
@pytest.mark.parametrize("who", ["finance", "controller", "operations", "marketing", "auditor"])
def test_nobody_else_adds_one(
    who: str,
    model: Any,
    given: dict[str, str],
    client_for: SignIn,
    request: pytest.FixtureRequest,
) -> None:
    answer = client_for(request.getfixturevalue(who)).post(address(model, "add"), given)

    assert answer.status_code in (302, 403)
    assert not model.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"role": "marketing"}, {"kind": "timing"}, {"currency": "XXY"}, {"amount": "-1"}],
)
def test_a_limit_that_could_not_hold_is_refused(
    wrong: dict[str, str], client_for: SignIn, admin_person: User
) -> None:
    given = {**PAGES[0][1], **wrong}

    answer = client_for(admin_person).post(address(AdjustmentLimit, "add"), given)

    assert answer.status_code == 200
    assert not AdjustmentLimit.objects.exists()


def test_a_rate_of_a_currency_to_itself_is_refused(client_for: SignIn, admin_person: User) -> None:
    given = {**PAGES[4][1], "quote": "EUR"}

    assert client_for(admin_person).post(address(ExchangeRate, "add"), given).status_code == 200
    assert not ExchangeRate.objects.exists()

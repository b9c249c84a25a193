"""Who may not see personal data sees no name, on whatever page a case is told of."""

import pytest
from django.urls import reverse

from exceptions import intake
from exceptions.models import ExceptionCase
from integration.core.problems import Problem
from integration.mirror.models import CampaignOrder
from tests.exceptions.views.test_home import held
from tests.factories.findings import finding

FACTS = {"contact_key": "CK-1", "name": "Ruth Thompson", "email": "ruth@example.com"}


@pytest.fixture
def case(db: None) -> ExceptionCase:
    held("CO-1", "10.00")
    said = "The customer Ruth Thompson (CK-1) has no account; ruth@example.com fits none."
    intake.file_findings([finding("CO-1", Problem("customer_not_found", said, FACTS))])
    return ExceptionCase.objects.get()


def pages(case: ExceptionCase) -> list[str]:
    key = CampaignOrder.objects.get().key
    return [
        reverse("cases"),
        reverse("queue", args=[case.kind]),
        reverse("case", args=[case.pk]),
        reverse("order", args=[key]),
        reverse("home"),
        f"{reverse('search')}?q=CK-1",
    ]


def test_an_auditor_meets_no_name(client_for, auditor, case):
    client = client_for(auditor)

    for page in pages(case):
        text = client.get(page).content.decode()
        assert "Thompson" not in text, page
        assert "ruth@example.com" not in text, page
    assert "R••• T••• (CK-1)" in client.get(reverse("case", args=[case.pk])).content.decode()


def test_operations_see_whom_it_is_about(client_for, operations, case):
    client = client_for(operations)

    for name, args in (("queue", [case.kind]), ("case", [case.pk])):
        assert "Ruth Thompson" in client.get(reverse(name, args=args)).content.decode()

"""Who may not see personal data sees no name, on whatever page a case is told of."""

from typing import Any

import pytest
from django.urls import reverse

from connectors.sync.orders.preview import Outcome, Preview
from exceptions import exports, intake, trial
from exceptions.models import ExceptionCase, Occurrence
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


PAYLOAD = {
    "order": {"key": "CO-1", "contact_key": "CK-1", "delivery_line1": "c/o Ruth Thompson\x07"},
    "lines": [],
    "promotions": [],
}


def refused(said: str, payload: Any = PAYLOAD) -> ExceptionCase:
    held("CO-1", "10.00")
    facts = {"code": "field.too_long", "pointer": "/delivery_address/lines/0", "said": said}
    problem = Problem("rejected_by_prima", f"Prima refused order CO-1: {said}", facts)
    intake.file_findings([finding("CO-1", problem, payload=payload)])
    return ExceptionCase.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    [
        "“c/o Ruth Thompson�” holds a character that is no text.",
        "'c/o Ruth Thomps' was cut off.",
        "no such place as c/o Ruth Thompson.",
    ],
)
@pytest.mark.parametrize(("who", "shown"), [("auditor", False), ("admin_person", False),
                                            ("operations", True)])  # fmt: skip
def test_a_line_of_an_address_names_nobody_in_a_message(who, shown, said, request, client_for):
    case = refused(said)
    assert case.title == "Prima refuses orders: field too long (delivery address lines)"
    user = request.getfixturevalue(who)

    for page in pages(case):
        text = client_for(user).get(page).content.decode()
        assert shown or "Thomps" not in text, page
    page = client_for(user).get(reverse("case", args=[case.pk])).content.decode()
    assert ("Ruth" in page) == shown
    rows = exports.occurrences(Occurrence.objects.filter(case=case), form="csv", user=user)
    assert ("Ruth" in b"".join(rows).decode()) == shown


@pytest.mark.django_db
def test_a_message_whose_payload_is_gone_names_nobody_either(client_for, auditor):
    case = refused("“c/o Ruth Thompson” is too long.")
    Occurrence.objects.update(source_payload=None, target_payload=None)

    page = client_for(auditor).get(reverse("case", args=[case.pk])).content.decode()

    assert "Thompson" not in page
    assert "“c••• R••• T•••” is too long." in page


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "shown"), [("name", False), ("address", False),
                                              ("payment_terms", True)])  # fmt: skip
def test_both_sides_of_a_difference_are_masked_by_its_field(field, shown, client_for, auditor):
    sides = {"field": field, "sfmc": "Ruth Thompson", "prima": "Rut Thompson"}
    facts = {"contact_key": "CK-1", "field": field}
    problem = Problem("contact_drift", "It does not stay the same.", facts)
    held("CO-1", "10.00")
    intake.file_findings([finding("CO-1", problem, payload=sides)])

    page = client_for(auditor).get(reverse("case", args=[ExceptionCase.objects.get().pk]))

    assert ("Rut Thompson" in page.content.decode()) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("personal", [True, False])
def test_a_preview_names_only_to_those_who_may_see_it(personal):
    held("CO-1", "10.00")
    CampaignOrder.objects.update(payload=PAYLOAD)
    said = "Order CO-1: the delivery address line 1 “c/o Ruth Thompson�” holds no text."
    left = Outcome("CO-1", None, "GBP", (Problem("unreadable_order", said, {}),), solved=1)

    told = trial.of_change(Preview(failing=(left,)), personal=personal)

    ((reason,),) = [one.reasons for one in told.still_failing]
    assert ("Thompson" in reason) == personal

"""Four eyes: in words on the screen, and by the database when a screen is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from exceptions import approvals
from exceptions.action import actions
from exceptions.intake import file_findings
from exceptions.models import Approval, BulkJob, ExceptionCase, Status
from exceptions.problems import NotAllowed, NotPossible
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.core.waiting import Waiting
from integration.mapping.models import DiscountRelease
from reconciliation import adjustments
from reconciliation.adjustments import Proposal
from reconciliation.models import Adjustment
from tests.factories.cases import case_of
from tests.factories.customers import proposal
from tests.factories.findings import finding
from tests.factories.reconciliation import difference, limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(finance: User) -> Approval:
    """Fiona asks to let two orders pass."""
    case = case_of("bad_discount", "CO-1", "CO-2")
    done = actions()["approve_discount"].perform(
        case, {"reason": "Agreed with the customer"}, actor=finance, version=case.version
    )
    assert done.approval is not None
    return done.approval


def test_a_proposal_says_what_and_how_much_and_the_case_waits(proposed: Approval) -> None:
    assert proposed.summary == "Let 2 orders pass with SUMMER50, 100.00 GBP off"
    assert (str(proposed.amount), proposed.currency) == ("100.00", "GBP")
    assert proposed.case.status == Status.WAITING
    assert not DiscountRelease.objects.exists()


def test_a_second_person_approves_and_exactly_these_orders_are_released(
    proposed: Approval, finance2: User
) -> None:
    done = approvals.approve(proposed, actor=finance2)

    assert sorted(
        DiscountRelease.objects.values_list(
            "order_key", "promotion_code", "content_hash", "released_by"
        )
    ) == [("CO-1", "SUMMER50", "h1", "Frank Field"), ("CO-2", "SUMMER50", "h1", "Frank Field")]
    assert ExceptionCase.objects.get().status == Status.OPEN
    assert done.job is not None
    assert done.job.payload["rows"] == ["CO-1", "CO-2"]
    assert AuditEntry.objects.filter(action="approval approved", actor=finance2).exists()


def test_the_proposer_cannot_decide(proposed: Approval, finance: User) -> None:
    with pytest.raises(NotAllowed, match="second person"):
        approvals.approve(proposed, actor=finance)

    assert unchanged(proposed)


def test_only_finance_decides(proposed: Approval, operations: User) -> None:
    with pytest.raises(NotAllowed, match="finance does"):
        approvals.approve(proposed, actor=operations)

    assert unchanged(proposed)


def test_a_refusal_needs_a_reason_and_opens_the_case_again(
    proposed: Approval, finance2: User
) -> None:
    with pytest.raises(NotPossible, match="Say why"):
        approvals.refuse(proposed, actor=finance2, note=" ")
    approvals.refuse(proposed, actor=finance2, note="Too much")

    proposed.refresh_from_db()
    assert (proposed.state, proposed.decision_note) == ("refused", "Too much")
    assert ExceptionCase.objects.get().status == Status.OPEN
    assert not DiscountRelease.objects.exists()


def test_the_proposer_may_withdraw_and_nobody_else(
    proposed: Approval, finance: User, finance2: User
) -> None:
    with pytest.raises(NotAllowed):
        approvals.withdraw(proposed, actor=finance2)
    approvals.withdraw(proposed, actor=finance)

    proposed.refresh_from_db()
    assert proposed.state == "withdrawn"


def test_a_decision_is_final(proposed: Approval, finance2: User) -> None:
    approvals.refuse(proposed, actor=finance2, note="No")

    with pytest.raises(NotAllowed, match="already refused"):
        approvals.approve(proposed, actor=finance2)


def test_a_second_proposal_for_the_case_is_refused(proposed: Approval, finance2: User) -> None:
    with pytest.raises(NotPossible):
        actions()["approve_discount"].perform(
            proposed.case, {"reason": "Again"}, actor=finance2, version=None
        )

    assert Approval.objects.count() == 1


def test_a_proposal_lapses_when_its_orders_go_through_meanwhile(proposed: Approval) -> None:
    file_findings([finding("CO-1"), finding("CO-2")])

    proposed.refresh_from_db()
    assert (proposed.state, proposed.case.status) == ("withdrawn", Status.RESOLVED)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "approved", "decider": "proposer"},
        {"state": "approved"},
        {"payload": {"releases": []}},
        {"proposer": "decider"},
        {"state": "approved", "decider": "second", "proposer": "second"},
        {"state": "approved", "decider": "second", "payload": {"releases": []}},
        {"amount": 1},
    ],
)
def test_the_database_refuses_what_no_screen_offers(
    change: dict[str, Any], proposed: Approval, finance: User, finance2: User
) -> None:
    people = {"proposer": finance, "second": finance2, "decider": finance2}
    values = {
        name: people.get(value, value) if isinstance(value, str) else value
        for name, value in change.items()
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=proposed.pk).update(**values)

    assert unchanged(proposed)


def test_the_database_refuses_to_change_a_decided_approval(
    proposed: Approval, finance2: User
) -> None:
    approvals.refuse(proposed, actor=finance2, note="No")

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=proposed.pk).update(state="approved")


def unchanged(approval: Approval) -> bool:
    approval.refresh_from_db()
    return (
        approval.state == "proposed"
        and approval.decider is None
        and len(approval.payload["releases"]) == 2
        and not DiscountRelease.objects.exists()
        and not BulkJob.objects.exists()
    )


def test_adjustments_of_reconciliation_are_told_where_a_decider_looks(
    client_for: Callable[[User], Client], finance: User, finance2: User, marketing: User
) -> None:
    limits()
    proposal = Proposal(Adjustment.Kind.FEE, "Known fee.", ledger="7900")
    adjustments.propose(difference(), proposal, actor=finance, version=1)
    words = "1 adjustment of reconciliation"

    home = client_for(finance2).get(reverse("home"))
    assert home.context["totals"].adjustments == Waiting(mine=1)
    assert f'<a href="{reverse("adjustments")}?decide=me">1 adjustment</a>' in home.content.decode()
    assert words in client_for(finance2).get(reverse("approvals")).content.decode()

    page = client_for(marketing).get(reverse("home")).content.decode()
    assert reverse("adjustments") not in page
    assert words not in client_for(marketing).get(reverse("approvals")).content.decode()


def test_the_first_page_counts_what_one_may_decide_and_ones_own_apart(
    client_for: Callable[[User], Client], proposed: Approval, finance2: User
) -> None:
    own, other = client_for(proposed.proposer), client_for(finance2)

    mine = own.get(reverse("home"))
    page = own.get(reverse("approvals"))

    assert mine.context["totals"].approvals == Waiting(own=1)
    assert f'<a href="{reverse("approvals")}#own">1 of your own</a>' in mine.content.decode()
    assert (list(page.context["open_ones"]), list(page.context["own"])) == ([], [proposed])
    assert 'id="own"' in page.content.decode()
    assert "Nothing waits for your decision" in page.content.decode()

    assert other.get(reverse("home")).context["totals"].approvals == Waiting(mine=1)
    page = other.get(reverse("approvals"))
    assert (list(page.context["open_ones"]), list(page.context["own"])) == ([proposed], [])


def test_the_first_page_counts_both_kinds_of_proposals_each_with_its_list(
    client_for: Callable[[User], Client], marketing: User, proposed: Approval
) -> None:
    proposal("CK-1")
    proposal("CK-2")
    proposal("CK-3", state="overtaken")

    page = client_for(marketing).get(reverse("home"))

    told = page.content.decode()
    assert f'<a href="{reverse("approvals")}">0 approvals</a>' in told
    assert f'<a href="{reverse("approvals")}#others">1</a> not yours to decide' in told
    assert f'<a href="{reverse("proposals")}">2 proposals</a>' in told

"""The API does what the pages do, and refuses what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from reconciliation import adjustments
from reconciliation.adjustments import Proposal
from reconciliation.models import Adjustment, AdjustmentLimit, Difference, Match, Period
from reconciliation.periods import period_of
from tests.factories.matching import document, line
from tests.factories.reconciliation import difference, limits

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FEE = {"kind": "fee", "reason": "Known fee.", "ledger": "7600", "version": 1}


@pytest.fixture
def off(db: None) -> Difference:
    limits()
    return difference()


def send(client: Client, name: str, *args: int, **body: Any) -> Any:
    return client.post(reverse(name, args=args), body, content_type="application/json")


def proposed(off: Difference, by: User) -> Adjustment:
    proposal = Proposal(Adjustment.Kind.FEE, "Known fee.", ledger="7600")
    return adjustments.propose(off, proposal, actor=by, version=None)


def everything() -> list[Any]:
    """What an act could change."""
    tables = (Difference, Adjustment, Match)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [
        AuditEntry.objects.count()
    ]


def test_differences_are_listed_page_by_page_and_narrowed(off, client_for: SignIn, auditor):
    other = difference("CO-2", currency="EUR")
    difference("CO-3", state="healed", closed_at=off.first_seen_at)
    client, url = client_for(auditor), reverse("api-differences")

    first = client.get(url, {"limit": 1}).json()
    second = client.get(url, {"limit": 1, "after": first["after"]}).json()

    assert [row["key"] for row in first["differences"]] == ["CO-2"]
    assert [row["key"] for row in second["differences"]] == ["CO-1"]
    assert (first["after"], second["after"]) == (other.pk, None)
    assert second["differences"][0]["amount"] == "12.34"
    eur = client.get(url, {"currency": "EUR"}).json()["differences"]
    assert [row["id"] for row in eur] == [other.pk]
    healed = client.get(url, {"state": "healed"}).json()["differences"]
    assert [row["key"] for row in healed] == ["CO-3"]


def test_a_list_takes_the_same_queries_however_long_it_is(off, client_for: SignIn, finance):
    client = client_for(finance)
    for number in range(5):
        proposed(difference(f"CO-1{number}"), finance)
    for name in ("api-differences", "api-adjustments"):
        with CaptureQueriesContext(connection) as few:
            client.get(reverse(name), {"limit": 1})
        with CaptureQueriesContext(connection) as many:
            client.get(reverse(name), {"limit": 500})
        assert len(few) == len(many)


def test_personal_data_is_masked_as_on_the_pages(off, client_for: SignIn, auditor, finance):
    Difference.objects.update(
        left={"email": "a@acme.example"}, title="a@acme.example paid", near_reason="a@acme.example"
    )
    url = reverse("api-difference", args=[off.pk])

    assert "a@acme.example" not in client_for(auditor).get(url).content.decode()
    assert client_for(finance).get(url).json()["left"] == {"email": "a@acme.example"}


def test_one_proposes_and_a_second_person_approves(off, client_for: SignIn, finance, finance2):
    made = send(client_for(finance), "api-propose", off.pk, **FEE)
    assert made.status_code == 201
    assert made.json()["you_cannot_approve"].startswith("You made this proposal")

    done = send(client_for(finance2), "api-approve", made.json()["id"], note="Seen.")

    off.refresh_from_db()
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert (off.state, done.json()["decider"]) == ("adjusted", str(finance2))


def test_the_proposer_gets_403_and_nothing_changes(off, client_for: SignIn, finance):
    made = proposed(off, finance)
    before = everything()
    client = client_for(finance)

    for name in ("api-approve", "api-refuse"):
        answer = send(client, name, made.pk, note="Fine by me.")
        assert answer.status_code == 403
        assert "second person" in answer.json()["detail"]
    many = send(client, "api-decisions", ids=[made.pk], decision="approve")

    assert many.json()["decided"] == []
    assert "second person" in many.json()["left"][0]["why"]
    assert everything() == before


def test_above_ones_limit_the_answer_names_who_may(off, client_for: SignIn, finance, finance2):
    made = proposed(off, finance)
    AdjustmentLimit.objects.update(amount=100)
    AdjustmentLimit.objects.create(kind="fee", currency="GBP", role="controller", amount=9_900)
    before = everything()

    answer = send(client_for(finance2), "api-approve", made.pk)

    assert answer.status_code == 403
    assert "role controller, up to 99.00 GBP" in answer.json()["detail"]
    assert everything() == before


@pytest.mark.parametrize("who", ["operations", "marketing", "admin_person", "auditor"])
def test_nobody_but_finance_acts(who, off, client_for: SignIn, finance, request):
    made = proposed(off, finance)
    other, before = difference("CO-2"), everything()
    client = client_for(request.getfixturevalue(who))
    before = everything()

    answers = [
        send(client, "api-propose", other.pk, **FEE),
        send(client, "api-match", lines=[1], documents=[1], reason="x"),
        send(client, "api-approve", made.pk),
        send(client, "api-refuse", made.pk, note="No"),
        send(client, "api-withdraw", made.pk),
        send(client, "api-decisions", ids=[made.pk], decision="approve"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert everything() == before


def test_marketing_reads_nothing_and_a_stranger_neither(off, client_for: SignIn, marketing):
    for url in (
        reverse("api-differences"),
        reverse("api-difference", args=[off.pk]),
        reverse("api-adjustments"),
    ):
        assert client_for(marketing).get(url).status_code == 403
        assert Client().get(url).status_code in (302, 403)


def test_without_the_token_of_the_session_nothing_is_done(off, client_for: SignIn, finance):
    signed_in = client_for(finance)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies

    answer = send(client, "api-propose", off.pk, **FEE)

    assert answer.status_code == 403
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"version": 7}, 409, "changed meanwhile"),
        ({"ledger": ""}, 400, ""),
        ({"ledger": " "}, 400, ""),
        ({"kind": "match"}, 400, ""),
        ({"reason": ""}, 400, ""),
        ({"kind": "timing"}, 422, "until when"),
        ({"kind": "fee", "ledger": None}, 400, ""),
    ],
)
def test_a_wrong_proposal_is_refused(changes, status, words, off, client_for: SignIn, finance):
    before = everything()

    answer = send(client_for(finance), "api-propose", off.pk, **{**FEE, **changes})

    assert answer.status_code == status
    assert words in answer.content.decode()
    assert everything() == before


def test_a_locked_period_is_409(off, client_for: SignIn, finance):
    Period.objects.filter(pk=period_of("main", off.day).pk).update(state="locked")

    answer = send(client_for(finance), "api-propose", off.pk, **FEE)

    assert answer.status_code == 409
    assert "October 2026 is locked" in answer.json()["detail"]
    assert not Adjustment.objects.exists()


def test_what_is_not_there_is_404(client_for: SignIn, finance):
    client = client_for(finance)

    assert client.get(reverse("api-difference", args=[999])).status_code == 404
    assert send(client, "api-approve", 999).status_code == 404


def test_many_are_decided_at_once_and_those_left_say_why(
    off, client_for: SignIn, finance, finance2
):
    theirs, mine = proposed(off, finance), proposed(difference("CO-2"), finance2)
    client = client_for(finance2)

    answer = send(client, "api-decisions", ids=[theirs.pk, mine.pk], decision="approve").json()

    assert answer["decided"] == [theirs.pk]
    assert [row["id"] for row in answer["left"]] == [mine.pk]
    waiting = client.get(reverse("api-adjustments")).json()["adjustments"]
    assert [row["id"] for row in waiting] == [mine.pk]


def test_lines_and_documents_are_matched_or_proposed(client_for: SignIn, finance):
    AdjustmentLimit.objects.create(kind="match", currency="GBP", amount=100)
    client = client_for(finance)
    same = send(
        client, "api-match", lines=[line().pk], documents=[document().pk], reason="Seen it."
    ).json()
    off = send(
        client,
        "api-match",
        lines=[line().pk],
        documents=[document(minor=1200).pk],
        reason="Paid short.",
    ).json()

    assert Match.objects.get().pk == same["match"]
    assert (off["match"], off["adjustment"]["amount"]) == (None, "0.34")


def test_the_description_names_every_address() -> None:
    described = SchemaGenerator().get_schema(public=True)["paths"]

    acting = {path for path in described if path.startswith("/api/v1/reconciliation/")}
    assert len(acting) == 9
    assert described["/api/v1/reconciliation/adjustments/{id}/approve"]["post"]["responses"].keys() >= {
        "200", "403", "409", "422",
    }  # fmt: skip

"""What goes wrong at a month's end: files that are not what they seem, and two people at one thing."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from reconciliation import periods
from reconciliation.demo import taking_in
from reconciliation.importing.problems import NotImported
from reconciliation.models import (
    Adjustment,
    BankLine,
    Difference,
    GatewayLine,
    Match,
    Payout,
    StatementFile,
)
from tests.factories.matching import document, line
from tests.factories.reconciliation import difference, limits
from tests.journeys import month
from tests.journeys.desk import desk, sync

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], Client]


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "kept"
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@pytest.fixture
def files(folder: Path) -> Iterator[dict[str, bytes]]:
    """The reports of the month, by gateway."""
    with desk(month.world()) as sandbox:
        sync()
        month.trade(sandbox, folder)
        of_month = f"{month.first_day():%Y-%m}"
        yield {
            path.name.partition("-20")[0]: path.read_bytes()
            for path in folder.iterdir()
            if of_month in path.name
        }


def imported() -> tuple[int, int, int]:
    return GatewayLine.objects.count(), Payout.objects.count(), BankLine.objects.count()


def test_a_file_twice_cut_in_half_or_with_one_digit_changed_imports_nothing(
    files: dict[str, bytes], folder: Path, finance: User
) -> None:
    for name, content in files.items():
        before = imported()
        path = folder / f"try-{name}"

        # when it is cut in half
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(NotImported):
            taking_in.take_in(path, finance)
        assert imported() == before

        # when one digit of an amount is another one
        path.write_bytes(_one_digit_changed(name, content))
        with pytest.raises(NotImported, match=r"differ|come to|closing|add up|Gross"):
            taking_in.take_in(path, finance)
        assert imported() == before

        # when it is whole
        path.write_bytes(content)
        taking_in.take_in(path, finance)
        after = imported()
        assert after != before

        # when it comes again, as it was or under another hash
        with pytest.raises(NotImported, match="imported before"):
            taking_in.take_in(path, finance)
        path.write_bytes(content + b"\r\n")
        with pytest.raises(NotImported, match=r"known already|imported before"):
            taking_in.take_in(path, finance)
        assert imported() == after

    states = Counter(StatementFile.objects.values_list("state", flat=True))
    assert states["imported"] == len(files)
    assert states["refused"] + states["held"] == 4 * len(files)
    assert not StatementFile.objects.exclude(state="imported").filter(message="").exists()


def test_two_people_who_match_the_same_line_at_once_make_one_match(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    # given
    open_line, paper = line("CO-1"), document("CO-2")
    clients = [client_for(person) for person in (finance, finance2)]
    together = Barrier(2)

    def accept(client: Client) -> str:
        try:
            together.wait(timeout=10)
            url = reverse("matching-accept", args=[open_line.pk])
            page = client.post(url, {"document": paper.pk}, follow=True)
            # The context of a page is no good here: the test client mixes those of all threads.
            return " ".join(re.findall(r'role="status">([^<]*)<', page.content.decode()))
        finally:
            connection.close()

    # when
    with ThreadPoolExecutor(2) as people:
        said = sorted(people.map(accept, clients))

    # then
    assert Match.rows.count() == 1
    made = Match.objects.get()
    assert made.made_by in (finance, finance2)
    refused = [text for text in said if "matched with" not in text]
    assert len(refused) == 1
    assert f"{made.made_by_name}" in refused[0] or "matched" in refused[0]
    assert AuditEntry.objects.filter(action="match made by hand").count() == 1


def test_a_proposer_cannot_approve_in_another_tab_nor_by_the_api_nor_past_both(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    # given two tabs of the same person, both open
    limits()
    off = difference()
    tab, other_tab = client_for(finance), client_for(finance)
    other_tab.get(reverse("adjustments"))
    proposal = {"kind": "fee", "reason": "Known fee.", "ledger": "7600", "version": off.version}
    tab.post(reverse("difference-propose", args=[off.pk]), proposal)
    made = Adjustment.objects.get()
    before = state_of(off)

    # when the page is used
    sent = {"pk": [made.pk], "decision": "approve"}
    page = other_tab.post(reverse("adjustments-decide"), sent, follow=True)
    # then
    assert "A second person" in page.content.decode()
    assert state_of(off) == before

    # when the API is used
    answer = other_tab.post(
        reverse("api-approve", args=[made.pk]), {"note": ""}, content_type="application/json"
    )
    # then
    assert answer.status_code == 403
    assert "second person" in answer.json()["detail"]
    assert state_of(off) == before

    # when the database is asked directly
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(state="approved", decider=finance)
    assert state_of(off) == before

    # and the second person may
    client_for(finance2).post(reverse("adjustments-decide"), sent)
    made.refresh_from_db()
    assert (made.state, made.decider) == ("approved", finance2)


def test_a_proposal_for_a_month_that_is_locked_meanwhile_cannot_be_decided(
    client_for: SignIn, finance: User, finance2: User
) -> None:
    # given
    limits()
    off = difference()
    proposal = {"kind": "fee", "reason": "Known fee.", "ledger": "7600", "version": off.version}
    client_for(finance).post(reverse("difference-propose", args=[off.pk]), proposal)
    made = Adjustment.objects.get()
    period = periods.period_of("main", off.day)
    type(period).objects.filter(pk=period.pk).update(state="locked")
    before = state_of(off)

    # when
    sent = {"pk": [made.pk], "decision": "approve"}
    page = client_for(finance2).post(reverse("adjustments-decide"), sent, follow=True)

    # then
    assert "October 2026 is locked" in page.content.decode()
    assert state_of(off) == before
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(state="approved", decider=finance2)


def state_of(off: Difference) -> list[Any]:
    return [
        Difference.objects.filter(pk=off.pk).values().get(),
        list(Adjustment.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    ]


def _one_digit_changed(name: str, content: bytes) -> bytes:
    """The last digit of an amount that the file's totals hold."""
    text = content.decode()
    place = {
        "stripe": lambda: text.index(".00,", text.index("charge,") - 30) - 1,
        "worldpay": lambda: text.index("GBP,") + 4,
        "paypal": lambda: text.index('"CR","') + 6,
        "adyen": lambda: text.index("GBP,,") + 5,
        "bank-gbp": lambda: text.index('Ccy="GBP">', text.index("<Ntry>")) + 10,
        "bank-eur": lambda: text.index("NTRF") - 1,
    }[name]()
    assert text[place].isdigit(), text[place - 20 : place + 20]
    other = str((int(text[place]) + 1) % 10)
    return (text[:place] + other + text[place + 1 :]).encode()

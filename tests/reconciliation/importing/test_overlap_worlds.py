"""Whatever stretches of an account come in whatever order: all that came is booked, and once."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from reconciliation.importing import files
from reconciliation.models import BankLine
from tests.reconciliation.importing.bank_files import Booking, camt, mt940, total
from tests.reconciliation.importing.overlapping import booked, brought, truly

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _kept_apart(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def whole_days(rnd: random.Random, ledger: Sequence[Booking]) -> list[int]:
    first, last = sorted(rnd.choices([one.day for one in ledger], k=2))
    return [at for at, one in enumerate(ledger) if first <= one.day <= last]


def any_stretch(rnd: random.Random, ledger: Sequence[Booking]) -> list[int]:
    first, last = sorted(rnd.sample(range(len(ledger) + 1), 2))
    return list(range(first, last))


Cut = Callable[[random.Random, Sequence[Booking]], list[int]]


@pytest.mark.parametrize(("cut", "ids"), [(whole_days, False), (any_stretch, True)])
@pytest.mark.parametrize("seed", range(8))
def test_an_account_that_returns_to_its_balance_all_the_time(cut: Cut, ids: bool, seed: int):
    """Whatever stretches of it come in whatever order: all that came is booked, and once."""
    rnd = random.Random(seed)
    ledger: list[Booking] = []
    for number in range(10):
        day = (ledger[-1].day if ledger else 1) + rnd.choice([0, 0, 0, 1])
        said: dict[str, Any] = {"ref": f"R{number}"} if ids else {}
        ledger.append(Booking(day, rnd.choice([1, -1, 2]), rnd.choice(["TILL", "RENT"]), **said))
    came: set[int] = set()
    for number in range(4):
        stretch = cut(rnd, ledger)
        opening = 50 + total(ledger[: stretch[0]])
        file = brought(mt940(f"S{number}", [ledger[at] for at in stretch], opening))
        if file.state == "preview":
            with transaction.atomic():
                files.commit(file, actor=None)
            came |= set(stretch)

    assert booked() == truly([ledger[at] for at in came])


@pytest.mark.parametrize("ids", ["", "one", "each"])
@pytest.mark.parametrize("seed", range(10))
def test_whole_days_sent_again_with_other_texts_and_in_another_format(seed: int, ids: str):
    """With ids of the bank or without, or with one id for all of a kind."""
    rnd = random.Random(f"{seed} {ids}")
    named = {"": "", "one": "SWEEP{side}", "each": "R{number}"}[ids]
    ledger: list[Booking] = []
    for number in range(8):
        day = (ledger[-1].day if ledger else 1) + rnd.choice([0, 0, 0, 1])
        amount = rnd.choice([1, -1, 1, -1, 2, -2])
        ref = named.format(number=number, side=amount > 0)
        ledger.append(Booking(day, amount, rnd.choice(["TILL", "RENT"]), ref))
    came: set[int] = set()
    for number in range(5):
        stretch = whole_days(rnd, ledger)
        opening = 50 + total(ledger[: stretch[0]])
        texts = rnd.choice(["{}", "NEW {}"])
        has_ids = rnd.random() < 0.8
        said = [
            replace(ledger[at], text=texts.format(ledger[at].text), ref=ledger[at].ref * has_ids)
            for at in stretch
        ]
        file = brought(rnd.choice([mt940, camt])(f"S{number}", said, opening))
        if file.state == "preview":
            files.commit(file, actor=None)
            came |= set(stretch)

    amounts = Counter((one.booked_on.day, one.amount // 100) for one in BankLine.objects.all())
    assert amounts == Counter((ledger[at].day, ledger[at].amount) for at in came)

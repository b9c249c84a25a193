"""What `make demo` shows finance: everything that does not agree was made so, and nothing else."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from connectors.sandbox.running import RunningSandbox
from connectors.sandbox.scenarios import trading_months
from integration.accounts.roles import Role
from reconciliation.models import (
    Adjustment,
    Difference,
    GatewayLine,
    LateArrival,
    Match,
    Period,
    StatementFile,
)
from tests.factories.people import PersonFactory
from tests.journeys.desk import desk, sync

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sandbox(tmp_path: Path, settings) -> Iterator[RunningSandbox]:
    settings.MEDIA_ROOT = tmp_path / "kept"
    with desk(trading_months.build(orders=10, earlier=420, wrong_share=0)) as served:
        sync()
        yield served


def play(sandbox: RunningSandbox, folder: Path) -> str:
    said = StringIO()
    call_command("demo_month", sandbox=sandbox.base_url, folder=folder, stdout=said)
    return said.getvalue()


def test_all_that_differs_is_what_the_trade_says_and_the_months_are_ready_to_look_at(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    # given
    for name in ("fiona", "frank"):
        PersonFactory.create(username=name, roles=[Role.FINANCE.value])

    # when
    play(sandbox, tmp_path)

    # then
    truth = [tuple(one) for one in json.loads((tmp_path / "truth.json").read_text())]
    found = list(Difference.objects.exclude(state="healed"))
    assert len(truth) > 20
    assert [one for one in truth if not any(_is(one, row) for row in found)] == []
    assert [str(row) for row in found if not any(_is(one, row) for one in truth)] == []

    # and each rule has something to show
    rules = set(Match.objects.order_by().values_list("rule", flat=True).distinct())
    assert rules >= {
        "exact_reference", "normalised_reference", "transaction_id", "customer_amount", "refunds",
        "vouchers", "foreign_currency", "one_to_several", "several_to_one", "reversals",
        "chargebacks", "fees",
    }  # fmt: skip
    assert Match.objects.filter(difference=-1).count() == 3

    # and the month before last is locked, with what came late; proposals wait
    assert [one.state for one in Period.objects.order_by("first_day")] == ["locked", "open", "open"]
    assert set(LateArrival.objects.values_list("object_type", flat=True)) == {
        "invoice", "payout line", "difference",
    }  # fmt: skip
    states = list(Adjustment.objects.order_by("pk").values_list("state", flat=True))
    assert states[:2] == ["approved", "refused"]
    assert states.count("proposed") >= 3
    assert StatementFile.objects.exclude(state="imported").count() == 1

    # when the demo is started again
    lines = GatewayLine.objects.count()
    # then
    assert "nothing to do" in play(sandbox, tmp_path)
    assert GatewayLine.objects.count() == lines


def test_without_the_people_of_the_demo_it_says_so_and_does_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="demo_people"):
        call_command("demo_month", folder=tmp_path)

    assert not StatementFile.objects.exists()
    assert not (tmp_path / "truth.json").exists()


@pytest.mark.parametrize("command", ["demo_month", "demo_trade"])
def test_it_has_no_place_in_production(command: str, tmp_path: Path, settings) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="no place in production"):
        call_command(command, folder=tmp_path)


def _is(truth: tuple[str, ...], row: Difference) -> bool:
    control, category, about = truth
    if (row.control, row.category) != (control, category):
        return False
    return about in row.title or about in row.key or about in f"{row.left}{row.right}"

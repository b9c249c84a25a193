"""What `make demo` shows marketing at the consent desk: people who said no, and both systems that follow."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connectors.sandbox.running import RunningSandbox
from connectors.sandbox.scenarios import busy_week
from exceptions.consent import figures
from integration.consent.models import ConsentEvent, ConsentState
from tests.journeys import consent_desk
from tests.journeys.desk import desk, sync

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def play(sandbox: str = "") -> str:
    said = StringIO()
    call_command("demo_consent", sandbox=sandbox, stdout=said)
    return said.getvalue()


@pytest.fixture
def sandbox():
    with desk(busy_week.build(orders=10, wrong_share=0)) as served:
        sync("prima_reference", "contacts", "customer_links")
        yield served


def test_people_say_no_wherever_people_say_it_and_all_of_it_is_confirmed(
    sandbox: RunningSandbox,
) -> None:
    # given those who were unsubscribed before
    before = figures.unsubscribed()

    # when
    play(sandbox.base_url)
    consent_desk.until_confirmed()

    # then
    assert Counter(ConsentState.objects.values_list("state", flat=True))["opted_in"] == 1
    told = {(channel, state): number for channel, state, number in figures.states()}
    assert told == {
        ("E-mail", "Opted out"): 19 + before,
        ("E-mail", "Opted in"): 1,
        ("Every channel", "Objected"): 1,
    }
    assert [lag.count for lag in figures.lags()] == [20 + before, 20 + before]

    # and once is enough
    assert "nothing to do" in play(sandbox.base_url)


def test_it_has_no_place_in_production_and_needs_linked_people(settings) -> None:
    assert "Nobody is linked" in play()
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        play()
    assert not ConsentEvent.objects.exists()

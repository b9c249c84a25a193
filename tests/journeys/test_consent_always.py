"""Whatever is said, merged, broken and delayed: nobody who said no is ever let through.

Random stories are told to both systems, and flows run between them in any order. After every step
we look at what Marketing Cloud and Prima have received; in the end both say what the desk says.

A story that fails prints its steps and a `reproduce_failure` line: put that above `Story`, and it is told
again. `--hypothesis-seed` tells the same stories as another run.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import ClassVar

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from connectors.errors import RemoteError
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.journeys import Entry
from connectors.sync import connections
from connectors.sync.consent.claims import under_way
from connectors.sync.models import Connection, Lane
from exceptions.customers import decisions
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.consent.rules import SKEW
from integration.consent.suppression import allowed
from integration.records.audience import NotCleared, Recipient
from tests.factories.consent import wording
from tests.journeys import consent_desk as desk
from tests.journeys.consent_received import Received, received

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
EACH = 3
"""The first two may turn out to be one person; the third is a stranger to both."""
who = st.integers(0, EACH - 1)
minutes = st.integers(0, 90)
FAULTS = (
    {"kind": "throttle", "path": "/sfmc/rest", "times": 2},
    {"kind": "server_error", "path": "/sfmc/", "times": 2},
    {"kind": "server_error", "path": "/sfmc/", "times": 2, "when": "after"},
    {"kind": "server_error", "path": "/prima/v1", "times": 2},
    {"kind": "server_error", "path": "/prima/v1", "times": 2, "when": "after"},
    {"kind": "duplicate_changes", "path": "/consents/changes", "times": 2},
    {"kind": "late_changes", "path": "/consents/changes", "times": 2},
)
PROOF = {"method": "form", "wording_version": "newsletter 3", "evidence_ref": "f 1"}
NO_PROOF = {"method": "flag", "wording_version": "?", "evidence_ref": "none"}


@dataclass(slots=True)
class No:
    """`flow` reads it; it is heard when that has run and nothing was broken."""

    at: datetime
    flow: str
    heard: bool = False


class Story(RuleBasedStateMachine):
    """`noes` and `yeses` are what a careful person would have written down."""

    sandbox: ClassVar[RunningSandbox]
    actor: ClassVar[User]
    numbers: ClassVar[count] = count(len(desk.PEOPLE))

    @initialize(are_one=st.booleans())
    def begin(self, are_one):
        self.sandbox.clear_faults()
        self.names = [desk.name_of(next(Story.numbers)) for _ in range(EACH)]
        desk.arrive(self.sandbox, self.names)
        self.noes: dict[str, list[No]] = {name: [] for name in self.names}
        self.yeses: dict[str, list[datetime]] = {name: [] for name in self.names}
        self.persons = [{name} for name in self.names]
        if are_one:
            self.two_turn_out_to_be_one()
        self.before, self.silent = received(self.sandbox, self.names), set()

    @rule(number=who, minutes=minutes, action=st.sampled_from(["opt_out", "opt_out", "objection"]))
    def no_in_the_portal(self, number, minutes, action):
        at, name = _ago(minutes), self.names[number]
        desk.says_no_in_the_portal(self.sandbox, name, action=action, occurred_at=_text(at))
        self.noes[name].append(No(at, "consent_from_prima"))

    @rule(number=who)
    def no_by_the_link(self, number):
        name = self.names[number]
        self.sandbox.clear_faults()
        if desk.status(name) == "Active":
            desk.follows_the_link(name)
            self.noes[name].append(No(timezone.now(), "consent_from_sfmc"))

    @rule(number=who, minutes=minutes)
    def yes_with_evidence(self, number, minutes):
        at, name = _ago(minutes), self.names[number]
        told = {"action": "opt_in", "occurred_at": _text(at), **PROOF}
        desk.says_no_in_the_portal(self.sandbox, name, **told)
        self.yeses[name].append(at)

    @rule(number=who)
    def yes_by_a_flag(self, number):
        desk.says_no_in_the_portal(self.sandbox, self.names[number], action="opt_in", **NO_PROOF)

    @rule(fault=st.sampled_from(FAULTS))
    def something_breaks(self, fault):
        self.sandbox.fault(**fault)

    @rule(flow=st.sampled_from(desk.FLOWS))
    def a_flow_runs(self, flow):
        nothing_is_broken = self.sandbox.server.front.faults.idle
        desk.sync(flow)
        _time_passes()
        if nothing_is_broken:
            self._heard(flow)

    @rule()
    def everything_runs(self):
        for flow in desk.FLOWS:
            self._then(self.a_flow_runs, flow)

    @rule(first=who, second=who, long_ago=st.integers(60, 90), lately=st.integers(10, 50))
    def a_no_and_then_a_yes(self, first, second, long_ago, lately):
        self._then(self.no_in_the_portal, first, long_ago, "opt_out")
        self.everything_runs()
        self._then(self.yes_with_evidence, second, lately)
        self.everything_runs()

    @rule(number=who, minutes=st.integers(45, 90), breaks=st.booleans())
    def a_link_is_followed_while_we_write(self, number, minutes, breaks):
        self.sandbox.clear_faults()
        self._then(self.no_in_the_portal, number, minutes, "opt_out")
        self._then(self.a_flow_runs, "consent_from_prima")
        if breaks:
            self.sandbox.fault("server_error", path="/sfmc/soap.*#update")
            self._then(self.a_flow_runs, "consent_to_sfmc")
        self._then(self.no_by_the_link, number)
        self._then(self.a_flow_runs, "consent_to_sfmc")
        self._then(self.a_flow_runs, "consent_from_sfmc")
        self._then(self.yes_with_evidence, number, minutes // 2)

    def _then(self, step, *how):
        """A step within a step, looked at like any other."""
        step(*how)
        self.nothing_is_sent_that_lets_somebody_in_who_said_no_and_was_heard()

    @rule()
    def two_turn_out_to_be_one(self):
        first, second, other = self.names
        with suppress(NotPossible):
            one, two = desk.customer_of(first), desk.customer_of(second)
            decisions.merge(one, two, actor=self.actor, reason="They told us")
            self.persons = [{first, second}, {other}]

    @rule()
    def a_campaign_begins(self):
        everybody = [Recipient(f"CK-{name}", email=_email(name)) for name in self.names]
        audience = allowed(everybody, "email", "marketing")
        client = connections.sfmc()
        try:
            if audience.refused:
                entries = [Entry(one.key, {}) for one in everybody]
                with pytest.raises(NotCleared):
                    client.journeys.enter_many("welcome-entry", entries, audience)
            entries = [Entry(key, {}) for key in sorted(audience.cleared)]
            with suppress(RemoteError):
                client.journeys.enter_many("welcome-entry", entries, audience)
        finally:
            client.close()
        _time_passes()

    @invariant()
    def nothing_is_sent_that_lets_somebody_in_who_said_no_and_was_heard(self):
        now, before = received(self.sandbox, self.names), self.before
        for name in self.silent:
            key = f"CK-{name}"
            assert now.entries[key] == before.entries[key], name
            assert key not in now.active - before.active, name
            assert key not in now.columns_say_yes - before.columns_say_yes, name
            account = f"A-{name}".upper()
            assert now.yeses[account] == before.yeses[account], name
        self.before = now
        self.silent = {name for name in self.names if self._said_no(name)}

    def teardown(self):
        self.sandbox.clear_faults()
        _time_passes()
        for _ in range(2):
            desk.until_confirmed(25)
            desk.sync()
        for flow in desk.FLOWS:
            self._heard(flow)
        self.silent = {name for name in self.names if self._said_no(name)}
        self.a_campaign_begins()
        self.nothing_is_sent_that_lets_somebody_in_who_said_no_and_was_heard()
        for name in self.names:
            self._all_agree(name, self.before)
        call_command("check_consent")

    def _heard(self, flow):
        for no in (one for noes in self.noes.values() for one in noes):
            no.heard = no.heard or no.flow == flow

    def _said_no(self, name):
        """A no of the person that was heard, unless a proven yes of this address is plainly later."""
        person = next(person for person in self.persons if name in person)
        return any(
            no.heard and not any(yes > no.at + SKEW for yes in self.yeses[name])
            for one in person
            for no in self.noes[one]
        )

    def _all_agree(self, name, there: Received):
        cleared = allowed([Recipient(f"CK-{name}", email=_email(name))], "email", "marketing")
        is_no = not cleared.cleared
        assert is_no or name not in self.silent, name
        assert is_no == (f"CK-{name}" not in there.active), name
        assert is_no == (desk.at_prima_is(name) in ("opt_out", "objection")), name
        assert is_no == (f"CK-{name}" not in there.inside), name


def test_no_story_lets_somebody_through_who_said_no(marketing, capsys):
    _tell(marketing, stories=3)


@pytest.mark.slow
def test_not_one_of_many_stories_lets_somebody_through_who_said_no(marketing, capsys):
    _tell(marketing, stories=40)


def _tell(actor, stories):
    with desk.estate(0) as sandbox:
        wording()
        Story.sandbox, Story.actor = sandbox, actor
        run_state_machine_as_test(
            Story,
            settings=settings(
                max_examples=stories,
                stateful_step_count=12,
                deadline=None,
                database=None,
                print_blob=True,
                # A story takes a second, and time has gone on when it is told again: not shrunk.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )


def _email(name):
    return f"{name}@example.com"


def _ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def _text(at):
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _time_passes():
    under_way().update(not_before=None)
    Lane.objects.update(open_until=None, failures=0, not_before=None, tokens=0)
    Connection.objects.update(not_before=None, open_until=None, failures=0)

"""Whatever is said, merged, broken and delayed: nobody who said no is ever let through.

Random stories are told to both systems, and flows run between them in any order. After every step
the gate is asked; in the end both systems say what the ledger says.
"""

from datetime import UTC, timedelta
from typing import ClassVar

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from connectors.sandbox.running import RunningSandbox
from connectors.sync.consent.claims import under_way
from connectors.sync.models import Connection, Lane
from integration.consent import addresses, merging, projection
from integration.consent.suppression import allowed
from integration.identity import keys
from integration.records.audience import NotCleared, Recipient
from tests.factories.consent import wording
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CROWD, EACH = 48, 4
"""A story has four people of its own: the ledger forgets nothing of the story before."""
who = st.integers(0, EACH - 1)
FAULTS = (
    {"kind": "throttle", "path": "/sfmc/rest", "times": 2},
    {"kind": "server_error", "path": "/sfmc/", "times": 2},
    {"kind": "server_error", "path": "/prima/v1", "times": 2},
    {"kind": "duplicate_changes", "path": "/consents/changes", "times": 2},
    {"kind": "late_changes", "path": "/consents/changes", "times": 2},
)


class Story(RuleBasedStateMachine):
    """`no_at` and `yes_at` are what a careful person would have written down."""

    sandbox: ClassVar[RunningSandbox]
    stories: ClassVar[int] = 0

    @initialize()
    def begin(self):
        first = (Story.stories * EACH) % CROWD
        Story.stories += 1
        self.names = [desk.name_of(first + number) for number in range(EACH)]
        self.no_at = {}
        self.yes_at = {}

    @rule(number=who, minutes=st.integers(0, 90))
    def no_in_the_portal(self, number, minutes):
        at = timezone.now() - timedelta(minutes=minutes)
        name = self.names[number]
        desk.says_no_in_the_portal(self.sandbox, name, occurred_at=_text(at))
        self.no_at[name] = max(at, self.no_at.get(name, at))

    @rule(number=who)
    def no_by_the_link(self, number):
        name = self.names[number]
        self.sandbox.clear_faults()
        if desk.status(name) == "Active":
            desk.follows_the_link(name)
            self.no_at[name] = timezone.now()

    @rule(number=who, minutes=st.integers(0, 90))
    def yes_with_evidence(self, number, minutes):
        at = timezone.now() - timedelta(minutes=minutes)
        name = self.names[number]
        evidence = {"method": "form", "wording_version": "newsletter 3", "evidence_ref": "f 1"}
        desk.says_no_in_the_portal(
            self.sandbox, name, action="opt_in", occurred_at=_text(at), **evidence
        )
        self.yes_at[name] = max(at, self.yes_at.get(name, at))

    @rule(number=who)
    def yes_by_a_flag(self, number):
        unproven = {"method": "flag", "wording_version": "?", "evidence_ref": "none"}
        name = self.names[number]
        desk.says_no_in_the_portal(self.sandbox, name, action="opt_in", **unproven)

    @rule(fault=st.sampled_from(FAULTS))
    def something_breaks(self, fault):
        self.sandbox.fault(**fault)

    @rule(flow=st.sampled_from(desk.FLOWS))
    def a_flow_runs(self, flow):
        desk.sync(flow)
        _time_passes()

    @rule(first=st.sampled_from([0, 2]))
    def two_turn_out_to_be_one(self, first):
        pair = self.names[first : first + 2]
        one, two = (keys.resolve("sfmc", f"CK-{name}") for name in pair)
        assert one is not None and two is not None  # noqa: PT018
        merging.carry_over(one.uid, two.uid, actor="test")

    @invariant()
    def nobody_who_said_no_and_was_heard_is_let_in(self):
        """From the moment the ledger holds a no, no audience has the person."""
        everybody = [Recipient(f"CK-{name}", email=_email(name)) for name in self.names]
        audience = allowed(everybody, "email", "marketing")
        for one in everybody:
            if _state(one.email) in ("opted_out", "objected"):
                assert one.key not in audience.cleared
                with pytest.raises(NotCleared):
                    audience.require([one.key])

    def teardown(self):
        self.sandbox.clear_faults()
        _time_passes()
        desk.until_confirmed(25)
        desk.sync()
        desk.until_confirmed(25)
        for name in self.names:
            self._both_sides_agree(name)
        call_command("check_consent")

    def _both_sides_agree(self, name):
        state = _state(_email(name))
        no, yes = self.no_at.get(name), self.yes_at.get(name)
        if no is not None and (yes is None or yes <= no):
            assert state == "opted_out"
        if state == "opted_out":
            assert desk.status(name) == "Unsubscribed"
            assert desk.at_prima_is(name) in ("opt_out", "objection")
        if state == "opted_in":
            assert desk.status(name) == "Active"


def test_no_story_lets_somebody_through_who_said_no(capsys):
    with desk.estate(CROWD) as sandbox:
        wording()
        Story.sandbox, Story.stories = sandbox, 0
        run_state_machine_as_test(
            Story,
            settings=settings(
                max_examples=4,
                derandomize=True,
                stateful_step_count=10,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def _state(email):
    return projection.state_of(addresses.address_hash("email", email), "email", "marketing")


def _email(name):
    return f"{name}@example.com"


def _text(at):
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _time_passes():
    under_way().update(not_before=None)
    Lane.objects.update(open_until=None, failures=0, not_before=None, tokens=0)
    Connection.objects.update(not_before=None, open_until=None)

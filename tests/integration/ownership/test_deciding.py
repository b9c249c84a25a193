"""One decision a field: who wins, who is asked, and that two systems always settle."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.ownership.deciding import (
    WRITING,
    Asked,
    Decision,
    Side,
    Step,
    Written,
    decide,
)
from integration.ownership.fields import FIELDS, Rule
from integration.ownership.policy import Policy


def one(rule: Rule, sfmc: Side, prima: Side, asked: Asked | None = None) -> Step:
    (decision,) = decide(rule, sfmc, prima, asked)
    return decision.step


PRIMA_PUTS_BACK = Rule("prima", "put_back")
PRIMA_IS_ASKED = Rule("prima", "propose")
PRIMA_IS_FILLED = Rule("prima", "fill")


def test_what_agrees_asks_for_nothing():
    assert one(PRIMA_IS_ASKED, Side("a", "b"), Side("a", "c")) == Step.SETTLED


def test_a_change_of_the_owner_is_written_to_the_other_side():
    (decision,) = decide(PRIMA_IS_ASKED, Side("old", "old"), Side("new", "old"))
    assert decision == Decision(Step.WRITE, "prima", "sfmc")


def test_the_owner_may_be_marketing_cloud():
    (decision,) = decide(Rule("sfmc", "propose"), Side("new", "old"), Side("old", "old"))
    assert decision == Decision(Step.WRITE, "sfmc", "prima")


def test_a_change_elsewhere_is_put_back():
    (decision,) = decide(PRIMA_PUTS_BACK, Side("new", "old"), Side("old", "old"))
    assert decision == Decision(Step.PUT_BACK, "prima", "sfmc")


def test_a_change_elsewhere_is_proposed_to_the_owner():
    (decision,) = decide(PRIMA_IS_ASKED, Side("new", "old"), Side("old", "old"))
    assert decision == Decision(Step.PROPOSE, "sfmc", "prima")


def test_an_empty_field_of_the_owner_is_filled():
    (decision,) = decide(PRIMA_IS_FILLED, Side("new", ""), Side("", ""))
    assert decision == Decision(Step.FILL, "sfmc", "prima")


def test_a_filled_field_of_the_owner_is_not_overwritten():
    assert one(PRIMA_IS_FILLED, Side("new", "old"), Side("old", "old")) == Step.PUT_BACK


def test_at_first_sight_a_side_that_has_nothing_gets_the_owners_value():
    assert one(PRIMA_IS_ASKED, Side(""), Side("a")) == Step.WRITE


def test_at_first_sight_a_side_that_says_something_else_asks():
    assert one(PRIMA_IS_ASKED, Side("b"), Side("a")) == Step.PROPOSE


def test_when_both_changed_the_owner_is_asked_and_nothing_is_lost():
    assert one(PRIMA_IS_ASKED, Side("b", "old"), Side("c", "old")) == Step.PROPOSE


def test_an_open_proposal_waits_and_an_answer_is_carried_out():
    sfmc, prima = Side("new", "new"), Side("old", "old")
    assert one(PRIMA_IS_ASKED, sfmc, prima, Asked("new", "open")) == Step.WAIT
    assert one(PRIMA_IS_ASKED, sfmc, prima, Asked("new", "accepted")) == Step.ACCEPTED
    assert one(PRIMA_IS_ASKED, sfmc, prima, Asked("new", "rejected")) == Step.PUT_BACK


def test_an_answer_to_another_value_answers_nothing():
    sfmc = Side("newer", "new")
    assert one(PRIMA_IS_ASKED, sfmc, Side("old", "old"), Asked("new", "accepted")) == Step.PROPOSE


def test_our_own_write_on_its_way_is_waited_for_and_not_repeated():
    on_its_way = Side("old", "new", Written("new", "old", is_seen=False))
    assert one(PRIMA_IS_ASKED, on_its_way, Side("new", "new")) == Step.WAIT


def test_a_write_that_does_not_hold_is_not_fought_over():
    back = Side("old", "new", Written("new", "old", is_seen=True))
    assert one(PRIMA_PUTS_BACK, back, Side("new", "new")) == Step.STUCK
    twisted = Side("NEW!", "new", Written("new", "old", is_seen=True))
    assert one(PRIMA_PUTS_BACK, twisted, Side("new", "new")) == Step.STUCK


def test_the_hub_takes_the_first_value_and_gives_it_to_both():
    rule = Rule("hub", "put_back")
    first, other = decide(rule, Side("b"), Side("a"))
    assert (first, other.step) == (Decision(Step.FILL, "prima", "hub"), Step.WAIT)
    prima, sfmc = decide(rule, Side("b", "b"), Side("a", "a"), hub="a")
    assert (prima.step, sfmc) == (Step.SETTLED, Decision(Step.WRITE, "hub", "sfmc"))


@pytest.mark.django_db
def test_the_usual_policy_is_seeded_as_it_is_in_code():
    from django.utils import timezone  # noqa: PLC0415 - only here

    assert Policy.on(timezone.localdate()).rules == {
        slug: known.default for slug, known in FIELDS.items()
    }


# --- Two systems and the desk between them, whatever happens ---------------------------------------

VALUES = st.sampled_from(["", "a", "b", "c"])
RULES = st.builds(
    Rule,
    st.sampled_from(["prima", "sfmc", "hub"]),
    st.sampled_from(["put_back", "propose", "fill"]),
)
Happening = tuple[str, str]
HAPPENINGS = st.lists(st.tuples(st.sampled_from(["sfmc", "prima", "answer", "read"]), VALUES))


@dataclass
class Between:
    """The desk between two systems. `twists` says that Marketing Cloud keeps `A` when told `a`."""

    rule: Rule
    twists: bool = False
    real: dict[str, str] = field(default_factory=lambda: {"sfmc": "", "prima": ""})
    sides: dict[str, Side] = field(default_factory=lambda: {"sfmc": Side(""), "prima": Side("")})
    hub: str | None = None
    asked: Asked | None = None

    def read(self) -> None:
        for name, side in self.sides.items():
            written = replace(side.written, is_seen=True) if side.written else None
            self.sides[name] = replace(side, now=self.real[name], written=written)

    def step(self) -> bool:
        """One round; answers whether anything was written."""
        wrote = False
        for decision in decide(
            self.rule, self.sides["sfmc"], self.sides["prima"], self.asked, self.hub
        ):
            wrote |= self._do(decision)
        return wrote

    def _do(self, decision: Decision) -> bool:
        if decision.step == Step.SETTLED:
            for name in {decision.source, decision.target} - {"hub"}:
                self.sides[name] = Side(self.sides[name].now, self.sides[name].now)
        elif decision.step == Step.PROPOSE:
            self.asked = Asked(self._value(decision.source), "open")
            for name in {decision.source, decision.target} - {"hub"}:
                self.sides[name] = replace(self.sides[name], known=self.sides[name].now)
        elif decision.step in WRITING:
            self._write(decision)
            return True
        return False

    def _write(self, decision: Decision) -> None:
        value = self._value(decision.source)
        if decision.target == "hub":
            self.hub = value
            return
        before = self.sides[decision.target]
        twisted = self.twists and decision.target == "sfmc"
        self.real[decision.target] = value.upper() if twisted else value
        self.sides[decision.target] = replace(
            before, known=value, written=Written(value, before.now, is_seen=False)
        )
        if decision.source != "hub":
            source = self.sides[decision.source]
            self.sides[decision.source] = replace(source, known=source.now)

    def _value(self, name: str) -> str:
        return self.hub or "" if name == "hub" else self.sides[name].now


def _happens(between: Between, what: str, value: str) -> None:
    if what in between.real:
        between.real[what] = value
        between.read()
    elif what == "answer" and between.asked is not None and between.asked.state == "open":
        between.asked = replace(between.asked, state="accepted" if value < "b" else "rejected")
    elif what == "read":
        between.read()
    between.step()


def _rest(between: Between, most: int = 12) -> None:
    for _ in range(most):
        between.read()
        wrote = between.step()
        if between.asked is not None and between.asked.state == "open":
            between.asked = replace(between.asked, state="accepted")
            wrote = True
        if not wrote:
            between.read()
            assert not between.step()
            return
    raise AssertionError(f"It never settles: {between}")


@given(RULES, HAPPENINGS, st.booleans())
def test_echoes_never_loop(rule: Rule, happenings: list[Happening], twists: bool):
    between = Between(rule, twists)
    for what, value in happenings:
        _happens(between, what, value)
    _rest(between)


@given(RULES, HAPPENINGS)
def test_two_obedient_systems_agree_in_the_end(rule: Rule, happenings: list[Happening]):
    between = Between(rule)
    for what, value in happenings:
        _happens(between, what, value)
    _rest(between)
    decisions = decide(
        rule, between.sides["sfmc"], between.sides["prima"], between.asked, between.hub
    )
    agreed = between.real["sfmc"] == between.real["prima"]
    assert agreed or {one.step for one in decisions} <= {Step.STUCK, Step.SETTLED, Step.WAIT}


@given(VALUES, VALUES, VALUES)
def test_a_value_of_the_owner_is_never_lost_unasked(mine: str, theirs: str, before: str):
    (decision,) = decide(PRIMA_IS_ASKED, Side(theirs, before), Side(mine, before))
    assert decision.target != "prima" or decision.step in (Step.PROPOSE, Step.SETTLED)

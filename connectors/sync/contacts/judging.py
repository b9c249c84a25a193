"""What each field of a pair asks for, and what becomes known when it is dealt with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.sync.contacts.pairs import Pair
from connectors.sync.contacts.views import Ground, Values, of_account, of_contact, token
from integration.ownership.deciding import (
    WRITING,
    Asked,
    Decision,
    Side,
    Step,
    Written,
    decide,
)
from integration.ownership.fields import COMPARED, Owner, System
from integration.ownership.models import Proposal, Standing


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision about one field, with what both systems say."""

    field: str
    decision: Decision
    sfmc: str
    prima: str
    hub: str = ""

    @property
    def step(self) -> Step:
        return self.decision.step

    @property
    def value(self) -> str:
        """What would be written."""
        return self.said_by(self.decision.source)

    def said_by(self, system: Owner) -> str:
        return {"sfmc": self.sfmc, "prima": self.prima, "hub": self.hub}[system]

    def goes_to(self, system: Owner) -> bool:
        return self.step in WRITING and self.decision.target == system


def judge(pair: Pair, ground: Ground) -> list[Verdict]:
    """Of a pair with an account: one verdict a field, two when the hub keeps it."""
    if pair.customer is None or pair.account is None:
        return []
    sfmc, prima = of_contact(pair.contact.data, ground), of_account(pair.customer)
    return [
        verdict for field in COMPARED for verdict in _of_field(pair, field, sfmc, prima, ground)
    ]


def _of_field(pair: Pair, field: str, sfmc: Values, prima: Values, ground: Ground) -> list[Verdict]:
    hub = pair.standing.hub.get(field)
    decisions = decide(
        ground.policy.rules[field],
        _side(pair.standing, "sfmc", field, sfmc[field], pair.contact.read_at),
        _side(pair.standing, "prima", field, prima[field], _account_read_at(pair)),
        _asked(pair.asked.get(field)),
        None if hub is None else token(hub),
    )
    return [Verdict(field, one, sfmc[field], prima[field], hub or "") for one in decisions]


def _side(standing: Standing, system: System, field: str, value: str, read_at: datetime) -> Side:
    known: Mapping[str, str] = standing.known.get(system, {})
    told = standing.written.get(system, {}).get(field)
    written = None
    if told:
        written = Written(told[0], told[1], read_at > datetime.fromisoformat(told[2]))
    return Side(token(value), known.get(field), written)


def _account_read_at(pair: Pair) -> datetime:
    if pair.account is None:
        raise ValueError(f"Contact {pair.key} has no account.")
    return pair.account.read_at


def _asked(proposal: Proposal | None) -> Asked | None:
    match proposal.state if proposal else "":
        case Proposal.State.OPEN:
            return Asked(_token(proposal), "open")
        case Proposal.State.ACCEPTED:
            return Asked(_token(proposal), "accepted")
        case Proposal.State.REJECTED:
            return Asked(_token(proposal), "rejected")
    return None


def _token(proposal: Proposal | None) -> str:
    return proposal.token if proposal else ""


def settle(pair: Pair, verdict: Verdict) -> None:
    """Both say the same: what was known and written before is over."""
    sides = {verdict.decision.source, verdict.decision.target}
    for system in ("sfmc", "prima"):
        if "hub" not in sides or system in sides:
            _forget_written(pair, system, verdict.field)
            _know(pair, system, verdict.field, verdict.said_by(system))


def note_asked(pair: Pair, verdict: Verdict) -> None:
    """A person is asked: what both say now is known, and is no change any more."""
    for system in ("sfmc", "prima"):
        if verdict.decision.target != "hub" or verdict.decision.source == system:
            _know(pair, system, verdict.field, verdict.said_by(system))


def note_written(pair: Pair, verdict: Verdict, now: datetime) -> None:
    """The target was told the value; until it says so itself that is an expectation."""
    target, value = verdict.decision.target, verdict.value
    if target == "hub":
        pair.standing.hub = {**pair.standing.hub, verdict.field: value}
        return
    written = {**pair.standing.written.get(target, {})}
    written[verdict.field] = [token(value), token(verdict.said_by(target)), now.isoformat()]
    pair.standing.written = {**pair.standing.written, target: written}
    _know(pair, target, verdict.field, value)
    if verdict.decision.source != "hub":
        _know(pair, verdict.decision.source, verdict.field, value)


def _know(pair: Pair, system: str, field: str, value: str) -> None:
    known = {**pair.standing.known.get(system, {}), field: token(value)}
    pair.standing.known = {**pair.standing.known, system: known}


def _forget_written(pair: Pair, system: str, field: str) -> None:
    written = pair.standing.written.get(system, {})
    if field in written:
        rest = {name: told for name, told in written.items() if name != field}
        pair.standing.written = {**pair.standing.written, system: rest}

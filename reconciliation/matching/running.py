"""One run over the rules: everything that is open, or what changed since and hangs together."""

from datetime import date, datetime

from django.utils import timezone

from reconciliation.matching import broken, ground, near, open_items, scope, store
from reconciliation.matching.desk import Desk, alone
from reconciliation.matching.result import MatchResult, yields
from reconciliation.matching.rule import CONTROL, Rule, rules
from reconciliation.matching.scope import Scope

MADE_BY = "Prima desk"
_FAR = date(9999, 12, 31)

# For this transaction only. A million rows are grouped in memory.
_SETTINGS = "SET LOCAL work_mem = '384MB'; SET LOCAL jit = off"


def run(
    *,
    since: datetime | None = None,
    as_of: date | None = None,
    company: str = "main",
    scope: Scope | None = None,
) -> MatchResult:
    """Matches what belongs together. Running it again changes nothing.

    With `since` or `scope` it looks at the lines that were imported and the documents that were
    read since, at what changed or was undone, at what the scope names, and at whatever is open and
    hangs together with these. Rates, tolerances, bounds and accounts that changed are taken up by
    the next run without. `as_of` leaves out what is dated later.
    """
    known = {
        **ground.bounds(),
        "control": CONTROL,
        "company": company,
        "as_of": as_of or _FAR,
        "at": timezone.now(),
        "made_by_name": MADE_BY,
        "since": since or timezone.now(),
    }
    with alone():
        return _run(Desk(known), None if since is None and scope is None else scope or Scope())


def _run(desk: Desk, asked: Scope | None) -> MatchResult:
    desk.do(_SETTINGS)
    ground.clear(desk)
    ground.lay(desk)
    before, changes = store.last_match(desk), broken.last_change(desk)
    undone, held = broken.undo_broken(desk)
    everything = asked is None or not scope.find(desk, asked)
    if everything:
        _match_everything(desk)
    else:
        _match_scope(desk)
    left = near.note(desk, everything=everything)
    broken.forget_changes(desk, changes)
    found = yields(desk, before)
    ground.clear(desk)
    return MatchResult(found, left, undone, held, everything)


def _match_everything(desk: Desk) -> None:
    open_items.look_at_everything(desk)
    for rule in rules():
        if rule.over_everything:
            store.keep(desk, rule)
    open_items.set_aside_what_is_left(desk)
    ground.lay_accounts(desk)
    for rule in rules():
        if not rule.over_everything:
            _keep(desk, rule)


def _match_scope(desk: Desk) -> None:
    open_items.set_aside_the_scope(desk)
    ground.lay_accounts(desk)
    for rule in rules():
        _keep(desk, rule)


def _keep(desk: Desk, rule: Rule) -> None:
    before = store.last_match(desk)
    if store.keep(desk, rule):
        open_items.take_out_matched(desk, before)

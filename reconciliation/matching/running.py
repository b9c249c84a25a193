"""One run over the rules: everything that is open, or what changed since and hangs together."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime
from itertools import cycle

from django.utils import timezone

from reconciliation.matching import beside, broken, glance, ground, near, open_items, scope, store
from reconciliation.matching.beside import Pairs
from reconciliation.matching.desk import A_FEW, Desk, alone
from reconciliation.matching.result import MatchResult, Yield, together
from reconciliation.matching.rule import CONTROL, Rule, rules
from reconciliation.matching.scope import Scope

MADE_BY = "Prima desk"
_FAR = date(9999, 12, 31)

_ALL = "SET LOCAL random_page_cost TO DEFAULT"


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
    desk = Desk(known)
    is_whole = since is None and scope is None
    may_share = is_whole and beside.is_worth_it(desk)
    with alone():
        desk.prepare()
        ground.clear(desk)
        broken.note_changes(desk)
        if not is_whole:
            return _run(desk, scope or Scope(), None)
        with beside.pairs(desk, _at_large()) if may_share else nullcontext() as stored:
            return _run(desk, None, stored)


def _run(desk: Desk, asked: Scope | None, stored: Pairs | None) -> MatchResult:
    desk.do(_ALL if asked is None else A_FEW)
    ground.lay(desk, is_first=stored is not None)
    undone, held = broken.undo_broken(desk, is_first=stored is not None)
    everything = asked is None or not scope.find(desk, asked)
    found = _match_everything(desk, stored) if everything else _try_all(desk, None)
    left = near.note(desk, everything=everything)
    broken.forget_changes(desk)
    ground.clear(desk)
    return MatchResult(together(found), left, undone, held, everything)


def _match_everything(desk: Desk, stored: Pairs | None) -> list[Yield]:
    desk.do(_ALL)
    if stored is None:
        return [glance.take(desk, _at_large()), *_try_all(desk, None)]
    open_items.set_aside_what_is_left(desk, is_first=True)
    return _try_all(desk, stored)


def _try_all(desk: Desk, stored: Pairs | None) -> list[Yield]:
    """First sales, then what follows them; while pairs are `stored` beside, sales wait for them."""
    ground.lay_accounts(desk)
    store.ready(desk, wait=stored is not None)
    sales = [rule for rule in rules() if not rule.after_sales]
    found = _go_round(desk, sales, wait=stored is not None)
    if stored is not None:
        found.append(stored.wait())
        store.keep_waiting(desk)
    return found + _go_round(desk, [rule for rule in rules() if rule.after_sales], wait=False)


def _go_round(desk: Desk, tried: Sequence[Rule], *, wait: bool) -> list[Yield]:
    """Round and round until each rule has seen, without effect, what the others left.

    What one rule matches may be what made another ambiguous, so that one round could leave what
    the next run would match.
    """
    found: list[Yield] = []
    quiet = 0
    for rule in cycle(tried):
        found.append(store.keep(desk, rule, wait=wait))
        quiet = 0 if found[-1].matches else quiet + 1
        if quiet == len(tried):
            return found
    return found


def _at_large() -> Rule:
    return next(rule for rule in rules() if rule.at_large)

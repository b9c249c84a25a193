"""One run over the rules: everything that is open, or what changed since and hangs together."""

from datetime import date, datetime
from itertools import cycle

from django.utils import timezone

from reconciliation.matching import broken, glance, ground, near, scope, store
from reconciliation.matching.desk import A_FEW, Desk, alone
from reconciliation.matching.result import MatchResult, Yield, together
from reconciliation.matching.rule import CONTROL, rules
from reconciliation.matching.scope import Scope

MADE_BY = "Prima desk"
_FAR = date(9999, 12, 31)

# For this transaction only. A million rows are joined in memory, in the order they are stored, so
# that the indexes of the matches grow at their ends.
_SETTINGS = """
SET LOCAL work_mem = '384MB'; SET LOCAL maintenance_work_mem = '384MB'; SET LOCAL jit = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL default_statistics_target = 30;
DO $$ BEGIN
    PERFORM set_config('temp_buffers', '256MB', true);
EXCEPTION WHEN invalid_parameter_value THEN
    NULL;  -- A connection takes it only before its first temporary table; it works without, too.
END $$
"""

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
    with alone():
        return _run(Desk(known), None if since is None and scope is None else scope or Scope())


def _run(desk: Desk, asked: Scope | None) -> MatchResult:
    desk.do(_SETTINGS)
    desk.do(_ALL if asked is None else A_FEW)
    ground.clear(desk)
    ground.lay(desk)
    changes = broken.last_change(desk)
    undone, held = broken.undo_broken(desk)
    everything = asked is None or not scope.find(desk, asked)
    found = _match_everything(desk) if everything else _try_all(desk)
    left = near.note(desk, everything=everything)
    broken.forget_changes(desk, changes)
    ground.clear(desk)
    return MatchResult(together(found), left, undone, held, everything)


def _match_everything(desk: Desk) -> list[Yield]:
    desk.do(_ALL)
    at_large = next(rule for rule in rules() if rule.at_large)
    return [glance.take(desk, at_large), *_try_all(desk)]


def _try_all(desk: Desk) -> list[Yield]:
    """Round and round until each rule has seen, without effect, what the others left.

    What one rule matches may be what made another ambiguous, so that one round could leave what
    the next run would match.
    """
    ground.lay_accounts(desk)
    store.ready(desk)
    found: list[Yield] = []
    quiet = 0
    for rule in cycle(rules()):
        found.append(store.keep(desk, rule))
        quiet = 0 if found[-1].matches else quiet + 1
        if quiet == len(rules()):
            return found
    return found

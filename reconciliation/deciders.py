"""Who may approve which of the adjustments that wait: as `adjustments.why_not_approve`, for many at once."""

from django.db.models import Q, QuerySet

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.waiting import Waiting
from reconciliation.limits import ANY, MONEY, Limits
from reconciliation.models import Adjustment

PROPOSED = Adjustment.State.PROPOSED


def for_you(user: User) -> Q:
    """Those that wait, are not the person's own and lie within their limits."""
    if not user.may(May.DECIDE_APPROVALS):
        return Q(pk__in=[])
    return open_to(user) & _within(user)


def open_to(user: User) -> Q:
    """Those that wait for somebody else than who proposed them."""
    return Q(state=PROPOSED) & ~Q(proposer=user)


def by_you(user: User) -> Q:
    """The person's own that wait."""
    return Q(state=PROPOSED, proposer=user)


def for_others(user: User) -> Q:
    """Those that wait for another role or a higher limit."""
    return open_to(user) & ~for_you(user)


def waiting(user: User) -> Waiting:
    found: QuerySet[Adjustment] = Adjustment.objects.filter(state=PROPOSED)
    mine = found.filter(for_you(user)).count()
    own = found.filter(by_you(user)).count()
    return Waiting(mine, own, found.count() - mine - own)


def _within(user: User) -> Q:
    limits = Limits.now()
    named: dict[str, set[str]] = {kind: set() for kind in MONEY}
    for kind, currency, _ in limits.rows:
        named.setdefault(kind, set()).add(currency)
    within = ~Q(kind__in=MONEY)
    for kind in MONEY:
        for currency in named[kind] - {ANY}:
            within |= Q(kind=kind, currency=currency) & _up_to(limits.of(user, kind, currency))
        rest = Q(kind=kind) & ~Q(currency__in=named[kind])
        within |= rest & _up_to(limits.of(user, kind, ANY))
    return within


def _up_to(limit: int | None) -> Q:
    return Q(pk__in=[]) if limit is None else Q(amount__gte=-limit, amount__lte=limit)

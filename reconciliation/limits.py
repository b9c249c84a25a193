"""How much each role may decide: rows an admin keeps, by kind of adjustment, currency and role."""

from collections.abc import Mapping
from dataclasses import dataclass

from integration.accounts.models import User
from integration.accounts.roles import ROLES, May, Role
from integration.core.money import from_minor
from reconciliation.models import Adjustment, AdjustmentLimit

ANY = "*"
Kind = Adjustment.Kind
MONEY = (Kind.WRITE_OFF, Kind.FEE, Kind.FX, Kind.MATCH)
"""What changes figures, so that it has a limit."""
DECIDING = tuple(role for role in Role if May.DECIDE_APPROVALS in ROLES[role])
"""Roles that may decide at all, and so may have a limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit at one moment, in minor units by kind, currency and role."""

    rows: Mapping[tuple[str, str, str], int]

    @classmethod
    def now(cls) -> "Limits":
        rows = AdjustmentLimit.objects.values_list("kind", "currency", "role", "amount")
        return cls({(kind, currency, role): amount for kind, currency, role, amount in rows})

    def by_role(self, kind: str, currency: str) -> dict[str, int]:
        """A limit for the currency itself comes before one for every other currency."""
        found = {}
        for role in DECIDING:
            own = self.rows.get((kind, currency, role.value))
            limit = self.rows.get((kind, ANY, role.value)) if own is None else own
            if limit is not None:
                found[role.value] = limit
        return found

    def of(self, user: User, kind: str, currency: str) -> int | None:
        """The highest of the person's roles; None when none of them has one."""
        found = self.by_role(kind, currency)
        return max((found[role] for role in user.roles if role in found), default=None)

    def highest(self, kind: str, currency: str) -> int | None:
        return max(self.by_role(kind, currency).values(), default=None)

    def covering(self, kind: str, currency: str, amount: int) -> list[tuple[str, int]]:
        """The roles that may decide this amount, the lowest limit first."""
        found = self.by_role(kind, currency).items()
        return sorted([pair for pair in found if pair[1] >= abs(amount)], key=lambda pair: pair[1])


def why_none(limits: Limits, kind: Adjustment.Kind, currency: str, amount: int) -> str:
    """Why nobody may decide such an amount; empty when somebody may."""
    if kind not in MONEY:
        return ""
    highest = limits.highest(kind, currency)
    if highest is None:
        return f"No limit is set for “{kind.label}” in {currency}. An admin sets it."
    if abs(amount) > highest:
        return (
            f"Above the limit of {_shown(highest, currency)} for “{kind.label}”: nobody may decide"
            " it here. Put it right at its source instead."
        )
    return ""


def why_not(limits: Limits, user: User, kind: Adjustment.Kind, currency: str, amount: int) -> str:
    """Why this person may not decide such an amount, and who may; empty when they may."""
    if refusal := why_none(limits, kind, currency, amount):
        return refusal
    if kind not in MONEY:
        return ""
    own = limits.of(user, kind, currency)
    if own is not None and abs(amount) <= own:
        return ""
    others = " or ".join(
        f"{role}, up to {_shown(limit, currency)}"
        for role, limit in limits.covering(kind, currency, amount)
    )
    yours = f"your limit of {_shown(own, currency)}" if own is not None else "what you may decide"
    return f"Above {yours} for “{kind.label}”. It takes the role {others}."


def told(limits: Limits, currency: str, amount: int) -> list[tuple[str, str, str]]:
    """For each kind that is booked: its value, its words, and who may decide such an amount."""
    rows = []
    for kind in (Kind.WRITE_OFF, Kind.FEE, Kind.FX):
        who = " or ".join(role for role, _ in limits.covering(kind, currency, amount))
        words = f"{who} decides" if who else why_none(limits, kind, currency, amount)
        rows.append((kind.value, str(kind.label), words))
    return rows


def _shown(amount: int, currency: str) -> str:
    return f"{from_minor(amount, currency):,} {currency}"

"""Django's permission questions ("mapping.change_productmapping") answered from the roles."""

from collections.abc import Callable, Mapping

from integration.accounts.roles import May

# Who may change what on the admin site, by app and model; "*" is every other model of the app.
CHANGES: Mapping[str, May] = {
    "mapping.*": May.MANAGE_MAPPINGS,
    "ownership.fieldpolicy": May.MANAGE_MAPPINGS,
    "ownership.contactpolicy": May.MANAGE_MAPPINGS,
    "mapping.discountrelease": May.DECIDE_APPROVALS,
    "sync.connection": May.MANAGE_CONNECTIONS,
    "sync.lane": May.MANAGE_CONNECTIONS,
    "consent.wording": May.MANAGE_MAPPINGS,
    "sync.flowsetting": May.MANAGE_CONNECTIONS,
    "reconciliation.gatewaymapping": May.MANAGE_MAPPINGS,
    "reconciliation.adjustmentlimit": May.MANAGE_MAPPINGS,
    "reconciliation.tolerance": May.MANAGE_MAPPINGS,
    "reconciliation.ledgeraccount": May.MANAGE_MAPPINGS,
    "reconciliation.matchbounds": May.MANAGE_MAPPINGS,
    "reconciliation.exchangerate": May.MANAGE_MAPPINGS,
    "accounts.user": May.MANAGE_PEOPLE,
}
# Rows that only the desk itself may write, and people, who are shut out but never deleted.
NEVER_DELETED = frozenset(
    {"accounts.user", "sync.connection", "mapping.orderpolicy", "ownership.contactpolicy"}
)
# Looked at by those who may see the trail, not by everybody of the admin site.
SEEN_BY: Mapping[str, May] = {"audit": May.SEE_AUDIT}

# Roles are data of the product; Django's own groups would be a second truth.
HIDDEN = frozenset({"auth"})

Question = Callable[[May], bool]


def permits(may: Question, permission: str) -> bool:
    """`may` says what the person's roles allow. Unknown questions are answered with no."""
    app, _, name = permission.partition(".")
    verb, _, model = name.partition("_")
    if not may(May.VIEW_ADMIN) or not model or app in HIDDEN:
        return False
    if verb == "view":
        return may(SEEN_BY.get(app, May.VIEW_ADMIN))
    if verb not in ("add", "change", "delete"):
        return False
    if verb == "delete" and f"{app}.{model}" in NEVER_DELETED:
        return False
    needed = CHANGES.get(f"{app}.{model}") or CHANGES.get(f"{app}.*")
    return needed is not None and may(needed)


def permits_any_of(may: Question, app: str) -> bool:
    """Whether the app shows on the admin site at all."""
    return app not in HIDDEN and may(May.VIEW_ADMIN) and may(SEEN_BY.get(app, May.VIEW_ADMIN))

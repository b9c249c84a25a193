"""Roles as data: who may do what. Every page and action names one of these permissions."""

from collections.abc import Mapping
from enum import StrEnum


class May(StrEnum):
    """What a role may allow."""

    VIEW_CASES = "view cases"
    WORK_CASES = "work on cases"
    CORRECT_ORDERS = "correct orders"
    MAP_PRODUCTS = "map products"
    MAP_PROMOTIONS = "map promotions"
    MAP_VALUES = "map other values"
    LINK_CUSTOMERS = "link customers"
    WRITE_PRIMA = "write to Prima"
    REJECT_ORDERS = "reject orders"
    DECIDE_APPROVALS = "decide approvals"
    RUN_FLOWS = "run flows"
    VIEW_RECONCILIATION = "view reconciliation"
    IMPORT_PAYOUTS = "import payouts"
    RECONCILE = "reconcile"
    VIEW_CUSTOMERS = "view customers"
    KEEP_CUSTOMERS = "keep customers"
    VIEW_CONSENT = "view consent"
    KEEP_CONSENT = "keep consent"
    ERASE_PEOPLE = "erase people"
    VIEW_CAMPAIGNS = "view campaigns"
    CHECK_CAMPAIGNS = "check campaigns"
    EXPORT = "export lists"
    SEE_PERSONAL_DATA = "see personal data"
    SEE_PAYLOADS = "see payloads"
    SEE_AUDIT = "see the audit trail"
    VIEW_ADMIN = "look at the admin site"
    MANAGE_MAPPINGS = "manage mappings"
    MANAGE_CONNECTIONS = "manage connections"
    MANAGE_PEOPLE = "manage people"


class Role(StrEnum):
    OPERATIONS = "operations"
    FINANCE = "finance"
    CONTROLLER = "controller"
    MARKETING = "marketing"
    ADMIN = "admin"
    AUDITOR = "auditor"


_EVERYONE = frozenset(
    {May.VIEW_CASES, May.VIEW_CUSTOMERS, May.VIEW_CAMPAIGNS, May.EXPORT, May.SEE_PAYLOADS}
)
_FINANCE = _EVERYONE | {
    May.WORK_CASES,
    May.CORRECT_ORDERS,
    May.MAP_PROMOTIONS,
    May.DECIDE_APPROVALS,
    May.REJECT_ORDERS,
    May.VIEW_RECONCILIATION,
    May.IMPORT_PAYOUTS,
    May.RECONCILE,
    May.SEE_PERSONAL_DATA,
    May.SEE_AUDIT,
}

ROLES: Mapping[Role, frozenset[May]] = {
    Role.OPERATIONS: _EVERYONE
    | {
        May.WORK_CASES,
        May.CORRECT_ORDERS,
        May.MAP_PRODUCTS,
        May.MAP_PROMOTIONS,
        May.MAP_VALUES,
        May.LINK_CUSTOMERS,
        May.WRITE_PRIMA,
        May.REJECT_ORDERS,
        May.RUN_FLOWS,
        May.VIEW_RECONCILIATION,
        May.KEEP_CUSTOMERS,
        May.VIEW_CONSENT,
        May.CHECK_CAMPAIGNS,
        May.SEE_PERSONAL_DATA,
    },
    Role.FINANCE: _FINANCE,
    Role.CONTROLLER: _FINANCE,
    Role.MARKETING: _EVERYONE
    | {
        May.WORK_CASES,
        May.CORRECT_ORDERS,
        May.LINK_CUSTOMERS,
        May.KEEP_CUSTOMERS,
        May.VIEW_CONSENT,
        May.KEEP_CONSENT,
        May.ERASE_PEOPLE,
        May.CHECK_CAMPAIGNS,
        May.SEE_PERSONAL_DATA,
    },
    Role.ADMIN: _EVERYONE
    | {
        May.WORK_CASES,
        May.VIEW_ADMIN,
        May.MANAGE_MAPPINGS,
        May.MANAGE_CONNECTIONS,
        May.MANAGE_PEOPLE,
        May.RUN_FLOWS,
        May.VIEW_RECONCILIATION,
        May.VIEW_CONSENT,
        May.SEE_AUDIT,
    },
    Role.AUDITOR: _EVERYONE
    | {May.VIEW_RECONCILIATION, May.VIEW_CONSENT, May.SEE_AUDIT, May.VIEW_ADMIN},
}

DESCRIPTIONS: Mapping[Role, str] = {
    Role.OPERATIONS: "Clears the exception queues: maps, corrects, links, retries.",
    Role.FINANCE: "Reviews money and approves what is above a limit.",
    Role.CONTROLLER: "Does what finance does, and decides adjustments above the limits of finance.",
    Role.MARKETING: "Keeps contacts and campaign data clean.",
    Role.ADMIN: "Keeps mappings, connections, people and schedules.",
    Role.AUDITOR: "Sees what everybody did, with personal data masked; changes nothing.",
}


def allowed(roles: list[str]) -> frozenset[May]:
    """Everything the roles allow together. Unknown roles allow nothing."""
    known = [ROLES[Role(role)] for role in roles if role in set(Role)]
    return frozenset[May]().union(*known)

"""The rows of reconciliation, by noun."""

from reconciliation.models.differences import (
    Adjustment,
    AdjustmentLimit,
    ControlRun,
    Difference,
    DifferenceEvent,
    ExchangeRate,
    SavedView,
    Tolerance,
)
from reconciliation.models.matches import BankMatch, Match, MatchDocument, MatchLine
from reconciliation.models.payouts import (
    BankLine,
    GatewayLine,
    GatewayMapping,
    Payout,
    StatementFile,
)
from reconciliation.models.periods import LateArrival, Period, PeriodEvent

__all__ = [
    "Adjustment",
    "AdjustmentLimit",
    "BankLine",
    "BankMatch",
    "ControlRun",
    "Difference",
    "DifferenceEvent",
    "ExchangeRate",
    "GatewayLine",
    "GatewayMapping",
    "LateArrival",
    "Match",
    "MatchDocument",
    "MatchLine",
    "Payout",
    "Period",
    "PeriodEvent",
    "SavedView",
    "StatementFile",
    "Tolerance",
]

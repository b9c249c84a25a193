"""The rows of reconciliation, by noun."""

from reconciliation.models.differences import (
    Adjustment,
    AdjustmentLimit,
    ControlRun,
    DayTotal,
    Difference,
    DifferenceEvent,
    ExchangeRate,
    Presence,
    Rejection,
    SavedView,
    Tolerance,
)
from reconciliation.models.matches import (
    BankMatch,
    Change,
    LedgerAccount,
    Match,
    MatchBounds,
    NearMatch,
)
from reconciliation.models.payouts import (
    BankLine,
    BankLineAgain,
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
    "BankLineAgain",
    "BankMatch",
    "Change",
    "ControlRun",
    "DayTotal",
    "Difference",
    "DifferenceEvent",
    "ExchangeRate",
    "GatewayLine",
    "GatewayMapping",
    "LateArrival",
    "LedgerAccount",
    "Match",
    "MatchBounds",
    "NearMatch",
    "Payout",
    "Period",
    "PeriodEvent",
    "Presence",
    "Rejection",
    "SavedView",
    "StatementFile",
    "Tolerance",
]

"""Matching payout lines with documents: run the rules, match by hand, undo, look for candidates."""

from reconciliation.matching.candidates import Candidate, candidates
from reconciliation.matching.people import by_hand, undo, worth
from reconciliation.matching.result import MatchResult, Yield
from reconciliation.matching.rule import CONTROL, rules, title_of
from reconciliation.matching.running import run
from reconciliation.matching.scope import Scope

__all__ = [
    "CONTROL",
    "Candidate",
    "MatchResult",
    "Scope",
    "Yield",
    "by_hand",
    "candidates",
    "rules",
    "run",
    "title_of",
    "undo",
    "worth",
]

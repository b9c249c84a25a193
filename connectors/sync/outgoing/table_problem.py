"""When it is not a row that is wrong but the data extension: one case, and the rows wait."""

from collections.abc import Sequence

from connectors.sfmc.rows import RowOutcome
from connectors.sync.outgoing.target import Target
from connectors.sync.outgoing.verdict import reason_of
from integration.core.problems import Finding, Problem, Subject, report

LEAST_ROWS = 20
"""Fewer rows with the same refusal may well be a coincidence."""


def common_refusal(outcomes: Sequence[RowOutcome]) -> str:
    """What was said to every single row, when it was the same and final; else empty."""
    if len(outcomes) < LEAST_ROWS or any(one.ok or one.retryable for one in outcomes):
        return ""
    reasons = {reason_of(one.message) for one in outcomes}
    return outcomes[0].message if len(reasons) == 1 else ""


def found(target: Target, said: str) -> None:
    facts = {"part": target.part, "table": target.name, "said": said[:250]}
    problem = Problem("target_table_refused", f"{target.name}: {said}", facts)
    report([Finding(_subject(target), (problem,), target.part)])


def healed(target: Target) -> None:
    how = f"The data extension {target.name} takes rows again"
    report([Finding(_subject(target), (), target.part, healed_by=how)])


def _subject(target: Target) -> Subject:
    return Subject("sfmc", "target table", target.part, label=target.name)

"""What an answer or an error of Prima means for a contact: pure decisions."""

from collections.abc import Mapping
from datetime import datetime

from connectors.errors import (
    CircuitOpen,
    DuplicateReference,
    Issue,
    MisconfiguredError,
    NotFound,
    Rejected,
    Stale,
    Throttled,
    TransientError,
    UnexpectedShape,
)
from connectors.sync import backoff
from connectors.sync.contacts.outcome import Work
from connectors.sync.context import Failure
from integration.core.problems import Problem

_KINDS: Mapping[str, str] = {
    "vat": "invalid_tax_number",
    "address": "incompatible_address",
    "currency": "currency_not_allowed",
}


MARKETING_CLOUD = "Marketing Cloud"


def failed(work: Work, failure: Failure, max_attempts: int, now: datetime) -> None:
    """What becomes of the contact after a call that did not go well."""
    error = failure.error
    match error:
        case CircuitOpen() | MisconfiguredError():
            work.wait(error.message, in_doubt=work.item.in_doubt)
        case Stale():
            work.wait("Somebody changed the account at the same moment; it is looked at again.")
        case Rejected():
            work.hold([_refused(work, issue, error.system) for issue in _issues(error)])
        case DuplicateReference() | NotFound():
            work.hold([_problem(work, "rejected_by_prima", "upstream.rejected", error.message)])
        case TransientError() | UnexpectedShape():
            _again(work, error, max_attempts, now)
        case _:
            work.hold([unexpected(work, failure)], in_doubt=work.is_new)


def unexpected(work: Work, failure: Failure) -> Problem:
    name = type(failure.error).__name__
    return Problem(
        "unexpected_failure",
        f"The desk failed unexpectedly with contact {work.key}.",
        {"contact_key": work.key, "exception": name, "place": failure.place},
    )


def poisoned(work: Work) -> Problem:
    return Problem(
        "unexpected_failure",
        f"The worker was lost {work.item.crashes} times while it had contact {work.key}.",
        {"contact_key": work.key, "exception": "worker lost", "place": work.key},
    )


def _again(
    work: Work, error: TransientError | UnexpectedShape, max_attempts: int, now: datetime
) -> None:
    attempts = work.item.attempts + 1
    doubtful = isinstance(error, UnexpectedShape) or error.outcome_unknown
    in_doubt = work.is_new and doubtful
    system = error.system or "Prima"
    work.attempts = attempts
    if attempts >= max_attempts:
        problem = Problem(
            "delivery_failed",
            f"Contact {work.key} could not be brought to {system} in {attempts} attempts. "
            f"The last one: {error.message}",
            {
                "contact_key": work.key,
                "system": "sfmc" if system == MARKETING_CLOUD else "prima",
                "error": type(error).__name__,
            },
        )
        work.hold([problem], in_doubt=in_doubt)
        return
    asked = error.retry_after if isinstance(error, Throttled) else None
    until = now + backoff.delay(attempts, at_least=asked)
    work.wait(error.message, until=until, in_doubt=in_doubt)


def _issues(error: Rejected) -> list[Issue]:
    issues = [issue for issue in error.issues if issue.severity != "warning"]
    return issues or [Issue("upstream.rejected", error.message)]


def _refused(work: Work, issue: Issue, system: str) -> Problem:
    if system == MARKETING_CLOUD:
        facts = {"contact_key": work.key, "said": issue.message[:200], "reason": issue.code}
        return Problem(
            "contact_refused", f"Marketing Cloud refused contact {work.key}: {issue.message}", facts
        )
    kind = _KINDS.get(issue.code.partition(".")[0], "rejected_by_prima")
    return _problem(work, kind, issue.code, issue.message or issue.code, issue)


def _problem(work: Work, kind: str, code: str, said: str, issue: Issue | None = None) -> Problem:
    account = work.pair.account.account_code if work.pair and work.pair.account else ""
    facts = {"contact_key": work.key, "account": account, "code": code, "said": said[:200]}
    if kind == "incompatible_address":
        facts |= {"use": "invoice", "reasons": code.partition(".")[2]}
    if kind == "currency_not_allowed":
        facts |= {"reason": "prima", "currency": issue.value if issue else ""}
    if kind == "invalid_tax_number" and issue:
        facts["tax_number"] = issue.value
    target = [issue.pointer] if issue and issue.pointer else []
    message = f"Prima refused contact {work.key}: {said}"
    return Problem(kind, message, facts, target_pointers=target)

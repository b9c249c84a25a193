"""A finding as its reader may see it: whom it is about, and what would happen to them."""

from exceptions.kind import kinds
from exceptions.masking import impersonal_problem
from exceptions.preflight.check import check_of
from exceptions.preflight.models import PreflightFinding
from integration.core.personal import masked
from integration.core.problems import Problem
from integration.exports import without_emails


def title_of(slug: str) -> str:
    check = check_of(slug)
    return check.title if check else slug


def subject(finding: PreflightFinding, *, personal: bool) -> str:
    """A contact without a key is known by the e-mail address alone."""
    return finding.subject if personal else without_emails(finding.subject)


def name(finding: PreflightFinding, *, personal: bool) -> str:
    return finding.label if personal or not _is_of_audience(finding) else masked(finding.label)


def message(finding: PreflightFinding, *, personal: bool) -> str:
    """What would happen. Of a run that kept no such sentence, a contact's is told by its kind."""
    if personal:
        return finding.message
    if finding.impersonal:
        return finding.impersonal
    if _is_of_audience(finding):
        kind = kinds().get(finding.code)
        return f"{kind.title}." if kind else title_of(finding.check_slug)
    return impersonal_problem(Problem(finding.code, finding.message, finding.facts), None)


def _is_of_audience(finding: PreflightFinding) -> bool:
    check = check_of(finding.check_slug)
    return check is None or check.on_audience

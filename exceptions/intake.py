"""Files findings as cases: the one way in."""

from collections.abc import Sequence

from integration.core.problems import Finding


def file_findings(findings: Sequence[Finding]) -> None:
    """Opens, extends, heals and closes cases for the findings, in the caller's transaction."""
    raise NotImplementedError

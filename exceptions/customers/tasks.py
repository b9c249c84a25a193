"""Background work of the customer pages. It only looks at rows, so it may run twice."""

from connectors.sync.identity.estate import running
from integration.identity.models import LinkRun


def link_estate(pk: int) -> None:
    """Runs a linking somebody asked for."""
    row = LinkRun.objects.filter(pk=pk).first()
    if row is not None:
        running.run(row)

"""Which flows send which part: they say so themselves."""

from connectors.sync.flow import flows


def flows_of(part: str) -> list[str]:
    """The slugs of the flows that send rows of the part."""
    return [slug for slug, flow in flows().items() if part in flow.writes]

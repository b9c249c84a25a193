"""What was said of a record, for those who may not see whom it names."""

from exceptions.kind import kind_of
from exceptions.models import Occurrence
from exceptions.words import unnamed
from integration.exports import without_emails


def impersonal(sighting: Occurrence) -> str:
    """The message with names, e-mail addresses and the like masked."""
    personal = kind_of(sighting.case.kind).personal
    return without_emails(unnamed(sighting.message, sighting.facts, personal))

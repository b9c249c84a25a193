"""JSON as it is sent."""

import json

from connectors.errors import Issue, Rejected


def json_body(content: object, system: str) -> bytes:
    """No spaces, and letters as they are. Raises Rejected for half of a surrogate pair."""
    try:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        message = "The text holds half a character, which cannot be sent."
        issue = Issue("text.unrepresentable", message, value=ascii(error.object[error.start]))
        raise Rejected(message, system, issues=[issue]) from error

"""Text and payloads in the form PostgreSQL can keep: no NUL, no half characters, not too long."""

from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def text(value: str, limit: int | None = None) -> str:
    """The text without what the database refuses, cut with an ellipsis where it is too long."""
    clean = value.replace("\x00", REPLACEMENT).encode("utf-8", "replace").decode()
    if limit is not None and len(clean) > limit:
        return f"{clean[: limit - 1]}…"
    return clean


def payload(value: Any) -> Any:
    """The same value with every text in it cleaned. Numbers that are not JSON become text."""
    match value:
        case str():
            return text(value)
        case dict():
            return {text(str(key)): payload(item) for key, item in value.items()}
        case list() | tuple():
            return [payload(item) for item in value]
        case None | bool() | int():
            return value
    return text(str(value))

"""Cells of files that people open in a spreadsheet: text that can never act as a formula."""

from typing import Any

_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: Any) -> Any:
    """Numbers, dates and None as they are; text that would start a formula behind an apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_STARTERS):
        return f"'{value}"
    return value

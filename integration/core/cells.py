"""Cells of files that people open in a spreadsheet: text that can never act as a formula."""

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def neutral(value: str) -> str:
    """Text that a spreadsheet will not run: an apostrophe stands before what begins a formula.

    Plain numbers, negative ones too, stay what they are.
    """
    if value.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value

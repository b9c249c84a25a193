"""What a line of the log must not hold: e-mail addresses, however they came into it."""

import re
from collections.abc import MutableMapping
from typing import Any

_EMAIL = re.compile(r"([\w.+%'-])[\w.+%'-]*@(?=[\w-]+\.\w)")


def without_addresses(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A step of the log, after exceptions have become text: `j•••@customer.example`."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = in_words(value)
    return line


def in_words(words: str) -> str:
    return _EMAIL.sub(r"\1•••@", words)

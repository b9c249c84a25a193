"""The name of a root cause: the same for every sighting of it, whoever typed it and however."""

import hashlib
import unicodedata
from collections.abc import Mapping

VERSION = "v1"


def fingerprint(kind: str, cause: Mapping[str, str], record: str) -> str:
    """The name of the cause within its kind. An empty cause makes the record itself the cause.

    Order, case and white space of the facts do not matter. The version stands in front, so that a
    new way of grouping never mixes with the old.
    """
    told = {name: plain(value) for name, value in cause.items() if plain(value)}
    parts = [kind, *(f"{name}={told[name]}" for name in sorted(told))] if told else [kind, record]
    return f"{VERSION}:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:48]}"


def plain(text: str) -> str:
    """The text in the form that is compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

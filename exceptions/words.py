"""Turns facts into the words of titles and messages."""

from collections.abc import Mapping, Sequence


def who(facts: Mapping[str, str]) -> str:
    """The customer the facts are about, as a person would say it."""
    name = facts.get("name", "")
    if account := facts.get("account", ""):
        return f"{name} (account {account})" if name else f"Account {account}"
    known = name or facts.get("email", "")
    if contact := facts.get("contact_key", ""):
        return f"{known} (contact {contact})" if known else f"Contact {contact}"
    return known or f"The customer of order {facts.get('order', '')}"


def of_whom(facts: Mapping[str, str]) -> str:
    """As `who`, within a sentence."""
    told = who(facts)
    begins = ("Account ", "Contact ", "The customer ")
    return told[0].lower() + told[1:] if told.startswith(begins) else told


def first_given(facts: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The first of the named facts that was given: the account, or else the contact."""
    given = [name for name in names if facts.get(name)]
    return {given[0]: facts[given[0]]} if given else {}


def counted(number: int, one: str, many: str = "") -> str:
    """1 order, 2 orders, 12,000 orders."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"

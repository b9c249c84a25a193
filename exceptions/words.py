"""Turns facts into the words of titles and messages."""

from collections.abc import Collection, Mapping, Sequence

from integration.core.personal import masked


def who(facts: Mapping[str, str]) -> str:
    """The customer the facts are about, by key and never by name.

    Titles go into the audit trail, into alerts and to those who may not see personal data, and
    nobody could take a name out of them again.
    """
    if account := facts.get("account", ""):
        return f"Account {account}"
    if contact := facts.get("contact_key", ""):
        return f"Contact {contact}"
    return f"The customer of order {facts.get('order', '')}"


def of_whom(facts: Mapping[str, str]) -> str:
    """As `who`, within a sentence."""
    told = who(facts)
    return told[0].lower() + told[1:]


def known_as(facts: Mapping[str, str], personal: Collection[str]) -> str:
    """What the person of the facts is called, for those who may see it; empty when nobody said."""
    return next(
        (facts[name] for name in ("name", "email") if name in personal and facts.get(name)), ""
    )


def unnamed(text: str, facts: Mapping[str, str], personal: Collection[str]) -> str:
    """The text with the values of the personal facts masked wherever they stand in it."""
    values = {str(facts[name]) for name in personal if facts.get(name)}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, masked(value))
    return text


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

"""What a cursor stands for, in words: most belong to a flow, some to one list a flow reads."""

from integration.schedules import title_of

_ALONE = {
    "consent.new_links": "Opt-outs of people who were linked since",
    "consent.standing": "People unsubscribed before the desk came",
    "consent_notifications": "Notifications of Marketing Cloud, looked after",
    "consent_sweep": "Opt-outs of Marketing Cloud, looked through",
    "mappings": "Changes of mappings",
    "prima_consents": "Opt-outs listed by Prima",
    "prima_customers": "Accounts of Prima",
    "prima_notifications": "Notifications of Prima, looked after",
    "stock_class.rest": "Stock of all other products",
    "stock_requests": "People who ask to be told of stock",
}
_PARTS = {
    "after": "up to where",
    "everything": "all of it, once more",
    "snapshot": "read as a whole",
    "whole": "read as a whole",
    "whole_after": "read as a whole, up to where",
    "whole_since": "read as a whole, since when",
}


def cursor_title(name: str) -> str:
    """`prima_orders.snapshot` is “Orders of Prima, read as a whole”."""
    if name in _ALONE:
        return _ALONE[name]
    owner, _, part = name.partition(".")
    if owner == "stock_class":
        return f"Stock of class {part}"
    title = _ALONE.get(owner) or title_of(owner)
    if title == owner:
        title = _in_words(owner)
    return f"{title}, {_PARTS.get(part, part.replace('_', ' '))}" if part else title


def _in_words(name: str) -> str:
    words = name.replace("_", " ")
    if words.startswith("prima "):
        words = f"{words.removeprefix('prima ')} of Prima"
    return words[:1].upper() + words[1:]

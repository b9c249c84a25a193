"""What cannot be read of an order, gathered: one problem a cause, however many places it has."""

from dataclasses import dataclass, field

from integration.core.problems import Problem

CODE = "unreadable_order"
NOT_COMPLETE = "not_complete"
"""The reason when lines are still missing: the rest may be on its way."""
_SHOWN = 60


@dataclass(slots=True)
class _Defect:
    field: str
    reason: str
    says: str
    value: str
    pointers: list[str]


@dataclass(slots=True)
class Defects:
    """`add` takes a sentence without the order's name; the same field and reason are one cause."""

    order_key: str
    _found: dict[tuple[str, str], _Defect] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, pointer: str, reason: str, says: str, value: object = "") -> None:
        parts = pointer.split("/")
        name = parts[-2] if parts[-1].isdecimal() else parts[-1]
        cause = (name, reason)
        known = self._found.get(cause)
        if known:
            known.pointers.append(pointer)
        else:
            self._found[cause] = _Defect(name, reason, says, shown(value), [pointer])

    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problem(defect) for defect in self._found.values())

    def _problem(self, defect: _Defect) -> Problem:
        more = len(defect.pointers) - 1
        places = "place" if more == 1 else "places"
        again = f" The same is wrong in {more} more {places} of the order." if more else ""
        facts = {
            "order": self.order_key,
            "field": defect.field,
            "reason": defect.reason,
            "value": defect.value,
            "places": str(more + 1),
        }
        message = f"Order {shown(self.order_key)}: {defect.says}{again}"
        return Problem(CODE, message, facts, pointers=defect.pointers[:50])


def shown(value: object) -> str:
    """A value as a message may repeat it: short, and without control characters."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(sign if sign.isprintable() else "�" for sign in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

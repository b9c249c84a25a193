"""People's corrections of one order, applied to a copy; the original stays as it came.

`changes` maps a JSON Pointer into the payload to {"from": …, "to": …}, and in a list "of", which row
it was of. A change whose "from" is not there any more is stale: the source has changed the value
since, so the correction must not hide it; and so is one where another row has taken the place. The
order's key is never corrected; such a change is stale as well.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Changes = Mapping[str, Any]
# The key is what keeps an order from being booked twice; under another it would be another order.
IDENTITY = frozenset({"", "/order", "/order/key"})
_ROW = {"lines": ("line_no", "sku"), "promotions": ("sequence", "code")}
"""By what a person knows a row of a list: the place alone may be another row's tomorrow."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """`stale` holds the pointers of changes that no longer apply."""

    payload: Any
    stale: tuple[str, ...] = ()


def corrected(payload: Any, corrections: Sequence[Changes]) -> Corrected:
    """The payload with all corrections, oldest first, so that the newest of a pointer counts."""
    if not corrections:
        return Corrected(payload)
    copy = deepcopy(payload)
    stale: dict[str, bool] = {}
    for changes in corrections:
        for pointer, change in changes.items():
            is_moved = _has_moved(payload, pointer, change)
            stale[pointer] = is_moved or not _apply(
                copy, pointer, change, value_at(payload, pointer)
            )
    return Corrected(copy, tuple(pointer for pointer, is_stale in stale.items() if is_stale))


def row_at(payload: Any, pointer: str) -> str | None:
    """Which row of a list a pointer leads into, as the source told it; None outside of lists."""
    steps = _steps(pointer)
    if len(steps) < 2 or steps[0] not in _ROW:
        return None
    row = value_at(payload, "/".join(["", *steps[:2]]))
    told = row if isinstance(row, dict) else {}
    return " ".join(str(told.get(name) or "") for name in _ROW[steps[0]]).strip()


def _has_moved(payload: Any, pointer: str, change: Any) -> bool:
    """Changes of before rows were known have no "of"."""
    told = change.get("of") if isinstance(change, dict) else None
    return told is not None and told != row_at(payload, pointer)


def value_at(payload: Any, pointer: str) -> Any:
    """The value a JSON Pointer names, or None."""
    place = payload
    for step in _steps(pointer):
        if isinstance(place, dict):
            place = place.get(step)
        elif isinstance(place, list) and (index := _place(step, place)) is not None:
            place = place[index]
        else:
            return None
    return place


def _apply(payload: Any, pointer: str, change: Any, original: Any) -> bool:
    steps = _steps(pointer)
    if pointer in IDENTITY or not isinstance(change, dict) or "to" not in change:
        return False
    # A field that is absent and one that is empty are the same to a person.
    if (change.get("from") or "") not in (value_at(payload, pointer) or "", original or ""):
        return False
    holder = value_at(payload, pointer.rpartition("/")[0])
    if isinstance(holder, dict):
        holder[steps[-1]] = change["to"]
    elif isinstance(holder, list) and _place(steps[-1], holder) is not None:
        holder[int(steps[-1])] = change["to"]
    else:
        return False
    return True


def _place(step: str, entries: list[Any]) -> int | None:
    if step.isascii() and step.isdecimal() and len(step) < 9 and int(step) < len(entries):
        return int(step)
    return None


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]

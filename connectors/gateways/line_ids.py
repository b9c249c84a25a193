"""Names for lines that have none: the same line has the same name in every file."""

import hashlib
from collections import OrderedDict

_REMEMBERED = 10_000


class LineIds:
    """Names made from what a line says. Lines that say the same near each other are numbered."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, int] = OrderedDict()

    def of(self, *parts: object) -> str:
        said = "\x1f".join(str(part) for part in parts)
        return self.apart(hashlib.sha256(said.encode()).hexdigest()[:24])

    def apart(self, name: str) -> str:
        """The name itself, or numbered when another line near it has it too."""
        seen = self._recent.pop(name, 0) + 1
        self._recent[name] = seen
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)
        return name if seen == 1 else f"{name}-{seen}"

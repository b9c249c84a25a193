"""How much of what waits for a decision is this person's to decide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """`own` are the person's own proposals, which take somebody else; `others` take another role."""

    mine: int = 0
    own: int = 0
    others: int = 0

    @property
    def everything(self) -> int:
        return self.mine + self.own + self.others

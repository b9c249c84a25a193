"""One way of being wrong: whose order it is, what is spoilt, and the kinds a desk should find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from connectors.sandbox.worlds.cast import Cast
from connectors.sandbox.worlds.catalogue import Catalogue
from connectors.sandbox.worlds.orders import Order
from connectors.sandbox.worlds.people import Person


@dataclass(frozen=True, slots=True)
class Stage:
    """What a spoiler may reach for."""

    random: Random
    cast: Cast
    catalogue: Catalogue


Buyers = Callable[[Cast], Sequence[Person]]
Spoil = Callable[[Order, Stage], None]


def anybody(cast: Cast) -> Sequence[Person]:
    """Customers whom Prima knows by their contact key."""
    return [person for person in cast.regulars if person.keyed]


def persons(cast: Cast) -> Sequence[Person]:
    """Private customers at home, who pay gross prices."""
    return [x for x in cast.regulars if x.keyed and not x.company and x.country == "GB"]


def nothing(order: Order, stage: Stage) -> None:
    """The customer is wrong enough."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """`kinds` are the slugs to expect, none when it only looks wrong; `share` is how often it occurs."""

    name: str
    kinds: tuple[str, ...]
    spoil: Spoil = nothing
    buyers: Buyers = persons
    share: int = 1

    def beside(self, other: "Wrong") -> "Wrong":
        """Both at once, with the customers of the first."""

        def spoil_both(order: Order, stage: Stage) -> None:
            self.spoil(order, stage)
            other.spoil(order, stage)

        kinds = tuple(dict.fromkeys((*self.kinds, *other.kinds)))
        return Wrong(f"{self.name}, {other.name}", kinds, spoil_both, self.buyers)

"""What a format is: how a file of it is recognised, and how it is read into lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, ClassVar

from connectors.gateways.head import Head
from integration.core.folder import members
from integration.records.bank import BankLine, BankStatement
from integration.records.payout import Footed, Payout, PayoutLine

Event = PayoutLine | Payout | BankLine | BankStatement | Footed

FORMATS = "connectors.gateways.formats"


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure a format is that a file is its own, from 0 (not at all) to 100, and why."""

    score: int
    reason: str


STRANGER = Recognition(0, "")


class Format:
    """One format. A file in `connectors/gateways/formats` with one subclass is a format.

    `columns` are alternatives: a table with all titles (plain) of one of the sets is of this
    format. A format that is no table, or needs more, says so in `recognise`.
    """

    slug: str
    title: str
    gateway: str
    columns: ClassVar[tuple[frozenset[str], ...]] = ()

    def recognise(self, head: Head) -> Recognition:
        """Looks at the start of a file only. Never raises."""
        fitting = [wanted for wanted in self.columns for titles in head.titles if wanted <= titles]
        if not fitting:
            return STRANGER
        wanted = max(fitting, key=len)
        named = ", ".join(sorted(wanted))
        return Recognition(min(40 + 4 * len(wanted), 95), f"It has the columns {named}.")

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        """Lines, payouts and statements as they come, and last one `Footed`.

        Holds no more in memory than a few rows and the payouts. Raises FileProblem, at the latest
        after the last line: until `Footed` has come nothing is proved, so keep nothing before it.
        The stream must be seekable and is left open.
        """
        raise NotImplementedError


@lru_cache(maxsize=1)
def formats() -> Mapping[str, Format]:
    """Every format by slug."""
    return {slug: found() for slug, found in sorted(members(FORMATS, Format).items())}

"""Problems a person must see, and the one seam through which they are reported.

`PROBLEM_SINK` names the function that files them (`exceptions.intake.file_findings`). It is called
synchronously in the caller's transaction: a held record and its case commit together or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class Problem(Exception):
    """One thing wrong with one record.

    `code` is the slug of the kind of exception ("unknown_sku"). `message` is a sentence for people
    about this record. `facts` are plain strings for grouping and display. `pointers` are JSON
    Pointers into the source payload, `target_pointers` into what we would send.
    """

    def __init__(
        self,
        code: str,
        message: str,
        facts: Mapping[str, str] | None = None,
        *,
        pointers: Sequence[str] = (),
        target_pointers: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = dict(facts or {})
        self.pointers = tuple(pointers)
        self.target_pointers = tuple(target_pointers)


@dataclass(frozen=True, slots=True)
class Subject:
    """The record a problem is about: whose it is, what it is, its key there, its money."""

    system: str
    object: str
    external_id: str
    label: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything wrong with one record just now.

    `problems` is the complete list: what was wrong before and is not in it has healed, and
    `healed_by` says by what ("mapping of SKU X"). Payloads are kept for the page of the case.
    """

    subject: Subject
    problems: tuple[Problem, ...]
    source: str
    source_payload: Any = None
    target_payload: Any = None
    healed_by: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


class Sink(Protocol):
    def __call__(self, findings: Sequence[Finding]) -> None: ...


@lru_cache(maxsize=1)
def sink() -> Sink:
    return cast(Sink, import_string(settings.PROBLEM_SINK))


def report(findings: Sequence[Finding]) -> None:
    """Files the findings with whoever handles problems, in the caller's transaction."""
    if findings:
        sink()(findings)

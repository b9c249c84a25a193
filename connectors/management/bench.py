"""What a bench is: one thing the desk does, measured as a ratio against the least it could take."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, ClassVar

from django.apps import apps

from connectors.management.measuring.ground import Ground
from connectors.management.measuring.report import Tell
from integration.core.folder import members

Given = Mapping[str, Any]
Part = Callable[[Given, Tell], Mapping[str, Any]]
"""Runs in a process of its own, whose time and memory are then its own. Takes and gives JSON."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, what came out, and what it should be."""

    what: str
    found: str
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """`figures` is the last line that is printed, as JSON. Not `ok` is exit status 1."""

    ok: bool
    figures: Mapping[str, Any]
    table: tuple[Row, ...]


class Bench:
    """One bench. A file in `connectors/management/benches`, or in the folder `benches` of an app,
    with one subclass is a bench.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    parts: ClassVar[Mapping[str, Part]] = {}

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may be said after the bench's name."""

    def measure(self, options: Given, ground: Ground) -> Measured:
        raise NotImplementedError


@lru_cache(maxsize=1)
def benches() -> Mapping[str, Bench]:
    """Every bench by slug."""
    found: dict[str, type[Bench]] = {}
    for package in _packages():
        more = members(package, Bench)
        if twice := found.keys() & more.keys():
            raise RuntimeError(f"There are two benches {', '.join(sorted(twice))}.")
        found |= more
    return {slug: bench() for slug, bench in sorted(found.items())}


def _packages() -> list[str]:
    """Floors above this one have benches too, which nothing here may import by name."""
    folders = [f"{app.name}.benches" for app in apps.get_app_configs()]
    return ["connectors.management.benches", *filter(find_spec, folders)]

"""A scenario: the named world that a sandbox starts with, as one JSON-able dictionary."""

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from connectors.sandbox import scenarios


class Column(TypedDict):
    name: str
    type: str
    length: NotRequired[int]
    scale: NotRequired[int]
    primary_key: NotRequired[bool]
    required: NotRequired[bool]
    default: NotRequired[str]


class DataExtension(TypedDict):
    key: str
    name: str
    id: NotRequired[str]
    columns: list[Column]
    rows: NotRequired[list[dict[str, Any]]]


class Package(TypedDict):
    """An installed package: who may sign in, for which business units, to do what."""

    client_id: str
    client_secret: str
    mid: str | int
    account_ids: NotRequired[list[str | int]]
    scopes: NotRequired[list[str]]


class EventDefinition(TypedDict):
    key: str
    name: NotRequired[str]
    data_extension: NotRequired[str]
    journey: NotRequired[str]


class Journey(TypedDict):
    key: str
    name: NotRequired[str]
    status: NotRequired[str]
    version: NotRequired[int]
    id: NotRequired[str]
    description: NotRequired[str]
    entry_mode: NotRequired[str]


class SubscriberList(TypedDict):
    id: int
    name: str


class Subscriber(TypedDict):
    key: str
    email: str
    status: NotRequired[str]
    id: NotRequired[int]
    lists: NotRequired[list[int]]
    attributes: NotRequired[dict[str, str]]


class MarketingCloud(TypedDict, total=False):
    packages: list[Package]
    data_extensions: list[DataExtension]
    event_definitions: list[EventDefinition]
    journeys: list[Journey]
    lists: list[SubscriberList]
    subscribers: list[Subscriber]
    token_seconds: int
    async_seconds: float


class Scenario(TypedDict):
    name: str
    description: NotRequired[str]
    seed: NotRequired[int]
    sfmc: MarketingCloud
    prima: dict[str, Any]


class ScenarioRefused(ValueError):
    """The scenario cannot be used; the text says what is wrong, and where."""


NEEDED: dict[str, tuple[str, ...]] = {
    "packages": ("client_id", "client_secret", "mid"),
    "data_extensions": ("key", "name", "columns"),
    "event_definitions": ("key",),
    "journeys": ("key",),
    "lists": ("id", "name"),
    "subscribers": ("key", "email"),
}


def names() -> list[str]:
    """The built-in scenarios."""
    found = pkgutil.iter_modules(scenarios.__path__)
    return sorted(module.name for module in found if _exposes_build(module.name))


def load(name_or_path: str | Path) -> Scenario:
    """A built-in scenario by name, or one from a .json file."""
    wanted = str(name_or_path)
    if wanted.endswith(".json"):
        return checked(_from_file(Path(wanted)))
    if not wanted.isidentifier() or wanted not in names():
        raise ScenarioRefused(
            f"There is no scenario {wanted!r}. Built in: {', '.join(names())}; or give a .json file."
        )
    return checked(importlib.import_module(f"{scenarios.__name__}.{wanted}").build())


def checked(world: Any) -> Scenario:
    """The same dictionary, or ScenarioRefused with every fault found."""
    if not isinstance(world, dict):
        raise ScenarioRefused("A scenario is one JSON object.")
    faults = [
        f"{part!r} must be an object."
        for part in ("sfmc", "prima")
        if not isinstance(world.setdefault(part, {}), dict)
    ]
    if not isinstance(world.get("name"), str) or not world["name"]:
        faults.append("'name' is missing.")
    if not faults:
        for part, needed in NEEDED.items():
            faults += _faults_of(part, world["sfmc"].get(part, []), needed)
    if faults:
        raise ScenarioRefused("The scenario cannot be used: " + " ".join(faults[:20]))
    scenario: Scenario = world  # type: ignore[assignment]
    return scenario


def _exposes_build(name: str) -> bool:
    return hasattr(importlib.import_module(f"{scenarios.__name__}.{name}"), "build")


def _from_file(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ScenarioRefused(f"{path} cannot be read: {problem.strerror}.") from problem
    except ValueError as problem:
        raise ScenarioRefused(f"{path} is not JSON: {problem}.") from problem


def _faults_of(part: str, entries: Any, needed: tuple[str, ...]) -> list[str]:
    if not isinstance(entries, list):
        return [f"'sfmc.{part}' must be a list."]
    faults = []
    for place, entry in enumerate(entries):
        where = f"sfmc.{part}[{place}]"
        if not isinstance(entry, dict):
            faults.append(f"{where} must be an object.")
            continue
        faults += [f"{where} lacks {name!r}." for name in needed if entry.get(name) in (None, "")]
    return faults

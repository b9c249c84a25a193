"""Loads the members of a plug-in folder: being in the folder is membership."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

Member = TypeVar("Member")


def members(package: str, base: type[Member]) -> dict[str, type[Member]]:
    """Classes in the modules of `package` that derive from `base`, by their `slug`.

    A module holds exactly one member. Raises RuntimeError for none, several or a slug twice.
    """
    found: dict[str, type[Member]] = {}
    for info in iter_modules(import_module(package).__path__):
        module = import_module(f"{package}.{info.name}")
        member = _only_member(module, base)
        slug = str(getattr(member, "slug", ""))
        if not slug or slug in found:
            raise RuntimeError(f"{module.__name__}: the slug {slug!r} is missing or taken.")
        found[slug] = member
    return found


def _only_member(module: Any, base: type[Member]) -> type[Member]:
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, base)
        and value.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise RuntimeError(f"{module.__name__} must define exactly one {base.__name__}.")
    return own[0]

"""The environment as typed settings, with defaults that work on a fresh machine.

What cannot be meant is refused in a sentence that names the setting: `manage.py` and the web
server say it and do not start.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(ROOT / ".env")
VAR = Path(env.str("VAR_DIR", default=str(ROOT / "var")))
_YES, _NO = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingRefused(ImproperlyConfigured):
    """A setting that is missing or cannot be meant; the text names it and says what may stand."""


def flag(name: str, *, default: bool = False) -> bool:
    """Yes or no. A word that is neither is refused: “PRODUCTION=prod” must not mean no."""
    said = env.str(name, default="").strip().lower()
    if not said:
        return default
    if said not in _YES | _NO:
        raise SettingRefused(f"{name} is “{said}”; it must be true or false.")
    return said in _YES


def whole(name: str, default: int, *, least: int = 1) -> int:
    said = env.str(name, default="").strip()
    with suppress(ValueError):
        if int(said or default) >= least:
            return int(said or default)
    raise SettingRefused(f"{name} is “{said}”; it must be a whole number, at least {least}.")


def number(name: str, default: float) -> float:
    """More than nothing."""
    said = env.str(name, default="").strip()
    with suppress(ValueError):
        if 0 < float(said or default) < float("inf"):
            return float(said or default)
    raise SettingRefused(f"{name} is “{said}”; it must be a number above 0.")


def time_zone(name: str, default: str) -> str:
    said = env.str(name, default="").strip() or default
    try:
        ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingRefused(
            f"{name} is “{said}”; it must be a time zone such as Europe/London."
        ) from error
    return said


def log_level(name: str, default: str) -> str:
    said = env.str(name, default="").strip().upper() or default
    if said not in _LEVELS:
        raise SettingRefused(f"{name} is “{said}”; it must be one of {', '.join(_LEVELS)}.")
    return said


def names(name: str, default: Sequence[str]) -> list[str]:
    """With commas between them; spaces around each do not count."""
    said: list[str] = env.list(name, default=list(default))
    return [one.strip() for one in said if one.strip()]


def must_be_set(*wanted: str) -> None:
    """Raises SettingRefused with all that are missing at once."""
    missing = [name for name in wanted if not env.str(name, default="").strip()]
    if missing:
        raise SettingRefused(
            f"In production the desk makes nothing up. Not set: {', '.join(missing)}. "
            "See .env.example and docs/operating.md."
        )


def box_keys(name: str) -> list[str]:
    """Keys of stored secrets, the newest first."""
    keys = [key.strip() for key in kept_secret(name, fernet=True).split(",") if key.strip()]
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as error:
            raise SettingRefused(
                f"Key {place} of {name} is no key. Make one with `python -m integration.new_keys`."
            ) from error
    return keys


def kept_secret(name: str, *, fernet: bool = False) -> str:
    """The secret from the environment or, when absent, one made once and kept under var/secrets."""
    if value := env.str(name, default=""):
        return str(value)
    path = VAR / "secrets" / name.lower()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep_once(path, new_key(fernet=fernet))
    return path.read_text().strip()


def new_key(*, fernet: bool) -> str:
    return Fernet.generate_key().decode() if fernet else secrets.token_urlsafe(50)


def _keep_once(path: Path, made: str) -> None:
    """Whole or not at all, and of two programs that start together the first one's stays."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".") as file:  # Mode 0600.
        file.write(made)
        file.flush()
        with suppress(FileExistsError):
            path.hardlink_to(file.name)

"""The environment as typed settings, with defaults that work on a fresh machine."""

import secrets
from pathlib import Path

import environ
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(ROOT / ".env")
VAR = Path(env.str("VAR_DIR", default=str(ROOT / "var")))


def kept_secret(name: str, *, fernet: bool = False) -> str:
    """The secret from the environment or, when absent, one made once and kept under var/secrets."""
    if value := env.str(name, default=""):
        return str(value)
    path = VAR / "secrets" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Fernet.generate_key().decode() if fernet else secrets.token_urlsafe(50)
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(made)
    return path.read_text().strip()

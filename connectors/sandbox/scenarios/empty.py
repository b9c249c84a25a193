"""Both systems with one package and nothing in them."""

from typing import Any

CLIENT = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}


def build() -> dict[str, Any]:
    return {
        "name": "empty",
        "description": "Nothing but the packages to sign in with.",
        "seed": 0,
        "sfmc": {"packages": [{**CLIENT, "mid": 510000001}]},
        "prima": {"clients": [CLIENT]},
    }

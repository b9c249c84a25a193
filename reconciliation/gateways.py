"""How gateways are called: the code kept with each line, and the name people know."""

from functools import lru_cache

from connectors.gateways.gateway import formats


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """The gateway's own spelling is how the titles of its formats begin: "PayPal, settlement"."""
    return {one.gateway: one.title.partition(",")[0] for one in formats().values()}


def gateway_title(code: str) -> str:
    """PayPal for "paypal"; a code that no format knows, as words; nothing for none."""
    return _names().get(code) or code.replace("_", " ").capitalize()

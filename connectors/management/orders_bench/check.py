"""Asks Prima what it holds: every order there, none twice, and with which contents."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.management.measuring.report import Tell
from connectors.management.orders_bench.plain import PlainPrima, prima_headers


def count(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given the `sandbox`, its sign-in and the `keys`: how many are `lost` and `duplicated`.

    `contents` is the same for two sandboxes that hold the same orders.
    """
    wanted = set(Path(given["keys"]).read_text().splitlines())
    headers = prima_headers(given["sandbox"], given["client_id"], given["client_secret"])
    booked: Counter[str] = Counter()
    contents: list[str] = []
    for page in PlainPrima(given["sandbox"], headers).listed("sales-orders"):
        for order in page["items"]:
            reference = order["external_ref"]["ref"]
            booked[reference] += 1
            contents.append(f"{reference} {order['content_hash']}")
        tell(f"{booked.total():,} of {len(wanted):,}")
    return {
        "booked": booked.total(),
        "lost": len(wanted - booked.keys()),
        "duplicated": sum(1 for times in booked.values() if times > 1),
        "contents": hashlib.sha256("\n".join(sorted(contents)).encode()).hexdigest(),
    }

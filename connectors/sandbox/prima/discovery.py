"""What this Prima can do, and whether it is well."""

from connectors.sandbox.prima.call import Call, Reply, Route


def capabilities(call: Call) -> Reply:
    codes = call.company.codes("tax-codes")
    return Reply(
        200,
        {
            **call.company.capabilities.document,
            "company": call.company.name,
            "server_time": call.prima.now(),
            "tax_codes": {code: str(entry.rate) for code, entry in codes.items()},
        },
    )


def health(call: Call) -> Reply:
    return Reply(200, {"status": "ok", "as_of": call.prima.now()})


def upstream(call: Call) -> Reply:
    """The book itself, asked for one row."""
    with call.prima.store.read() as db:
        db.execute("SELECT 1 FROM records LIMIT 1").fetchone()
    now = call.prima.now()
    return Reply(
        200,
        {"status": "ok", "reachable": True, "last_successful_call": now, "heartbeat_seconds": 0},
    )


ROUTES = (
    Route("GET", "/capabilities", capabilities),
    Route("GET", "/health", health),
    Route("GET", "/health/upstream", upstream),
)

"""The code lists an order may use: tax, charge and promotion codes, source media, payments."""

from connectors.sandbox.prima import records
from connectors.sandbox.prima.call import Answerer, Call, Reply, Route
from connectors.sandbox.prima.installation import CODE_LISTS


def listing(resource: str) -> Answerer:
    def answer(call: Call) -> Reply:
        with call.prima.store.read() as db:
            entries = records.every(db, call.at(resource))
        whole = {"next_cursor": None, "has_more": False, "as_of": call.prima.now()}
        return Reply(200, {"items": entries, **whole})

    return answer


ROUTES = tuple(Route("GET", f"/{resource}", listing(resource)) for resource in CODE_LISTS)

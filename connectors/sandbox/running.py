"""A sandbox running beside the test that uses it: `with running("empty") as sandbox: …`."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.sandbox import scenario as scenarios
from connectors.sandbox import world
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.server import Server, listen

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """Where the systems are, and the switches of the control endpoint without HTTP."""

    server: Server
    scenario: Scenario

    @property
    def base_url(self) -> str:
        return self.server.url

    @property
    def sfmc_auth_url(self) -> str:
        return f"{self.base_url}/sfmc/auth/"

    @property
    def sfmc_rest_url(self) -> str:
        return f"{self.base_url}/sfmc/rest/"

    @property
    def sfmc_soap_url(self) -> str:
        return f"{self.base_url}/sfmc/soap/"

    @property
    def prima_url(self) -> str:
        return f"{self.base_url}/prima/v1"

    def fault(self, kind: str, **options: Any) -> dict[str, Any]:
        """Switch a fault on, as POST /__control__/faults does."""
        return self.server.front.faults.add({"kind": kind, **options}).as_json()

    def clear_faults(self) -> None:
        self.server.front.faults.clear()

    def calls(self) -> dict[str, int]:
        """Calls since the last reset, by "METHOD /path"."""
        counts: dict[str, int] = self.server.front.calls.as_json()["calls"]
        return counts

    def reset_calls(self) -> None:
        self.server.front.calls.reset()

    def advance_clock(self, seconds: float) -> None:
        self.server.front.clock.advance(seconds)

    def reload(self) -> None:
        """Faults, counts and data as at the start."""
        self.clear_faults()
        self.reset_calls()
        for app in self.server.front.apps.values():
            app.reload()


@contextmanager
def running(
    scenario: str | Path | Mapping[str, Any], *, port: int = 0, data: Path | None = None
) -> Iterator[RunningSandbox]:
    """Serve a scenario (by name, by file or as a dictionary) from a thread; port 0 takes a free one."""
    loaded = (
        scenarios.load(scenario)
        if isinstance(scenario, str | Path)
        else scenarios.checked(dict(scenario))
    )
    server = Server(world.build(loaded, data), listen(LOOPBACK, port))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield RunningSandbox(server, loaded)
    finally:
        server.stop()
        thread.join(timeout=10)
        server.front.close()

"""The command line of the sandbox, the same with and without Django."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from connectors.sandbox import scenario as scenarios
from connectors.sandbox import world
from connectors.sandbox.scenario import ScenarioRefused
from connectors.sandbox.server import PortInUse, Server, listen

DEFAULT_PORT = 8100
USAGE_ERROR = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    known = ", ".join(scenarios.names())
    parser.add_argument(
        "--scenario", default="empty", help=f"a built-in world ({known}) or a .json file"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--data", type=Path, help="where the state is kept (default var/sandbox/NAME)"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget the kept state and load the scenario anew"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until stopped. Returns the exit code."""
    try:
        scenario = scenarios.load(options.scenario)
        listener = listen(options.host, options.port)
        data = options.data or Path("var") / "sandbox" / scenario["name"]
        front = world.build(scenario, data, fresh=options.fresh)
    except (ScenarioRefused, PortInUse) as refused:
        sys.stderr.write(f"{refused}\n")
        return USAGE_ERROR
    server = Server(front, listener)
    _stop_on_signals(server)
    _announce(server)
    server.serve_forever(0.1)
    server.front.close()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


def _announce(server: Server) -> None:
    lines = [f"{app.title}: {server.url}{app.page}" for app in server.front.apps.values()]
    sys.stdout.write("\n".join([*lines, f"ready: {server.url}", ""]))
    sys.stdout.flush()


def _stop_on_signals(server: Server) -> None:
    def stop(*_: object) -> None:
        # shutdown() waits for the loop that this very thread runs.
        threading.Thread(target=server.stop, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

"""`manage.py bench consent`: opt-outs while everything else is busy."""

import argparse
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.management.bench import Bench, Given, Measured, Row
from connectors.management.consent_bench import desk, world
from connectors.management.measuring.ground import Ground
from integration.demo.waiting import until_it_answers
from integration.env import ROOT

GOAL = 30.0
INTERVAL = 60.0
"""Seconds between two looks of the timetable."""
SWEPT_SHARE = 10
CALLS_PER_SECOND = 50


class ConsentBench(Bench):
    slug = "consent"
    title = "Opt-outs while all contacts are being read"
    parts = {
        "world": world.write,
        "prepare": desk.prepare,
        "bulk": desk.bulk,
        "say": desk.say_no,
        "silence": desk.silence,
    }

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--opt-outs", type=int, default=1_000, help="how many say no (default 1,000)"
        )
        parser.add_argument(
            "--contacts", type=int, default=100_000, help="contacts read meanwhile (100,000)"
        )
        parser.add_argument(
            "--over-seconds", type=int, default=120, help="in how long they say it (default 120)"
        )

    def measure(self, options: Given, ground: Ground) -> Measured:
        told, swept = options["opt_outs"], max(2, options["opt_outs"] // SWEPT_SHARE)
        given: dict[str, Any] = {
            "people": told + swept,
            "contacts": options["contacts"],
            "folder": str(ground.folder),
            "stop": str(ground.folder / "stop"),
            "calls_per_second": CALLS_PER_SECOND,
        }
        ground.fresh_database()
        given |= ground.part("Making a world", "world", given)
        with ground.sandbox(Path(given["scenario"]), "desk") as sandbox:
            given["sandbox"] = sandbox
            ground.part("Setting up the desk", "prepare", given)
            ground.manage("Writing the timetable", "schedules")
            with _served(ground) as url, ground.beside("bulk", given) as bulk:
                ground.manage("Registering", "register_notifications", "--url", url)
                say = {"count": told, "first": 0, "over_seconds": options["over_seconds"]}
                by_notice = ground.part("People say no", "say", {**given, **say})
                ground.part("Ending the notifications", "silence", given)
                say = {"count": swept, "first": told, "over_seconds": 10}
                by_sweep = ground.part("People say no unnotified", "say", {**given, **say})
                Path(given["stop"]).touch()
            return _measured(options, by_notice, by_sweep, bulk.result())


@contextmanager
def _served(ground: Ground) -> Iterator[str]:
    """The web server that notifications come to, and the cluster of opt-outs alone."""
    port = _free_port()
    manage = str(ROOT / "manage.py")
    address = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    web = ground.programs.start("web", ["-m", "gunicorn", "integration.wsgi", *address])
    cluster = ground.programs.start("consent-cluster", [manage, "consent_cluster"])
    until_it_answers(web, port, "/healthz", 60.0, lambda _: None)
    yield f"http://127.0.0.1:{port}"
    for program in (cluster, web):
        program.process.terminate()
        program.process.wait()
        ground.programs.started.remove(program)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _measured(
    options: Given,
    by_notice: Mapping[str, Any],
    by_sweep: Mapping[str, Any],
    bulk: Mapping[str, Any],
) -> Measured:
    worst = {
        name: max(by_notice["told"][name], by_notice["asked"][name])
        for name in ("p50", "p95", "max")
    }
    swept = max(by_sweep["told"]["p95"], by_sweep["asked"]["p95"])
    lost = by_notice["lost"] + by_sweep["lost"]
    ok = not lost and worst["p95"] < GOAL and swept < INTERVAL + GOAL
    figures = {
        "name": ConsentBench.slug,
        "ratio": round(worst["p95"] / GOAL, 3),
        "goal": 1.0,
        "ok": ok,
        "p50_s": round(worst["p50"], 1),
        "p95_s": round(worst["p95"], 1),
        "max_s": round(worst["max"], 1),
        "link_p95_s": round(by_notice["told"]["p95"], 1),
        "portal_p95_s": round(by_notice["asked"]["p95"], 1),
        "sweep_p95_s": round(swept, 1),
        "lost": lost,
        "opt_outs": options["opt_outs"],
        "contacts": options["contacts"],
        "contacts_read": bulk["seen"],
    }
    table = (
        _row("Said by a link, confirmed by Prima", by_notice["told"]),
        _row("Said in the portal, confirmed by Marketing Cloud", by_notice["asked"]),
        _row("The same from its arrival here", by_notice["arrived"]),
        _row("By a link, never notified", by_sweep["told"]),
        _row("In the portal, never notified", by_sweep["asked"]),
        Row("19 of 20 when notified", f"{worst['p95']:.1f} s", f"under {GOAL:.0f} s"),
        Row("19 of 20 by asking", f"{swept:.1f} s", f"under {INTERVAL + GOAL:.0f} s"),
        Row("Contacts read meanwhile", f"{bulk['seen']:,} in {bulk['rounds']} rounds"),
        Row("Lost", f"{lost}", "0"),
    )
    return Measured(ok, figures, table)


def _row(what: str, lags: Mapping[str, float]) -> Row:
    told = f"{lags['p50']:.1f} s, {lags['p95']:.1f} s, {lags['max']:.1f} s"
    return Row(f"{what}: half, 19 of 20, all of {lags['count']:.0f}", told)

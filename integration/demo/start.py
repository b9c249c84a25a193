"""Starts the demo step by step and keeps it running until it is told to stop."""

import signal
import time
from types import FrameType

from integration.demo import database, ports
from integration.demo.plan import Plan, python_in
from integration.demo.processes import ProgramFailed, Programs, follow_parent
from integration.demo.screen import fault, say, step
from integration.demo.waiting import until_it_answers

WORLD_SECONDS = 300.0
ANSWER_SECONDS = 90.0


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal. Not an error, so nothing may catch it by chance."""


def run(plan: Plan) -> int:
    """Runs until stopped. 0 after Ctrl-C, 1 when something failed, 2 when it could not start."""
    if faults := ports.taken({"PORT": plan.port, "SANDBOX_PORT": plan.sandbox_port}):
        fault("\n".join(faults))
        return 2
    _listen_for_the_end()
    programs = Programs(plan.logs, plan.environment())
    try:
        _start(plan, programs)
        while True:
            programs.check()
            time.sleep(0.5)
    except Stopped:
        return 0
    except ProgramFailed as failed:
        fault(str(failed))
        return 1
    finally:
        _ignore_signals()
        _stop(programs)


def _start(plan: Plan, programs: Programs) -> None:
    manage = python_in()
    with step("Starting PostgreSQL"):
        database.start()
    with step("Bringing the database up to date"):
        programs.run("migration", [*manage, "migrate", "--no-input"])
    with step("Collecting static files"):
        programs.run("static files", [*manage, "collectstatic", "--no-input"])
    with step("Making the demo people"):
        people = programs.run("demo people", [*manage, "demo_people"], keep_log=False)
    try:
        _serve(plan, programs)
    finally:
        say(f"\n{people.rstrip()}\n")  # Whatever happened: the passwords are told only now.
    say(f"Marketing Cloud and Prima of the sandbox: {plan.sandbox_url}")
    say(f"Payout reports and bank statements: {plan.payouts}")
    say(f"Logs: {plan.logs}")
    say(f"[bold]ready: {plan.url}[/bold]")
    say(
        "[dim]Ctrl-C stops it. `make demo` goes on from there; `make demo-reset` begins anew.[/dim]"
    )


def _serve(plan: Plan, programs: Programs) -> None:
    manage = python_in()
    with step(f"Starting both sandboxes with the world {plan.scenario}") as how_far:
        sandbox = programs.start("sandbox", [*manage, *_sandbox(plan)])
        until_it_answers(sandbox, plan.sandbox_port, "/", WORLD_SECONDS, how_far)
    with step("Setting up connections and mappings"):
        load = ["load_demo", "--scenario", plan.scenario, "--sandbox", plan.sandbox_url]
        programs.run("demo data", [*manage, *load])
    with step("Starting the cluster and the web server") as how_far:
        programs.start("cluster", [*manage, "qcluster"])
        programs.start("consent cluster", [*manage, "consent_cluster"])
        web = programs.start("web server", _web(plan))
        until_it_answers(web, plan.port, "/healthz", ANSWER_SECONDS, how_far)
    say("First sync: campaign orders on their way to Prima")
    programs.show("first sync", [*manage, "sync", "--all", "--progress", "--until-idle"])
    with step("Trading: invoices, payouts, the bank, and finance's first look"):
        trade = ["--sandbox", plan.sandbox_url, "--folder", str(plan.payouts)]
        programs.run("trade", [*manage, "demo_month", *trade])
    with step("Having both systems notify the desk"):
        here = ["register_notifications", "--url", plan.url]
        programs.run("notifications", [*manage, *here])
    with step("People say no, by a link and in the portal"):
        programs.run("opt-outs", [*manage, "demo_consent", "--sandbox", plan.sandbox_url])
    with step("Merging two customers that are one"):
        programs.run("mergers", [*manage, "demo_customers"])
    with step("Checking a campaign before it is sent"):
        programs.run("campaign", [*manage, "demo_campaign"])
    with step("Writing the timetable of what runs from now on"):
        programs.run("timetable", [*manage, "schedules"])


def _sandbox(plan: Plan) -> list[str]:
    where = ["--port", str(plan.sandbox_port), "--data", str(plan.sandbox_data)]
    return ["runsandbox", "--scenario", plan.scenario, *where]


def _web(plan: Plan) -> list[str]:
    address = ["--bind", f"127.0.0.1:{plan.port}", "--workers", "2", "--threads", "4"]
    return ["-m", "gunicorn", "integration.wsgi", *address, "--log-level", "warning"]


def _stop(programs: Programs) -> None:
    with step("Stopping what the demo started"):
        programs.stop()
        left = database.stop()
    if left:
        say(left)


def _listen_for_the_end() -> None:
    def stop(_: int, __: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    follow_parent()


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)

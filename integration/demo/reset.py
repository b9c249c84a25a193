"""Starts afresh: the demo's database, its sandboxes and its logs are removed."""

import shutil

from integration.demo import database, ports
from integration.demo.plan import Plan
from integration.demo.screen import fault, step


def run(plan: Plan) -> int:
    """0 when done; 2 with a sentence when a demo still runs or the database is not ours."""
    if database.external():
        fault("DATABASE_URL names a database of its own: empty it yourself, or unset the variable.")
        return 2
    if ports.taken({"PORT": plan.port, "SANDBOX_PORT": plan.sandbox_port}):
        fault(f"Port {plan.port} or {plan.sandbox_port} is in use: stop the running demo first.")
        return 2
    with step("Removing the demo's database, sandboxes and logs"):
        database.start()
        database.drop()
        shutil.rmtree(plan.sandbox_data, ignore_errors=True)
        shutil.rmtree(plan.payouts, ignore_errors=True)
        shutil.rmtree(plan.logs, ignore_errors=True)
        database.stop()
    return 0

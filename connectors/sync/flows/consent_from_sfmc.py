"""Takes in unsubscriptions of Marketing Cloud: those it told, and those nobody told."""

from connectors.sync.consent import notified, safety_net, sweep
from connectors.sync.context import Context
from connectors.sync.flow import CONSENT, Defaults, Flow
from connectors.sync.nudges import nudge_consent
from integration.accounts.roles import Role


class ConsentFromSfmc(Flow):
    slug = "consent_from_sfmc"
    title = "Opt-outs from Marketing Cloud"
    meaning = (
        "Takes in what Marketing Cloud notified, then asks for unsubscriptions that no "
        "notification told. Each is suppressed here at once and goes on to Prima."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    lane = CONSENT
    defaults = Defaults(silent_after_minutes=10)

    def run(self, context: Context) -> None:
        client = context.remotes.sfmc()
        new = notified.work_off(client, context)
        if new:
            nudge_consent("consent_to_prima", "consent_to_sfmc")
        if context.is_over() or not sweep.is_due():
            return
        found = sweep.sweep(client, context)
        if safety_net.begin_again() or found:
            nudge_consent("consent_to_prima", "consent_to_sfmc")

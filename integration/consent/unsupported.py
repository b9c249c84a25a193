"""Opt-ins without evidence, told to people as cases."""

from collections.abc import Iterable

from integration.consent.models import ConsentEvent
from integration.core.problems import Finding, Problem, Subject


def findings_for(events: Iterable[ConsentEvent]) -> list[Finding]:
    return [_finding(event) for event in events]


def _finding(event: ConsentEvent) -> Finding:
    system = event.get_source_system_display()
    problem = Problem(
        "unsupported_opt_in",
        f"{system} says yes to {event.get_channel_display().lower()}, but that is no proof of "
        f"consent: {event.unsupported[:1].lower()}{event.unsupported[1:]}",
        {
            "source": event.source_system,
            "channel": event.channel,
            "purpose": event.purpose,
            "reason": event.unsupported,
        },
    )
    return Finding(
        subject=Subject(event.source_system, "consent", event.event_id[:120], label=str(event)),
        problems=(problem,),
        source="consent",
    )

"""What a flow is: records moved one way between the systems, with its words and its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from connectors.sync.context import Context
from connectors.sync.models import FlowSetting
from integration.accounts.roles import Role
from integration.core.folder import members
from integration.schedules import minutes_of

ORDERS = "orders_to_prima"
"""The flow whose items are campaign orders on their way to Prima."""
CONSENT = "consent"
"""The lane of opt-outs, and the name of its queue."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a flow's setting says until an admin says otherwise; how often is the timetable's."""

    batch_size: int = 200
    max_attempts: int = 8
    silent_after_minutes: int = 30
    priority: int = FlowSetting.Priority.NORMAL


class Flow:
    """One flow. A file in `connectors/sync/flows` with one subclass is a flow.

    `systems` are the connections it needs. A flow that is `alone` never runs twice at once; the
    others share their items by claiming them. `hinted_by` are the feeds of Prima whose notifications have
    it look at once. `writes` are the parts of the target tables whose rows it sends to Marketing
    Cloud.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    meaning: ClassVar[str]
    owner: ClassVar[Role]
    systems: ClassVar[tuple[str, ...]]
    alone: ClassVar[bool] = True
    lane: ClassVar[str] = ""
    hinted_by: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()
    defaults: ClassVar[Defaults] = Defaults()

    def run(self, context: Context) -> None:
        """Works off what there is. Raises the errors of `connectors.errors`; the runner sorts."""
        raise NotImplementedError


@lru_cache(maxsize=1)
def flows() -> Mapping[str, Flow]:
    """Every flow by slug."""
    return {slug: flow() for slug, flow in sorted(members("connectors.sync.flows", Flow).items())}


def flow_of(slug: str) -> Flow:
    """Raises LookupError, in words."""
    found = flows().get(slug)
    if found is None:
        raise LookupError(f"There is no flow “{slug}”. Known: {', '.join(flows())}.")
    return found


def hinted_by(resource: str) -> list[Flow]:
    """The flows that look at once when Prima notifies of a change of the resource."""
    return [flow for flow in flows().values() if resource in flow.hinted_by]


def hinting_resources() -> tuple[str, ...]:
    """Every feed of Prima that hints at a flow."""
    return tuple(sorted({resource for flow in flows().values() for resource in flow.hinted_by}))


def setting_of(flow: Flow) -> FlowSetting:
    """The flow's setting, made from its defaults the first time."""
    setting, _ = FlowSetting.objects.get_or_create(
        flow=flow.slug,
        defaults={
            "every_minutes": minutes_of(flow.slug),
            "batch_size": flow.defaults.batch_size,
            "max_attempts": flow.defaults.max_attempts,
            "silent_after_minutes": flow.defaults.silent_after_minutes,
            "priority": flow.defaults.priority,
        },
    )
    return setting

"""From a row of Connection to a client: the one place that names adapters."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from connectors.addresses import AddressPolicy
from connectors.errors import MisconfiguredError
from connectors.http import Conduct, Recorder
from connectors.prima.port import Prima
from connectors.prima.rest.adapter import RestPrima
from connectors.prima.rest.auth import Credentials as PrimaCredentials
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.tokens import Credentials as SfmcCredentials
from connectors.sync.breaker import SharedBreaker
from connectors.sync.flow_pace import FlowPace
from connectors.sync.limits import LANE, SharedPace
from connectors.sync.models import Connection, FlowSetting, Lane
from connectors.sync.tokens import DatabaseTokenStore

CONNECT_SECONDS = 5.0
TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path


def connection_to(system: str) -> Connection:
    """The connection. Raises MisconfiguredError when there is none, or it is switched off."""
    found = Connection.objects.filter(system=system).first()
    name = Connection.System(system).label
    if found is None:
        raise MisconfiguredError(f"There is no connection to {name} yet. Add it in admin.")
    if not found.enabled:
        raise MisconfiguredError(f"The connection to {name} is switched off in admin.")
    return found


def addresses() -> AddressPolicy:
    """Where connections may lead."""
    hosts = frozenset(host.lower() for host in settings.CONNECTION_PRIVATE_HOSTS)
    return AddressPolicy(hosts)


def prima(
    connection: Connection | None = None,
    recorder: Recorder | None = None,
    stopping: threading.Event | None = None,
    *,
    lane: str = "",
    setting: FlowSetting | None = None,
) -> Prima:
    """Prima, whichever adapter answers. Without `connection`, the one that is set up."""
    connection = connection or connection_to("prima")
    base_url, company = company_of(connection)
    return RestPrima(
        base_url,
        company,
        PrimaCredentials(
            token_url=token_url(base_url),
            client_id=connection.client_id,
            client_secret=connection.client_secret,
            api_key="" if connection.client_id else connection.client_secret,
        ),
        _conduct(connection, recorder, stopping, lane, setting),
    )


def sfmc(
    connection: Connection | None = None,
    recorder: Recorder | None = None,
    stopping: threading.Event | None = None,
    *,
    lane: str = "",
    setting: FlowSetting | None = None,
) -> SfmcClient:
    connection = connection or connection_to("sfmc")
    return SfmcClient(
        SfmcCredentials(
            auth_url=connection.base_url,
            client_id=connection.client_id,
            client_secret=connection.client_secret,
            account_id=connection.account_id,
        ),
        DatabaseTokenStore(connection.pk),
        _conduct(connection, recorder, stopping, lane, setting),
    )


def try_out(connection: Connection) -> str:
    """Calls the remote once and says what answered. Raises the errors of `connectors.errors`."""
    addresses().check(connection.base_url)
    if connection.system == Connection.System.PRIMA:
        found = prima(connection).capabilities()
        return f"Prima answered: contract {found.contract}, {found.adapter} adapter."
    client = sfmc(connection)
    try:
        client.who_am_i()
    finally:
        client.close()
    return "Marketing Cloud answered and accepted the sign-in."


def company_of(connection: Connection) -> tuple[str, str]:
    """Where Prima's contract is served, and the company: the last part of the address."""
    base_url, _, company = connection.base_url.rstrip("/").rpartition("/")
    return base_url, company


def token_url(base_url: str) -> str:
    """The sign-in beside the contract: https://host/prima/v1 → https://host/prima/oauth2/token."""
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/").rpartition("/")[0] + TOKEN_PATH
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _conduct(
    connection: Connection,
    recorder: Recorder | None,
    stopping: threading.Event | None,
    lane: str,
    setting: FlowSetting | None,
) -> Conduct:
    stopping = stopping or threading.Event()
    pace, breaker = _valves(connection, stopping, lane)
    return Conduct(
        timeout=(CONNECT_SECONDS, float(connection.timeout_seconds)),
        pace=FlowPace(pace, connection.pk, setting, stopping) if setting and not lane else pace,
        breaker=breaker,
        recorder=recorder,
        addresses=addresses(),
    )


def _valves(
    connection: Connection, stopping: threading.Event, lane: str
) -> tuple[SharedPace, SharedBreaker]:
    """Those of the connection, or of its lane: what goes on in the one does not close the other."""
    if not lane:
        pace = SharedPace(connection.pk, connection.calls_per_second, stopping)
        return pace, SharedBreaker(connection.pk, str(connection), pace)
    row, _ = Lane.objects.get_or_create(connection=connection, name=lane)
    pace = SharedPace(row.pk, row.calls_per_second, stopping, LANE)
    return pace, SharedBreaker(row.pk, str(connection), pace, LANE)


class Remotes:
    """Both systems for the time of one run, opened when first asked for.

    With a flow's `setting`, calls keep to its own limit and priority; those of a lane are
    not held back by anything else.
    """

    def __init__(
        self,
        recorder: Recorder | None,
        stopping: threading.Event,
        *,
        lane: str = "",
        setting: FlowSetting | None = None,
    ) -> None:
        self._setting = setting
        self._recorder = recorder
        self._stopping = stopping
        self._lane = lane
        self._prima: Prima | None = None
        self._sfmc: SfmcClient | None = None

    def prima(self) -> Prima:
        if self._prima is None:
            self._prima = prima(
                recorder=self._recorder,
                stopping=self._stopping,
                lane=self._lane,
                setting=self._setting,
            )
        return self._prima

    def sfmc(self) -> SfmcClient:
        if self._sfmc is None:
            self._sfmc = sfmc(
                recorder=self._recorder,
                stopping=self._stopping,
                lane=self._lane,
                setting=self._setting,
            )
        return self._sfmc

    def close(self) -> None:
        for client in (self._prima, self._sfmc):
            close: Callable[[], None] | None = getattr(client, "close", None)
            if close is not None:
                close()

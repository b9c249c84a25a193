"""Which addresses a connection may call: https only, and never into the private network.

Hosts named in `allowed_hosts` are exempt; that is how a Prima gateway inside the company's own
network, or the sandbox on this machine, is reached.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.errors import MisconfiguredError, Unreachable


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """`allowed_hosts` are host names or IP addresses in lower case, without ports."""

    allowed_hosts: frozenset[str] = frozenset()

    def check(self, url: str) -> None:
        """Refuses the base URL in words a form can show; resolves its host to do so.

        Raises MisconfiguredError, or Unreachable when the host name is not known.
        """
        host = self.check_text(url)
        if host in self.allowed_hosts:
            return
        for address in _resolved(host):
            self.check_peer(host, address)

    def check_text(self, url: str) -> str:
        """The part of `check` that needs no network; answers the host."""
        host = _host(url)
        if urlsplit(url).scheme != "https" and host not in self.allowed_hosts:
            raise MisconfiguredError(f"The address {url} must begin with https://.")
        return host

    def check_peer(self, host: str, address: str) -> None:
        """Refuses an address that the host turned out to have. Called for every connection made,
        because a name may resolve to something else than it did when it was saved.
        """
        if host.lower() not in self.allowed_hosts and not _is_public(address):
            raise MisconfiguredError(
                f"{host} leads to {address}, which is inside a private network. "
                "If that is meant, whoever runs the desk names the host in CONNECTION_PRIVATE_HOSTS."
            )


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise MisconfiguredError(f"The address {url} cannot be read.") from error
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise MisconfiguredError(f"The address {url} must look like https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise MisconfiguredError("The address must not hold a user name or password.")
    if parts.query or parts.fragment:
        raise MisconfiguredError(f"The address {url} must end with the path, without ? or #.")
    return host.lower()


def _resolved(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The host name {host} is not known.") from error
    return [str(entry[4][0]) for entry in found]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast

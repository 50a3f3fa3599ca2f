"""Network addresses that Seatwise may call for a customer: the public internet's, over https.

Whoever may register a webhook chooses where our server connects to. Without these checks that would be the
server's own network: its database, its neighbours, the cloud's metadata service (server-side request forgery).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from events.errors import Invalid

LONGEST_URL = 500
_PORTS = {"https": 443, "http": 80}
# Where web servers listen. Behind other ports are mail servers and databases, which take a request for their own.
PORTS = (80, 443, 8443)
# What RFC 3986 lets an address consist of; urlsplit would silently drop line breaks and tabs.
_URL = re.compile(r"https?://[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9\-_.]{0,251}[a-z0-9])?")
# A translator of addresses (NAT64) carries the IPv4 address that is meant in the last four bytes.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Receiver:
    """One address taken apart: whom to connect to, whom to ask for, and what."""

    scheme: str
    host: str
    port: int
    # Path and query, as the request line wants them.
    target: str

    @property
    def authority(self) -> str:
        """The Host header: the name as it was given, with the port where it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def check_url(url: str) -> Receiver:
    """Return the address taken apart, once it leads somewhere that may be called. Raises Invalid (`url`)."""
    receiver = taken_apart(url)
    addresses_of(receiver)
    return receiver


def addresses_of(receiver: Receiver) -> list[str]:
    """Return the IP addresses behind the name, asked now; raise Invalid unless each of them may be called.

    Whoever connects must connect to one of these and not ask for the name again: its owner could answer otherwise
    the second time (DNS rebinding).
    """
    try:
        found = socket.getaddrinfo(receiver.host, receiver.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _refused(_("This host name is not known. Check its spelling.")) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _refuse_unless_allowed(receiver, address)
    return addresses


def _refuse_unless_allowed(receiver: Receiver, address: str) -> None:
    # A zone (fe80::1%eth0) belongs to link-local addresses only.
    ip = ipaddress.ip_address(address.partition("%")[0])
    if _is_in_allowed_network(ip):
        return
    if receiver.scheme != "https":
        raise _refused(_("Give an address that begins with https://."))
    allowed = [*PORTS, *settings.WEBHOOK_ALLOWED_PORTS]
    if receiver.port not in allowed:
        words = _("Webhooks are sent to these ports only: %(ports)s. Have your server listen on one of them.")
        raise _refused(words % {"ports": ", ".join(str(port) for port in sorted(set(allowed)))})
    if not is_public(ip):
        raise _refused(_("This address is not on the public internet. Webhooks are sent there only."))


def _is_in_allowed_network(ip: IP) -> bool:
    networks = [ipaddress.ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS]
    return any(ip in network for network in networks)


def is_public(ip: IP) -> bool:
    """True for an address of the public internet, also where it is wrapped in one of another kind."""
    inner = _wrapped(ip)
    if inner is not None:
        return is_public(inner)
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast
    return ip.is_global and not (special or ip.is_reserved or ip.is_unspecified)


def _wrapped(ip: IP) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, translated or tunnelled IPv6 address leads to."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def taken_apart(url: str) -> Receiver:
    """Return whom the address names, without asking anybody. Raises Invalid (`url`) when it cannot be one."""
    if len(url) > LONGEST_URL:
        raise _refused(_("An address has at most 500 characters here."))
    if not _URL.fullmatch(url):
        raise _refused(_("Give a whole address such as https://example.org/hook, without spaces or a #."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(_("This address cannot be read. Check the host and the port.")) from None
    _check_parts(parts, host, port)
    query = f"?{parts.query}" if parts.query else ""
    return Receiver(parts.scheme, host, port or _PORTS[parts.scheme], (parts.path or "/") + query)


def _check_parts(parts: SplitResult, host: str, port: int | None) -> None:
    if "@" in parts.netloc:
        raise _refused(_("Leave user names and passwords out of the address; messages are signed instead."))
    is_ip = ":" in host and "%" not in host
    if port == 0 or not (is_ip or (_HOST.fullmatch(host) and ".." not in host)):
        raise _refused(_("This address cannot be read. Check the host and the port."))


def _refused(words: str) -> Invalid:
    return Invalid(words, fields={"url": [words]})

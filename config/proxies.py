"""Whose word is believed on where a request came from.

Behind a reverse proxy the visitor's address stands in X-Forwarded-For, which anybody may write. Only what our own
proxies noted counts: read from its end, so many entries (or those of so many networks) are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import inf, isfinite

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase

# When the request came, as our proxy noted it: seconds or milliseconds since 1970, with or without "t=" before.
BEGUN = "HTTP_X_REQUEST_START"
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    BEGUN,
)


class TrustedProxies:
    """Middleware after which REMOTE_ADDR is the visitor's, and forwarded headers of strangers are gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR", "")
        if is_ours(peer):
            noted = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            request.META["REMOTE_ADDR"] = visitor([each.strip() for each in noted if each.strip()], peer)
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return self.get_response(request)


# No proxy waits so long for an answer: a note older than that comes from a clock that is wrong.
LONGEST_WAIT = 120.0
# For so long, and at most for twice as long, a process remembers the shortest wait that it has seen.
REMEMBERED = 600.0


class Waits:
    """How long requests stood in line before this process took them, by our own proxy's note.

    The proxy's clock and ours may differ by seconds. So what counts is how much longer a request waited than the
    quickest one of the last minutes, which hardly waited at all.
    """

    def __init__(self) -> None:
        self._begun = -REMEMBERED
        self._quickest = self._quickest_before = inf

    def seconds(self, request: HttpRequest, now: float) -> float:
        """The wait of this request; 0 where no proxy of ours noted when it came."""
        waited = _since_noted(request, now)
        if waited is None:
            return 0.0
        if now - self._begun > REMEMBERED:
            self._begun, self._quickest_before, self._quickest = now, self._quickest, inf
        self._quickest = min(self._quickest, waited)
        longer = waited - min(self._quickest, self._quickest_before)
        return longer if longer <= LONGEST_WAIT else 0.0


def _since_noted(request: HttpRequest, now: float) -> float | None:
    """The seconds between the proxy's note and now, by two clocks; None where there is no note."""
    try:
        begun = float(request.META.get(BEGUN, "").removeprefix("t="))
    except ValueError:
        return None
    if not isfinite(begun):
        return None
    in_milliseconds = begun > now * 10
    return now - (begun / 1000 if in_milliseconds else begun)


def is_ours(peer: str) -> bool:
    """True where the connection itself comes from a proxy of ours."""
    count, networks = read(settings.TRUSTED_PROXIES)
    return count > 0 or any(_lies_in(peer, network) for network in networks)


def visitor(noted: list[str], peer: str) -> str:
    """The address behind our own proxies: the last one noted that is none of ours, or the peer's."""
    count, networks = read(settings.TRUSTED_PROXIES)
    if count:
        found = noted[-count] if len(noted) >= count else peer
    else:
        strangers = [each for each in noted if not any(_lies_in(each, network) for network in networks)]
        found = strangers[-1] if strangers else peer
    return found if _address(found) else peer


@cache
def read(trusted: str) -> tuple[int, tuple[str, ...]]:
    """The setting as a number of proxies, or as networks; raises ImproperlyConfigured for what is neither."""
    trusted = trusted.strip()
    if trusted.isdigit() or not trusted:
        return int(trusted or 0), ()
    networks = tuple(part.strip() for part in trusted.split(",") if part.strip())
    try:
        for network in networks:
            ip_network(network)
    except ValueError as error:
        raise ImproperlyConfigured(
            "TRUSTED_PROXIES is a number of proxies, or networks such as 10.0.0.0/8, separated by commas."
        ) from error
    return 0, networks


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)


def _lies_in(address: str, network: str) -> bool:
    found = _address(address)
    return found is not None and found in _network(network)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None

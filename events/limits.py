"""Limits of what costs somebody else: how often one visitor may ask, counted in the cache.

A whole audience may stand behind one network address in the minute when registration opens: what is counted by
address must be generous, what is counted by mailbox need not be.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from ipaddress import IPv6Network
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.errors import Refusal

HOUR, TEN_MINUTES = 3600, 600


class TooOften(Refusal):
    """One visitor, or somebody for one mailbox, asked too often."""

    code = "too_often"
    status = 429
    default_message = _("This was asked for too often. Please wait ten minutes, then try again.")


TRIES_PER_SEAT = 3


def check_visitor(what: str, visitor: str) -> None:
    """Count one more time for this draft or registration; raises TooOften beyond what a person would do."""
    if not is_allowed(what, visitor, settings.TRIES_PER_VISITOR, TEN_MINUTES):
        raise TooOften


def check_place(request: HttpRequest, what: str, audience: Callable[[], int]) -> None:
    """Count one more time from this network address; raises TooOften beyond what an audience would do.

    `audience` says how many people may come, and is asked only where the setting alone would refuse.
    """
    if not is_allowed_from(request, what, audience):
        raise TooOften


def is_allowed_from(request: HttpRequest, what: str, audience: Callable[[], int]) -> bool:
    """True while this network address asked no more often than an audience would; counts once more."""
    tries, most = count(what, address_of(request), TEN_MINUTES), settings.TRIES_PER_NETWORK_ADDRESS
    return tries <= most or tries <= max(most, TRIES_PER_SEAT * audience())


def check_mailbox(what: str, mailbox: str, most: int) -> None:
    """Count one more time for this mailbox; raises TooOften beyond `most` per hour."""
    if not is_allowed(what, mailbox, most):
        raise TooOften(_("This was tried too often for that address. Please try again in an hour."))


def is_allowed(what: str, who: str, most: int, seconds: int = HOUR) -> bool:
    """True while a name was counted at most `most` times in the given time; counts once more."""
    return count(what, who, seconds) <= most


def count(what: str, who: str, seconds: int = HOUR) -> int:
    """Count one more time; how many it were since the first, which is forgotten after so many seconds."""
    counters: Any = cache
    return int(counters.count(_key(what, who), seconds))


def times(what: str, who: str) -> int:
    """The number of times a name was counted; counts nothing."""
    return cache.get(_key(what, who), 0)


def forget_one(what: str, who: str) -> None:
    """Take one count back."""
    with contextlib.suppress(ValueError):  # it ran out in between
        cache.decr(_key(what, who))


def _key(what: str, who: str) -> str:
    # Short: a large audience's are kept at once.
    return f"limit:{what}:{hashlib.blake2b(who.encode(), digest_size=12).hexdigest()}"


def address_of(request: HttpRequest) -> str:
    """Return the visitor's network address, of the newer kind its network: one visitor has all of that.

    Behind our own proxies it is what they noted; the middleware has put it in its place.
    """
    found = request.META.get("REMOTE_ADDR", "")
    if ":" not in found:
        return found
    try:
        return str(IPv6Network((found.split("%")[0], 64), strict=False).network_address)
    except ValueError:
        return found

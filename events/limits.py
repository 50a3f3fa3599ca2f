"""Limits of what costs somebody else: how often one visitor may ask, counted in the cache.

A whole audience may stand behind one network address in the minute when registration opens: what is counted by
address must be generous, what is counted by mailbox need not be.
"""

from __future__ import annotations

import hashlib

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


def check_place(request: HttpRequest, what: str) -> None:
    """Count one more time from this network address; raises TooOften beyond what an audience would do."""
    if not is_allowed(what, address_of(request), settings.TRIES_PER_NETWORK_ADDRESS, TEN_MINUTES):
        raise TooOften


def check_mailbox(what: str, mailbox: str, most: int) -> None:
    """Count one more time for this mailbox; raises TooOften beyond `most` per hour."""
    if not is_allowed(what, mailbox, most):
        raise TooOften(_("This was tried too often for that address. Please try again in an hour."))


def is_allowed(what: str, who: str, most: int, seconds: int = HOUR) -> bool:
    """True while a name was counted at most `most` times in the given time; counts once more."""
    key = f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out in between
        return True


def address_of(request: HttpRequest) -> str:
    """Return the visitor's network address; behind our own proxy, the one that it noted last."""
    noted = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and noted:
        return noted.split(",")[-1].strip()
    return request.META.get("REMOTE_ADDR", "")

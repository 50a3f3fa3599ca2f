"""How often the same visitor may ask for something that costs somebody else: one counter in the cache per hour."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def is_allowed(what: str, who: str, most: int) -> bool:
    """Count one more time and say whether it is still within `most` per hour."""
    key = f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, HOUR)
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

"""The site as a WSGI application: Django's own, which remembers to what view an address leads."""

from __future__ import annotations

from functools import lru_cache

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch, URLResolver, get_resolver

# Whoever asks for long addresses takes no more room than others; they are resolved each time.
MOST_KEPT, LONGEST_KEPT = 4_000, 200


class Site(WSGIHandler):
    """Resolves an address once: to try the patterns in turn took longer than to read an event and its seats.

    What an address leads to hangs on the address alone. One that leads nowhere is not remembered.
    """

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The view of the request's address, and what the address tells it."""
        if hasattr(request, "urlconf") or len(request.path_info) > LONGEST_KEPT:
            return super().resolve_request(request)
        found = _resolved(get_resolver(), request.path_info)
        request.resolver_match = found
        return found


@lru_cache(maxsize=MOST_KEPT)
def _resolved(resolver: URLResolver, path: str) -> ResolverMatch:
    return resolver.resolve(path)

"""Mails, and whatever else was not made to be a page of the desk, shown on a page of their own that can do nothing."""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse, HttpResponseBase


def harmless(request: HttpRequest, html: str, *, is_framed: bool = False) -> HttpResponse:
    """Return foreign HTML under a policy of its own: its styles, pictures inside it, nothing else, no scripts.

    `is_framed` lets our own pages show it in a frame.
    """
    policy = {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:", SELF],
        "frame-ancestors": [SELF if is_framed else NONE],
        "form-action": [NONE],
        "sandbox": ["allow-popups"],
    }

    @csp(policy)
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return HttpResponse(html, headers={"X-Frame-Options": "SAMEORIGIN"} if is_framed else {})

    return answer(request)  # type: ignore[return-value]

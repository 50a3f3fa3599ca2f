"""What keeps a storm of wrong passwords from the pages: it is refused before anything is read or drawn."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from events.errors import Refusal
from events.limits import TEN_MINUTES
from events.signing_in import PASSWORD, refusal_to_strangers

SIGN_IN = "/admin/login/"
RETRY_AFTER = {429: TEN_MINUTES, 503: 1}


class SignInGuard:
    """Middleware that answers tries at a password which cannot be made: 429 or 503, for less than a page costs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_try = request.method == "POST" and request.path == SIGN_IN
        refusal = refusal_to_strangers(request, PASSWORD) if is_try else None
        return _refused(refusal) if refusal else self.get_response(request)


def _refused(refusal: Refusal) -> HttpResponse:
    response = HttpResponse(_page(str(refusal)), status=refusal.status)
    response["Retry-After"] = str(RETRY_AFTER[refusal.status])
    response["Cache-Control"] = "no-store"
    return response


@functools.cache
def _page(words: str) -> bytes:
    """The page that says so, drawn once: there are two, and a storm asks for them a thousand times a second."""
    return render_to_string("admin/wait.html", {"refusal": words}).encode()

"""What keeps storms from the pages: wrong passwords, and more visitors than can be served, cost next to nothing."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from config.proxies import Waits
from events.errors import Busy, Refusal
from events.limits import TEN_MINUTES
from events.signing_in import PASSWORD, refusal_to_strangers
from events.views import busy

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


class LongWait:
    """Middleware that answers 503 to a page asked for so long ago that its visitor has hardly waited for it.

    Whoever is still there gets a page that says so and asks again by itself; the time goes to others. Only what reads:
    a form, a click on a seat, is always done. Needs a proxy of ours that notes when a request came.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._waits = Waits()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        waited = self._waits.seconds(request, time.time()) if request.method == "GET" else 0.0
        if waited <= settings.BUSY_AFTER_SECONDS:
            return self.get_response(request)
        refusal = Busy(
            _("Very many people are here right now, and pages are slow."), retry_after=busy.SECONDS_IN_A_RUSH
        )
        return busy.as_json(refusal) if busy.is_api(request) else busy.page(request, refusal)


def _refused(refusal: Refusal) -> HttpResponse:
    response = HttpResponse(_page(str(refusal)), status=refusal.status)
    response["Retry-After"] = str(RETRY_AFTER[refusal.status])
    response["Cache-Control"] = "no-store"
    return response


@functools.cache
def _page(words: str) -> bytes:
    """The page that says so, drawn once: there are two, and a storm asks for them a thousand times a second."""
    return render_to_string("admin/wait.html", {"refusal": words}).encode()

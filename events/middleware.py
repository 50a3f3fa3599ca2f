"""What surrounds every request."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from events import metrics, tracing
from events.database_trouble import begin_request, trouble_of
from events.views.busy import answer_for, is_api

logger = logging.getLogger("seatwise.requests")
_FIT_FOR_A_NUMBER = re.compile(r"[A-Za-z0-9._-]{8,64}")

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """Gives each request a number, which stands in its answer and in every line of the log that it causes.

    At LOG_LEVEL=INFO each request is one line: who asked (never by name), for what, and what became of it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number it, answer it, count it."""
        number = _number_of(request)
        tracing.begin(number)
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = number
            _note(request, response, time.perf_counter() - begun)
        finally:
            tracing.end()
        return response


def _number_of(request: HttpRequest) -> str:
    """The number that our own proxy gave, else a new one: a stranger's could be made to look like another's."""
    given = request.headers.get("X-Request-ID", "")
    is_ours = settings.SECURE_PROXY_SSL_HEADER and _FIT_FOR_A_NUMBER.fullmatch(given)
    return given if is_ours else secrets.token_hex(8)


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    view = match.view_name if match and match.view_name else "none"
    metrics.note_request(view, str(request.method), response.status_code, seconds)
    if logger.isEnabledFor(logging.INFO):
        facts = {
            "method": request.method,
            "view": view,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
            "actor": kind_of_actor(request),
            "outcomes": tracing.outcomes(),
        }
        logger.info("%s %s %s", request.method, request.path, response.status_code, extra={"facts": facts})


def kind_of_actor(request: HttpRequest) -> str:
    """Who asks: client, staff, attendee or visitor; nothing is read for it."""
    if is_api(request):
        return "client"
    user = getattr(request, "_cached_user", None)
    if user is not None and user.is_authenticated:
        return "staff"
    return "attendee" if "/me/" in request.path else "visitor"


class DatabaseTrouble:
    """Answers 503 where the database cannot serve us now, whatever the view was about to do.

    What other middleware meets is answered in `events.api.errors.server_error`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Begin anew: nothing has been done yet."""
        begin_request()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503, or None for what is a mistake of ours."""
        return answer_for(request, exception) if trouble_of(exception) else None

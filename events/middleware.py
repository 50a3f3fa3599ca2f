"""What surrounds every request."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.datastructures import MultiValueDict

from events import metrics, tracing
from events.database_trouble import begin_request, trouble_of
from events.views.busy import answer_for, is_api

logger = logging.getLogger("seatwise.requests")
_BROTLI = re.compile(r"\bbr\b\s*(?:;\s*q=([0-9.]+))?", re.IGNORECASE)
# Below this, compressing saves less than it costs. More effort than this costs more time than it saves on the way.
SMALLEST, BROTLI_EFFORT = 200, 4
_NO_SECRET = "holds_no_secret"
_OF_STAFF = ("/admin/", "/accounts/")
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


class Compressed(GZipMiddleware):
    """Compresses the public pages, on which nothing secret stands.

    How small a compressed page becomes tells what in it is alike: where a secret stands beside words that the address
    brought along (a search, a filter), somebody may guess it letter by letter. So a page that belongs to one person is
    never compressed: there stands the personal link, or the key of a form. `Cache-Control: no-store` marks them all.
    Of the public pages the CSRF token is written anew, masked, for every answer.

    Brotli where the browser takes it, else gzip: a list of sessions is a twentieth smaller, in two thirds of the time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed where it may be and the browser understands it."""
        is_public = _NO_SECRET in vars(response) or "no-store" not in response.get("Cache-Control", "")
        is_page = response.get("Content-Type", "").startswith("text/html")
        may_be = is_public and is_page and not request.path.startswith(_OF_STAFF)
        if may_be and _takes_brotli(request) and not response.streaming:
            return _by_brotli(response)
        return super().process_response(request, response) if may_be else response


def _takes_brotli(request: HttpRequest) -> bool:
    """Whether the browser names brotli, and not as what is not wanted."""
    found = _BROTLI.search(request.headers.get("Accept-Encoding", ""))
    return found is not None and (found[1] is None or found[1].strip("0.") != "")


def _by_brotli(response: HttpResponseBase) -> HttpResponseBase:
    patch_vary_headers(response, ["Accept-Encoding"])
    if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
        return response
    if len(response.content) < SMALLEST:
        return response
    response.content = brotli.compress(response.content, quality=BROTLI_EFFORT)
    response["Content-Length"] = str(len(response.content))
    response["Content-Encoding"] = "br"
    if response.get("ETag", "").startswith('"'):
        # Other bytes of the same answer: what compares bytes must not take them for the same.
        response["ETag"] = f"W/{response['ETag']}"
    return response


def allow_compression(response: HttpResponseBase) -> None:
    """Let a page be compressed that is one person's and yet holds no secret, such as a programme with a choice."""
    setattr(response, _NO_SECRET, True)


class TooLongFields:
    """Lets the form itself refuse a text that is far too long: it is read cut short, with all else as it was typed.

    Without this the whole request would be refused unread, with all that was typed. Only forms of visitors, and only
    up to a size that is no burden.
    """

    MOST_BYTES = 16_000_000
    # Beyond what any field takes, so that its own check refuses it.
    LEFT_OF_A_FIELD = 20_000

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the form here where Django would not."""
        if request.method == "POST" and self._is_long_form(request):
            short = QueryDict(mutable=True, encoding=request.encoding)
            for name, values in QueryDict(request.read(self.MOST_BYTES), encoding=request.encoding).lists():
                short.setlist(name, [value[: self.LEFT_OF_A_FIELD] for value in values])
            # What Django itself fills in where it reads a form.
            vars(request).update(_post=short, _files=MultiValueDict(), _read_started=False, _body=b"")
        return self.get_response(request)

    def _is_long_form(self, request: HttpRequest) -> bool:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_form = request.content_type == "application/x-www-form-urlencoded"
        is_visitors = not is_api(request) and not request.path.startswith(_OF_STAFF)
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return is_form and is_visitors and length.isdigit() and most < int(length) <= self.MOST_BYTES


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

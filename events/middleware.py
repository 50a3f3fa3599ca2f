"""What surrounds every request."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.cache import patch_vary_headers
from django.utils.datastructures import MultiValueDict

from events import metrics, tracing
from events.compression import gzipped, takes
from events.database_trouble import begin_request, trouble_of
from events.views.busy import answer_for, is_api

logger = logging.getLogger("seatwise.requests")
# Below this, compressing saves less than it costs. More effort than this costs more time than it saves on the way.
SMALLEST, BROTLI_EFFORT, GZIP_EFFORT = 200, 4, 5
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
    given = request.META.get("HTTP_X_REQUEST_ID", "")
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


class Compressed:
    """Compresses pages on which nobody can look for a secret by how small they become.

    How small a compressed page becomes tells what in it is alike: where a secret stands beside words that somebody else
    chose (a search, a filter), they may guess it letter by letter, while they let the person's browser ask again and
    again and watch from the wire how long the answers are. So one of the two has to be missing:

    - The secret. Public pages hold none, and those that `allow_compression` names; `Cache-Control: no-store` marks all
      others: there stands the personal link, or the key of a form. The CSRF token is written anew, masked, for every
      page; the answer to a press has the one that came with it, and no other site can have the browser press.
    - The words. Where a GET without a query found its page (200), nothing came along but an address that leads here as
      it is, and cookies, which are signed and are not sent when another site asks in the background. What people wrote
      before changes with a POST alone, and that needs the token. An address that leads nowhere (404) may hold any word.

    Brotli where the browser takes it, else gzip: a list of sessions is a tenth smaller by it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, compressed where it may be and the browser understands it."""
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or request.path.startswith(_OF_STAFF):
            return response
        if _holds_no_secret(response) or _brings_no_words(request, response):
            _compress(response, request.META.get("HTTP_ACCEPT_ENCODING", ""))
        return response


def _holds_no_secret(response: HttpResponse) -> bool:
    return _NO_SECRET in vars(response) or "no-store" not in response.get("Cache-Control", "")


def _brings_no_words(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether nothing stands on the page that somebody else could have put into the address."""
    has_query = bool(request.META.get("QUERY_STRING"))
    return request.method == "GET" and not has_query and response.status_code == HTTPStatus.OK


def _compress(response: HttpResponse, taken: str) -> None:
    content = response.content
    if len(content) < SMALLEST or response.has_header("Content-Encoding"):
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if takes(taken, "br"):
        response.content, coding = brotli.compress(content, quality=BROTLI_EFFORT), "br"
    elif takes(taken, "gzip"):
        response.content, coding = gzipped(content, GZIP_EFFORT), "gzip"
    else:
        return
    response["Content-Length"] = str(len(response.content))
    response["Content-Encoding"] = coding
    if response.get("ETag", "").startswith('"'):
        # Other bytes of the same answer: what compares bytes must not take them for the same.
        response["ETag"] = f"W/{response['ETag']}"


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

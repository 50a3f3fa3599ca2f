"""503: the database cannot serve us now. What was filled in is kept on the page, to be sent once more."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from events.database_trouble import Trouble, end_is_unknown, is_lock_trouble, something_was_done, trouble_of
from events.errors import Busy, EndUnknown, Refusal, Unavailable
from events.refused import whole

# A lock is given back in a moment; a server that restarts takes longer.
SECONDS_FOR_A_LOCK, SECONDS_FOR_A_SERVER, SECONDS_IN_A_RUSH = 2, 10, 5
# What nobody should find in the source of a page.
_NOT_KEPT = re.compile(r"passw|secret|otp|csrfmiddlewaretoken", re.IGNORECASE)


def busy_for(error: BaseException) -> Busy:
    """Return the refusal that says what the error means to whoever asked."""
    if something_was_done() or end_is_unknown(error):
        return EndUnknown(retry_after=SECONDS_FOR_A_SERVER)
    if is_lock_trouble(error):
        return Busy(retry_after=SECONDS_FOR_A_LOCK)
    return Unavailable(retry_after=SECONDS_FOR_A_SERVER)


def answer_for(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return 503 for trouble of the database: a page for people, JSON for other systems."""
    if trouble_of(error) is Trouble.READ_ONLY and not connection.in_atomic_block:
        # It was the first server before a failover: the next request must find the new one.
        connection.close()
    refusal = busy_for(error)
    return as_json(refusal) if is_api(request) else page(request, refusal)


def is_api(request: HttpRequest) -> bool:
    """True for a request of another system."""
    return request.path.startswith(("/api/", "/oauth2/"))


def as_json(refusal: Refusal) -> HttpResponse:
    """The refusal as other systems read it."""
    answer = JsonResponse(whole({"code": refusal.code, "detail": str(refusal)}), status=503)
    answer["Retry-After"] = str(refusal.data.get("retry_after", SECONDS_FOR_A_LOCK))
    return answer


def page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a page with a button that asks the same again. It reads nothing from the database."""
    context: dict[str, Any] = {
        "refusal": refusal,
        "address": request.get_full_path(),
        "is_form": request.method == "POST",
        "fields": _kept_fields(request),
        "has_files": request.method == "POST" and bool(request.FILES),
        "again_in": _seconds_until_again(request, refusal),
    }
    answer = render(request, "503.html", context, status=503)
    answer["Retry-After"] = str(refusal.data.get("retry_after", SECONDS_FOR_A_LOCK))
    answer["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(answer, private=True, no_store=True)
    return answer


def _seconds_until_again(request: HttpRequest, refusal: Refusal) -> int:
    """After how long a page may ask again by itself; 0 for never.

    Not all in the same moment. What may have been done already is looked at first, and files cannot be sent again.
    """
    if isinstance(refusal, EndUnknown) or (request.method == "POST" and request.FILES):
        return 0
    seconds = int(refusal.data.get("retry_after", SECONDS_FOR_A_LOCK))
    return seconds + secrets.randbelow(seconds + 1)


def _kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, without passwords, in its order."""
    try:
        posted = request.POST.lists()
    except RawPostDataException:
        return []
    return [(name, value) for name, values in posted if not _NOT_KEPT.search(name) for value in values]

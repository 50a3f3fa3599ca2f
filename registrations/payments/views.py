"""Where providers send their messages to."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events.errors import Refusal
from registrations.payments.flow import receive

logger = logging.getLogger(__name__)

# A message names one payment; nobody needs more to say so.
MOST_BYTES = 1024 * 1024


@csrf_exempt
@require_POST
@never_cache
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's message; its signature says whose it is. The answer says in a word what became of it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        # What is sent as a form was perhaps read already, where it is too long: nothing would be left of it here.
        is_too_large = length.isdecimal() and int(length) > MOST_BYTES
        body = b"" if is_too_large else request.read(MOST_BYTES + 1)
    except UnreadablePostError:
        return _said("not_read", HTTPStatus.BAD_REQUEST)
    if is_too_large or len(body) > MOST_BYTES:
        return _said("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        return _said(receive(provider, body, request.headers), HTTPStatus.OK)
    except Refusal as refusal:
        logger.warning("payments: a message to %s was refused (%s)", provider[:20], refusal.code)
        return _said(refusal.code, refusal.status)


def _said(word: str, status: int) -> HttpResponse:
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8")

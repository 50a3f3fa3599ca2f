"""What was typed into a form that could not be taken: kept in the person's own browser, and shown again by GET.

So going back never asks whether to send the form again, and what was typed survives a look at another page.
"""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

COOKIE = "seatwise_form"
SECONDS = 15 * 60
# Browsers drop a cookie of more than 4096 bytes, its name and its attributes counted.
MOST_CHARACTERS = 3_700


def data_of(request: HttpRequest) -> QueryDict | None:
    """What the page's form was sent with: now, or lately and in vain; None for a form not filled in yet."""
    if request.method == "POST":
        return request.POST
    try:
        return QueryDict(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request), max_age=SECONDS))
    except signing.BadSignature:
        return None


def shown_again(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Send the browser back to the form by GET; `response`, the same page, where the form is too long for a cookie."""
    value = _written(request)
    if value is None:
        return response
    again = HttpResponseRedirect(request.get_full_path(), status=303)
    _keep(request, again, value)
    return again


def settled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep what was typed where the answer is a refusal; forget it where the form has done its work."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response.delete_cookie(COOKIE, path=request.path, samesite="Lax")
    elif (value := _written(request)) is not None:
        _keep(request, response, value)
    return response


def _written(request: HttpRequest) -> str | None:
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    value = signing.dumps(typed.urlencode(), salt=_salt(request), compress=True)
    return value if len(value) <= MOST_CHARACTERS else None


def _salt(request: HttpRequest) -> str:
    """Each form's own: what was typed into one is shown in no other."""
    return f"registrations.website.kept:{request.path}"


def _keep(request: HttpRequest, response: HttpResponse, value: str) -> None:
    response.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

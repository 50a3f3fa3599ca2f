"""What was typed into a form that could not be taken: kept in the person's own browser, and shown again by GET.

So going back never asks whether to send the form again, and what was typed survives a look at another page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeVar

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from events.errors import Invalid, Refusal
from registrations.forms import RefusableForm

COOKIE = "seatwise_form"
SECONDS = 15 * 60
# Browsers drop a cookie of more than 4096 bytes, its name and its attributes counted.
MOST_CHARACTERS = 3_700
# Beside what was typed: what an act said to it, which looking at the form again would not tell.
_REFUSED = "_refused"
F = TypeVar("F", bound=RefusableForm)


def data_of(request: HttpRequest) -> QueryDict | None:
    """What the page's form was sent with: now, or lately and in vain; None for a form not filled in yet."""
    if request.method == "POST":
        return request.POST
    try:
        return QueryDict(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request), max_age=SECONDS))
    except signing.BadSignature:
        return None


def shown_again(request: HttpRequest, response: HttpResponse, typed: QueryDict | None = None) -> HttpResponse:
    """Send the browser back to the form by GET; `response`, the same page, where the form is too long for a cookie.

    `typed` takes the place of what was sent, where something was added to it or taken away.
    """
    value = _written(request, typed)
    if value is None:
        return response
    again = HttpResponseRedirect(request.get_full_path(), status=303)
    _keep(request, again, value)
    return again


def refused(request: HttpRequest, response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Send the browser back to the form by GET, where `refusal_in` has what was refused; `response` where too long."""
    said = {"words": str(refusal), "fields": refusal.data.get("fields") or {}, "status": refusal.status}
    value = _written(request, refused={_REFUSED: json.dumps(said, default=str)})
    if value is None:
        return response
    again = HttpResponseRedirect(request.get_full_path(), status=303)
    _keep(request, again, value)
    return again


def refusal_in(data: QueryDict | None) -> tuple[Refusal, int] | None:
    """What was refused lately, and with which status; None where nothing was."""
    if data is None or _REFUSED not in data:
        return None
    said = json.loads(str(data[_REFUSED]))
    return Invalid(said["words"], fields=said["fields"]), said["status"]


def form_page(
    request: HttpRequest,
    form: F,
    show: Callable[[F, int], HttpResponse],
    act: Callable[[F], HttpResponse],
    ask_first: Callable[[], HttpResponse | None] = lambda: None,
) -> HttpResponse:
    """Answer for a page of one form, made with `data_of`: shown by GET always, also once something was refused.

    `act` does what a valid form asks for, and says where the browser goes; what it refuses is shown in the form.
    `ask_first` answers instead where the sender has to do something before.
    """
    is_valid = form.is_bound and form.is_valid()
    if request.method != "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and not is_valid else HTTPStatus.OK
        if is_valid and (said := refusal_in(data_of(request))):
            form.add_refusal(said[0])
            status = HTTPStatus(said[1])
        return show(form, status)
    if not is_valid:
        return shown_again(request, show(form, HTTPStatus.UNPROCESSABLE_ENTITY))
    try:
        return ask_first() or settled(request, act(form))
    except Refusal as refusal:
        form.add_refusal(refusal)
        return refused(request, show(form, refusal.status), refusal)


def settled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep what was typed where the answer is a refusal; forget it where the form has done its work."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response.delete_cookie(COOKIE, path=request.path, samesite="Lax")
    elif (value := _written(request)) is not None:
        _keep(request, response, value)
    return response


def _written(
    request: HttpRequest, sent: QueryDict | None = None, refused: Mapping[str, str] | None = None
) -> str | None:
    typed = (request.POST if sent is None else sent).copy()
    typed.pop("csrfmiddlewaretoken", None)
    # Nobody's form says for itself what was refused.
    typed.pop(_REFUSED, None)
    typed.update(refused or {})
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

"""Decorators of every page behind a personal link."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from events.errors import Refusal
from events.languages import speak_at
from events.models import Event
from registrations.links import LinkBroken, LinkExpired, facts_from_token, registration_from_token
from registrations.website.address_forms import LinkForm
from registrations.website.found import find_event
from registrations.website.refusals import private, refused
from registrations.website.visitor import (
    ME_COOKIE,
    Visitor,
    forget_registration,
    is_look,
    of_registration,
    remember_registration,
)

View = Callable[..., HttpResponse]


def personal(view: View) -> View:
    """Give `view` the visitor whom the link names; answer for links that are broken or worn out.

    The browser remembers the link until it is closed, so that the programme shows this person's own buttons.
    Works for events that were stopped or cancelled: people keep their page. Once the registration is cancelled
    its link does nothing more, or else an old mail could bring it back.
    """
    return _personal(view, even_cancelled=False)


def personal_at_session(view: View) -> View:
    """Give `view` the visitor whom the link names, with what a claim of the session in the address needs."""
    return _personal(view, even_cancelled=False, at_session=True)


def personal_even_cancelled(view: View) -> View:
    """Give `view` the visitor whom the link names, also when their registration was cancelled."""
    return _personal(view, even_cancelled=True)


def _personal(view: View, *, even_cancelled: bool, at_session: bool = False) -> View:
    @functools.wraps(view)
    def wrapped(request: HttpRequest, slug: str, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            session = kwargs["uuid"] if at_session else None
            visitor = visitor_named(slug, token, session, is_shown="HTTP_HX_REQUEST" in request.META)
            visitor.is_look = is_look(request)
        except Refusal as refusal:
            return private(link_refused(request, slug, refusal))
        registration = visitor.registration
        speak_at(request, visitor.event, registration.contact.language if registration else "")
        if registration and registration.is_cancelled and not even_cancelled:
            return private(cancelled(request, visitor, status=410))
        try:
            response = view(request, visitor, *args, **kwargs)
        except Refusal as refusal:
            response = refused(request, visitor.event, refusal, visitor)
        registration = visitor.registration
        if registration and not registration.is_cancelled and request.COOKIES.get(ME_COOKIE) != token:
            remember_registration(response, registration)
        return private(response)

    return wrapped


def cancelled(request: HttpRequest, visitor: Visitor, *, status: int = 200) -> HttpResponse:
    """Return what is left of a personal page once its registration was cancelled."""
    context = {"event": visitor.event, "registration": visitor.registration, "token": visitor.token}
    return render(request, "website/manage_cancelled.html", context, status=status)


def visitor_named(
    slug: str, token: str, session: uuid.UUID | None = None, *, is_shown: bool = False
) -> Visitor:
    """Return whom the link names; raises LinkBroken, also for another event's link, or LinkExpired.

    For a press at a session all that decides it is read with them; `is_shown` where it is answered with rows.
    """
    seen = facts_from_token(token, session, is_shown=is_shown) if session else None
    registration = (seen and seen.standing.registration) or registration_from_token(token)
    if registration.event.slug != slug or registration.event.archived_at:
        raise LinkBroken
    return of_registration(registration, timezone.now(), token, seen)


def link_refused(request: HttpRequest, slug: str, refusal: Refusal) -> HttpResponse:
    """Return the page that says why a link opens nothing, with the form that mails a new one.

    A broken link names at most the event of its address, if that has public pages.
    """
    event = refusal.data.get("event") or _public_event(slug)
    context = {"event": event, "refusal": refusal, "form": LinkForm() if event else None}
    response = render(request, "website/link_refused.html", context, status=refusal.status)
    if event and isinstance(refusal, LinkExpired):
        forget_registration(response, event)
    return response


def _public_event(slug: str) -> Event | None:
    try:
        return find_event(slug)
    except Http404:
        return None


def broken_link(request: HttpRequest, slug: str, path: str = "") -> HttpResponse:
    """Answer for the address of a personal link that a mail program cut off, or that leads nowhere."""
    return private(link_refused(request, slug, LinkBroken()))

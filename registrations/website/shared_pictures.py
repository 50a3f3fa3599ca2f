"""The addresses of the pictures that stand for a shared link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from events.views.pictures import FOR_EVER
from registrations.website.face.cards import Card, card_of_event, card_of_session
from registrations.website.found import find_event
from sessions_app.models import Session


@require_safe
def event_card(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The picture of an event that is, or was, on the website; an address of before leads to the one of now."""
    event = find_event(slug)
    card = card_of_event(event)
    return _answer(card) if key == card.key else redirect("event_card", slug, card.key)


@require_safe
def session_card(request: HttpRequest, slug: str, uuid: str, key: str) -> HttpResponse:
    """A session's picture, while the session is on the website."""
    event = find_event(slug)
    rows = Session.objects.live().filter(event=event, uuid=uuid).select_related("room", "building")
    session = rows.first()
    if session is None:
        raise Http404("No such session")
    session.event = event
    card = card_of_session(session)
    return _answer(card) if key == card.key else redirect("session_card", slug, uuid, card.key)


def _answer(card: Card) -> HttpResponse:
    response = HttpResponse(card.content(), content_type="image/jpeg")
    response["Cache-Control"] = FOR_EVER
    return response

"""Stars beside sessions: one press says that somebody is interested, another that they are no longer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from events.limits import check_place, check_visitor
from events.models import Event
from registrations.actions import give_star, take_star
from registrations.website.answers import find_session, safe_next
from registrations.website.audience import audience_of
from registrations.website.programme_days import with_speakers
from registrations.website.refusals import at_event
from registrations.website.seats import Seat, seat_with, seats_for
from registrations.website.visitor import DRAFT_COOKIE, Visitor, remember_draft, visitor_of
from sessions_app.models import Session


@require_POST
@at_event
def star(request: HttpRequest, event: Event, uuid: uuid.UUID) -> HttpResponse:
    """Give the session a star where `star` is 1, else take it away; the answer is the page again, or the new button."""
    is_given = request.POST.get("star") == "1"
    session = find_session(event, uuid, live=is_given)
    visitor = visitor_of(request, event)
    _check(request, visitor)
    registration, token = visitor.registration, request.COOKIES.get(DRAFT_COOKIE)
    response = _answer(request, visitor, session, is_given=is_given)
    if not is_given:
        take_star(event, session, registration=registration, token=token)
        return response
    draft = give_star(event, session, registration=registration, token=token)
    if registration is None:
        remember_draft(response, draft)
    return response


def with_stars(visitor: Visitor, seats: Iterable[Seat]) -> list[Seat]:
    """The seats, each with whether the visitor is interested; untouched where nobody chooses sessions."""
    if not visitor.event.allow_custom_agenda:
        return list(seats)
    stars = visitor.stars
    return [seat_with(seat, is_starred=seat.session.pk in stars) for seat in seats]


def interesting_seats(visitor: Visitor) -> list[Seat]:
    """What the visitor is interested in and neither holds, chose nor waits for, as far as it is shown; by time."""
    left = visitor.stars - {session.pk for session in visitor.mine} - set(visitor.standing.items)
    if not left:
        return []
    rows = Session.objects.live().filter(event=visitor.event, pk__in=left)
    related = rows.select_related("seats", "room", "building", "track").defer("description")
    sessions = with_speakers(related.in_programme_order())
    for session in sessions:
        session.event = visitor.event
    return with_stars(visitor, seats_for(visitor, sessions))


def _check(request: HttpRequest, visitor: Visitor) -> None:
    if visitor.registration is not None:
        check_visitor("star", visitor.registration.uuid.hex)
    elif visitor.draft is not None:
        check_visitor("star", visitor.draft.uuid.hex)
    else:
        check_place(request, "draft-from", lambda: audience_of(visitor.event))


def _answer(request: HttpRequest, visitor: Visitor, session: Session, *, is_given: bool) -> HttpResponse:
    if request.headers.get("HX-Request"):
        context = {"session": session, "event": visitor.event, "is_starred": is_given}
        return render(request, "website/partials/_star.html", context)
    target = safe_next(request, visitor)
    # Not `redirect`, which would first look for a view of that name.
    return HttpResponseRedirect(f"{target}#star-{session.uuid}")

"""The page of one session."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from events.models import Event
from events.replica import newcomers_read_replica
from registrations.queries import alternatives_to, similar_to
from registrations.website.face.sharing import of_session
from registrations.website.face.structured import as_script, session_data
from registrations.website.in_line import said_in_line_for
from registrations.website.refusals import at_event
from registrations.website.seats import seats_for
from registrations.website.stars import with_stars
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor, visitor_of
from sessions_app.models import Session, Speaker

# Of a seat whose session cannot be had as it is: what else is free is shown.
WANTS_ANOTHER = frozenset({"join", "full", "clash", "swap"})


@newcomers_read_replica
@at_event
def session_page(request: HttpRequest, event: Event, uuid: str) -> HttpResponse:
    """The page of one session: all about it, its button, what else is free where it is full, and what is like it."""
    session = _find(event, uuid)
    visitor = visitor_of(request, event)
    [seat] = with_stars(visitor, seats_for(visitor, [session]))
    shared = of_session(session)
    structured = session_data(session, shared, session.seats.available)
    context = {
        "event": event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "session": session,
        "seat": seat,
        "in_line": said_in_line_for(session, visitor),
        **_others(visitor, session, wants_another=seat.state in WANTS_ANOTHER),
        "shared": shared,
        "structured": as_script(structured) if structured else "",
    }
    return render(request, "website/session_page.html", context)


def _find(event: Event, uuid: str) -> Session:
    speakers = Prefetch("speakers", Speaker.objects.select_related("picture"))
    rows = Session.objects.live().filter(event=event).prefetch_related(speakers)
    session = rows.select_related("seats", "room", "building", "layout", "track").filter(uuid=uuid).first()
    if session is None:
        raise Http404("No such session")
    session.event = event
    return session


def _others(visitor: Visitor, session: Session, *, wants_another: bool) -> dict[str, Any]:
    """What may be had instead, and what is like it; nothing is shown twice."""
    mine = visitor.mine
    instead = alternatives_to(session, visitor.standing, held=mine, at=visitor.at) if wants_another else []
    similar = similar_to(session, held=[*mine, *visitor.by_pass], at=visitor.at)
    return {"alternatives": instead, "similar": [each for each in similar if each not in instead]}

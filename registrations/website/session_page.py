"""The page of one session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from events.models import Event
from events.replica import newcomers_read_replica
from registrations.queries import alternatives_to, keys_like, similar_to
from registrations.website.face.sharing import of_session
from registrations.website.face.structured import as_script, session_data
from registrations.website.fragments import fragments
from registrations.website.in_line import said_in_line_for
from registrations.website.own_parts import own_parts
from registrations.website.phases import phase_of
from registrations.website.refusals import at_event
from registrations.website.rows import seat_of_page
from registrations.website.seats import seats_for
from registrations.website.shown_programme import programme_of, sessions_now
from registrations.website.skeletons import Sketch, answer, drawn, form_token, sketch_of
from registrations.website.stars import with_stars
from registrations.website.visitor import Visitor, visitor_of
from sessions_app.models import Session, Speaker

# Of a seat whose session cannot be had as it is: what else is free is shown.
WANTS_ANOTHER = frozenset({"join", "full", "clash", "swap"})
Reader = Callable[[list[int]], list[Session]]


@newcomers_read_replica
@at_event
def session_page(request: HttpRequest, event: Event, uuid: str) -> HttpResponse:
    """The page of one session: all about it, its button, what else is free where it is full, and what is like it."""
    visitor = visitor_of(request, event)
    session, read = _session_now(visitor, uuid)
    [seat] = with_stars(visitor, seats_for(visitor, [session]))
    key = (request.path, phase_of(visitor), session.seats.available == 0)
    sketch = sketch_of(event, key, lambda: _sketch(request, visitor, session))

    def seat_drawn() -> str:
        in_line = said_in_line_for(session, visitor)
        return seat_of_page(seat, event, in_line, request.path, form_token(request))

    holes = {
        **own_parts(visitor),
        "seat": seat_drawn,
        "others": lambda: _others(visitor, session, read, wants_another=seat.state in WANTS_ANOTHER),
    }
    return answer(request, sketch, holes, here=request.path)


def _session_now(visitor: Visitor, uuid: str) -> tuple[Session, Reader]:
    """The session with its seats as they are now, as far as its seat on the page goes; and a reader of those like it.

    The seats of all of them are read by one statement.
    """
    event = visitor.event
    programme = programme_of(event)
    if programme is None:
        return _find(event, uuid), partial(sessions_now, event)
    pk = programme.by_identity.get(str(uuid))
    keys = [pk, *keys_like(event, pk, _had(visitor))] if pk else []
    found = {session.pk: session for session in sessions_now(event, keys)}
    if pk not in found:
        raise Http404("No such session")
    return found[pk], lambda keys: [found[key] for key in keys if key in found]


def _had(visitor: Visitor) -> list[Session]:
    """What the visitor has already, of whatever kind."""
    return [*visitor.mine, *visitor.by_pass]


def _sketch(request: HttpRequest, visitor: Visitor, now: Session) -> Sketch:
    session = _find(visitor.event, str(now.uuid))
    shared = of_session(session)
    structured = session_data(session, shared, now.seats.available)
    context = {
        "event": visitor.event,
        "visitor": visitor,
        "session": session,
        "shared": shared,
        "structured": as_script(structured) if structured else "",
    }
    return drawn(request, "session_page.html", context)


def _find(event: Event, uuid: str) -> Session:
    speakers = Prefetch("speakers", Speaker.objects.select_related("picture"))
    rows = Session.objects.live().filter(event=event).prefetch_related(speakers)
    session = rows.select_related("seats", "room", "building", "layout", "track").filter(uuid=uuid).first()
    if session is None:
        raise Http404("No such session")
    session.event = event
    return session


def _others(visitor: Visitor, session: Session, read: Reader, *, wants_another: bool) -> str:
    """What may be had instead, and what is like it; nothing is shown twice."""
    event = visitor.event
    instead = (
        alternatives_to(session, visitor.standing, held=visitor.mine, at=visitor.at) if wants_another else []
    )
    similar = similar_to(session, held=_had(visitor), at=visitor.at, read=read)
    similar = [each for each in similar if each not in instead]
    said = [[(each.pk, each.seats.available) for each in sessions] for sessions in (instead, similar)]

    def draw() -> str:
        return render_to_string(
            "website/partials/_others.html", {"alternatives": instead, "similar": similar}
        )

    return (
        fragments.drawn(("others", event.pk, event.shown_as, str(said)), draw) if event.shown_as else draw()
    )

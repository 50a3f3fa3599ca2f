"""The page that says what became of each wish. Its address carries the signed outcomes, so a reload shows it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _

from events.models import Event
from events.names import isolated
from registrations import sql
from registrations.links import manage_token
from registrations.models import EventRegistration
from registrations.queries import positions
from registrations.rules.doors import Why
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.results import Line
from registrations.website.fragments import fragments
from registrations.website.overview import ticket_of
from registrations.website.own_parts import own_parts
from registrations.website.personal import personal
from registrations.website.personal_parts import personal_part
from registrations.website.rows import said_of
from registrations.website.seats import Seat, seats_for
from registrations.website.shown_programme import sessions_shown
from registrations.website.skeletons import Sketch, answer, drawn, of_nobody, sketch_of
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor
from registrations.website.waiting_words import waiting_words, what_comes
from registrations.website.walks import words_of_short_walks
from sessions_app.models import Session
from waitlists.models import WaitlistItem

SALT = "registrations.result"
Recorded = list[tuple[int, str, list[int], list[int]]]


@dataclass(frozen=True)
class ResultLine:
    """One session's outcome, in words and a shape, with what may be had instead."""

    session: Session
    tone: str
    icon: str
    words: str
    more: str
    alternatives: list[Seat]


def result_url(registration: EventRegistration, lines: Iterable[Line]) -> str:
    """Return the address of the page that tells what became of `lines`."""
    recorded = [
        (
            line.session.pk,
            str(line.outcome),
            [other.pk for other in line.conflicts_with],
            [other.pk for other in line.alternatives],
        )
        for line in lines
    ]
    path = reverse("manage_result", args=[registration.event.slug, manage_token(registration)])
    return f"{path}?r={signing.dumps(recorded, salt=SALT, compress=True)}" if recorded else path


@personal
def result(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The result page: one line per session; then what next."""
    event, registration, summary = visitor.event, visitor.registration, summary_of(visitor)
    assert registration is not None
    lines = _lines(visitor, _recorded(request))
    is_waitlisted, refused = (
        registration.status == registration.Status.WAITLISTED,
        any(line.tone in {"clash", "full"} for line in lines),
    )
    said = {"is_waitlisted": is_waitlisted, "refused": refused, "has_lines": bool(lines)}

    def sketch() -> Sketch:
        return drawn(request, "result.html", {"event": event, **said, **of_nobody()})

    holes = {
        **own_parts(visitor, known=summary),
        "full_name": lambda: conditional_escape(isolated(registration.full_name)),
        "walks": lambda: _walks(visitor),
        "at_event": lambda: _at_event(visitor),
        "lines": lambda: "".join([_drawn_line(request, event, line) for line in lines]),
        "what_next": lambda: _what_next(visitor, registration),
    }
    return answer(request, sketch_of(event, ("result", *said.values()), sketch), holes)


def _walks(visitor: Visitor) -> str:
    """What is said of ways for which there is too little time."""
    walks = words_of_short_walks(visitor.event, visitor.mine)
    return render_to_string("website/partials/_walk_notes.html", {"walks": walks}) if walks else ""


def _what_next(visitor: Visitor, registration: EventRegistration) -> str:
    given = {"event": visitor.event, "registration": registration, "token": visitor.token}
    return personal_part("what_next", {**given, "ticket": ticket_of(registration), "csrf_token": ""})


def _drawn_line(request: HttpRequest, event: Event, line: ResultLine) -> str:
    """The line; drawn once for what it says, where nothing is offered in it."""

    def draw() -> str:
        context = {"line": line, "here": request.get_full_path()}
        return render_to_string("website/partials/_result_line.html", context, request)

    if line.alternatives:
        return draw()
    key = ("result", line.tone, line.icon, line.words, line.more, said_of(line.session, event))
    return fragments.drawn(key, draw)


def _at_event(visitor: Visitor) -> str:
    """The visitor's place in the event's own line, for which pass, and what happens then; nothing outside of it."""
    item = visitor.standing.items.get(None)
    if item is None or item.status != WaitlistItem.Status.WAITING:
        return ""
    words = waiting_words(positions([item]).get(item.pk))
    context = {"words": words, "more": what_comes(item, visitor), "of": item.event_pass}
    return render_to_string("website/partials/_at_event.html", context)


def _recorded(request: HttpRequest) -> Recorded:
    try:
        return signing.loads(request.GET.get("r", ""), salt=SALT)
    except signing.BadSignature:
        return []


def _lines(visitor: Visitor, recorded: Recorded) -> list[ResultLine]:
    """The lines as recorded; without a record (the form came twice) those of the agenda as it stands."""
    recorded = recorded or _as_it_stands(visitor)
    sessions = sessions_shown(visitor.event, {pk for line in recorded for pk in (line[0], *line[2])})
    offered = sql.sessions_by_id(visitor.event, {pk for line in recorded for pk in line[3]})
    seats = {seat.session.pk: seat for seat in seats_for(visitor, offered.values())} if offered else {}
    places = positions(visitor.standing.items.values())
    return [_line(visitor, each, sessions, seats, places) for each in recorded if each[0] in sessions]


def _as_it_stands(visitor: Visitor) -> Recorded:
    seats = [(pk, Outcome.REGISTERED.value) for pk in visitor.standing.seats]
    waits = [(pk, Outcome.WAITLISTED.value) for pk in visitor.standing.items if pk]
    return [(pk, outcome, [], []) for pk, outcome in (*seats, *waits)]


def _line(
    visitor: Visitor,
    recorded: Any,
    sessions: dict[int, Session],
    offered: dict[int, Seat],
    places: dict[int, int],
) -> ResultLine:
    pk, outcome, others, alternatives = recorded
    session = sessions[pk]
    item = visitor.standing.items.get(pk)
    if pk in visitor.standing.seats:
        return ResultLine(session, "free", "check", _("You have a seat"), "", [])
    if item is not None:
        more = what_comes(item, visitor) if item.status == "waiting" else ""
        return ResultLine(session, "waiting", "clock", waiting_words(places.get(item.pk)), more, [])
    if outcome in {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD, Outcome.ALREADY}:
        return ResultLine(session, "full", "dash", _("Given up since"), "", [])
    words = str(Outcome(outcome).label)
    if others:
        words = _("Overlaps %(names)s") % {"names": _clashing(sessions, others)}
    more = session.sold_out_message if outcome == Outcome.FULL else ""
    opens = visitor.event.registration_opens_at
    if outcome == Outcome.NOT_OPEN_YET and opens:
        words = Reason(Why.NOT_OPEN_YET, visitor.event, moment=opens).words
    seats = [offered[other] for other in alternatives if other in offered]
    return ResultLine(session, "clash", "cross", words, more, seats)


def _clashing(sessions: dict[int, Session], others: list[int]) -> str:
    """The names of the clashing sessions at this event; no others are named."""
    here = [sessions[other] for other in others if other in sessions]
    elsewhere = [] if len(here) == len(others) else [_("a session at another event")]
    return ", ".join([*(isolated(session.name) for session in here), *elsewhere])

"""Paper lists by name, with a box to tick, for the day when no device works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from events.admin import words
from events.models import Event
from registrations.admin.printing.people import in_sets, letter_of, names_of, passes_of, seats_of
from registrations.admin.verbs.access import Target, event_of
from registrations.models import EventRegistration
from sessions_app.models import Session


@dataclass
class Line:
    """One person on the list: what identifies them, and where they may go."""

    first: str
    last: str
    # Set where a new letter begins.
    letter: str
    company: str
    event_pass: str
    sessions: list[str] = field(default_factory=list)


def lines_of(target: Target, keys: Sequence[int]) -> Iterator[list[Line]]:
    """The lines of these people, who are sorted by name, in sets; at an event's door each with their sessions."""
    event, before = event_of(target), ""
    for people in in_sets(keys):
        held = _sessions_of(event, people) if target is event else {}
        passes, lines = passes_of(people), []
        for each in people:
            first, last = names_of(each)
            letter = letter_of(last or first)
            begins, before = letter if letter != before else "", letter
            own = held.get(each.pk, [])
            lines.append(Line(first, last, begins, each.company, passes.get(each.pk, ""), own))
        yield lines


def _sessions_of(event: Event, people: Sequence[EventRegistration]) -> dict[int, list[str]]:
    """What each holds: “Sat 10:00–11:00 Room 2”, the session's name where it has no room, in the order of the day."""
    rows = list(seats_of(event.pk, people).values_list("event_registration", "session"))
    sessions = Session.objects.select_related("room").in_bulk({session for _pk, session in rows})
    said = {pk: _said(session, event) for pk, session in sessions.items()}
    found: dict[int, list[str]] = {}
    for pk, session_id in rows:
        found.setdefault(pk, []).append(said[session_id])
    return found


def _said(session: Session, event: Event) -> str:
    session.event = event
    return f"{words.hours(session, event)} {session.room or session.admin_short_name or session.name}"

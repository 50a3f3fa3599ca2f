"""What a line tells beyond its outcome: a position in line, or where else there are seats."""

from __future__ import annotations

from datetime import datetime

from events.models import Contact, Event
from registrations.queries import alternatives_to, length_of_line, position, standing_of
from registrations.rules.outcomes import Line, Outcome
from registrations.rules.standing import Standing
from sessions_app.models import Session

_SAID_ALL = {Outcome.REGISTERED, Outcome.ALREADY, Outcome.DROPPED}


def add_advice(
    lines: list[Line],
    standing: Standing,
    at: datetime,
    *,
    is_refused: bool = False,
    is_preview: bool = False,
) -> None:
    """Add positions, and alternatives that fit beside what the person holds then, to the lines."""
    held = standing.held_sessions if is_refused else _held_after(lines, standing)
    named = {line.session.pk for line in lines}
    for line in lines:
        if line.outcome == Outcome.WAITLISTED:
            item = standing.items.get(line.session.pk)
            if item is not None:
                line.position = position(item)
            elif is_preview:
                line.position = length_of_line(line.session.seats_id) + 1
        elif not line.is_success:
            line.alternatives = alternatives_to(line.session, held=held, at=at, leave_out=named)


def _held_after(lines: list[Line], standing: Standing) -> list[Session]:
    """What the person will hold: the alternatives of a preview are those of the real thing."""
    dropped = {line.session.pk for line in lines if line.outcome == Outcome.DROPPED}
    kept = [session for session in standing.held_sessions if session.pk not in dropped]
    return kept + [line.session for line in lines if line.outcome == Outcome.REGISTERED]


def standing_after(standing: Standing, lines: list[Line], contact: Contact, event: Event) -> Standing:
    """The standing after the act, read again only where more is to be said than "you have a seat"."""
    is_said = all(line.outcome in _SAID_ALL for line in lines)
    return standing if is_said else standing_of(contact, event)

"""What a line tells beyond its outcome: a position in line, or where else there are seats, once that is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from events.models import Contact, Event
from registrations.queries import alternatives_to, length_of_line, position, standing_of
from registrations.rules.agendas import say_unchanged
from registrations.rules.outcomes import Outcome
from registrations.rules.results import Line
from registrations.rules.standing import Standing

_CHOSEN = {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD}
_SAID_ALL = {Outcome.REGISTERED, Outcome.ALREADY, Outcome.DROPPED}


def add_advice(
    lines: list[Line],
    standing: Standing,
    at: datetime,
    *,
    is_refused: bool = False,
    is_preview: bool = False,
) -> None:
    """Add positions, and alternatives that fit beside what the person holds then, to the lines.

    Where the whole `is_refused` they say that nothing was changed.
    """
    if not is_refused and all_is_said(lines):
        return
    after = standing if is_refused else _after(lines, standing)
    if is_refused:
        say_unchanged(lines, standing)
    given = [line.session for line in lines if line.outcome == Outcome.REGISTERED and not is_refused]
    held = [*after.held_sessions, *given]
    named = {line.session.pk for line in lines}
    for line in lines:
        if line.outcome == Outcome.WAITLISTED:
            item = standing.items.get(line.session.pk)
            if item is not None:
                line.position = position(item)
            elif is_preview and line.is_applied:
                line.position = length_of_line(line.session.seats_id) + 1
        elif not line.is_success:
            line.look_instead = partial(
                alternatives_to, line.session, after, held=held, at=at, leave_out=named
            )


def _after(lines: list[Line], standing: Standing) -> Standing:
    """What the person will have: the alternatives of a preview are those of the real thing."""
    dropped = {line.session.pk for line in lines if line.outcome == Outcome.DROPPED}
    chosen = [line.session for line in lines if line.outcome in _CHOSEN and not line.is_included]
    return replace(
        standing,
        seats={pk: seat for pk, seat in standing.seats.items() if pk not in dropped},
        items={pk: item for pk, item in standing.items.items() if pk not in dropped},
        waited_for={pk: session for pk, session in standing.waited_for.items() if pk not in dropped},
        also_chosen={session.pk: session for session in chosen},
    )


def standing_after(standing: Standing, lines: list[Line], contact: Contact, event: Event) -> Standing:
    """The standing after the act, read again only where more is to be said than "you have a seat"."""
    return standing if all_is_said(lines) else standing_of(contact, event)


def all_is_said(lines: list[Line]) -> bool:
    """True where each line's outcome is all that is to be said of it."""
    return all(line.outcome in _SAID_ALL for line in lines)

"""Plan a draw, change it while that is fair, call it off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid
from events.models import Event, SeatCount
from events.retrying import action
from registrations import locks
from registrations.actions.draws._states import locked_draw
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import lines_to_serve, settle_after_commit
from registrations.models import Activity, Draw, DrawSession
from registrations.rules.draws import check_plan
from sessions_app.models import Session

Verb = Activity.Verb
# What binds whoever has said a wish: it stays as it was named once the window is open.
BEFORE_OPENING = frozenset({"sessions", "opens_at", "most_seats"})
CHANGEABLE = BEFORE_OPENING | {"name", "closes_at", "number_source"}


@action
def plan_draw(
    event: Event,
    sessions: Sequence[Session],
    opens_at: datetime,
    closes_at: datetime,
    number_source: str,
    *,
    name: str = "",
    most_seats: int | None = None,
    actor: Actor,
    at: datetime | None = None,
) -> Draw:
    """Let the seats of these sessions be drawn among all who wish for them in this window; return the draw.

    From `opens_at` until the result is published nobody but staff takes a seat of theirs, and their lines rest.
    `number_source` says which public number decides, and when it appears; `most_seats` is how many one person gets at
    most by this draw. Raises Invalid by field: no session, one of another event, cancelled, included or in another
    draw; a window that ends before it begins, in the past or after a session has begun; no source of the number.
    """
    at = at or timezone.now()
    draw = Draw(
        event=event,
        name=name.strip() or _("Draw"),
        opens_at=opens_at,
        closes_at=closes_at,
        number_source=number_source.strip(),
        most_seats=most_seats,
    )
    with transaction.atomic(durable=True):
        locks.lock_event(event.pk)
        chosen = _read(event, sessions)
        check_plan(draw, chosen, at)
        draw.save()
        _take_in(draw, chosen)
        _note(actor, at, Verb.DRAW_PLANNED, draw, sessions=[session.pk for session in chosen])
        actor.done(draw)
    return draw


@action
def change_draw(draw: Draw, *, actor: Actor, at: datetime | None = None, **changes: Any) -> Draw:
    """Give the draw other values by name; return it as it is now.

    Before its window opens everything may be changed, with `sessions` all of its sessions. While it is open only the
    name, the source of the number, and the closing, which never comes to lie in the past. Raises Invalid by field, as
    `plan_draw` does, and for a window that is over.
    """
    at = at or timezone.now()
    unknown = set(changes) - CHANGEABLE
    assert not unknown, unknown
    with transaction.atomic(durable=True):
        locks.lock_event(draw.event_id)
        fresh = locked_draw(draw)
        actor.ask_condition()
        _check_changes(fresh, changes, at)
        sessions = changes.pop("sessions", None)
        own = list(fresh.sessions.all())
        chosen = _read(fresh.event, own if sessions is None else sessions)
        for field, value in changes.items():
            setattr(fresh, field, value.strip() if isinstance(value, str) else value)
        check_plan(fresh, chosen, at, [session.pk for session in own])
        fresh.save()
        _let_go(fresh, keep={session.pk for session in chosen})
        _take_in(fresh, chosen)
        said = {field: str(value) for field, value in changes.items()}
        _note(actor, at, Verb.DRAW_CHANGED, fresh, **said, sessions=[session.pk for session in chosen])
        actor.done(fresh)
    return fresh


@action
def cancel_draw(draw: Draw, *, actor: Actor, reason: str = "", at: datetime | None = None) -> Draw:
    """Call the draw off: nothing of it is given any more, its sessions are everybody's again, their lines are served.

    What was published of it stays: the commitment, and the number where it was entered. Repeating is harmless. Raises
    Invalid once publishing has begun.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = locked_draw(draw)
        actor.ask_condition()
        if fresh.state == Draw.State.CANCELLED:
            return fresh
        if fresh.state in {Draw.State.PUBLISHING, Draw.State.PUBLISHED}:
            raise Invalid(
                _("The result of this draw is published already. Seats can be taken back one by one.")
            )
        fresh.state, fresh.cancelled_at = Draw.State.CANCELLED, at
        fresh.save(update_fields=["state", "cancelled_at", "updated_at"])
        freed = within_let_go_all(fresh)
        to_serve = lines_to_serve(freed)
        _note(actor, at, Verb.DRAW_CANCELLED, fresh, reason=reason)
        actor.done(fresh)
    settle_after_commit(to_serve, (), at, again=freed)
    return fresh


def within_let_go_all(draw: Draw) -> set[int]:
    """Give the draw's sessions back to everybody; return their seat counts. Needs: the draw."""
    return _let_go(draw, keep=set())


def _read(event: Event, sessions: Iterable[Session]) -> list[Session]:
    """The sessions as they are now, in programme order. Raises Invalid for one that the event has not, or has twice."""
    ids = [session.pk for session in sessions]
    rows = Session.objects.filter(pk__in=ids, event=event).select_related("seats").in_programme_order()
    found = list(rows)
    if len(found) < len(ids):
        words = _("Choose sessions of this event, each of them once.")
        raise Invalid(words, fields={"sessions": [words]})
    for session in found:
        session.event = event
    return found


def _check_changes(draw: Draw, changes: Collection[str], at: datetime) -> None:
    if draw.state != Draw.State.OPEN or at >= draw.closes_at:
        raise Invalid(_("The window of this draw is over: it cannot be changed any more."))
    late = sorted(BEFORE_OPENING & set(changes)) if at >= draw.opens_at else []
    if late:
        words = _("This stays as it is once people may say their wishes.")
        raise Invalid(words, fields={field: [words] for field in late})


def _take_in(draw: Draw, sessions: Sequence[Session]) -> None:
    """Let these sessions' seat counts say the draw's window, with a new revision. Needs: the event."""
    seats = locks.lock_seats_to_change_facts({session.seats_id for session in sessions})
    SeatCount.objects.filter(pk__in=seats).update(draw_opens_at=draw.opens_at, draw_closes_at=draw.closes_at)
    known = set(draw.draw_sessions.values_list("session_id", flat=True))
    DrawSession.objects.bulk_create(
        [DrawSession(draw=draw, session=session) for session in sessions if session.pk not in known]
    )


def _let_go(draw: Draw, keep: set[int]) -> set[int]:
    """Give all other sessions of the draw back to everybody; return their seat counts."""
    rows = draw.draw_sessions.exclude(session_id__in=keep)
    freed = set(rows.values_list("session__seats_id", flat=True))
    locks.lock_seats_to_change_facts(freed)
    SeatCount.objects.filter(pk__in=freed).update(draw_opens_at=None, draw_closes_at=None)
    if keep:
        rows.delete()
    else:
        rows.update(is_running=False)
    return freed


def _note(
    actor: Actor, at: datetime, verb: Activity.Verb, draw: Draw, *, reason: str = "", **detail: Any
) -> None:
    """Let the ledger keep what was done with the draw."""
    journal = Journal(actor, at, {})
    journal.note(verb, draw.event, reason=reason, detail={"draw": draw.pk, "name": draw.name, **detail})
    journal.write()

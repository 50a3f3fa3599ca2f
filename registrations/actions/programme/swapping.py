"""Two sessions that change their rooms."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid
from events.retrying import action
from registrations import locks
from registrations.actions.programme.capacity import within_form_change_capacity
from registrations.actions.programme.moving import within_form_lock_people, within_form_move_session
from registrations.actions.telling_once import within_form_tell_once
from registrations.moves import TimeAndPlace
from sessions_app.models import Session

PLACE = ("building", "room", "layout")


@action
def swap_rooms(
    first: Session, second: Session, *, actor: Actor, notify: bool = True, at: datetime | None = None
) -> int:
    """Give each of two sessions the other's place; return how many people were told.

    Afterwards each has the capacity of its new place, where that has one; nobody loses a seat, and lines are served
    from what became free. The people of both are told once, with an updated calendar entry. Raises Invalid for
    sessions of two events, without rooms or in the same one, or cancelled, and where a capacity would pass a hard
    limit.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        # People before seats, of both sessions at once: else two that take their locks in turn wait for each other.
        within_form_lock_people([first.pk, second.pk])
        locks.lock_seats_to_change_facts([first.seats_id, second.seats_id])
        rows = Session.objects.select_related("event", "seats", *PLACE).in_bulk([first.pk, second.pk])
        mine, other = rows[first.pk], rows[second.pk]
        _check(mine, other)
        before = {session.pk: TimeAndPlace.of(session) for session in (mine, other)}
        places = [(getattr(mine, name), getattr(other, name)) for name in PLACE]
        for name, (here, there) in zip(PLACE, places, strict=True):
            setattr(mine, name, there)
            setattr(other, name, here)
        told = 0
        with within_form_tell_once():
            for session in sorted((mine, other), key=lambda each: each.seats_id):
                session.save(update_fields=[*PLACE, "updated_at"])
                if (fits := session.location_capacity()) is not None:
                    within_form_change_capacity(session, fits, actor=actor, at=at)
                told += within_form_move_session(
                    before[session.pk], session, actor=actor, notify=notify, at=at
                )
        return actor.done(told)


def _check(mine: Session, other: Session) -> None:
    if mine.event_id != other.event_id or mine.room_id in {None, other.room_id} or other.room_id is None:
        raise Invalid(_("Only two sessions of one event that have two rooms can change them."))
    if any(session.cancelled_at or session.archived_at for session in (mine, other)):
        raise Invalid(_("One of the two sessions was cancelled. Look at the overview again."))

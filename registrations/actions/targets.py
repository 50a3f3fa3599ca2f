"""What a waitlist's acts read again under their locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from events.models import Event, SeatCount
from registrations import locks, sql
from registrations.actions import steps
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Target = Event | Session


def event_of(target: Target) -> Event:
    """The event that the target is, or belongs to."""
    return target.event if isinstance(target, Session) else target


def fresh(target: Target, seats: Mapping[int, SeatCount]) -> Target:
    """Read the target's facts after its seat count was locked."""
    event = steps.fresh_event(event_of(target))
    steps.attach_seats(event, dict(seats))
    return (
        steps.fresh_sessions([target.pk], event, dict(seats))[target.pk]
        if isinstance(target, Session)
        else event
    )


def reread(items: Iterable[WaitlistItem]) -> list[WaitlistItem]:
    """The items as they are under the lock, those still open, in line order."""
    rows = WaitlistItem.objects.open().filter(pk__in=[item.pk for item in items])
    related = (
        "contact",
        "event__seats",
        "session__event",
        "session__seats",
        "invitation_slot",
        "event_pass__seats",
    )
    return list(rows.select_related(*related).in_line())


def target_of(seats_id: int) -> Target | None:
    """The event or session to which this seat count belongs, as it is now; None for a pass."""
    return sql.session_of(seats_id) or Event.objects.select_related("seats").filter(seats_id=seats_id).first()


def lock_lines(items: Collection[WaitlistItem]) -> dict[int, SeatCount]:
    """Lock what ending these items needs: their seat counts and, for an event's own line, their contacts first.

    Who waits for the event no more is registered no more. Without the contact's lock a wish could be put on hold
    for a registration that ends in the same moment.
    """
    locks.lock_contacts({item.contact_id for item in items if item.session_id is None})
    return locks.lock_seats({item.seats_id for item in items} | steps.passes_waited_with(items))


def seats_for(items: list[WaitlistItem]) -> set[int]:
    """The seat counts of what is waited for, of passes, and of wishes on hold for an event."""
    ids = {item.seats_id for item in items}
    event_items = [item for item in items if item.session_id is None]
    on_hold = WaitlistItem.objects.filter(
        status=Status.ON_HOLD,
        contact_id__in=[item.contact_id for item in event_items],
        event_id__in=[item.event_id for item in event_items],
    )
    passes = WaitlistItem.objects.filter(pk__in=[item.pk for item in items]).exclude(event_pass=None)
    return (
        ids
        | set(on_hold.values_list("seats_id", flat=True))
        | set(passes.values_list("event_pass__seats_id", flat=True))
    )

"""All locks, always in this order: contacts ascending, then seat counts ascending.

Rows are locked without joins: a locked join returned the new counter beside the old capacity in a trial.
Facts that belong to a locked row are read in the statement after the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from django.db import models, transaction
from django.db.models import F, Q

from events.models import Contact, Event, SeatCount
from registrations.people import Attendee

M = TypeVar("M", bound=models.Model)


def _for_update(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Return `rows`, to be locked when read. The races' negative control replaces this by a plain read."""
    return rows.select_for_update(no_key=True)


def lock_attendees(attendees: Iterable[Attendee]) -> dict[str, Contact]:
    """Return the locked contacts by e-mail, made first where they are missing.

    Without it one person with no registration yet could take two overlapping sessions at the same instant:
    there would be no row of theirs that both requests could wait for.
    """
    people = {person.email: person for person in attendees}
    rows = _for_update(Contact.objects.filter(email__in=people).order_by("id"))
    contacts = {contact.email: contact for contact in rows}
    missing = [person for email, person in sorted(people.items()) if email not in contacts]
    if missing:
        Contact.objects.bulk_create([_new_contact(person) for person in missing], ignore_conflicts=True)
        # Again from the lowest id: who was made meanwhile by somebody else must be locked in order too.
        contacts = {contact.email: contact for contact in rows.all()}
    return contacts


def _new_contact(person: Attendee) -> Contact:
    return Contact(
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        language=person.language,
    )


def lock_contacts(contact_ids: Collection[int]) -> dict[int, Contact]:
    """Return the locked contacts by id.

    Without it a promotion and the person's own click could give one person two overlapping sessions.
    """
    rows = _for_update(Contact.objects.filter(id__in=contact_ids).order_by("id"))
    return {contact.id: contact for contact in rows}


def lock_seats(seat_ids: Collection[int]) -> dict[int, SeatCount]:
    """Return the locked seat counts by id.

    Without it two requests would read the same last free seat, and both would take it.
    """
    assert transaction.get_connection().in_atomic_block, "seat counts are locked inside a transaction"
    rows = _for_update(SeatCount.objects.filter(id__in=seat_ids).order_by("id"))
    return {seats.id: seats for seats in rows}


def change_counters(seats_id: int, *, taken: int, held: int, waiting: int, must_fit: int | None) -> bool:
    """Add to the counters in one statement; return False, with nothing changed, where newcomers find no seat.

    `must_fit` is by how much the counters had grown when the last newcomer took a seat; None where none did.
    """
    rows = SeatCount.objects.filter(id=seats_id)
    if must_fit is not None:
        rows = rows.filter(_fits(must_fit))
    changed = rows.update(taken=F("taken") + taken, held=F("held") + held, waiting=F("waiting") + waiting)
    return changed == 1


def _fits(more: int) -> Q:
    """The condition that `more` seats and places in line stay within the capacity."""
    return Q(capacity=None) | Q(capacity__gte=F("taken") + F("held") + F("waiting") + more)


def lock_event(event_id: int) -> Event:
    """Return the locked event row, for what concerns the event as a whole.

    Without it a first pass and the own-agenda switch could each be saved not knowing of the other.
    """
    return _for_update(Event.objects.filter(id=event_id)).get()

"""The row locks, always taken in this order: contacts ascending, draws, seat counts ascending, a row of numbers last.

Rows are locked without joins: a locked join returned the new counter beside the old capacity in a trial.
Facts that belong to a locked row are read in the statement after the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models, transaction

from events.errors import Busy
from events.models import Contact, Event, SeatCount
from registrations import sql
from registrations.models import Draw, InvoiceSeries
from registrations.rules.people import Attendee

M = TypeVar("M", bound=models.Model)

# What the races' negative control takes away: locks become plain reads, conditional updates unconditional ones.
FOR_UPDATE = "FOR NO KEY UPDATE"
FITS = "capacity IS NULL OR taken + held + waiting + %s <= capacity"
UNCHANGED = "revision = %s"
REVISE = 'UPDATE "events_seatcount" SET revision = revision + 1 WHERE id = %s'
_REVISE_CONTACT = 'UPDATE "events_contact" SET revision = revision + 1 WHERE id = %s'


def _for_update(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Return `rows`, to be locked when read."""
    return rows.select_for_update(no_key=True) if FOR_UPDATE else rows


def lock_attendee(person: Attendee) -> Contact:
    """Return the person's locked contact, made first where it is missing; as `lock_attendees`, in fewer words."""
    find = sql.revised_contact_of if FOR_UPDATE else sql.contact_of
    contact = find(person.email)
    if contact is None:
        contact = _new_contact(person)
        if not sql.insert_if_missing(contact, "email"):
            contact = find(person.email)
    assert contact is not None
    return contact


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
    _revise([contact.pk for contact in contacts.values()])
    return contacts


def lock_contact_and_attendee(contact_id: int, person: Attendee) -> tuple[Contact, Contact]:
    """Return two locked contacts: that of this id, and the person's, made first where it is missing.

    Without it somebody could register with the address, or take a seat with the other one, while all that the one has
    becomes the other's.
    """
    sql.insert_if_missing(_new_contact(person), "email")
    named = Contact.objects.values_list("pk", flat=True).get(email=person.email)
    contacts = lock_contacts({contact_id, named})
    if len(contacts) < len({contact_id, named}):
        # One of them was forgotten since then.
        raise Busy
    return contacts[contact_id], contacts[named]


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
    found = sql.contacts_with(contact_ids, FOR_UPDATE)
    _revise(found)
    return found


def _revise(contact_ids: Collection[int]) -> None:
    """Give the locked contacts a new revision: what they hold or wait for is about to change.

    Without it a claim that read what they held before, without a lock, could still be given an overlapping seat.
    """
    if FOR_UPDATE:
        sql.revise_contacts(contact_ids)


def revise_contact(seen: Contact) -> bool:
    """Give a contact that was read without a lock a new revision, and so lock it; False if it has one since then."""
    with connection.cursor() as cursor:
        cursor.execute(*revision_of_contact(seen))
        return cursor.rowcount == 1


def revision_of_contact(seen: Contact) -> tuple[str, list[int]]:
    """The statement of `revise_contact` and its values."""
    return f"{_REVISE_CONTACT} AND {UNCHANGED}", [seen.pk, seen.revision]


def lock_seats(seat_ids: Collection[int]) -> dict[int, SeatCount]:
    """Return the locked seat counts by id.

    Without it two requests would read the same last free seat, and both would take it.
    """
    assert transaction.get_connection().in_atomic_block, "seat counts are locked inside a transaction"
    return sql.seats_with(seat_ids, FOR_UPDATE)


def lock_seats_to_change_facts(seat_ids: Collection[int]) -> dict[int, SeatCount]:
    """Return the locked seat counts by id, with a new revision: what decides about their seats is being changed.

    Without the new revision a claim that read the older facts without a lock would still be given its seat.
    """
    seats = lock_seats(seat_ids)
    with connection.cursor() as cursor:
        cursor.executemany(REVISE, [[seats_id] for seats_id in seats])
    return seats


def lock_series(name: str) -> InvoiceSeries:
    """Return the locked row of invoice numbers of this name, made first where it is missing; nothing is locked after.

    Without it two invoices would get one number, or one that is rolled back would leave a gap.
    """
    rows = _for_update(InvoiceSeries.objects.filter(name=name).order_by("id"))
    if not rows:
        InvoiceSeries.objects.bulk_create([InvoiceSeries(name=name)], ignore_conflicts=True)
        rows = rows.all()
    [found] = rows
    return found


class Change(NamedTuple):
    """By how much one seat count's counters change.

    `must_fit` is by how much they had grown when the last newcomer took a seat; None where none did.
    """

    seats: SeatCount
    taken: int
    held: int
    waiting: int
    must_fit: int | None


def change_counters(changes: Sequence[Change], *, is_locked: bool = True) -> bool:
    """Add to the counters in one statement; return False where newcomers find no seat, or not in each of them.

    Then the caller rolls back: some may be changed. Seat counts that were read without a lock must not have a new
    revision, and are locked first, in the order of all locks. Afterwards each says what is stored.
    """
    rows = [
        [
            one.seats.pk,
            one.taken,
            one.held,
            one.waiting,
            one.must_fit,
            None if is_locked else one.seats.revision,
        ]
        for one in changes
    ]
    is_to_lock = connection.vendor == "postgresql" and not is_locked
    source, values = _in_columns(rows) if _is_long(rows) else _in_rows(rows)
    if is_to_lock:
        values.insert(0, [one.seats.pk for one in changes])
    with connection.cursor() as cursor:
        cursor.execute(_change_of_many(source, is_to_lock=is_to_lock), values)
        stored = {pk: figures for pk, *figures in cursor.fetchall()}
    for one in changes:
        if one.seats.pk in stored:
            one.seats.capacity, one.seats.taken, one.seats.held, one.seats.waiting = stored[one.seats.pk]
    return len(stored) == len(changes)


def _is_long(rows: Sequence[Sequence[int | None]]) -> bool:
    """True where one parameter a column is quicker than one a value."""
    return connection.vendor == "postgresql" and len(rows) > sql.MANY


def _in_rows(rows: Sequence[Sequence[int | None]]) -> tuple[str, list[Any]]:
    row = f"({', '.join(['CAST(%s AS bigint)'] * 6)})"
    return f"(VALUES {', '.join([row] * len(rows))}) AS d", [value for row in rows for value in row]


def _in_columns(rows: Sequence[Sequence[int | None]]) -> tuple[str, list[Any]]:
    names = ", ".join(f"column{number}" for number in range(1, 7))
    source = f"unnest({', '.join(['%s::bigint[]'] * 6)}) AS d({names})"
    return source, [_array(column) for column in zip(*rows, strict=True)]


def _array(column: Iterable[int | None]) -> str:
    """The column in the server's own notation: the driver would ask each number for its kind."""
    return f"{{{','.join('NULL' if number is None else str(number) for number in column)}}}"


def _change_of_many(source: str, *, is_to_lock: bool) -> str:
    fits, unchanged = FITS.replace("%s", "d.column5"), UNCHANGED.replace("%s", "d.column6")
    lock = 'SELECT id AS seats_id FROM "events_seatcount" WHERE id = ANY(%s) ORDER BY id'
    return f"""
        {f"WITH locked AS ({lock} {FOR_UPDATE})" if is_to_lock else ""}
        UPDATE "events_seatcount" SET
            taken = taken + d.column2, held = held + d.column3, waiting = waiting + d.column4
        FROM {source} {", locked" if is_to_lock else ""}
        WHERE id = d.column1 {"AND id = locked.seats_id" if is_to_lock else ""}
        AND (d.column5 IS NULL OR ({fits})) AND (d.column6 IS NULL OR {unchanged})
        RETURNING id, capacity, taken, held, waiting
    """  # nosec B608 # names are ours


def change_of_counters(
    seats: SeatCount, *, taken: int, held: int, waiting: int, must_fit: int | None, is_locked: bool
) -> tuple[str, list[int]]:
    """The statement that changes one seat count's counters as `change_counters` does, and its values."""
    text, values = _CHANGE, [taken, held, waiting, seats.pk]
    if must_fit is not None:
        text, values = f"{text} AND ({FITS})", [*values, must_fit]
    if not is_locked:
        text, values = f"{text} AND {UNCHANGED}", [*values, seats.revision]
    return text, values


_CHANGE = (
    'UPDATE "events_seatcount" SET taken = taken + %s, held = held + %s, waiting = waiting + %s WHERE id = %s'
)


def lock_row(model: type[models.Model], pk: int) -> None:
    """Lock one row of any kind, if there is one, which is to be changed only if it is as somebody read it.

    Without it somebody could change the row between the look at it and the change that the look allows.
    """
    list(_for_update(model._base_manager.filter(pk=pk)).values_list("pk"))


def lock_draw(draw_id: int) -> None:
    """Lock one draw, which is about to come into another state. After contacts, before seat counts.

    Without it wishes could still be written while they are frozen, and two could publish what one has begun.
    """
    lock_row(Draw, draw_id)


def share_draws(draw_ids: Collection[int]) -> None:
    """Keep these draws as they are until the transaction ends; any number may. After contacts, before seat counts.

    Without it the file could be frozen between the look at the window and the wish that the look allows. On SQLite
    whoever has begun to write is alone anyway.
    """
    if connection.vendor == "postgresql" and FOR_UPDATE and draw_ids:
        with connection.cursor() as cursor:
            cursor.execute(_SHARE_DRAWS, [sorted(draw_ids)])


_SHARE_DRAWS = 'SELECT id FROM "registrations_draw" WHERE id = ANY(%s) ORDER BY id FOR SHARE'


def lock_event(event_id: int) -> Event:
    """Return the locked event row, for what concerns the event as a whole.

    Without it a first pass and the own-agenda switch could each be saved not knowing of the other.
    """
    return _for_update(Event.objects.filter(id=event_id)).get()


def lock_feed() -> None:
    """Let nobody else give the ledger's lines their numbers until the transaction ends.

    Without it two processes would give one number twice, or a lower one after a higher one was read. No row is
    locked: a row's lock would give the transaction its number before it has read what it numbers. On SQLite whoever
    has begun to write is alone anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FEED])


# Any number of ours that no other advisory lock has.
_FEED = 20_260_711

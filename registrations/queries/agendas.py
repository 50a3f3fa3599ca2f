"""Agendas: what people hold and wait for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Prefetch

from events.models import Contact, Event, Pass
from registrations import sql
from registrations.models import AttendeePass, EventRegistration, SessionRegistration
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem


def agenda_of(contact: Contact, event: Event) -> list[SessionRegistration]:
    """The contact's live seats in the event's sessions, by time."""
    return sql.seats_at(event, contact)


def waiting_of(contact: Contact, event: Event) -> list[WaitlistItem]:
    """The contact's open waitlist items at the event, in the order of joining."""
    return sql.places_in_line_at(event, contact)


def included_sessions(event: Event) -> list[Session]:
    """The live sessions that every registrant is given, in the order in which they are given."""
    if not event.allow_custom_agenda:
        return []
    included = Session.SelectionControl.INCLUDED
    return [each for each in sql.sessions_of_everybody(event) if each.selection_control == included]


def address_is_free(event: Event, email: str) -> bool:
    """True where nobody is registered, or waits, at the event with this address."""
    registered = EventRegistration.objects.active().filter(event=event, contact__email=email)
    waiting = WaitlistItem.objects.open().filter(event=event, contact__email=email)
    return not (registered.exists() or waiting.exists())


def registration_of(contact: Contact, event: Event) -> EventRegistration | None:
    """The contact's live registration at the event."""
    return sql.registration_of(contact, event.pk)


def standing_of(contact: Contact, event: Event) -> Standing:
    """The contact's standing at the event: what they hold and wait for."""
    return standings_with({contact.pk: registration_of(contact, event)}, event)[contact.pk]


def standings_of(
    contact_ids: Collection[int], event: Event, contacts: Mapping[int, Contact] | None = None
) -> dict[int, Standing]:
    """The standing of each contact at the event, in three queries; `contacts` were read already."""
    if contacts is None:
        rows = EventRegistration.objects.active().filter(event=event, contact_id__in=contact_ids)
        found = {row.contact_id: row for row in rows.select_related("contact")}
    else:
        # A line of thousands is served by these few columns.
        found = {row.contact_id: row for row in sql.registrations_of(contact_ids, event.pk)}
        for contact_id, row in found.items():
            sql.attach(row, contact=contacts[contact_id])
    return standings_with({contact_id: found.get(contact_id) for contact_id in contact_ids}, event)


def standings_with(
    registrations: Mapping[int, EventRegistration | None],
    event: Event,
    held: Iterable[SessionRegistration] | None = None,
    *,
    are_in_line: bool = True,
) -> dict[int, Standing]:
    """The standing of the contacts with these registrations (None: not registered), in two queries.

    `held` are their live seats, where these were read already. They wait for nothing where none of them `are_in_line`.
    """
    standings = {contact_id: Standing(row) for contact_id, row in registrations.items()}
    for registration in registrations.values():
        if registration is not None:
            sql.attach(registration, event=event)
    for seat in sql.held_by(standings) if held is None else held:
        standings[seat.contact_id].seats[seat.session_id] = seat
    for item, session in sql.waited_for(standings, event.pk) if are_in_line else ():
        standing = standings[item.contact_id]
        standing.items[item.session_id] = item
        if session is not None:
            standing.waited_for[session.pk] = session
    if event.passes_with_agenda:
        _add_passes(standings)
    return standings


def _add_passes(standings: dict[int, Standing]) -> None:
    """Tell each standing what its pass opens."""
    registrations = [s.registration for s in standings.values() if s.registration]
    issued = AttendeePass.objects.filter(event_registration__in=registrations, cancelled_at=None)
    for one in issued.select_related("event_pass", "event_registration"):
        standing = standings[one.event_registration.contact_id]
        standing.event_pass, standing.pass_sessions = one.event_pass, sessions_opened_by(one.event_pass)


def sessions_by_pass(registration: EventRegistration, *, even_cancelled: bool = False) -> list[Session]:
    """The live sessions that the registration's pass opens by name, in programme order; perhaps the cancelled too.

    Where people choose their own sessions a pass only limits the choice, and this is empty.
    """
    if registration.event.allow_custom_agenda:
        return []
    issued = AttendeePass.objects.filter(event_registration=registration, cancelled_at=None)
    opened = Session.passes.through.objects.filter(pass_id__in=issued.values("event_pass"))
    rows = Session.objects.live()
    if even_cancelled:
        rows |= Session.objects.filter(cancelled_at__isnull=False, archived_at=None)
    rows = rows.filter(event=registration.event_id, pk__in=opened.values("session_id"))
    sessions = list(rows.select_related("seats", "building", "room", "layout", "track").in_programme_order())
    for session in sessions:
        session.event = registration.event
    return sessions


def registered_by_pass(session: Session) -> list[EventRegistration]:
    """Who has the session on their agenda by their pass alone, without a seat of their own."""
    if session.event.allow_custom_agenda:
        return []
    issued = AttendeePass.objects.filter(event_pass__sessions=session, cancelled_at=None)
    seated = SessionRegistration.objects.active().filter(session=session)
    rows = EventRegistration.objects.active().filter(pk__in=issued.values("event_registration"))
    rows = rows.exclude(contact__in=seated.values("contact"))
    return list(rows.select_related("contact").order_by("pk"))


def opened_sessions() -> Prefetch:
    """Reads with passes the live sessions that each opens by name, in programme order."""
    return Prefetch("sessions", Session.objects.live().only("name").in_programme_order())


def sessions_opened_by(event_pass: Pass) -> frozenset[int] | None:
    """The ids of the sessions that the pass opens; None where it names none, and so opens all."""
    return (
        frozenset(
            Session.passes.through.objects.filter(pass_id=event_pass.pk).values_list("session_id", flat=True)
        )
        or None
    )

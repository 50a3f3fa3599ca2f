"""End everything that people have at an event, whoever wanted it."""

from __future__ import annotations

from events.errors import Locked
from registrations import rules
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.models import Activity, AttendeePass, EventRegistration, Notification, SessionRegistration
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Kind = Notification.Kind


def seats_touched(registrations: list[EventRegistration]) -> set[int]:
    """The seat counts of everything these registrations hold or wait for."""
    ids = [registration.pk for registration in registrations]
    held = SessionRegistration.objects.active().filter(event_registration_id__in=ids)
    passes = AttendeePass.objects.filter(event_registration_id__in=ids, cancelled_at=None)
    items = steps.lines_to_close(registrations)
    return (
        {registration.event.seats_id for registration in registrations}
        | set(held.values_list("session__seats_id", flat=True))
        | set(passes.values_list("event_pass__seats_id", flat=True))
        | {item.seats_id for item in items}
        | steps.passes_waited_with(items)
    )


def end_all(
    journal: Journal, registrations: list[EventRegistration], reason: str, *, even_locked: bool = False
) -> None:
    """End the registrations with every seat, pass and place in line of theirs; each person is told once.

    Needs: the contacts and the seat counts of `seats_touched`. Raises Locked when an attendee holds a seat that was
    locked when saved, unless it ends `even_locked`.
    """
    may_end = even_locked or not journal.actor.is_attendee
    by_person = {(r.contact_id, r.event_id): r for r in registrations}
    held: dict[int, list[int]] = {registration.pk: [] for registration in registrations}
    seats = SessionRegistration.objects.active().filter(event_registration__in=registrations)
    for seat in seats.select_related("session__event", "contact").order_by("id"):
        if any(rules.refusals_to_leave(seat.session, by_staff=may_end)):
            raise Locked
        steps.give_back(journal, seat, seat.session, reason=reason)
        held[seat.event_registration_id].append(seat.session_id)
    for item in steps.lines_to_close(registrations):
        if (item.contact_id, item.event_id) in by_person:
            steps.end_item(
                journal, item, item.target, WaitlistItem.Status.WITHDRAWN, Verb.LEFT_WAITLIST, reason=reason
            )
    for issued in AttendeePass.objects.filter(
        event_registration__in=registrations, cancelled_at=None
    ).select_related("event_pass", "event_registration__contact"):
        issued.cancelled_at = journal.at
        issued.save(update_fields=["cancelled_at"])
        journal.move(
            Verb.CANCELLED, issued.event_pass, issued.event_registration.contact, taken=-1, reason=reason
        )
    for registration in registrations:
        _end(journal, registration, reason, held[registration.pk])


def _end(journal: Journal, registration: EventRegistration, reason: str, session_ids: list[int]) -> None:
    had_seat = registration.status == EventRegistration.Status.CONFIRMED
    registration.status, registration.cancelled_at = EventRegistration.Status.CANCELLED, journal.at
    registration.cancel_reason = reason[:300]
    registration.save(update_fields=["status", "cancelled_at", "cancel_reason", "updated_at"])
    activity = journal.move(
        Verb.CANCELLED, registration.event, registration.contact, taken=-1 if had_seat else 0, reason=reason
    )
    payload = {
        "reason": reason,
        "by_staff": journal.actor.is_staff,
        "session_ids": session_ids,
        "everything": True,
    }
    journal.tell(
        Kind.CANCELLED,
        registration.contact,
        activity,
        registration.event,
        registration=registration,
        payload=payload,
    )

"""What moves or gets another name: whoever has a seat, with an updated calendar entry, or waits for one is told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from events.actors import Actor
from events.models import Event
from registrations import locks, rules
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.targets import event_of
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.moves import TimeAndPlace, new_clashes
from registrations.queries import registered_by_pass
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem


def within_form_move_session(
    before: TimeAndPlace, session: Session, *, actor: Actor, notify: bool = True, at: datetime | None = None
) -> int:
    """Tell everyone concerned that the session just saved has moved or was renamed; return how many are told.

    Those are the registered, and whoever waits for the session or is invited to it. Call inside the transaction that
    saved it, before other steps lock seat counts. Afterwards its calendar sequence is raised, clashes that the move
    made are accepted on the rows, and people passed over because of the old time are looked at again after commit.
    Several changes within minutes are one mail for each person. An invitation that would outlast the new start ends
    earlier, and its people are told whatever `notify` says, or else they would lose their seat unawares. A session
    saved with the same time, place and name tells nobody; where it only prevents conflicts from now on, the clashes
    that people have are accepted all the same.
    """
    at = at or timezone.now()
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    after = TimeAndPlace.of(session)
    has_moved = before.concerns_people(after)
    if not has_moved and not before.clashes_otherwise(after):
        return 0
    within_form_lock_people([session.pk])
    seats = locks.lock_seats_to_change_facts([session.seats_id])
    if not has_moved:
        people = _accept_clashes(before, session)
        transaction.on_commit(partial(_look_again, session, people, at), robust=True)
        return 0
    Session.objects.filter(pk=session.pk).update(calendar_sequence=F("calendar_sequence") + 1)
    session.refresh_from_db(fields=["calendar_sequence"])
    journal = Journal(actor, at, seats, notify)
    people, moved = _tell_registered(journal, before, session)
    _tell_waiting(journal, moved, session)
    _bring_invitations_forward(journal, session, moved)
    journal.write()
    transaction.on_commit(partial(_look_again, session, people, at), robust=True)
    return len({message.contact.pk for message in journal.messages if message.is_gathered})


def within_form_move_event(event: Event, *, actor: Actor, at: datetime | None = None) -> int:
    """Let no invitation for the event itself outlast its new start; return how many people are told so.

    Call inside the transaction that saved the event.
    """
    at = at or timezone.now()
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    if not _outlasting(event).exists():
        return 0
    journal = Journal(actor, at, locks.lock_seats_to_change_facts([event.seats_id]))
    told = _bring_invitations_forward(journal, event, journal.note(Activity.Verb.MOVED, event))
    journal.write()
    return told


def within_form_lock_people(session_ids: Collection[int]) -> None:
    """Lock everybody registered in sessions that are about to move; before any seat count, as all locks go.

    Without it somebody could take an overlapping seat at the same instant, knowing only the old time. Whoever moves
    several sessions in one transaction calls it once, for all of them.
    """
    rows = SessionRegistration.objects.active().filter(session_id__in=session_ids)
    locks.lock_contacts(set(rows.values_list("contact_id", flat=True)))


def _outlasting(target: Event | Session) -> QuerySet[InvitationSlot]:
    slots = InvitationSlot.objects.filter(seats_id=target.seats_id, closed_at=None, ordered_at=None)
    return slots.filter(expires_at__gt=target.starts_at) if target.starts_at else slots.none()


def _bring_invitations_forward(journal: Journal, target: Event | Session, cause: Activity) -> int:
    """Let those that would outlast the start end as if made now; tell their people. Needs the seat count."""
    slots = list(_outlasting(target))
    for slot in slots:
        # One that was made after the new start ends with its next breath.
        slot.expires_at = max(
            rules.deadline_for(target, journal.at), slot.opened_at + timedelta(microseconds=1)
        )
        slot.save(update_fields=["expires_at"])
    items = WaitlistItem.objects.invited().filter(invitation_slot__in=slots).select_related("contact")
    registrations = _registrations_of(items, event_of(target))
    for item in items:
        journal.tell(
            Notification.Kind.INVITED,
            item.contact,
            cause,
            target,
            registration=registrations.get(item.contact_id),
            payload={"item_id": item.pk},
            always=True,
        )
    return len(items)


def _registrations_of(items: QuerySet[WaitlistItem], event: Event) -> dict[int, EventRegistration]:
    """The registrations at the event of those who hold these places in line, by contact."""
    rows = EventRegistration.objects.active().filter(event=event, contact__in=items.values("contact"))
    return {row.contact_id: row for row in rows}


def _tell_registered(journal: Journal, before: TimeAndPlace, session: Session) -> tuple[list[int], Activity]:
    """Tell everyone registered, or there by their pass; return who has a seat, and the ledger's row of the move."""
    rows = SessionRegistration.objects.active().filter(session=session)
    seats = list(rows.select_related("contact", "event_registration"))
    clashing = _clashes_made(before, session, [seat.contact_id for seat in seats])
    payload = {
        "before": {
            "starts_at": before.starts_at.isoformat() if before.starts_at else None,
            "ends_at": before.ends_at.isoformat() if before.ends_at else None,
            "place": before.place,
            "name": before.name,
        },
        "sequence": session.calendar_sequence,
    }
    is_elsewhere = before.is_elsewhere(TimeAndPlace.of(session))
    verb = Activity.Verb.MOVED if is_elsewhere else Activity.Verb.EDITED
    activity = journal.note(verb, session, detail=payload)
    for seat in seats:
        mine = clashing.get(seat.contact_id, [])
        journal.tell(
            Notification.Kind.SESSION_CHANGED,
            seat.contact,
            activity,
            session,
            registration=seat.event_registration,
            payload={**payload, "clashes_with": [other.pk for other in mine]},
            is_gathered=True,
        )
    for registration in registered_by_pass(session):
        told = (registration.contact, activity, session)
        journal.tell(
            Notification.Kind.SESSION_CHANGED,
            *told,
            registration=registration,
            payload=payload,
            is_gathered=True,
        )
    # The move made these clashes, not the people: nobody loses a seat for it, and check_seats may know.
    rows.filter(contact_id__in=clashing).update(overlap_accepted=True)
    return [seat.contact_id for seat in seats], activity


def _tell_waiting(journal: Journal, moved: Activity, session: Session) -> None:
    """Tell whoever waits for the session, or is invited to it, unless a new invitation tells them already."""
    items = (
        WaitlistItem.objects.open().filter(session=session).exclude(invitation_slot__in=_outlasting(session))
    )
    told = {message.contact.pk for message in journal.messages}
    registrations = _registrations_of(items, session.event)
    for item in items.select_related("contact").in_line():
        if item.contact_id not in told:
            journal.tell(
                Notification.Kind.SESSION_CHANGED,
                item.contact,
                moved,
                session,
                registration=registrations.get(item.contact_id),
                payload={**moved.detail, "is_in_line": True},
                is_gathered=True,
            )


def _accept_clashes(before: TimeAndPlace, session: Session) -> list[int]:
    """Accept the clashes that a new "prevent session conflicts" made; return who is in the session."""
    rows = SessionRegistration.objects.active().filter(session=session)
    people = list(rows.values_list("contact_id", flat=True))
    rows.filter(contact_id__in=_clashes_made(before, session, people)).update(overlap_accepted=True)
    return people


def _clashes_made(before: TimeAndPlace, session: Session, contact_ids: list[int]) -> dict[int, list[Session]]:
    return new_clashes(before.applied_to(session), TimeAndPlace.of(session), contact_ids)


def _look_again(session: Session, contact_ids: list[int], at: datetime) -> None:
    """Serve, after commit, people who wait for the moved session, and people in it who wait elsewhere."""
    settle_after_commit([session.seats_id], contact_ids, at, again=[session.seats_id])

"""Small worlds drawn at random: one event, another one beside it, and one person who has this and that in both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from events.models import Contact, Event
from registrations.models import AttendeePass, EventRegistration, SessionRegistration
from sessions_app.models import Session
from tests.factories import (
    FIRST_DAY,
    ContactFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    SessionTrackFactory,
)
from waitlists.models import InvitationSlot, WaitlistItem

Status = WaitlistItem.Status
# When somebody asks; some sessions have begun by then.
NOW = FIRST_DAY + timedelta(hours=1)
SESSIONS = st.fixed_dictionaries(
    {
        "hour": st.sampled_from([None, 0, 2, 3, 4, 30]),
        "length": st.sampled_from([1, 2]),
        "capacity": st.sampled_from([None, 0, 1, 1, 2]),
        "taken": st.sampled_from([0, 0, 1]),
        "waiting": st.sampled_from([0, 0, 1]),
        "session_status": st.sampled_from(["live"] * 4 + ["approved"]),
        "format": st.sampled_from(["on_site", "webinar"]),
        "selection_control": st.sampled_from(["optional"] * 3 + ["included"]),
        "prevent_session_conflicts": st.booleans(),
        "is_archived": st.sampled_from([False] * 4 + [True]),
        "has_track": st.booleans(),
        "name": st.sampled_from(["Keynote", "Workshop", "Talk"]),
        "mine": st.sampled_from(
            [None, None, None, "seat", "seat given back", Status.WAITING, Status.INVITED, Status.WITHDRAWN]
        ),
    }
)
WORLDS = st.fixed_dictionaries(
    {
        "sessions": st.lists(SESSIONS, min_size=1, max_size=7),
        "elsewhere": st.lists(SESSIONS, max_size=2),
        "registration": st.sampled_from([None, "confirmed", "confirmed", "waitlisted", "cancelled"]),
        "most_sessions": st.sampled_from([None, None, 1, 3]),
        "pass_opens": st.none() | st.lists(st.integers(0, 6), max_size=4),
    }
)


@dataclass
class World:
    """One event as drawn, and the person who asks there."""

    event: Event
    sessions: list[Session]
    contact: Contact
    registration: EventRegistration | None


def make(drawn: dict[str, Any]) -> World:
    """Write the rows."""
    contact, together = ContactFactory(), drawn["pass_opens"] is not None
    event = EventFactory(most_sessions=drawn["most_sessions"], passes_with_agenda=together)
    registration = _registration(event, contact, drawn["registration"])
    sessions = [_session(event, contact, registration, one) for one in drawn["sessions"]]
    if together and registration is not None:
        offered = PassFactory(event=event)
        offered.sessions.set([sessions[index] for index in drawn["pass_opens"] if index < len(sessions)])
        AttendeePass.objects.create(event_registration=registration, event_pass=offered, issued_at=FIRST_DAY)
    other = EventFactory()
    for one in drawn["elsewhere"]:
        _session(other, contact, _registration(other, contact, "confirmed"), one)
    return World(event, sessions, contact, registration)


def _registration(event: Event, contact: Contact, status: str | None) -> EventRegistration | None:
    if status is None:
        return None
    row, _is_new = EventRegistration.objects.get_or_create(
        event=event,
        contact=contact,
        status=status,
        defaults={
            "registered_at": FIRST_DAY,
            "cancelled_at": FIRST_DAY if status == "cancelled" else None,
            "last_name": contact.last_name,
        },
    )
    return row


def _session(
    event: Event, contact: Contact, registration: EventRegistration | None, drawn: dict[str, Any]
) -> Session:
    starts_at = None if drawn["hour"] is None else FIRST_DAY + timedelta(hours=drawn["hour"])
    names = ("name", "capacity", "session_status", "format", "selection_control", "prevent_session_conflicts")
    session: Session = SessionFactory(
        event=event,
        starts_at=starts_at,
        ends_at=starts_at and starts_at + timedelta(hours=drawn["length"]),
        date=FIRST_DAY.date(),
        archived_at=FIRST_DAY if drawn["is_archived"] else None,
        track=SessionTrackFactory(event=event) if drawn["has_track"] else None,
        **{name: drawn[name] for name in names},
    )
    for name in ("taken", "waiting"):
        setattr(session.seats, name, drawn[name])
    session.seats.save()
    if registration is not None and drawn["mine"] is not None:
        _hold(session, contact, registration, drawn["mine"])
    return session


def _hold(session: Session, contact: Contact, registration: EventRegistration, what: str) -> None:
    is_over = registration.status == "cancelled"
    if what.startswith("seat"):
        SessionRegistration.objects.create(
            event=session.event,
            session=session,
            contact=contact,
            event_registration=registration,
            registered_at=FIRST_DAY,
            cancelled_at=FIRST_DAY if is_over or what != "seat" else None,
        )
        return
    status = Status.CANCELLED if is_over else what
    slot = InvitationSlot.objects.create(
        seats=session.seats, opened_at=FIRST_DAY, expires_at=NOW + timedelta(1)
    )
    WaitlistItem.objects.create(
        event=session.event,
        session=session,
        seats=session.seats,
        contact=contact,
        status=status,
        joined_at=FIRST_DAY,
        invitation_slot=slot if status == Status.INVITED else None,
        closed_at=None if status in WaitlistItem.OPEN else FIRST_DAY,
    )

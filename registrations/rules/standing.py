"""What one contact has at one event, as the rules look at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from events.models import Contact, Event, Pass
from registrations.models import EventRegistration, SessionRegistration
from sessions_app.models import Session
from waitlists.models import WaitlistItem


@dataclass
class Standing:
    """A contact's registration, seats and open waitlist items; empty for a newcomer.

    `seats` holds live session registrations of every event, since one person cannot be in two places at once.
    """

    registration: EventRegistration | None = None
    seats: dict[int, SessionRegistration] = field(default_factory=dict)
    items: dict[int | None, WaitlistItem] = field(default_factory=dict)
    event_pass: Pass | None = None
    # The sessions that the pass opens; None where any may be chosen.
    pass_sessions: frozenset[int] | None = None
    # What earlier lines of the same agenda took, while it is being decided.
    also_chosen: set[int] = field(default_factory=set)

    @property
    def held_sessions(self) -> list[Session]:
        """The sessions in which the contact has a seat."""
        return [registration.session for registration in self.seats.values()]

    def chosen_at(self, event_id: int) -> set[int]:
        """The sessions of the event that the contact chose: seats and places in line, included ones apart."""
        seats = {s.session_id for s in self.seats.values() if _was_chosen(s.session, event_id)}
        return seats | self.also_chosen | {session_id for session_id in self.items if session_id is not None}


@dataclass(frozen=True)
class ClaimFacts:
    """What was read, in one statement, of one contact, one event and some of its sessions, each with its seat count.

    The standing names waitlist items for these sessions only, and no pass.
    """

    event: Event
    contact: Contact
    standing: Standing
    sessions: dict[int, Session]


def _was_chosen(session: Session, event_id: int) -> bool:
    return session.event_id == event_id and session.selection_control != Session.SelectionControl.INCLUDED

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
    # The sessions of `items`, as far as limits of choice look at them.
    waited_for: dict[int, Session] = field(default_factory=dict)
    event_pass: Pass | None = None
    # The sessions that the pass opens; None where any may be chosen.
    pass_sessions: frozenset[int] | None = None
    # What earlier lines of the same agenda took, while it is being decided.
    also_chosen: dict[int, Session] = field(default_factory=dict)

    @property
    def held_sessions(self) -> list[Session]:
        """The sessions in which the contact has a seat."""
        return [registration.session for registration in self.seats.values()]

    def beside(self, session: Session) -> list[Session]:
        """The sessions of the same event that count beside this one towards a limit of choice.

        For somebody who chooses it now: seats and places in line. Whoever waits for it already was let in line, and
        may be given the seat while their seats alone leave room. Included sessions are given, not chosen.
        """
        found = {one.pk: one for one in self.held_sessions} | self.also_chosen
        if session.pk not in self.items:
            found |= self.waited_for
        return [one for pk, one in found.items() if pk != session.pk and _was_chosen(one, session.event_id)]


@dataclass(frozen=True)
class ClaimFacts:
    """What one request read of one contact, one event and some of its sessions, each with its seat count.

    The standing names waitlist items for these sessions at most, and no pass.
    """

    event: Event
    contact: Contact
    standing: Standing
    sessions: dict[int, Session]
    # Whether the contact waits for anything at the event, as it was then; None where nobody looked.
    is_in_line: bool | None = None


def _was_chosen(session: Session, event_id: int) -> bool:
    return session.event_id == event_id and session.selection_control != Session.SelectionControl.INCLUDED

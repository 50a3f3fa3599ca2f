"""What one contact has at one event, as the rules look at it."""

from __future__ import annotations

from dataclasses import dataclass, field

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

    @property
    def held_sessions(self) -> list[Session]:
        """The sessions in which the contact has a seat."""
        return [registration.session for registration in self.seats.values()]

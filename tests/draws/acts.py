"""Short words for what the tests of draws do and look at."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from events.actors import Actor
from events.models import Event
from registrations.actions import (
    enter_public_number,
    freeze,
    plan_draw,
    publish,
    state_wishes,
    submit_agenda,
)
from registrations.models import Draw, EventRegistration, TicketHolder
from sessions_app.models import Session
from tests.engine.acts import person
from tests.factories import FIRST_DAY, EventFactory, SessionFactory, UserFactory

OPENS = FIRST_DAY - timedelta(days=20)
CLOSES = OPENS + timedelta(days=7)
BEFORE, OPEN, AFTER = OPENS - timedelta(days=1), OPENS + timedelta(days=1), CLOSES + timedelta(days=1)
NUMBER = "12 7 31 44 2 19"
_people = itertools.count(1)


@dataclass
class World:
    """One event with some sessions in a draw that is open at OPEN."""

    event: Event
    sessions: list[Session]
    draw: Draw

    @classmethod
    def new(cls, capacities: Sequence[int | None] = (1, 1, 2), **more: Any) -> World:
        """Sessions with so many seats, each at an hour of its own."""
        event = EventFactory(sessions_required=False, **more)
        sessions = [
            SessionFactory(
                event=event,
                capacity=capacity,
                starts_at=FIRST_DAY + timedelta(hours=2 * (number % 24)),
                ends_at=FIRST_DAY + timedelta(hours=2 * (number % 24) + 1),
            )
            for number, capacity in enumerate(capacities)
        ]
        draw = plan_draw(
            event, sessions, OPENS, CLOSES, "The lottery of Saturday", actor=cls.staff(), at=BEFORE
        )
        return cls(event, sessions, draw)

    @staticmethod
    def staff() -> Actor:
        """Somebody of the desk who may do everything."""
        return Actor.staff(UserFactory(is_superuser=True))

    def guest(self, name: str = "") -> EventRegistration:
        """Somebody registered, without any session."""
        who = person(name or f"guest{next(_people)}")
        result = submit_agenda(self.event, who, [], at=OPEN)
        assert result.registration is not None
        return result.registration

    def wish(
        self, guest: EventRegistration, *sessions: int, at: datetime = OPEN, place: int | None = None
    ) -> None:
        """The guest wishes for these sessions, by their numbers from 0."""
        state_wishes(guest, self.draw, [(self.sessions[one], place) for one in sessions], at=at)

    def drawn(self, number: str = NUMBER) -> Draw:
        """The draw once it is frozen and decided."""
        freeze(self.draw, AFTER)
        return enter_public_number(self.draw, number, actor=self.staff(), at=AFTER)

    def published(self, number: str = NUMBER) -> Draw:
        """The draw once its result is everybody's."""
        self.drawn(number)
        return publish(self.draw, actor=self.staff(), at=AFTER)

    def became(self, guest: EventRegistration) -> list[tuple[int, str, str]]:
        """What became of the guest's wishes: the session's number from 0, seat, line or nothing, and why."""
        numbers = {session.pk: number for number, session in enumerate(self.sessions)}
        outcome = TicketHolder.objects.get(draw=self.draw, registration=guest).outcome
        return [(numbers[line["session"]], line["became"], line["code"]) for line in outcome]

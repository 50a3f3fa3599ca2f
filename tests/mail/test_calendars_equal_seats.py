"""Whatever is taken, given up, moved and corrected, however quickly: the calendar of all mails is the agenda."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.actors import ATTENDEE, SYSTEM, Actor
from registrations import actions
from registrations.mail import send_due
from registrations.models import EventRegistration, SessionRegistration
from registrations.moves import TimeAndPlace
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import BuildingFactory, EventFactory, RoomFactory, SessionFactory, UserFactory, at
from tests.mail.calendars import Calendar

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# `HYPOTHESIS_PROFILE=nightly` tells hundreds of other stories.
IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
NAMES = ("Knots", "Tides", "Ropes", "Charts")
NOW = at(9, day=-30)
LATER = timedelta(days=1)


class Story:
    """Bob at an event of four sessions, at a clock of his own."""

    def __init__(self) -> None:
        hall = BuildingFactory(name="Harbour Hall")
        event = EventFactory(name="Harbour Conf", timezone="Europe/Amsterdam")
        self.rooms = [RoomFactory(name=f"Room {number}", building=hall) for number in range(2)]
        self.event = event
        self.ids = [
            SessionFactory(event=event, name=name, room=self.rooms[0], building=hall).pk for name in NAMES
        ]
        # Each story has an event and a Bob of its own: what acts commit cannot be rolled back.
        self.bob = self.with_address(0)
        self.staff = Actor.staff(UserFactory(is_superuser=True))
        self.now = NOW
        self.begins_with = len(mail.outbox)

    def with_address(self, number: int) -> Attendee:
        return Attendee(f"bob{number}-{self.event.pk}@example.com", "Bob", "Baker")

    def session(self, number: int) -> Session:
        return Session.objects.select_related("event", "room", "building").get(pk=self.ids[number])

    @property
    def seats(self) -> dict[int, SessionRegistration]:
        rows = SessionRegistration.objects.active().filter(contact__email=self.bob.email)
        return {row.session_id: row for row in rows.filter(session__event=self.event)}

    @property
    def registration(self) -> EventRegistration | None:
        rows = EventRegistration.objects.active().filter(event=self.event, contact__email=self.bob.email)
        return rows.select_related("event", "contact").first()

    def adds(self, number: int) -> None:
        actions.submit_agenda(self.event, self.bob, [self.session(number)], at=self.now)

    def drops(self, number: int) -> None:
        if self.ids[number] in self.seats:
            actions.submit_agenda(self.event, self.bob, [], [self.session(number)], at=self.now)

    def swaps(self, number: int) -> None:
        held, registration = [*self.seats], self.registration
        if held and registration and self.ids[number] not in held:
            given = Session.objects.get(pk=held[0])
            actions.swap(registration, given, self.session(number), at=self.now)

    def is_added_by_staff(self, number: int) -> None:
        actions.add_to_session(self.session(number), [self.bob], actor=self.staff, at=self.now)

    def is_taken_out_by_staff(self, number: int) -> None:
        if seat := self.seats.get(self.ids[number]):
            actions.cancel_session_registrations([seat], actor=self.staff, at=self.now)

    def cancels_everything(self, _number: int) -> None:
        if registration := self.registration:
            actions.cancel_event_registrations([registration], actor=SYSTEM, at=self.now)

    def has_another_address(self, number: int) -> None:
        """Corrected where Bob is registered; else he comes back with another one, or with one that he had."""
        bob = self.with_address(number)
        if registration := self.registration:
            actions.correct_address(registration, bob.email, actor=ATTENDEE, at=self.now)
        self.bob = bob

    def session_is_moved(self, number: int) -> None:
        later = timedelta(days=1)
        session = self.session(number)
        self._change(number, starts_at=session.starts_at + later, ends_at=session.ends_at + later)

    def session_changes_room(self, number: int) -> None:
        is_first = self.session(number).room_id == self.rooms[0].pk
        self._change(number, room=self.rooms[1] if is_first else self.rooms[0])

    def session_is_renamed(self, number: int) -> None:
        self._change(number, name=f"{self.session(number).name} anew")

    def _change(self, number: int, **changes: Any) -> None:
        session = self.session(number)
        before = TimeAndPlace.of(session)
        for name, value in changes.items():
            setattr(session, name, value)
        with transaction.atomic():
            session.save()
            actions.within_form_move_session(before, session, actor=self.staff, at=self.now)

    def session_is_cancelled(self, number: int) -> None:
        actions.cancel_session(self.session(number), actor=self.staff, at=self.now)

    def passes(self, when: timedelta) -> None:
        """Let time go by; a worker sends what is due."""
        self.now += when
        send_due(at=self.now)

    @property
    def mails(self) -> list[Any]:
        return mail.outbox[self.begins_with :]

    @property
    def agenda(self) -> set[tuple[str, datetime, datetime, str]]:
        """What Bob's calendar has to show."""
        sessions = [self.session(self.ids.index(pk)) for pk in self.seats]
        return {
            (each.name, each.starts_at, each.ends_at, f"{each.room}, {each.building}") for each in sessions
        }


ACTS: list[Callable[[Story, int], None]] = [
    *(Story.adds, Story.adds, Story.drops, Story.swaps, Story.cancels_everything),
    *(Story.is_added_by_staff, Story.is_taken_out_by_staff, Story.has_another_address),
    *(Story.session_is_moved, Story.session_changes_room, Story.session_is_renamed),
    Story.session_is_cancelled,
]
# Within seconds, within the minutes for which changes are gathered, or long after.
PAUSES = [timedelta(seconds=2), timedelta(minutes=2), timedelta(minutes=6), timedelta(hours=1)]
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.sampled_from(PAUSES)), min_size=4, max_size=9
)


@settings(
    max_examples=300 if IS_NIGHTLY else 10,
    deadline=None,
    derandomize=not IS_NIGHTLY,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=STEPS)
def test_calendar_of_all_mails_is_the_agenda_in_any_order_of_neighbours(steps: list[Any]) -> None:
    story = Story()
    for act, number, pause in [(Story.adds, 0, PAUSES[0]), *steps]:
        act(story, number)
        story.passes(pause)
    story.passes(LATER)
    mails, agenda = story.mails, story.agenda
    assert Calendar().take(mails).shown == agenda
    for first in range(len(mails) - 1):
        exchanged = [*mails[:first], mails[first + 1], mails[first], *mails[first + 2 :]]
        assert Calendar().take(exchanged).shown == agenda, first

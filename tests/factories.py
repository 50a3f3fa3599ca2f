"""Rows for tests. Events and sessions are live and open unless a test says otherwise.

Registrations and waitlist items have no factory: tests get them through the actions, as everybody does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from events.models import (
    Building,
    Contact,
    CustomRegistrationField,
    Event,
    EventTeamMember,
    Layout,
    Pass,
    Room,
    SeatCount,
    User,
)
from registrations.actions import own_seat_count
from sessions_app.models import Session, SessionTrack, Speaker

# The events' first morning: far enough ahead that nothing has begun, whenever the tests run.
FIRST_DAY = datetime(2031, 5, 5, 9, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """Return a moment of the factory events' first day, or of a later one."""
    return FIRST_DAY.replace(hour=hour, minute=minute) + timedelta(days=day)


class UserFactory(DjangoModelFactory[User]):
    """One member of staff; the password is the part of the address before the @."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"staff{n}@example.com")
    is_staff = True

    @factory.post_generation
    def password(self: User, create: bool, given: str | None, **kwargs: Any) -> None:
        """Set the password and save it."""
        self.set_password(given or self.email.split("@")[0])
        if create:
            self.save(update_fields=["password"])


class SeatCountFactory(DjangoModelFactory[SeatCount]):
    """One limited thing; unlimited unless given a capacity."""

    class Meta:
        model = SeatCount


class BuildingFactory(DjangoModelFactory[Building]):
    """One building."""

    class Meta:
        model = Building

    name = factory.Sequence(lambda n: f"Building {n}")


class RoomFactory(DjangoModelFactory[Room]):
    """One room in a building of its own."""

    class Meta:
        model = Room

    building = factory.SubFactory(BuildingFactory)
    name = factory.Sequence(lambda n: f"Room {n}")


class LayoutFactory(DjangoModelFactory[Layout]):
    """One layout of a room of its own."""

    class Meta:
        model = Layout

    room = factory.SubFactory(RoomFactory)
    name = factory.Sequence(lambda n: f"Layout {n}")


class _Seated(DjangoModelFactory[Any]):
    """Something with seats: `capacity=` goes to its seat count."""

    class Meta:
        abstract = True

    class Params:
        capacity: int | None = None

    seats = factory.SubFactory(
        SeatCountFactory,
        capacity=factory.SelfAttribute("..capacity"),
        event=factory.LazyAttribute(lambda seats: getattr(seats.factory_parent, "event", None)),
    )


class EventFactory(_Seated):
    """One live event of three days, registering at session level.

    `EventFactory(session_level=False, capacity=5)`
    """

    class Meta:
        model = Event
        skip_postgeneration_save = True

    class Params:
        capacity = None
        session_level = True

    name = factory.Sequence(lambda n: f"Conference {n}")
    slug = factory.Sequence(lambda n: f"conference-{n}")
    starts_at = FIRST_DAY
    ends_at = FIRST_DAY + timedelta(days=2, hours=9)
    publish_status = Event.PublishStatus.LIVE
    allow_custom_agenda = factory.SelfAttribute("session_level")

    @factory.post_generation
    def own_seats(self: Event, create: bool, given: None, **kwargs: Any) -> None:
        """Let its seat count name it."""
        if create:
            own_seat_count(self)


class PassFactory(_Seated):
    """One pass with ten allocated; makes an event at event level unless given one."""

    class Meta:
        model = Pass

    class Params:
        capacity = 10

    event = factory.SubFactory(EventFactory, session_level=False)
    name = factory.Sequence(lambda n: f"Pass {n}")


class SessionTrackFactory(DjangoModelFactory[SessionTrack]):
    """One track."""

    class Meta:
        model = SessionTrack

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Track {n}")


class SpeakerFactory(DjangoModelFactory[Speaker]):
    """One speaker."""

    class Meta:
        model = Speaker

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Speaker {n}")


def _sessions_of(event: Event) -> int:
    return Session.objects.filter(event=event).count()


class SessionFactory(_Seated):
    """One live session of ten seats and an hour. An event's sessions follow one another: none overlaps.

    `SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))`
    """

    class Meta:
        model = Session

    class Params:
        capacity = 10

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Session {n}")
    starts_at = factory.LazyAttribute(
        lambda session: session.event.starts_at + timedelta(hours=_sessions_of(session.event))
    )
    ends_at = factory.LazyAttribute(
        lambda session: session.starts_at and session.starts_at + timedelta(hours=1)
    )
    date = factory.LazyAttribute(lambda session: (session.starts_at or FIRST_DAY).date())
    session_status = Session.Status.LIVE


class ContactFactory(DjangoModelFactory[Contact]):
    """One person who attends."""

    class Meta:
        model = Contact

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Person{n}")


class CustomRegistrationFieldFactory(DjangoModelFactory[CustomRegistrationField]):
    """One simple question."""

    class Meta:
        model = CustomRegistrationField

    event = factory.SubFactory(EventFactory)
    label = factory.Sequence(lambda n: f"Question {n}")


class EventTeamMemberFactory(DjangoModelFactory[EventTeamMember]):
    """One member of an event's team."""

    class Meta:
        model = EventTeamMember

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)

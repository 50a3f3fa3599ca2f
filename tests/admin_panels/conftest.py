"""What the desk's panel tests share: a full session, and staff with and without the permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from events.models import Event, User
    from sessions_app.models import Session

STAFF_PERMISSIONS = [
    "view_event",
    "view_session",
    "view_contact",
    "view_eventregistration",
    "add_eventregistration",
    "change_eventregistration",
    "view_sessionregistration",
    "add_sessionregistration",
    "change_sessionregistration",
    "view_waitlistitem",
    "add_waitlistitem",
    "change_waitlistitem",
    "view_activity",
    "view_attendeepass",
    "view_registrationresponse",
    "view_checkin",
    "view_notification",
    "change_notification",
]


@pytest.fixture
def event(db: None) -> Event:
    """A live event at session level."""
    from tests.factories import EventFactory

    return EventFactory(name="Harbour Conf", slug="harbour")


@pytest.fixture
def session(event: Event) -> Session:
    """A live session of ten seats."""
    from tests.factories import SessionFactory

    return SessionFactory(event=event, name="Practical seamanship")


@pytest.fixture
def full_session(session: Session) -> Session:
    """The session with ten of ten seats taken."""
    from tests.admin_panels.helpers import fill

    fill(session, 10)
    return session


@pytest.fixture
def grant() -> Callable[..., None]:
    """Return a function that gives a user permissions by codename."""
    from django.contrib.auth.models import Permission

    def give(user: User, *codenames: str) -> None:
        user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))

    return give


@pytest.fixture
def desk(event: Event, grant: Callable[..., None]) -> User:
    """Registration staff of the event who may not add past capacity."""
    from tests.factories import EventTeamMemberFactory, UserFactory

    user = UserFactory(email="desk@example.com")
    EventTeamMemberFactory(event=event, user=user, role="registration_staff")
    grant(user, *STAFF_PERMISSIONS)
    return user


@pytest.fixture
def staff(event: Event, desk: User, grant: Callable[..., None]) -> User:
    """Registration staff of the event who may add past capacity."""
    from tests.factories import EventTeamMemberFactory, UserFactory

    user = UserFactory(email="staff@example.com")
    EventTeamMemberFactory(event=event, user=user, role="registration_staff")
    grant(user, *STAFF_PERMISSIONS, "add_past_capacity", "export_people")
    return user


@pytest.fixture
def member(event: Event) -> Callable[[str, str], User]:
    """Return a function that makes a member of the event's team with a group and a role."""
    from django.contrib.auth.models import Group

    from events.roles import setup_roles
    from tests.factories import EventTeamMemberFactory, UserFactory

    setup_roles()

    def make(group: str, role: str) -> User:
        user = UserFactory()
        user.groups.add(Group.objects.get(name=group))
        EventTeamMemberFactory(event=event, user=user, role=role)
        return user

    return make

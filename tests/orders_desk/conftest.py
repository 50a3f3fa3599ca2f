"""What the tests of orders on the desk share: an event that sells passes, and its team."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from events.models import Event, Pass


@pytest.fixture
def expo(db: None) -> Event:
    """An event of fifty seats whose passes are paid by invoice."""
    from tests.factories import EventFactory

    return EventFactory(
        name="Expo",
        slug="expo",
        session_level=False,
        capacity=50,
        how_to_pay="To our account, within two weeks.",
    )


@pytest.fixture
def gold(expo: Event) -> Pass:
    """A pass of EUR 119, of which 19 are VAT."""
    from tests.factories import PassFactory

    return PassFactory(event=expo, name="Gold", capacity=10, price=119, vat_rate=19)


@pytest.fixture
def signed_in(expo: Event) -> Callable[..., Client]:
    """Return a function that signs somebody in: a member of the event's team with that group and role."""
    from django.contrib.auth.models import Group
    from django.test import Client

    from events.roles import setup_roles
    from tests.factories import EventTeamMemberFactory, UserFactory

    setup_roles()

    def sign_in(group: str = "Event Planner", role: str = "planner") -> Client:
        user = UserFactory()
        user.groups.add(Group.objects.get(name=group))
        EventTeamMemberFactory(event=expo, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def planner(signed_in: Callable[..., Client]) -> Client:
    """A browser of a planner of the event's team."""
    return signed_in()


@pytest.fixture
def desk(signed_in: Callable[..., Client]) -> Client:
    """A browser of registration staff of the event's team."""
    return signed_in("Registration staff", "registration_staff")

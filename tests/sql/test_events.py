"""The event of an address is read whole, as Django reads it."""

from __future__ import annotations

import pytest

from events.models import Event
from registrations import sql
from tests.factories import EventFactory, RoomFactory
from tests.sql.rows import content

pytestmark = pytest.mark.django_db


def test_event_comes_with_its_seats_and_places_in_one_statement(django_assert_num_queries):
    room = RoomFactory()
    made = EventFactory(slug="harbour", building=room.building, room=room)
    with django_assert_num_queries(1):
        found = sql.event_with("harbour")
        assert found is not None
        related = [found.seats, found.building, found.room]
    assert vars(found).pop("shown_as") is not None
    assert content(found) == content(Event.objects.get(pk=made.pk))
    assert [content(one) for one in related] == [
        content(one) for one in (type(each).objects.get(pk=each.pk) for each in related)
    ]


def test_event_without_a_place_has_none_and_a_deleted_one_is_not_found():
    EventFactory(slug="harbour", building=None, room=None)
    found = sql.event_with("harbour")
    assert found is not None
    assert (found.building, found.room) == (None, None)
    Event.objects.filter(slug="harbour").update(archived_at=found.starts_at)
    assert sql.event_with("harbour") is None

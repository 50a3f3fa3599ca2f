"""The history of what was changed by hand: by the event's clocks, in the words of every other page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from tests.factories import BuildingFactory, EventFactory, SessionFactory, SpeakerFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2031, 5, 5, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "shown", "zone"),
    [
        ("event", "Tue 6 May 2031, 00:30", "Europe/Amsterdam"),
        ("speaker", "Tue 6 May 2031, 00:30", "Europe/Amsterdam"),
        ("session", "Tue 6 May 2031, 00:30", "Europe/Amsterdam"),
        ("building", "Mon 5 May 2031, 22:30", "UTC"),
    ],
)
def test_says_when_by_the_clocks_of_the_event(desk, url, alice, kind, shown, zone):
    event = EventFactory(timezone="Europe/Amsterdam")
    obj = {
        "event": lambda: event,
        "speaker": lambda: SpeakerFactory(event=event),
        "session": lambda: SessionFactory(event=event, own_timezone="America/New_York"),
        "building": BuildingFactory,
    }[kind]()
    LogEntry.objects.create(
        user=alice,
        content_type=ContentType.objects.get_for_model(obj),
        object_id=str(obj.pk),
        object_repr=str(obj),
        action_flag=2,
        change_message='[{"changed": {"fields": ["Name"]}}]',
        action_time=AT,
    )
    page = desk.get(url(obj, "history")).content.decode()
    assert shown in page
    assert zone in page
    assert "Changed Name." in page

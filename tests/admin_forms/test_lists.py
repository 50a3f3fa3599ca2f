"""Lists of the desk ask the database as often for thirty rows as for one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registrations.actions import submit_agenda
from registrations.rules.people import Attendee
from tests.factories import (
    BuildingFactory,
    EventFactory,
    EventTeamMemberFactory,
    LayoutFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def sessions(event, number):
    rooms = [RoomFactory() for _index in range(number)]
    return [SessionFactory(event=event, room=room, building=room.building) for room in rooms]


MAKERS = {
    "events_event": (lambda event, n: [EventFactory() for _ in range(n)], 5),
    "events_pass": (lambda event, n: [PassFactory(event=event) for _ in range(n)], 6),
    "events_room": (lambda event, n: [RoomFactory() for _ in range(n)], 6),
    "events_layout": (lambda event, n: [LayoutFactory() for _ in range(n)], 5),
    "events_building": (lambda event, n: [BuildingFactory() for _ in range(n)], 5),
    "sessions_app_session": (sessions, 6),
    "sessions_app_sessiontrack": (lambda event, n: [SessionTrackFactory(event=event) for _ in range(n)], 6),
    "sessions_app_speaker": (lambda event, n: [SpeakerFactory(event=event) for _ in range(n)], 6),
}


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("name", MAKERS)
def test_asks_as_often_for_thirty_rows(desk, django_assert_num_queries, name, number):
    make, queries = MAKERS[name]
    event = EventFactory()
    make(event, number)
    page = reverse(f"admin:{name}_changelist")
    desk.get(page)
    with django_assert_num_queries(queries):
        assert desk.get(page).status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_asks_as_often_for_thirty_sessions_on_the_agenda_tab(desk, url, django_assert_num_queries, number):
    event = EventFactory()
    for session in sessions(event, number):
        submit_agenda(event, Attendee(f"p{session.pk}@example.com"), [session])
        SessionTrackFactory(event=event)
        SpeakerFactory(event=event)
        EventTeamMemberFactory(event=event)
    desk.get(url(event, tab="agenda"))
    with django_assert_num_queries(19):
        assert desk.get(url(event, tab="agenda")).status_code == 200

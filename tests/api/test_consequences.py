"""What a place brings along, how a session stands to somebody new, and what its plan runs into."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from events.models import Event, SeatCount
from events.roles import setup_roles
from sessions_app.models import Session
from sessions_app.queries import warnings_among
from tests.admin_forms.paper import change
from tests.engine.acts import fill
from tests.factories import (
    BuildingFactory,
    EventFactory,
    LayoutFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    UserFactory,
)
from tests.schedule.files import SMALL_XML, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return EventFactory(timezone="UTC")


@pytest.fixture
def place():
    """A layout for 30 in a room for 80."""
    return LayoutFactory(room=RoomFactory(capacity=80, building=BuildingFactory(capacity=400)), capacity=30)


def _day(event):
    return event.starts_at.date().isoformat()


def _new(api, event, **more):
    answer = api.post("/sessions", {"event_id": event.pk, "name": "Knots", "date": _day(event), **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def _warning(code, detail, **more):
    return {"code": code, "detail": detail, **more}


class TestPlaceBringsItsCapacity:
    def test_of_the_most_specific(self, api, event, place):
        assert _new(api, event, layout_id=place.pk)["capacity"] == 30
        assert _new(api, event, location_id=place.room_id)["capacity"] == 80
        assert _new(api, event, building_id=place.room.building_id)["capacity"] == 400
        assert (
            _new(api, event, location_id=RoomFactory(capacity=None, building=place.room.building).pk)[
                "capacity"
            ]
            == 400
        )

    def test_where_a_form_leaves_the_box_blank(self, api, event, place):
        body = {
            "event_id": event.pk,
            "name": "Knots",
            "date": _day(event),
            "location_id": place.room_id,
            "capacity": "",
        }
        assert api.post("/sessions", body, form=True).json()["capacity"] == 80
        assert api.post("/sessions", body).json()["capacity"] == 80

    def test_not_where_one_is_named(self, api, event, place):
        assert _new(api, event, location_id=place.room_id, capacity=7)["capacity"] == 7
        assert _new(api, event, location_id=place.room_id, capacity=None)["capacity"] is None

    def test_not_beyond_the_event(self, api, place):
        assert _new(api, EventFactory(capacity=50), location_id=place.room_id)["capacity"] == 50

    def test_when_it_changes(self, api, event, place):
        made = _new(api, event, location_id=place.room_id, capacity=7)
        path, other = f"/sessions/{made['id']}", RoomFactory(capacity=20)
        assert api.patch(path, {"location_id": place.room_id}).json()["capacity"] == 7
        assert api.patch(path, {"name": "Ropes"}).json()["capacity"] == 7
        assert api.patch(path, {"location_id": other.pk}).json()["capacity"] == 20
        assert api.patch(path, {"location_id": place.room_id, "capacity": 9}).json()["capacity"] == 9
        assert api.patch(path, {"location_id": RoomFactory(capacity=None).pk}).json()["capacity"] == 9

    def test_not_to_a_webinar_that_stays_without_limit(self, api, event):
        assert _new(api, event, format="webinar")["capacity"] is None


class TestAvailability:
    @pytest.mark.parametrize(
        ("of_session", "of_event", "capacity", "word"),
        [
            ({}, {}, 5, "open"),
            ({}, {}, 0, "waitlist"),
            ({"own_waitlist_enabled": False}, {}, 0, "full"),
            ({"session_status": "draft"}, {}, 5, "not_live"),
            ({"cancelled_at": timezone.now()}, {}, 5, "not_live"),
            ({}, {"publish_status": "draft"}, 5, "not_live"),
            ({}, {"registration_opens_at": timezone.now() + timedelta(days=1)}, 5, "not_open_yet"),
            ({}, {"registration_closes_at": timezone.now()}, 5, "closed"),
            ({"starts_at": timezone.now() - timedelta(hours=1)}, {}, 5, "closed"),
            ({}, {}, None, "capacity_missing"),
            ({"format": "webinar"}, {}, None, "open"),
        ],
    )
    def test_says_one_word(self, api, event, of_session, of_event, capacity, word):
        session = SessionFactory(event=event, capacity=5)
        Session.objects.filter(pk=session.pk).update(**of_session)
        Event.objects.filter(pk=event.pk).update(**of_event)
        SeatCount.objects.filter(pk=session.seats_id).update(capacity=capacity)
        assert api.get(f"/sessions/{session.pk}").json()["availability"] == word
        [listed] = api.get("/sessions", event_id=event.pk).json()["items"]
        assert listed["availability"] == word

    def test_is_no_seat_for_a_newcomer_while_somebody_waits(self, api, event):
        session = SessionFactory(event=event, capacity=1)
        fill(session)
        assert api.get(f"/sessions/{session.pk}").json()["availability"] == "waitlist"


class TestWarnings:
    @pytest.fixture
    def planned(self, event):
        """A session with a room and a speaker."""
        session = SessionFactory(
            event=event, name="Sails", room=RoomFactory(name="Loft", capacity=50), capacity=50
        )
        session.speakers.add(SpeakerFactory(event=event, name="Ada Moore"))
        return session

    def _beside(self, planned, **more):
        return {
            "date": planned.date.isoformat(),
            "start_time": f"{planned.starts_at:%H:%M}",
            "end_time": f"{planned.ends_at:%H:%M}",
            "capacity": 5,
            **more,
        }

    def test_says_none_where_there_is_none(self, api, event, planned):
        assert _new(api, event, **self._beside(planned))["warnings"] == []
        assert api.patch(f"/sessions/{planned.pk}", {"badge_name": "S"}).json()["warnings"] == []
        assert "warnings" not in api.get(f"/sessions/{planned.pk}").json()

    def test_says_all_at_once_and_saves_all_the_same(self, api, event, planned):
        more = {"location_id": planned.room_id, "speaker_ids": [planned.speakers.get().pk], "capacity": 60}
        made = _new(api, event, **self._beside(planned, **more))
        assert made["warnings"] == [
            {
                "code": "room_clash",
                "detail": "Loft is also booked for “Sails” at that time.",
                "session_id": planned.pk,
            },
            {
                "code": "speaker_clash",
                "detail": "Ada Moore also speaks at “Sails” at that time.",
                "session_id": planned.pk,
            },
            {"code": "room_too_small", "detail": "The capacity is 60, and only 50 fit into the place."},
        ]
        assert Session.objects.filter(pk=made["id"]).exists()
        moved = api.patch(f"/sessions/{made['id']}", {"date": "2090-01-01"}).json()
        assert [each["code"] for each in moved["warnings"]] == ["outside_event", "room_too_small"]

    def test_takes_the_answer_back(self, api, event, planned):
        made = _new(api, event, **self._beside(planned, location_id=planned.room_id))
        assert made["warnings"]
        assert api.put(f"/sessions/{made['id']}", made).status_code == 200

    def test_names_no_session_of_an_event_that_the_client_does_not_see(self, api_client_of, event, planned):
        mine = EventFactory(timezone="UTC", starts_at=event.starts_at, ends_at=event.ends_at)
        api = api_client_of(events=[mine])
        made = _new(api, mine, **self._beside(planned, location_id=planned.room_id))
        assert made["warnings"] == [
            {"code": "room_clash", "detail": "Loft is also booked by another event at that time."}
        ]

    def test_desk_says_the_same(self, api, event, planned, client):
        made = _new(api, event, **self._beside(planned, location_id=planned.room_id, capacity=60))
        client.force_login(UserFactory(is_superuser=True, is_staff=True))
        url = reverse("admin:sessions_app_session_change", args=[made["id"]])
        answer = change(client, url, "session_form", badge_name="S")
        said = [str(message) for message in get_messages(answer.wsgi_request)]
        assert {each["detail"] for each in made["warnings"]} <= set(said)

    def test_import_says_the_same(self, api):
        event = imported(SMALL_XML.read_bytes()).event
        oaks, *others = event.sessions.in_programme_order()
        SeatCount.objects.filter(pk=oaks.seats_id).update(capacity=60)
        type(oaks.room).objects.filter(pk=oaks.room_id).update(capacity=50)
        long_after = SessionFactory(event=event, starts_at=event.ends_at + timedelta(days=9))
        meanwhile = {"starts_at": oaks.starts_at, "ends_at": oaks.ends_at}
        beside = SessionFactory(event=event, name="Elms", room=oaks.room, **meanwhile)
        beside.speakers.set(oaks.speakers.all())
        SessionFactory(event=EventFactory(), name="Beeches", room=oaks.room, **meanwhile)
        saved = {
            f"“{session.name}”: {warning['detail']}"
            for session in (beside, oaks, long_after, *others)
            for warning in api.patch(f"/sessions/{session.pk}", {"badge_name": "S"}).json()["warnings"]
        }
        told_at_the_later = {line for line in saved if "for “Elms”" not in line and "at “Elms”" not in line}
        dry = imported(SMALL_XML.read_bytes(), event=event, preview=True)
        real = imported(SMALL_XML.read_bytes(), event=event)
        assert len(told_at_the_later) == 7 < len(saved)
        assert sorted(dry.warnings) == sorted(real.warnings) == sorted(told_at_the_later)

    def test_desk_names_no_session_of_an_event_that_is_hidden_from_the_planner(self, event, planned, client):
        setup_roles()
        planner = UserFactory(is_staff=True)
        planner.groups.add(Group.objects.get(name="Event Planner"))
        mine = EventFactory(starts_at=event.starts_at, ends_at=event.ends_at, created_by=planner)
        meanwhile = {"starts_at": planned.starts_at, "ends_at": planned.ends_at}
        session = SessionFactory(event=mine, room=planned.room, **meanwhile)
        client.force_login(planner)
        url = reverse("admin:sessions_app_session_change", args=[session.pk])
        answer = change(client, url, "session_form", badge_name="S")
        said = [str(message) for message in get_messages(answer.wsgi_request)]
        assert "Loft is also booked by another event at that time." in said
        assert not any("Sails" in line for line in said)

    def test_asks_about_many_as_quickly_as_about_one(self, event, django_assert_num_queries):
        room, speaker = RoomFactory(), SpeakerFactory(event=event)
        for number in range(6):
            SessionFactory(event=event, room=room, starts_at=event.starts_at).speakers.add(speaker)
            sessions = list(Session.objects.select_related("event", "seats", "room", "layout", "building"))
            with django_assert_num_queries(2):
                found = [warning.code for _session, warning in warnings_among(sessions)]
            assert found.count("room_clash") == found.count("speaker_clash") == number * (number + 1) // 2

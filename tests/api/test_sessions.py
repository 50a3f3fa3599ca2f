"""The session contract that integrators know, word for word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.actors import SYSTEM, Actor
from events.models import SeatCount
from registrations.actions import add_to_session, cancel_session, join_waitlist
from registrations.models import Activity, Notification, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import (
    EventFactory,
    LayoutFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    at,
)

pytestmark = pytest.mark.django_db
STAFF = Actor("staff", name="Alice", may_override=True)


@pytest.fixture
def event():
    """An event in Brussels."""
    return EventFactory(timezone="Europe/Brussels")


def example(event, **changes):
    """The contract's example with the ids of a real event, room and track."""
    room = RoomFactory()
    return {
        "id": 12345,
        "event_id": event.pk,
        "name": "Event Management Basics",
        "admin_short_name": "MgmtBasics",
        "badge_name": "Basics of Management",
        "description": "…",
        "date": "2025-07-20",
        "start_time": "10:00:00",
        "end_date": "2025-07-20",
        "end_time": "12:00:00",
        "use_event_timezone": 1,
        "timezone": "Europe/Brussels",
        "capacity": 150,
        "location_id": room.pk,
        "building_id": room.building_id,
        "layout_id": None,
        "track_id": SessionTrackFactory(event=event).pk,
        "webinar_url": None,
        "sold_out_message": "This session is fully booked.",
        "secure_id": "abc123xyz",
        "session_status": "live",
        "locked_when_saved": 0,
        "selection_control": "optional",
        "session_included": False,
        "selected_by_default": 0,
        "prevent_session_conflicts": 1,
        "custom_fields": {"c_1001": "Value1", "c_1002": [{"id": 123}]},
        "seats_taken": 0,
        "seats_held": 0,
        "seats_available": 150,
        "past_capacity": 0,
        "waitlist_count": 0,
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        **changes,
    }


IGNORED = {"id", "secure_id", "created_at", "updated_at"}


def _given(sent):
    return {name: value for name, value in sent.items() if name not in IGNORED}


@pytest.mark.parametrize("path", ["/sessions", "/sessions/create"])
def test_creates_session_from_example_word_for_word(api, event, path, assert_seats_true):
    sent = example(event)
    answer = api.post(path, sent)
    record = answer.json()
    assert answer.status_code == 201, record
    assert {name: record[name] for name in _given(sent)} == _given(sent)
    assert record["id"] != 12345
    assert record["secure_id"] not in {"", "abc123xyz"}
    assert record["created_at"].endswith("Z")
    assert set(record) - set(sent) == {
        *("format", "speaker_ids", "pass_ids", "cancelled_at", "availability", "warnings"),
        *("validate_registrants", "standby_minutes", "kind", "level"),
    }
    session = Session.objects.get()
    assert (session.starts_at, session.ends_at) == (
        datetime(2025, 7, 20, 8, tzinfo=UTC),
        datetime(2025, 7, 20, 10, tzinfo=UTC),
    )
    assert {**api.get(f"/sessions/{session.pk}").json(), "warnings": record["warnings"]} == record
    assert_seats_true()


def test_creates_same_session_from_form(api, event):
    sent = example(event)
    form = {
        **{name: "" if value is None else value for name, value in sent.items() if name != "custom_fields"},
        "session_included": "false",
        "custom_fields[c_1001]": "Value1",
        "custom_fields[c_1002][0][id]": "123",
    }
    answer = api.post("/sessions", form, form=True)
    record = answer.json()
    assert answer.status_code == 201, record
    assert {name: record[name] for name in _given(sent)} == _given(sent)
    more = api.post("/sessions", {**form, "custom_fields": '{"c_9": "x"}'}, form=True)
    assert more.status_code == 201, more.json()
    assert more.json()["custom_fields"] == {"c_9": "x", **sent["custom_fields"]}


def test_needs_event_name_and_date_and_no_more(api, event):
    answer = api.post("/sessions", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert set(answer.json()["fields"]) == {"event_id", "name", "date"}
    record = api.post("/sessions", {"event_id": event.pk, "name": "Walk", "date": "2031-05-05"}).json()
    shown = {
        "start_time": None,
        "end_time": None,
        "end_date": "2031-05-05",
        "timezone": "Europe/Brussels",
        "use_event_timezone": 1,
        "session_status": "live",
        "capacity": None,
        "seats_available": 0,
        "prevent_session_conflicts": 1,
        "custom_fields": {},
    }
    assert {name: record[name] for name in shown} == shown
    assert [session.name for session in Session.objects.capacity_missing()] == ["Walk"]


@pytest.mark.parametrize(("on", "off"), [(1, 0), (True, False), ("1", "0"), ("true", "false")])
def test_reads_flags_in_every_way_and_writes_numbers(api, event, on, off):
    flags = [
        *("locked_when_saved", "selected_by_default", "prevent_session_conflicts", "validate_registrants")
    ]
    sent = {"event_id": event.pk, "name": "S", "date": "2031-05-05", **dict.fromkeys(flags, on)}
    record = api.post("/sessions", sent).json()
    assert [record[name] for name in flags] == [1] * 4
    record = api.put(f"/sessions/{record['id']}", dict.fromkeys(flags, off)).json()
    assert [record[name] for name in flags] == [0] * 4
    assert all(type(record[name]) is int for name in flags)


def test_says_and_takes_the_settings_of_its_door(api, event):
    """null means as the event says, 0 never: the record tells the one from the other."""
    event.standby_minutes = 15
    event.save()
    sent = {"event_id": event.pk, "name": "S", "date": "2031-05-05"}
    record = api.post("/sessions", sent).json()
    assert (record["validate_registrants"], record["standby_minutes"]) == (0, None)
    address = f"/sessions/{record['id']}"
    for minutes, holds in ((10, 10), (0, 0), (None, 15)):
        changed = api.patch(address, {"standby_minutes": minutes, "validate_registrants": 1}).json()
        assert (changed["standby_minutes"], changed["validate_registrants"]) == (minutes, 1)
        assert Session.objects.get().standby_minutes == holds
        assert api.put(address, changed).json()["standby_minutes"] == minutes
    refused = api.patch(address, {"standby_minutes": 121})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["standby_minutes"])


def test_keeps_zone_of_its_own(api, event):
    sent = {
        "event_id": event.pk,
        "name": "S",
        "date": "2031-01-05",
        "start_time": "10:00",
        "end_time": "11:00",
    }
    record = api.post("/sessions", {**sent, "timezone": "Asia/Tokyo"}).json()
    assert (record["timezone"], record["use_event_timezone"], record["start_time"]) == (
        "Asia/Tokyo",
        0,
        "10:00:00",
    )
    assert Session.objects.get().starts_at == datetime(2031, 1, 5, 1, tzinfo=UTC)
    record = api.patch(f"/sessions/{record['id']}", {"use_event_timezone": 1}).json()
    assert (record["timezone"], record["start_time"]) == ("Europe/Brussels", "10:00:00")
    refused = api.post("/sessions", {**sent, "use_event_timezone": 1, "timezone": "Asia/Tokyo"})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"timezone"})


def test_ends_on_next_day_only_when_told_so(api, event):
    sent = {
        "event_id": event.pk,
        "name": "Party",
        "date": "2031-05-05",
        "start_time": "22:00",
        "end_time": "02:00",
    }
    refused = api.post("/sessions", sent)
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"end_time"})
    record = api.post("/sessions", {**sent, "end_date": "2031-05-06"}).json()
    assert (record["date"], record["end_date"], record["end_time"]) == (
        "2031-05-05",
        "2031-05-06",
        "02:00:00",
    )


def test_finds_building_of_room_and_refuses_what_disagrees(api, event):
    layout, other = LayoutFactory(), RoomFactory()
    base = {"event_id": event.pk, "name": "S", "date": "2031-05-05"}
    record = api.post("/sessions", {**base, "layout_id": layout.pk}).json()
    assert (record["layout_id"], record["location_id"], record["building_id"]) == (
        layout.pk,
        layout.room_id,
        layout.room.building_id,
    )
    moved = api.patch(f"/sessions/{record['id']}", {"location_id": other.pk}).json()
    assert (moved["layout_id"], moved["location_id"], moved["building_id"]) == (
        None,
        other.pk,
        other.building_id,
    )
    for wrong, field in [
        ({"location_id": other.pk, "building_id": layout.room.building_id}, "location_id"),
        ({"location_id": other.pk, "layout_id": layout.pk}, "layout_id"),
        ({"location_id": 10**17}, "location_id"),
    ]:
        refused = api.post("/sessions", {**base, **wrong})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {field})
    assert Session.objects.count() == 1


def test_takes_tracks_speakers_and_passes_of_its_event_only(api, event):
    base = {"event_id": event.pk, "name": "S", "date": "2031-05-05"}
    speaker, event_pass = SpeakerFactory(event=event), PassFactory(event=event)
    record = api.post("/sessions", {**base, "speaker_ids": [speaker.pk], "pass_ids": [event_pass.pk]}).json()
    assert (record["speaker_ids"], record["pass_ids"]) == ([speaker.pk], [event_pass.pk])
    for wrong in (
        {"track_id": SessionTrackFactory().pk},
        {"speaker_ids": [SpeakerFactory().pk]},
        {"pass_ids": [PassFactory().pk]},
        {"event_id": 10**15},
    ):
        refused = api.post("/sessions", {**base, **wrong})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, set(wrong))
    assert Session.objects.count() == 1


def test_takes_its_own_record_back_unchanged(api, event):
    record = api.post("/sessions", example(event)).json()
    again = api.put(f"/sessions/{record['id']}", record)
    assert again.status_code == 200, again.json()
    same = {**again.json(), "updated_at": record["updated_at"]}
    assert same == record


def test_leaves_alone_what_is_not_named(api, event):
    record = api.post("/sessions", example(event)).json()
    changed = api.put(f"/sessions/update/{record['id']}", {"name": "Other"}, form=True).json()
    differ = {name for name in record if record[name] != changed[name]}
    assert differ == {"name", "updated_at"}


def test_refuses_other_event_and_contradictions(api, event):
    session = SessionFactory(event=event)
    for wrong in (
        {"event_id": EventFactory().pk},
        {"session_included": True, "selection_control": "optional"},
        {"colour": "red"},
        {"start_time": None},
        {"capacity": 50_001},
    ):
        refused = api.patch(f"/sessions/{session.pk}", wrong)
        assert refused.status_code == 422, refused.json()
        assert set(refused.json()["fields"]) & {*wrong, "session_included"}
    before = Session.objects.values().get()
    session.refresh_from_db()
    assert before["name"] == session.name


# People in it


def _register(session, *names):
    people = [Attendee(f"{name}@example.com", name, "X") for name in names]
    add_to_session(session, people, actor=STAFF)


def test_tells_people_of_a_move_unless_told_not_to(api, event, assert_seats_true):
    session = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    _register(session, "Bob", "Carol")
    moved = Notification.objects.filter(kind=Notification.Kind.SESSION_CHANGED)
    api.patch(f"/sessions/{session.pk}", {"badge_name": "Same time"})
    api.patch(f"/sessions/{session.pk}?send_email=0", {"name": "Told to nobody"})
    assert moved.count() == 0
    answer = api.patch(f"/sessions/{session.pk}", {"start_time": "15:00", "end_time": "16:00"})
    assert (answer.status_code, moved.count()) == (200, 2)
    api.patch(f"/sessions/{session.pk}?send_email=0", {"location_id": RoomFactory().pk})
    assert moved.count() == 2
    session.refresh_from_db()
    assert session.calendar_sequence == 3
    assert_seats_true()


@pytest.mark.django_db(transaction=True)
def test_gives_freed_seats_of_a_raised_capacity_to_the_line(api, assert_seats_true):
    session = SessionFactory(capacity=1, event=EventFactory())
    _register(session, "Bob")
    join_waitlist(session, Attendee("carol@example.com", "Carol", "C"))
    answer = api.patch(f"/sessions/{session.pk}", {"capacity": 2})
    assert answer.json()["capacity"] == 2
    record = api.get(f"/sessions/{session.pk}").json()
    assert (record["seats_taken"], record["waitlist_count"]) == (2, 0)
    note = Activity.objects.get(verb=Activity.Verb.CAPACITY_CHANGED)
    assert (note.actor, note.detail["before"], note.detail["after"]) == ("Integrator", 1, 2)
    assert_seats_true(swept=True)


def test_deletes_session_without_people_and_shows_tombstone(api, event):
    session, kept = SessionFactory(event=event), SessionFactory(event=event)
    assert api.delete(f"/sessions/delete/{session.pk}").status_code == 204
    assert api.get(f"/sessions/{session.pk}").status_code == 404
    assert api.delete(f"/sessions/{session.pk}").status_code == 404
    assert [row["id"] for row in api.get("/sessions").json()["items"]] == [kept.pk]
    changed = api.get("/sessions", updated_since="2026-01-01T00:00:00Z").json()["items"]
    assert changed[0] == {"id": session.pk, "deleted": True, "deleted_at": changed[0]["deleted_at"]}
    assert changed[1]["id"] == kept.pk


def test_keeps_session_with_people_and_counts_them(api, event):
    session = SessionFactory(event=event, capacity=1)
    _register(session, "Bob")
    join_waitlist(session, Attendee("carol@example.com", "Carol", "C"))
    answer = api.delete(f"/sessions/{session.pk}")
    said = answer.json()
    assert (answer.status_code, said["code"], said["registered"], said["waiting"]) == (
        409,
        "session_has_registrations",
        1,
        1,
    )
    session.refresh_from_db()
    assert session.archived_at is None
    assert SessionRegistration.objects.active().count() == 1


def test_cancels_session_with_reason_and_mail_as_asked(api, event, assert_seats_true):
    session = SessionFactory(event=event)
    _register(session, "Bob")
    answer = api.post(f"/sessions/{session.pk}/cancellation", {"reason": "Ill", "send_email": 0})
    assert (answer.status_code, answer.json()["seats_taken"]) == (200, 0)
    assert answer.json()["cancelled_at"].endswith("Z")
    told = Notification.objects.filter(kind=Notification.Kind.SESSION_CANCELLED)
    assert told.count() == 0
    note = Activity.objects.get(verb=Activity.Verb.TARGET_CANCELLED)
    assert (note.actor, note.reason) == ("Integrator", "Ill")
    assert api.patch(f"/sessions/{session.pk}", {"session_status": "live"}).json()["code"] == "not_live"
    other = SessionFactory(event=event)
    _register(other, "Bob")
    api.post(f"/sessions/{other.pk}/cancellation", {}, Idempotency_Key="a")
    api.post(f"/sessions/{other.pk}/cancellation", {}, Idempotency_Key="a")
    assert told.count() == 1
    assert_seats_true()


def test_changes_status_by_the_commands(api, event):
    session = SessionFactory(event=event)
    verbs = Activity.objects.filter(session=session).order_by("pk").values_list("verb", flat=True)
    for status in ("submitted", "live", "approved"):
        assert (
            api.patch(f"/sessions/{session.pk}", {"session_status": status}).json()["session_status"]
            == status
        )
    assert list(verbs) == ["stopped", "edited", "went_live", "stopped"]
    refused = api.patch(f"/sessions/{session.pk}", {"session_status": "cancelled"})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"session_status"})


def test_creates_live_session_of_draft_event_that_nobody_sees_yet(api, client):
    event = EventFactory(publish_status="draft")
    record = api.post(
        "/sessions", {"event_id": event.pk, "name": "S", "date": "2031-05-05", "capacity": 5}
    ).json()
    assert record["session_status"] == "live"
    assert client.get(f"/{event.slug}/sessions/").status_code == 404


def test_answers_repeated_creation_with_the_same_session(api, event):
    sent = example(event)
    first = api.post("/sessions", sent, Idempotency_Key="k1")
    second = api.post("/sessions", sent, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (Session.objects.count(), SeatCount.objects.count()) == (1, 2)


def test_refuses_capacity_above_that_of_the_event(api):
    event = EventFactory(capacity=100)
    refused = api.post(
        "/sessions", {"event_id": event.pk, "name": "S", "date": "2031-05-05", "capacity": 101}
    )
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"capacity"})
    assert Session.objects.count() == 0


def test_refuses_times_that_clocks_skip_or_repeat(api, event):
    base = {"event_id": event.pk, "name": "S"}
    for day, begin, end, field in [
        ("2026-03-29", "02:30", "03:30", "start_time"),
        ("2026-10-25", "01:30", "02:30", "end_time"),
    ]:
        refused = api.post("/sessions", {**base, "date": day, "start_time": begin, "end_time": end})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {field})


def test_cancelled_session_says_so_in_lists(api, event):
    session, other = SessionFactory(event=event), SessionFactory(event=event)
    cancel_session(session, actor=SYSTEM)
    shown = {
        key: [row["id"] for row in api.get("/sessions", is_cancelled=key).json()["items"]] for key in "01"
    }
    assert shown == {"0": [other.pk], "1": [session.pk]}


def test_is_not_refused_for_what_is_not_touched(api, event):
    """A session of an import: at an hour that happens twice, to the microsecond, with more seats than the event."""
    twice = datetime(2026, 10, 25, 0, 30, 0, 7, tzinfo=UTC)
    session = SessionFactory(event=event, starts_at=twice, ends_at=twice.replace(hour=5), capacity=900)
    SeatCount.objects.filter(pk=event.seats_id).update(capacity=100)
    _register(session, "Bob")
    answer = api.patch(f"/sessions/{session.pk}", {"name": "Renamed", "badge_name": "R"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Renamed")
    session.refresh_from_db()
    assert (session.starts_at, session.badge_name, session.calendar_sequence) == (twice, "R", 1)
    assert api.patch(f"/sessions/{session.pk}", {"capacity": 901}).status_code == 422
    assert api.patch(f"/sessions/{session.pk}", {"end_time": "09:00"}).status_code == 422


def test_accepts_no_capacity_and_reads_a_blank_one_as_unsaid(api, event):
    session = SessionFactory(event=event, capacity=5)
    assert api.patch(f"/sessions/{session.pk}", {"capacity": ""}).json()["capacity"] == 5
    record = api.patch(f"/sessions/{session.pk}", {"capacity": None}).json()
    assert (record["capacity"], record["seats_available"]) == (None, 0)
    assert api.patch(f"/sessions/{session.pk}", {"format": "webinar"}).json()["seats_available"] is None

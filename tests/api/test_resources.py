"""Events, passes, locations, tracks, speakers, contacts."""

from __future__ import annotations

import pytest

from events.actors import SYSTEM, Actor
from events.models import Building, Event, Layout, Pass, Room
from registrations.actions import add_to_event, add_to_session, cancel_event
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session, SessionTrack, Speaker
from tests.factories import (
    ContactFactory,
    EventFactory,
    LayoutFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db
STAFF = Actor("staff", name="Alice", may_override=True)
BOB = Attendee("bob@example.com", "Bob", "Baker")

EVENT = {
    "name": "Expo",
    "slug": "expo",
    "start": "2031-05-05T09:00:00+02:00",
    "end": "2031-05-06T18:00:00+02:00",
    "timezone": "Europe/Brussels",
    "format": "hybrid",
    "publish_status": "ready",
    "capacity": 500,
    "allow_custom_agenda": 1,
    "waitlist_enabled": 1,
    "auto_register_waitlisted": 0,
    "contacts_choose_auto_register": 1,
    "invitations_per_slot": 3,
    "invitation_hours": 12,
    "standby_minutes": 10,
    "badge_width_mm": 100,
    "badge_height_mm": 70,
    "registration_opens_at": "2031-01-01T00:00:00+01:00",
    "registration_closes_at": "2031-05-01T00:00:00+02:00",
}


@pytest.mark.parametrize("form", [False, True])
def test_plans_event_with_every_writable_field(api, form, assert_seats_true):
    answer = api.post("/events", EVENT, form=form)
    assert answer.status_code == 201, answer.json()
    record = answer.json()
    assert {name: record[name] for name in EVENT} == EVENT
    assert (record["seats_taken"], record["seats_available"], record["waitlist_count"]) == (0, 500, 0)
    assert api.get(f"/events/{record['id']}").json() == record
    assert_seats_true()


def test_reads_moments_without_offset_as_clocks_of_the_event_show_them(api):
    sent = {**EVENT, "start": "2031-05-05T09:00:00", "end": "2031-05-05T16:00:00Z"}
    record = api.post("/events", sent).json()
    assert (record["start"], record["end"]) == ("2031-05-05T09:00:00+02:00", "2031-05-05T18:00:00+02:00")


def test_takes_event_record_back_and_leaves_alone_what_is_not_named(api):
    record = api.post("/events", EVENT).json()
    again = api.put(f"/events/{record['id']}", record).json()
    assert {**again, "updated_at": record["updated_at"]} == record
    changed = api.patch(f"/events/{record['id']}", {"name": "Other"}).json()
    assert {name for name in record if changed[name] != record[name]} == {"name", "updated_at"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"end": "2031-05-05T08:00:00+02:00"}, "end"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "9999-01-01T00:00:00Z"}, "start"),
        ({"start": None}, "start"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"slug": "admin"}, "slug"),
        ({"slug": "not a slug"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"publish_status": "cancelled"}, "publish_status"),
        ({"publish_status": "open"}, "publish_status"),
        ({"registration_closes_at": "2030-01-01T00:00:00Z"}, "registration_closes_at"),
        ({"invitations_per_slot": 0}, "invitations_per_slot"),
        ({"invitation_hours": 10_000}, "invitation_hours"),
        ({"standby_minutes": 121}, "standby_minutes"),
        ({"badge_width_mm": 39}, "badge_width_mm"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"location_id": 99}, "location_id"),
        ({"created_by": 1}, "created_by"),
    ],
)
def test_refuses_wrong_event(api, wrong, field):
    EventFactory(slug="taken")
    answer = api.post("/events", {**EVENT, **wrong})
    assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (
        422,
        "invalid",
        [field],
    )
    assert Event.objects.count() == 1


def test_changes_event_status_by_the_commands(api):
    event = EventFactory(publish_status="draft")
    verbs = Activity.objects.filter(event=event).order_by("pk").values_list("verb", flat=True)
    for status in ("in_progress", "live", "draft"):
        assert api.patch(f"/events/{event.pk}", {"publish_status": status}).json()["publish_status"] == status
    assert list(verbs) == ["edited", "went_live", "stopped", "edited"]
    assert api.patch(f"/events/{event.pk}", {"publish_status": "cancelled"}).status_code == 422
    cancel_event(event, actor=SYSTEM)
    assert api.patch(f"/events/{event.pk}", {"publish_status": "live"}).status_code == 422
    event.refresh_from_db()
    assert event.publish_status == "cancelled"


def test_deletes_event_without_people_only(api, assert_seats_true):
    event, empty = EventFactory(session_level=False), EventFactory()
    add_to_event(event, [BOB], actor=STAFF)
    answer = api.delete(f"/events/{event.pk}")
    assert (answer.status_code, answer.json()["code"], answer.json()["registered"]) == (
        409,
        "has_registrations",
        1,
    )
    assert api.delete(f"/events/{empty.pk}").status_code == 204
    rows = api.get("/events", updated_since="2020-01-01T00:00:00Z").json()["items"]
    assert [(row["id"], row.get("deleted", False)) for row in rows] == [(event.pk, False), (empty.pk, True)]
    cancelled = api.post(f"/events/{event.pk}/cancellation", {"reason": "Storm"}).json()
    assert (cancelled["publish_status"], cancelled["seats_taken"]) == ("cancelled", 0)
    assert EventRegistration.objects.active().count() == 0
    assert_seats_true()


def test_raising_event_capacity_goes_through_the_ledger(api):
    event = EventFactory(session_level=False, capacity=5)
    assert api.patch(f"/events/{event.pk}", {"capacity": 8}).json()["seats_available"] == 8
    note = Activity.objects.get(verb=Activity.Verb.CAPACITY_CHANGED)
    assert (note.actor, note.detail["before"], note.detail["after"]) == ("Integrator", 5, 8)


def test_first_pass_turns_own_agendas_off_and_says_what_is_kept(api):
    event = EventFactory()
    add_to_session(SessionFactory(event=event), [BOB], actor=STAFF)
    first = api.post("/passes", {"event_id": event.pk, "name": "Day", "price": "12.50", "allocated": 30})
    assert first.status_code == 201, first.json()
    record = first.json()
    shown = {"name": "Day", "price": "12.50", "currency": "EUR", "allocated": 30, "sold": 0, "remaining": 30}
    assert {name: record[name] for name in shown} == shown
    assert record["agenda_switched_off"] == {"session_registrations_kept": 1}
    second = api.post("/passes", {"event_id": event.pk, "name": "Night"}).json()
    assert (second["agenda_switched_off"], second["allocated"]) == (None, None)
    event.refresh_from_db()
    assert event.allow_custom_agenda is False
    assert SessionRegistration.objects.active().count() == 1
    refused = api.patch(f"/events/{event.pk}", {"allow_custom_agenda": 1})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["allow_custom_agenda"])


def test_changes_and_deletes_pass(api):
    event_pass = PassFactory()
    session = SessionFactory(event=event_pass.event)
    sent = {"allocated": 5, "session_ids": [session.pk], "on_sale_from": "2031-01-01T00:00:00Z"}
    record = api.patch(f"/passes/{event_pass.pk}", sent).json()
    assert (record["allocated"], record["session_ids"]) == (5, [session.pk])
    assert record["on_sale_from"] == "2031-01-01T00:00:00+00:00"
    for wrong, field in [
        ({"price": -1}, "price"),
        ({"price": "free"}, "price"),
        ({"vat_rate": "100.01"}, "vat_rate"),
        ({"vat_rate": -1}, "vat_rate"),
        ({"currency": "EURO"}, "currency"),
        ({"session_ids": [SessionFactory().pk]}, "session_ids"),
        ({"on_sale_until": "2030-01-01T00:00:00Z"}, "on_sale_until"),
        ({"event_id": EventFactory().pk}, "event_id"),
        ({"name": PassFactory(event=event_pass.event).name}, "name"),
    ]:
        refused = api.patch(f"/passes/{event_pass.pk}", wrong)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
    add_to_event(event_pass.event, [BOB], event_pass, actor=STAFF)
    refused = api.delete(f"/passes/{event_pass.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "has_registrations")
    empty = PassFactory(event=event_pass.event)
    assert api.delete(f"/passes/{empty.pk}").status_code == 204
    assert Pass.objects.offered().filter(pk=empty.pk).count() == 0


def test_makes_changes_and_deletes_tracks_and_speakers(api):
    event = EventFactory()
    track = api.post("/tracks", {"event_id": event.pk, "name": "Web", "colour": "#0f766e"}).json()
    moved = api.patch(f"/tracks/{track['id']}", {"position": 4}).json()
    assert moved == {**track, "position": 4, "updated_at": moved["updated_at"]}
    assert moved["updated_at"] > track["updated_at"]
    for wrong, field in [
        ({"colour": "red"}, "colour"),
        ({"position": 40_000}, "position"),
        ({"event_id": 99}, "event_id"),
        ({"name": ""}, "name"),
    ]:
        refused = api.post("/tracks", {"event_id": event.pk, "name": "X", **wrong})
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
    assert api.post("/tracks", {"event_id": event.pk, "name": "Web"}).status_code == 422
    session = SessionFactory(event=event, track_id=track["id"])
    assert api.delete(f"/tracks/{track['id']}").status_code == 204
    session.refresh_from_db()
    assert (session.track, SessionTrack.objects.count()) == (None, 0)
    speaker = api.post("/speakers", {"event_id": event.pk, "name": "Ada"}).json()
    assert api.put(f"/speakers/{speaker['id']}", {**speaker, "biography": "x"}).json()["biography"] == "x"
    assert api.delete(f"/speakers/{speaker['id']}").status_code == 204
    assert Speaker.objects.count() == 0


def test_makes_rooms_with_building_and_layouts(api):
    sent = {
        "name": "Blue",
        "building": {"name": "Hall", "address": "Main street 1"},
        "capacity": 80,
        "layouts": [{"name": "Rows", "capacity": 80}, {"name": "Tables", "capacity": 40}],
    }
    record = api.post("/locations", sent).json()
    assert (record["name"], record["building"]["name"], record["capacity"]) == ("Blue", "Hall", 80)
    assert [(each["name"], each["capacity"]) for each in record["layouts"]] == [("Rows", 80), ("Tables", 40)]
    other = api.post("/locations", {"name": "Red", "building_id": record["building_id"]}).json()
    assert other["building"] == record["building"]
    changed = {"layouts": [{"id": record["layouts"][0]["id"], "name": "Cinema", "capacity": 70}]}
    again = api.patch(f"/locations/{record['id']}", changed).json()
    assert sorted(each["name"] for each in again["layouts"]) == ["Cinema", "Tables"]
    assert (Building.objects.count(), Room.objects.count(), Layout.objects.count()) == (1, 2, 2)


def test_refuses_wrong_rooms_and_changes_nothing(api):
    room = RoomFactory(name="Blue")
    before = (Building.objects.count(), Room.objects.count(), Layout.objects.count())
    for wrong, field in [
        ({"name": "X"}, "building_id"),
        ({"name": "X", "building_id": 99}, "building_id"),
        ({"name": "X", "building": {"name": ""}}, "building.name"),
        ({"name": "X", "building": "Hall"}, "building"),
        ({"name": "X", "building_id": room.building_id, "capacity": 60_000}, "capacity"),
        ({"name": "X", "building_id": room.building_id, "layouts": [{"capacity": 1}]}, "layouts.0.name"),
        (
            {"name": "X", "building_id": room.building_id, "layouts": [{"id": 99, "name": "L"}]},
            "layouts.0.id",
        ),
        ({"name": "X", "building": {"name": "New"}, "layouts": [{"id": 99, "name": "L"}]}, "layouts.0.id"),
    ]:
        refused = api.post("/locations", wrong)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field]), wrong
    assert api.post("/locations", {"name": "Blue", "building_id": room.building_id}).status_code == 422
    for wrong, field in [
        ({"building": {}}, "building.name"),
        ({"layouts": [{}]}, "name"),
        ({"id": 5, "x": 1}, "x"),
    ]:
        refused = api.patch(f"/locations/{room.pk}", wrong)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field]), wrong
    assert (Building.objects.count(), Room.objects.count(), Layout.objects.count()) == before


def test_deletes_unused_rooms_only_and_leaves_those_of_others_alone(api, api_client_of):
    layout = LayoutFactory()
    mine, foreign = EventFactory(), EventFactory()
    used = SessionFactory(event=foreign, room=layout.room, building=layout.room.building)
    refused = api.delete(f"/locations/{layout.room_id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert Layout.objects.count() == 1
    limited = api_client_of(events=[mine])
    refused = limited.patch(f"/locations/{layout.room_id}", {"name": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    Session.objects.filter(pk=used.pk).update(room=None)
    assert api.delete(f"/locations/{layout.room_id}").status_code == 204
    assert Room.objects.count() == 0


def test_shows_contacts_with_registration_or_place_in_line_only(api):
    event = EventFactory(session_level=False)
    add_to_event(event, [BOB], actor=STAFF)
    stranger = ContactFactory(email="stranger@example.com")
    rows = api.get("/contacts").json()["items"]
    assert [row["email"] for row in rows] == ["bob@example.com"]
    assert api.get(f"/contacts/{stranger.pk}").status_code == 404
    assert api.get("/contacts", email="STRANGER@example.com").json()["items"] == []
    assert api.get("/contacts", search="stranger").json()["items"] == []
    assert len(api.get("/contacts", email=" Bob@Example.com", event_id=event.pk).json()["items"]) == 1
    assert api.get("/contacts", event_id=event.pk + 1).json()["items"] == []


def test_speaker_of_another_event_is_left_out_of_filters(api):
    speaker, track = SpeakerFactory(), SessionTrackFactory()
    session = SessionFactory(event=speaker.event)
    session.speakers.add(speaker)
    assert [row["id"] for row in api.get("/sessions", speaker_id=speaker.pk).json()["items"]] == [session.pk]
    assert api.get("/sessions", track_id=track.pk).json()["items"] == []

"""What changed since a moment, and what went: a copy that asks for it stays true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Building, Event, Layout, Pass, Room, Tombstone
from registrations.actions import (
    archive,
    cancel_session,
    cancel_session_registrations,
    change_capacity,
    erase_contact,
    go_live,
    leave_waitlist,
    stop,
)
from registrations.models import Activity, CheckIn, SessionRegistration
from sessions_app.models import Session, SessionTrack, Speaker
from tests.admin_forms.paper import change, read
from tests.api.registering import registered
from tests.engine.acts import claim, person
from tests.factories import (
    EventFactory,
    LayoutFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)
from tests.schedule.files import OAKS, SMALL_XML, imported
from tests.schedule.files import changed as file_with
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
MIRRORED = [
    ("/tracks", SessionTrackFactory),
    ("/speakers", SpeakerFactory),
    ("/locations", RoomFactory),
]
MODELS = (Event, Session, Pass, SessionTrack, Speaker, Building, Room, Layout)
YESTERDAY = timezone.now() - timedelta(days=1)


def all_long_ago():
    """Nothing has changed since yesterday."""
    for model in MODELS:
        model.objects.update(created_at=YESTERDAY, updated_at=YESTERDAY)


def since(api, path, **query):
    """The ids of the rows changed within the last hour, those that are gone with a minus."""
    moment = (timezone.now() - timedelta(hours=1)).isoformat()
    rows = api.get(path, updated_since=moment, **query).json()["items"]
    for row in rows:
        assert set(row) == {"id", "deleted", "deleted_at"} or "deleted" not in row
    return [-row["id"] if row.get("deleted") else row["id"] for row in rows]


# What is deleted for good leaves a tombstone, whichever way it goes


def by_api(api, row):
    path = next(path for path, factory in MIRRORED if factory._meta.model is type(row))
    assert api.delete(f"{path}/{row.pk}").status_code == 204


def by_page(api, row):
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])
    assert api.browser.post(page, {"post": "yes"}).status_code == 302


def by_list(api, row):
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
    asked = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert api.browser.post(page, asked).status_code == 302


@pytest.mark.parametrize("delete", [by_api, by_page, by_list])
@pytest.mark.parametrize(("path", "make"), MIRRORED)
def test_leaves_tombstone_of_deleted_row(api, alice, path, make, delete):
    api.browser.force_login(alice)
    kept, gone = make.create_batch(2)
    pk = gone.pk
    before = timezone.now()
    delete(api, gone)
    assert not type(gone).objects.filter(pk=pk).exists()
    assert [row["id"] for row in api.get(path).json()["items"]] == [kept.pk]
    assert api.get(f"{path}/{pk}").status_code == 404
    assert since(api, path) == [-pk, kept.pk]
    assert Tombstone.objects.get().deleted_at >= before
    assert since(api, path, **{"per-page": 1}) == [-pk]
    assert since(api, path, **{"per-page": 1, "page": 2}) == [kept.pk]
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert api.get(path, updated_since=later).json()["_meta"]["totalCount"] == 0


@pytest.mark.parametrize("of", ["building", "room"])
def test_leaves_tombstone_of_line_deleted_in_form(api, alice, of):
    api.browser.force_login(alice)
    layout = LayoutFactory()
    room = layout.room
    gone = layout if of == "room" else RoomFactory(building=room.building)
    parent = gone.room if of == "room" else gone.building
    page = reverse(f"admin:events_{of}_change", args=[parent.pk])
    lines = "layouts" if of == "room" else "rooms"
    shown = read(api.browser.get(page), f"{of}_form").data
    number = next(n for n in range(9) if shown[f"{lines}-{n}-id"] == [str(gone.pk)])
    all_long_ago()
    assert change(api.browser, page, f"{of}_form", **{f"{lines}-{number}-DELETE": "on"}).status_code == 302
    assert Tombstone.objects.filter(kind=gone._meta.label_lower, row_id=gone.pk).count() == 1
    # A building that is saved may have another name, which its rooms' records show.
    assert since(api, "/locations") == ([room.pk] if of == "room" else [-gone.pk, room.pk])


@pytest.mark.parametrize(("make", "link"), [(SessionTrackFactory, "track"), (SpeakerFactory, "speakers")])
def test_sessions_change_when_what_they_name_goes(api, make, link):
    event = EventFactory()
    row, (session, other) = make(event=event), SessionFactory.create_batch(2, event=event)
    getattr(session, link).add(row) if link == "speakers" else Session.objects.filter(pk=session.pk).update(
        track=row
    )
    all_long_ago()
    row.delete()
    assert since(api, "/sessions") == [session.pk]
    record = api.get(f"/sessions/{session.pk}").json()
    assert (record["track_id"], record["speaker_ids"]) == (None, [])
    assert other.pk not in since(api, "/sessions")


def test_refuses_to_delete_room_in_use_and_leaves_no_tombstone(api, alice):
    api.browser.force_login(alice)
    room = RoomFactory()
    layout = LayoutFactory(room=room)
    SessionFactory(room=room)
    assert (api.delete(f"/locations/{room.pk}").status_code, Tombstone.objects.count()) == (409, 0)
    page = reverse("admin:events_room_delete", args=[room.pk])
    assert api.browser.post(page, {"post": "yes"}).status_code == 200
    assert (Room.objects.count(), Layout.objects.get(), Tombstone.objects.count()) == (1, layout, 0)


def test_leaves_one_tombstone_of_row_deleted_twice(api):
    track = SessionTrackFactory()
    twin = SessionTrack.objects.get(pk=track.pk)
    track.delete()
    twin.delete()
    assert Tombstone.objects.count() == 1


def test_takes_name_of_deleted_row_again(api):
    track = SessionTrackFactory(name="Web")
    track_id, event_id = track.pk, track.event_id
    track.delete()
    again = api.post("/tracks", {"event_id": event_id, "name": "Web"}).json()
    assert again["id"] != track_id
    assert since(api, "/tracks") == [-track_id, again["id"]]


def test_import_makes_deleted_rows_anew(api):
    event = imported(SMALL_XML.read_bytes()).event
    track, speaker = SessionTrack.objects.get(name="Roots"), Speaker.objects.get(name="Ash Baum")
    ids = (track.pk, speaker.pk)
    track.delete()
    speaker.delete()
    all_long_ago()
    imported(SMALL_XML.read_bytes(), event=event)
    assert since(api, "/tracks") == [-ids[0], SessionTrack.objects.get(name="Roots").pk]
    assert since(api, "/speakers") == [-ids[1], Speaker.objects.get(name="Ash Baum").pk]
    assert since(api, "/locations") == []


def test_tells_nobody_of_rows_of_events_they_do_not_see(api_client_of):
    mine, foreign = SpeakerFactory.create_batch(2)
    limited = api_client_of(events=[mine.event])
    ids, event_id = (mine.pk, foreign.pk), foreign.event_id
    for row in (mine, foreign):
        row.delete()
    assert since(limited, "/speakers") == [-ids[0]]
    assert sorted(since(api_client_of(name="All"), "/speakers")) == sorted([-ids[0], -ids[1]])
    assert since(api_client_of(name="All"), "/speakers", event_id=event_id) == [-ids[1]]


def test_reads_every_change_while_rows_go(api):
    tracks = SessionTrackFactory.create_batch(30, event=EventFactory())
    moment, seen, page = (timezone.now() - timedelta(hours=1)).isoformat(), [], 1
    while True:
        answer = api.get("/tracks", updated_since=moment, page=page, **{"per-page": 7}).json()
        seen += [row["id"] for row in answer["items"]]
        SessionTrack.objects.order_by("pk")[page].delete()
        SessionTrack.objects.filter(pk__in=seen).order_by("pk")[0].delete()
        page += 1
        if "next" not in answer["_links"]:
            break
    assert page > 5
    assert {track.pk for track in tracks} <= set(seen)


@pytest.mark.parametrize(("path", "make"), MIRRORED)
def test_asks_same_number_of_queries_for_few_and_many_changes(api, path, make):
    counts = set()
    for number in (1, 20):
        rows = make.create_batch(2 * number)
        for row in rows[:number]:
            row.delete()
        with CaptureQueriesContext(connection) as asked:
            assert len(since(api, path, **{"per-page": 200})) == 2 * number + (2 if number > 1 else 0)
        counts.add(len(asked))
    assert len(counts) == 1


# Whatever is changed moves the moment


def renamed(row):
    row.name = "Another"
    row.save()


@pytest.mark.parametrize("what", ["room", "building", "layout"])
def test_lists_room_when_room_building_or_layout_changes(api, what):
    layout = LayoutFactory()
    RoomFactory()
    room = layout.room
    all_long_ago()
    renamed({"room": room, "building": room.building, "layout": layout}[what])
    assert since(api, "/locations") == [room.pk]


@pytest.mark.parametrize(
    "alter",
    [
        lambda api, session: api.patch(f"/sessions/{session.pk}", {"session_status": "submitted"}),
        lambda api, session: change_capacity(session, 77, actor=SYSTEM),
        lambda api, session: stop(session, actor=SYSTEM),
        lambda api, session: cancel_session(session, actor=SYSTEM),
        lambda api, session: api.patch(f"/events/{session.event_id}", {"timezone": "Asia/Tokyo"}),
        lambda api, session: api.patch(
            f"/sessions/{session.pk}", {"speaker_ids": [SpeakerFactory(event=session.event).pk]}
        ),
        lambda api, session: api.patch(
            f"/passes/{PassFactory(event=session.event).pk}", {"session_ids": [session.pk]}
        ),
    ],
    ids=["status", "capacity", "stop", "cancel", "zone of event", "speakers", "pass"],
)
def test_lists_session_when_it_changes(api, alter):
    session, _other = SessionFactory.create_batch(2, event=EventFactory(session_level=False))
    stop(session, actor=SYSTEM)
    go_live(session, actor=SYSTEM)
    Session.objects.filter(pk=_other.pk).update(own_timezone="Europe/Paris")
    all_long_ago()
    alter(api, session)
    assert since(api, "/sessions") == [session.pk]


def test_lists_session_when_only_its_speakers_change_on_the_desk(api, alice):
    api.browser.force_login(alice)
    session, _other = SessionFactory.create_batch(2, event=EventFactory())
    speaker = SpeakerFactory(event=session.event)
    page = reverse("admin:sessions_app_session_change", args=[session.pk])
    all_long_ago()
    assert change(api.browser, page, "session_form", speakers=[str(speaker.pk)]).status_code == 302
    assert since(api, "/sessions") == [session.pk]


def test_lists_session_and_speaker_when_import_changes_them(api):
    imported(SMALL_XML.read_bytes())
    all_long_ago()
    imported(SMALL_XML.read_bytes())
    assert [since(api, path) for path in ("/sessions", "/speakers", "/tracks", "/locations")] == [[]] * 4
    imported(
        file_with(SMALL_XML, ('<person id="7">Willow Zweig</person>', '<person id="7">W. Zweig</person>'))
    )
    assert since(api, "/speakers") == [Speaker.objects.get(name="W. Zweig").pk]
    all_long_ago()
    imported(file_with(SMALL_XML, ('<person id="3">Ash Baum</person>\n', "\n")))
    assert since(api, "/sessions") == [Session.objects.get(external_id=OAKS).pk]


@pytest.mark.parametrize(
    "alter",
    [
        lambda api, row, session: api.patch(f"/passes/{row.pk}", {"allocated": 3}),
        lambda api, row, session: api.patch(f"/passes/{row.pk}", {"session_ids": [session.pk]}),
        lambda api, row, session: api.patch(f"/sessions/{session.pk}", {"pass_ids": [row.pk]}),
    ],
    ids=["allocated", "its sessions", "session"],
)
def test_lists_pass_when_it_changes(api, alter):
    row = PassFactory()
    PassFactory(event=row.event)
    session = SessionFactory(event=row.event)
    all_long_ago()
    alter(api, row, session)
    assert since(api, "/passes") == [row.pk]


def test_lists_event_when_status_or_capacity_changes(api):
    event, other, gone = EventFactory.create_batch(3, publish_status="draft", session_level=False)
    all_long_ago()
    api.patch(f"/events/{event.pk}", {"publish_status": "ready"})
    change_capacity(other, 5, actor=SYSTEM)
    archive(gone, actor=SYSTEM)
    assert since(api, "/events") == [event.pk, other.pk, -gone.pk]


def test_lists_places_in_line_that_changed_with_those_that_ended(api):
    session = SessionFactory(capacity=0, event=EventFactory(sessions_required=False))
    items = [
        api.post(
            "/waitlist-items",
            {"session_id": session.pk, "email": f"{name}@example.com", "first_name": name, "last_name": "X"},
        ).json()["id"]
        for name in ("ann", "bob", "carol", "dan")
    ]
    Activity.objects.update(at=YESTERDAY)
    assert since(api, "/waitlist-items") == []
    assert api.delete(f"/waitlist-items/{items[1]}").status_code == 204
    assert since(api, "/waitlist-items") == [items[1]]
    change_capacity(session, 1, actor=SYSTEM)
    assert since(api, "/waitlist-items") == items[:2]
    assert since(api, "/waitlist-items", status="registered") == items[:1]
    assert [row["id"] for row in api.get("/waitlist-items").json()["items"]] == items[2:]


def test_lists_places_in_line_of_whoever_was_erased(api):
    """Closed long ago, and changed all the same: copies of them are to be forgotten."""
    session = SessionFactory(event=EventFactory(waitlist_enabled=True), capacity=0)
    claim(session, person("bob"), wait=True)
    claim(session, person("carol"), wait=True)
    item = WaitlistItem.objects.get(contact__email="bob@example.org")
    leave_waitlist(item, contact=item.contact)
    moment = timezone.now().isoformat()
    assert api.get("/waitlist-items", updated_since=moment).json()["items"] == []
    erase_contact(item.contact, actor=SYSTEM)
    listed = api.get("/waitlist-items", updated_since=moment).json()["items"]
    assert [(one["id"], one["first_name"]) for one in listed] == [(item.pk, "")]


def test_lists_seats_given_back_of_whoever_was_erased(api):
    session = SessionFactory()
    claim(session, person("bob"))
    seat = SessionRegistration.objects.get()
    cancel_session_registrations([seat], actor=SYSTEM)
    moment = timezone.now().isoformat()
    assert api.get("/session-registrations", updated_since=moment).json()["items"] == []
    erase_contact(seat.contact, actor=SYSTEM)
    (listed,) = api.get("/session-registrations", updated_since=moment).json()["items"]
    assert (listed["id"], listed["deleted"]) == (seat.pk, True)


def test_lists_check_ins_made_or_undone(api):
    event = EventFactory(sessions_required=False)
    entries = [
        api.post(
            "/check-ins", {"registrant_id": registered(api, event, email=f"{n}@example.com"), "nonce": str(n)}
        )
        for n in range(3)
    ]
    ids = [entry.json()["id"] for entry in entries]
    CheckIn.objects.filter(pk__in=ids[:2]).update(checked_in_at=YESTERDAY, recorded_at=YESTERDAY)
    assert since(api, "/check-ins") == ids[2:]
    CheckIn.objects.filter(pk=ids[0]).update(undone_at=timezone.now())
    assert since(api, "/check-ins") == [ids[0], ids[2]]

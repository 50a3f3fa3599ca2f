"""Lists: one envelope, one order, one number of queries, no gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actors import SYSTEM, Actor
from registrations.actions import add_to_event, archive
from registrations.rules.people import Attendee
from sessions_app.models import Session
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


def _sessions(event, number):
    for _ in range(number):
        session = SessionFactory(
            event=event, track=SessionTrackFactory(event=event), room=RoomFactory(), starts_at=event.starts_at
        )
        session.speakers.add(SpeakerFactory(event=event))


def _events(event, number):
    EventFactory.create_batch(number)


def _tracks(event, number):
    SessionTrackFactory.create_batch(number, event=event)


def _speakers(event, number):
    SpeakerFactory.create_batch(number, event=event)


def _locations(event, number):
    LayoutFactory.create_batch(number)


def _passes(event, number):
    for each in PassFactory.create_batch(number, event=event):
        each.sessions.add(SessionFactory(event=event))


def _contacts(event, number):
    people = [Attendee(contact.email, "A", "B") for contact in ContactFactory.create_batch(number)]
    add_to_event(EventFactory(session_level=False), people, actor=STAFF)


@pytest.mark.parametrize(
    ("path", "make", "queries"),
    [
        ("/sessions?expand=event,track,location,speakers", _sessions, 9),
        ("/sessions?expand=event,track,location,speakers&sort=-start_time,name&search=e", _sessions, 9),
        ("/events", _events, 3),
        ("/tracks", _tracks, 2),
        ("/speakers", _speakers, 2),
        ("/locations", _locations, 3),
        ("/passes", _passes, 3),
        ("/contacts", _contacts, 2),
    ],
)
def test_asks_same_number_of_queries_for_1_30_and_200_rows(api, path, make, queries):
    event, rows = EventFactory(session_level=False), 0
    for number in (1, 29, 170):
        make(event, number)
        rows += number
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = api.browser.get(
                f"/api/v1{path}{'&' if '?' in path else '?'}per-page=201",
                headers={"Authorization": f"Bearer {api.token}"},
            )
        assert answer.status_code == 200, answer.content
        assert len(answer.json()["items"]) >= min(rows, 200)
        assert len(asked) == queries, [each["sql"][:90] for each in asked]


@pytest.mark.parametrize(
    ("page", "per_page", "shown", "is_counted"),
    [
        (1, 2, 2, True),
        (2, 2, 2, False),
        (3, 2, 0, True),
        (1, 4, 4, False),
        (2, 3, 1, False),
        (2, 4, 0, True),
        (1, 20, 4, False),
    ],
)
def test_a_list_is_counted_where_its_page_does_not_say_how_long_it_is(api, page, per_page, shown, is_counted):
    SpeakerFactory.create_batch(4, event=EventFactory())
    with CaptureQueriesContext(connection) as asked:
        answer = api.get("/speakers", page=page, **{"per-page": per_page}).json()
    assert (len(answer["items"]), answer["_meta"]["totalCount"]) == (shown, 4)
    assert answer["_meta"]["pageCount"] == -(-4 // per_page)
    assert any("COUNT(*)" in each["sql"] for each in asked) == is_counted


def test_an_empty_list_is_not_counted(api):
    with CaptureQueriesContext(connection) as asked:
        answer = api.get("/speakers").json()
    assert (answer["items"], answer["_meta"]["totalCount"], answer["_meta"]["pageCount"]) == ([], 0, 0)
    assert not any("COUNT(*)" in each["sql"] for each in asked)


def test_wraps_pages_in_envelope_with_links_that_keep_parameters(api):
    event = EventFactory()
    tracks = SessionTrackFactory.create_batch(5, event=event)
    answer = api.get("/tracks", page=2, **{"per-page": 2, "event_id": event.pk, "sort": "-name"}).json()
    assert [row["id"] for row in answer["items"]] == [
        track.pk for track in sorted(tracks, key=lambda track: track.name, reverse=True)[2:4]
    ]
    assert answer["_meta"] == {"totalCount": 5, "pageCount": 3, "currentPage": 2, "perPage": 2}
    base = f"http://testserver/api/v1/tracks?event_id={event.pk}&page=%d&per-page=2&sort=-name"
    assert {name: link["href"] for name, link in answer["_links"].items()} == {
        "self": base % 2,
        "first": base % 1,
        "last": base % 3,
        "next": base % 3,
        "prev": base % 1,
    }
    followed = api.browser.get(
        answer["_links"]["next"]["href"], headers={"Authorization": f"Bearer {api.token}"}
    )
    assert len(followed.json()["items"]) == 1


def test_shows_empty_page_beyond_the_last(api):
    answer = api.get("/tracks", page=9).json()
    assert (answer["items"], answer["_meta"]["totalCount"]) == ([], 0)
    assert set(answer["_links"]) == {"self", "first", "last"}


def test_reads_every_row_once_while_others_are_added(api):
    event = EventFactory()
    known = {track.pk for track in SessionTrackFactory.create_batch(25, event=event)}
    seen, page = [], 1
    while True:
        answer = api.get("/tracks", page=page, **{"per-page": 4}).json()
        seen += [row["id"] for row in answer["items"]]
        SessionTrackFactory(event=event)
        if "next" not in answer["_links"] or page > 20:
            break
        page += 1
    assert known <= set(seen)
    assert len(seen) == len(set(seen))


def test_puts_rows_without_value_last_both_ways(api):
    event = EventFactory()
    late = SessionFactory(event=event, starts_at=datetime(2031, 5, 6, tzinfo=UTC))
    none = SessionFactory(event=event, starts_at=None)
    early = SessionFactory(event=event, starts_at=datetime(2031, 5, 5, tzinfo=UTC))
    orders = {
        sort: [row["id"] for row in api.get("/sessions", sort=sort).json()["items"]]
        for sort in ("start_time", "-start_time")
    }
    assert orders == {
        "start_time": [early.pk, late.pk, none.pk],
        "-start_time": [late.pk, early.pk, none.pk],
    }


def test_shows_fields_and_related_records_asked_for(api):
    event = EventFactory()
    track, speaker, room = SessionTrackFactory(event=event), SpeakerFactory(event=event), RoomFactory()
    session = SessionFactory(event=event, track=track, room=room)
    session.speakers.add(speaker)
    (row,) = api.get("/sessions", fields="name", expand="track,location,speakers").json()["items"]
    assert set(row) == {"id", "name", "track", "location", "speakers"}
    assert row["track"]["name"] == track.name
    assert (row["location"]["id"], row["location"]["building"]["name"]) == (room.pk, room.building.name)
    assert [each["name"] for each in row["speakers"]] == [speaker.name]
    one = api.get(f"/sessions/{session.pk}", fields="id,timezone", expand="event").json()
    assert set(one) == {"id", "timezone", "event"}
    assert one["event"]["slug"] == event.slug


def test_finds_sessions_by_words_and_filters(api):
    event = EventFactory()
    small = SessionFactory(event=event, name="Rust for beginners", capacity=20)
    large = SessionFactory(event=event, name="Rust at scale", capacity=80)
    SessionFactory(event=event, name="Gardening", capacity=0)

    def ids(**query):
        return [row["id"] for row in api.get("/sessions", **query).json()["items"]]

    assert ids(search="rust") == [small.pk, large.pk]
    assert ids(search="scale rust") == [large.pk]
    assert ids(capacity__gte=50) == [large.pk]
    assert ids(capacity__gte=1, capacity__lte=20) == [small.pk]
    assert ids(has_seats=1) == [small.pk, large.pk]
    assert ids(event_id=event.pk + 1) == []
    assert ids(location_id=1) == []
    assert ids(search="%") == []


def test_lists_changes_with_tombstones(api):
    old, changed, gone = SessionFactory.create_batch(3, event=EventFactory())
    long_ago = datetime.now(UTC) - timedelta(days=3)
    Session.objects.update(updated_at=long_ago)
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    api.patch(f"/sessions/{changed.pk}", {"capacity": 99})
    archive(gone, actor=SYSTEM)
    rows = api.get("/sessions", updated_since=since).json()["items"]
    assert [(row["id"], row.get("deleted", False)) for row in rows] == [(changed.pk, False), (gone.pk, True)]
    assert old.pk not in {row["id"] for row in rows}


def test_limited_client_sees_its_events_only(api_client_of):
    mine, foreign = EventFactory(session_level=False), EventFactory(session_level=False)
    add_to_event(mine, [Attendee("bob@example.com", "Bob", "B")], actor=STAFF)
    add_to_event(foreign, [Attendee("mallory@example.com", "Mal", "M")], actor=STAFF)
    ContactFactory(email="nobody@example.com")
    rows = {}
    for event in (mine, foreign):
        rows[event.pk] = {
            "/events": event,
            "/sessions": SessionFactory(event=event),
            "/tracks": SessionTrackFactory(event=event),
            "/speakers": SpeakerFactory(event=event),
            "/passes": PassFactory(event=event),
        }
    limited = api_client_of("read write", events=[mine])
    for path, row in rows[mine.pk].items():
        assert [each["id"] for each in limited.get(path).json()["items"]] == [row.pk], path
        assert limited.get(f"{path}/{row.pk}").status_code == 200
    for path, row in rows[foreign.pk].items():
        for answer in (
            limited.get(f"{path}/{row.pk}"),
            limited.patch(f"{path}/{row.pk}", {"name": "Mine"}),
            limited.put(f"{path}/{row.pk}", {"name": "Mine"}),
            limited.delete(f"{path}/{row.pk}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert [each["email"] for each in limited.get("/contacts").json()["items"]] == ["bob@example.com"]
    refused = limited.post(
        "/events", {"name": "E", "slug": "e", "start": "2031-01-01T09:00", "end": "2031-01-02T09:00"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    refused = limited.post("/tracks", {"event_id": foreign.pk, "name": "T"})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"event_id"})

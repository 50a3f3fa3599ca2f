"""What is exported can be imported again, and nothing has changed then."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from sessions_app.models import Session
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.write import write_json, write_xml
from tests.factories import (
    BuildingFactory,
    EventFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    at,
)
from tests.schedule.files import SMALL_JSON, SMALL_XML, all_rows, changed, imported

pytestmark = pytest.mark.django_db
WRITERS = pytest.mark.parametrize("write", [write_xml, write_json], ids=["xml", "json"])


def made_here():
    """An event that no file knows, with everything that could go wrong on the way out and in again."""
    building = BuildingFactory(name="Hall", address="1 Main Street\nTown")
    event = EventFactory(name="Made here", timezone="America/New_York", building=building)
    track = SessionTrackFactory(event=event, name="A  track", colour="#112233")
    one = SessionFactory(
        event=event,
        name="Spaces   and control\x0b",
        track=track,
        room=RoomFactory(name="Same", building=building, capacity=5),
        building=building,
        description="First\r\n\r\n<p>HTML & `<p>code</p>`</p>\r\n",
        own_timezone="Asia/Tokyo",
        capacity=None,
    )
    SessionFactory(event=event, room=RoomFactory(name="Same"), starts_at=at(20), ends_at=at(6, day=1))
    SessionFactory(event=event, starts_at=at(5, day=1), ends_at=at(5, day=1) + timedelta(seconds=90))
    one.speakers.set([SpeakerFactory(event=event, name="Zoe"), SpeakerFactory(event=event, name="Abe")])
    SpeakerFactory(event=event, name="Zoe")
    return event


@WRITERS
@pytest.mark.parametrize("path", [SMALL_XML, SMALL_JSON], ids=["from xml", "from json"])
def test_importing_an_export_changes_nothing(write, path):
    event = imported(path.read_bytes(), capacity=30).event
    before = all_rows()
    report = imported(write(event, only_live=False))
    assert all_rows() == before
    assert (report.event, report.unchanged, report.missing_from_file) == (event, 4, [])


@WRITERS
def test_importing_an_export_of_an_event_made_here_changes_nothing(write):
    event = made_here()
    before = all_rows()
    report = imported(write(event, only_live=False), event=event)
    after = all_rows()
    # The event notes by which acronym it will be found, and pages are drawn anew; nothing else.
    for rows in (before, after):
        del rows["events.ShownRevision"]
        for row in rows["events.Event"]:
            row.pop("external_id")
            row.pop("updated_at")
    for table in before:
        assert after[table] == before[table]
    assert report.unchanged == 3


@WRITERS
def test_importing_an_export_of_sessions_known_by_id_changes_nothing(write):
    event = imported(changed(SMALL_XML, ('guid="11111111-1111-4111-8111-111111111111" ', ""))).event
    before = all_rows()
    imported(write(event, only_live=False))
    assert all_rows() == before


@WRITERS
def test_export_says_what_the_file_said(write):
    schedule = parse_schedule(SMALL_JSON.read_bytes())
    exported = parse_schedule(write(imported(SMALL_JSON.read_bytes()).event, only_live=False))
    told, again = (sorted(found.sessions, key=lambda one: one.name) for found in (schedule, exported))
    for field in ("external_id", "name", "starts_at", "ends_at", "room", "track"):
        assert [getattr(one, field) for one in again] == [getattr(one, field) for one in told]
    oaks = next(one for one in told if one.name.startswith("Oaks"))
    oaks_again = next(one for one in again if one.name.startswith("Oaks"))
    assert oaks_again.data == oaks.data
    assert [person.name for person in oaks_again.persons] == ["Willow Zweig", "Ash Baum"]
    assert (oaks_again.abstract, oaks_again.description) == (
        "All about **oaks**.",
        "With [acorns](https://treecon.example/acorns).",
    )
    assert (exported.acronym, exported.venue, exported.city, exported.zone) == (
        schedule.acronym,
        schedule.venue,
        schedule.city,
        schedule.zone,
    )


def test_xml_has_what_apps_look_for():
    root = ElementTree.fromstring(write_xml(made_here(), only_live=False))
    conference = root.find("conference")
    assert (conference.findtext("title"), conference.findtext("days")) == ("Made here", "2")
    event = root.find("day/room/event")
    assert event.get("id").isdecimal()
    assert len(event.get("guid")) == 36
    for tag in (
        "date",
        "start",
        "duration",
        "room",
        "slug",
        "url",
        "title",
        "subtitle",
        "track",
        "type",
        "abstract",
    ):
        assert event.find(tag) is not None


def test_json_has_what_apps_look_for():
    schedule = json.loads(write_json(made_here(), only_live=False))["schedule"]
    session = next(iter(schedule["conference"]["days"][0]["rooms"].values()))[0]
    assert isinstance(session["id"], int)
    assert {"guid", "date", "start", "duration", "links", "persons", "language", "url"} <= session.keys()


def test_pages_export_live_sessions_of_live_events(client):
    event = made_here()
    Session.objects.filter(event=event).exclude(room=None).update(session_status="approved")
    page = client.get(f"/{event.slug}/schedule.xml")
    assert (page.status_code, page["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert [one.room for one in parse_schedule(page.content).sessions] == [""]
    assert len(parse_schedule(client.get(f"/{event.slug}/schedule.json").content).sessions) == 1


@pytest.mark.parametrize("hidden", [{"publish_status": "ready"}, {"archived_at": timezone.now()}])
def test_pages_hide_events_that_are_not_live(client, hidden):
    event = made_here()
    Event.objects.update(**hidden)
    assert client.get(f"/{event.slug}/schedule.xml").status_code == 404
    assert client.get(f"/{event.slug}/schedule.json").status_code == 404


def test_leaves_out_cancelled_sessions():
    event = imported(SMALL_XML.read_bytes()).event
    Session.objects.filter(name__startswith="Owls").update(cancelled_at=timezone.now())
    assert len(parse_schedule(write_xml(event, only_live=False)).sessions) == 3


@WRITERS
def test_exports_an_event_without_sessions(write):
    event = EventFactory()
    schedule = parse_schedule(write(event, only_live=True))
    assert (schedule.sessions, schedule.title) == ((), event.name)


@pytest.mark.parametrize("count", [1, 30])
def test_export_takes_three_queries(count):
    event = EventFactory()
    for _number in range(count):
        session = SessionFactory(event=event, room=RoomFactory(), track=SessionTrackFactory(event=event))
        session.speakers.add(SpeakerFactory(event=event))
    event = Event.objects.select_related("building").get(pk=event.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        write_json(event, only_live=True)
    assert len(queries) == 3

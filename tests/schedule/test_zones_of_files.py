"""Time zones: names of every kind are understood, and where none is named nobody silently gets UTC."""

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from sessions_app.models import Session
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.structure import ScheduleError
from sessions_app.schedule.zones import known_zone, zone_of_offset
from tests.factories import EventFactory
from tests.schedule.files import OAKS, OWLS, SMALL_XML, all_rows, changed, imported, run

SMALL = SMALL_XML.read_bytes()
NAMED = "<time_zone_name>Europe/Berlin</time_zone_name>"


def named(zone, *changes):
    return changed(SMALL_XML, (NAMED, f"<time_zone_name>{zone}</time_zone_name>" if zone else ""), *changes)


def said(schedule):
    return [finding.reason for finding in schedule.findings if finding.done != "left_out"]


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe / Berlin", "Europe/Berlin"),
        ("+02:00", "Etc/GMT-2"),
        ("UTC+2", "Etc/GMT-2"),
        ("GMT-3", "Etc/GMT+3"),
        ("+0530", "Asia/Kolkata"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("eastern standard time", "America/New_York"),
        ("New York", "America/New_York"),
        ("Buenos Aires", "America/Buenos_Aires"),
        ("UTC", "UTC"),
        ("Etc/GMT+3", "Etc/GMT+3"),
        ("Atlantis", ""),
        ("Europe/Atlantis", ""),
        ("../../etc/passwd", ""),
        ("+25:00", ""),
        ("+01:10", ""),
        ("East", ""),
    ],
)
def test_understands_zones_as_files_write_them(written, zone):
    assert known_zone(written) == zone


@pytest.mark.parametrize("hours", [-9.5, -3, 0, 2, 5.5, 14])
def test_zone_of_an_offset_shows_that_offset(hours):
    from zoneinfo import ZoneInfo

    moment = datetime(2031, 1, 5, tzinfo=UTC)
    zone = ZoneInfo(zone_of_offset(timedelta(hours=hours)))
    assert moment.astimezone(zone).utcoffset() == timedelta(hours=hours)


def test_says_how_a_zone_was_read():
    schedule = parse_schedule(named("W. Europe Standard Time"))
    assert (schedule.zone, schedule.is_zone_given) == ("Europe/Berlin", True)
    assert said(schedule) == ["the time zone “W. Europe Standard Time” was read as Europe/Berlin."]
    assert said(parse_schedule(SMALL)) == []


@pytest.mark.parametrize(
    ("city", "zone"), [("Berlin", "Europe/Berlin"), ("Lübeck", "Etc/GMT-2"), ("London", "Etc/GMT-2")]
)
def test_concludes_zone_from_offsets_and_city(city, zone):
    schedule = parse_schedule(named("", (">Lübeck<", f">{city}<")))
    assert (schedule.zone, schedule.is_zone_given, schedule.is_zone_assumed) == (zone, False, True)
    assert said(schedule) == [f"the file names no time zone; {zone} was taken."]


def test_offsets_of_utc_say_nothing_about_the_clock_on_the_wall():
    content = named("", (">Lübeck<", ">Berlin<")).replace(b"+02:00", b"Z")
    assert parse_schedule(content).zone == "Europe/Berlin"


def test_asks_where_offsets_fit_no_zone():
    content = named("", ("2031-05-06T10:00:00+02:00", "2031-05-06T10:00:00+01:00"))
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(content)
    assert caught.value.choices == ["timezone"]
    assert parse_schedule(content, default_zone="Europe/Berlin").is_zone_assumed is False


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../../etc/passwd"])
def test_unknown_zone_is_as_good_as_none_and_said(zone):
    schedule = parse_schedule(named(zone, (">Lübeck<", ">Berlin<")))
    assert (schedule.zone, schedule.is_zone_given) == ("Europe/Berlin", False)
    assert f"“{zone}” is not a known time zone" in said(schedule)[-1]


def test_wall_clocks_without_a_zone_are_those_of_utc_and_said():
    schedule = parse_schedule(named("").replace(b"+02:00", b""))
    assert (schedule.zone, schedule.is_zone_assumed) == ("UTC", True)
    assert said(schedule) == ["the file names no time zone; UTC was taken."]


# A zone that nobody chose


@pytest.mark.django_db
def test_later_file_replaces_a_zone_that_nobody_chose():
    wall = named("").replace(b"+02:00", b"")
    event = imported(wall).event
    assert (event.timezone, event.assumed_timezone) == ("UTC", "UTC")
    report = imported(named("Europe/Berlin").replace(b"+02:00", b""))
    event.refresh_from_db()
    assert (report.event, event.timezone, event.assumed_timezone) == (event, "Europe/Berlin", "")
    assert any("it is Europe/Berlin now" in warning for warning in report.warnings)
    assert Session.objects.get(external_id=OAKS).starts_at == datetime(2031, 5, 5, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_replaced_zone_puts_sessions_under_their_own_day():
    event = imported(named("").replace(b"+02:00", b"Z")).event
    Session.objects.filter(external_id=OWLS).update(external_id="")
    Session.objects.filter(external_data__id="13").update(
        external_data={}, starts_at=datetime(2031, 5, 5, 23, tzinfo=UTC), date="2031-05-05"
    )
    imported(named("Europe/Berlin").replace(b"+02:00", b"Z"))
    made_here = Session.objects.get(event=event, external_id="")
    assert made_here.date.isoformat() == "2031-05-06"


@pytest.mark.django_db
def test_zone_that_somebody_chose_stays():
    event = imported(named("")).event
    Event.objects.update(timezone="Europe/Vienna")
    report = imported(SMALL)
    event.refresh_from_db()
    assert event.timezone == "Europe/Vienna"
    assert report.warnings == ["The file's time zone is Europe/Berlin, the event's stays Europe/Vienna."]


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["--event", "ours"]])
def test_wall_clocks_of_a_file_are_those_of_its_event(arguments, write):
    path = write(named("").replace(b"+02:00", b""))
    event = EventFactory(
        slug="ours",
        timezone="Europe/Berlin",
        starts_at=datetime(2031, 5, 5, tzinfo=UTC),
        ends_at=datetime(2031, 5, 7, tzinfo=UTC),
    )
    Event.objects.update(external_id="treecon-2031")
    run("import_schedule", path, *arguments)
    assert Session.objects.get(external_id=OAKS).starts_at == datetime(2031, 5, 5, 8, tzinfo=UTC)
    event.refresh_from_db()
    assert event.timezone == "Europe/Berlin"


@pytest.mark.django_db
def test_event_knows_the_zone_that_its_file_would_be_asked_for(write):
    imported(SMALL)
    path = write(named("", ("2031-05-06T10:00:00+02:00", "2031-05-06T09:00:00+01:00")))
    assert "the file names no time zone" not in run("import_schedule", path)


@pytest.mark.django_db
def test_chosen_zone_is_nobodys_assumption(write):
    run("import_schedule", write(named("")), "--timezone", "Europe/Vienna")
    event = Event.objects.get()
    assert (event.timezone, event.assumed_timezone) == ("Europe/Vienna", "")
    before = all_rows()
    run("import_schedule", write(named("")))
    assert all_rows() == before

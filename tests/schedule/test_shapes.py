"""Shapes of files: conference days, rooms said twice, the hub's own JSON; what is not understood is refused."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from events.models import Event
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.structure import ScheduledTrack, ScheduleError
from tests.schedule.files import HUB, SMALL_JSON, SMALL_XML, all_rows, changed, imported, run

# The first day as frab writes it: with a change of days, and no moments.
DAY = 'start="2031-05-05T09:00:00+02:00" end="2031-05-06T04:00:00+02:00"'
OAKS_DATE = "<date>2031-05-05T10:00:00+02:00</date>"


def starts(schedule):
    return [session.starts_at for session in schedule.sessions]


def said(schedule):
    return [finding.reason for finding in schedule.findings if "javascript" not in finding.reason]


# Conference days


@pytest.mark.parametrize(
    ("day", "date", "clock", "start"),
    [
        ("", "", "01:00", "2031-05-05T23:00"),
        ("", "", "03:59", "2031-05-06T01:59"),
        ("", "", "04:00", "2031-05-05T02:00"),
        ("", "<date>2031-05-05</date>", "01:00", "2031-05-05T23:00"),
        ("", "<date>2031-05-06</date>", "01:00", "2031-05-05T23:00"),
        (DAY, "", "01:00", "2031-05-05T23:00"),
        ('start="09:00" end="03:00"', "", "01:00", "2031-05-05T23:00"),
        (
            'start="2031-05-05T09:00:00+02:00" end="2031-05-05T20:00:00+02:00"',
            "",
            "08:30",
            "2031-05-05T06:30",
        ),
    ],
    ids=[
        "night",
        "just before",
        "first moment",
        "date of the conference day",
        "date of the calendar day",
        "day with moments",
        "day with clocks",
        "early bird of a day that ends in the evening",
    ],
)
def test_session_after_midnight_belongs_to_the_evening_before(day, date, clock, start):
    content = changed(
        SMALL_XML,
        ("<days>2</days>", "<day_change>04:00:00</day_change>"),
        (DAY, day),
        (OAKS_DATE, date),
        (">10:00<", f">{clock}<"),
    )
    assert starts(parse_schedule(content))[0] == datetime.fromisoformat(f"{start}+00:00")


def test_says_so_when_a_session_is_before_its_day():
    day = 'start="2031-05-05T09:00:00+02:00" end="2031-05-05T20:00:00+02:00"'
    schedule = parse_schedule(changed(SMALL_XML, (DAY, day), (OAKS_DATE, ""), (">10:00<", ">08:30<")))
    assert any("08:30 is before the day begins" in reason for reason in said(schedule))


def test_says_so_when_date_and_start_contradict_each_other():
    schedule = parse_schedule(changed(SMALL_XML, (">10:00<", ">11:00<")))
    assert starts(schedule)[0] == datetime(2031, 5, 5, 8, tzinfo=UTC)
    assert said(schedule) == ["the date says 10:00, the start 11:00; the date was taken."]
    # The clock on the wall beside a date in UTC is no contradiction.
    assert (
        said(parse_schedule(changed(SMALL_XML, ("2031-05-05T10:00:00+02:00", "2031-05-05T08:00:00Z")))) == []
    )


@pytest.mark.parametrize(
    ("end", "minutes"), [("10:30", 30), ("2031-05-05T11:00:00+02:00", 60), ("01:00", 900)]
)
def test_reads_an_end_in_place_of_a_duration(end, minutes):
    content = changed(SMALL_XML, ("<duration>00:45</duration>", f"<end>{end}</end>"))
    oaks = parse_schedule(content).sessions[0]
    assert (oaks.ends_at - oaks.starts_at).total_seconds() == minutes * 60


def test_says_so_when_end_and_duration_contradict_each_other():
    content = changed(
        SMALL_JSON, ('"duration": "00:45"', '"duration": "00:45", "end": "2031-05-05T11:00:00+02:00"')
    )
    schedule = parse_schedule(content)
    assert schedule.sessions[0].ends_at == datetime(2031, 5, 5, 9, tzinfo=UTC)
    assert said(schedule) == ["end and duration contradict each other; the end was taken."]


# Rooms


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (SMALL_XML, ("<room>Barn</room>", "<room>Tent</room>")),
        (SMALL_JSON, ('"room": "Barn"', '"room": "Tent"')),
    ],
    ids=["xml", "json"],
)
def test_session_knows_its_room_best(path, change):
    schedule = parse_schedule(changed(path, change))
    assert schedule.sessions[0].room == "Tent"
    assert said(schedule) == [
        "it is listed under the room “Barn” and says “Tent” itself; its own word was taken."
    ]


def test_reads_session_that_is_in_a_day_and_in_no_room():
    content = changed(SMALL_XML, ('<room name="Silo">', ""), ('</room>\n    <room name="Empty"/>', ""))
    schedule = parse_schedule(content)
    assert [session.room for session in schedule.sessions].count("Silo") == 1
    assert len(schedule.sessions) == 4


# The hub's shape


def test_reads_the_hubs_shape_as_the_others():
    hub, small = parse_schedule(HUB.read_bytes()), parse_schedule(SMALL_JSON.read_bytes())
    facts = ("external_id", "name", "starts_at", "ends_at", "room", "track", "abstract", "description")
    assert [[getattr(one, fact) for fact in facts] for one in hub.sessions] == [
        [getattr(one, fact) for fact in facts] for one in small.sessions
    ]
    assert [[person.name for person in one.persons] for one in hub.sessions] == [
        [person.name for person in one.persons] for one in small.sessions
    ]
    assert hub.sessions[0].persons[0].biography == "Grows *slowly*."
    assert hub.sessions[0].data["feedback_url"] == "https://treecon.example/oaks/feedback"
    assert hub.tracks == (ScheduledTrack("Roots", "#0f766e"), ScheduledTrack("Leaves"))
    assert [(room.name, room.capacity) for room in hub.rooms] == [("Barn", 120), ("Silo", None)]
    assert said(hub) == []


@pytest.mark.django_db
def test_importing_the_hubs_shape_makes_nothing_twice():
    imported(SMALL_JSON.read_bytes())
    report = imported(HUB.read_bytes())
    assert (report.created, report.rooms, report.tracks, report.moved) == (0, 0, 0, 0)


# What is not understood


def conference(**more):
    about = {"acronym": "t", "title": "T", "start": "2031-05-05", "end": "2031-05-05", **more}
    return {"schedule": {"version": "1", "conference": about}}


TALK = {"guid": "1", "title": "X", "start": "2031-05-05T10:00:00+02:00", "duration": "00:30", "persons": []}
UNKNOWN = {
    "no days": (conference(), "schedule.conference: this shape is not known"),
    "talks": (conference(talks=[TALK]), "schedule.conference.talks: there are sessions here"),
    "talks beside empty days": (conference(days=[], talks=[TALK]), "schedule.conference.talks"),
    "rooms as a list": (conference(days=[{"rooms": [{"name": "A", "events": [TALK]}]}]), "days[0].rooms"),
    "sessions in days": (conference(days=[{"date": "2031-05-05", "events": [TALK]}]), "days[0].events"),
    "room as a word": (conference(days=[{"rooms": {"A": "none"}}]), 'rooms["A"]: a list is expected'),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_refuses_a_shape_that_is_not_known(content, reason, write):
    with pytest.raises(CommandError) as caught:
        run("import_schedule", write(json.dumps(content)), "--skip-bad")
    assert reason in str(caught.value)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            [
                ('<day index="2"', '<days><day index="2"'),
                ("  </day>\n</schedule>", "</day></days></schedule>"),
            ],
            73,
        ),
        ([('<room name="Silo">', '<hall><room name="Silo">'), ('<room name="Empty"/>', "</hall>")], 61),
        (
            [
                ('<event guid="4', '<talk guid="4'),
                ("</event>\n    </room>\n  </day>\n</schedule>", "</talk></room></day></schedule>"),
            ],
            75,
        ),
    ],
    ids=["days in a list", "rooms in a hall", "talks"],
)
def test_refuses_sessions_of_xml_where_nobody_looks_for_them(changes, line):
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(changed(SMALL_XML, *changes))
    assert "is not expected here" in caught.value.reason
    assert len(caught.value.findings) == 1


def test_reads_a_programme_that_has_no_sessions_yet():
    schedule = parse_schedule(json.dumps(conference(days=[{"date": "2031-05-05", "rooms": {}}])).encode())
    assert schedule.sessions == ()


def test_reads_a_file_that_is_one_long_line():
    text = SMALL_XML.read_text().replace("\n", " ").replace("2222-222222222222", "1111-111111111111")
    assert len(parse_schedule(text.encode()).sessions) == 4


@pytest.mark.django_db
def test_event_of_its_own_days_says_nothing():
    imported(SMALL_XML.read_bytes())
    before = all_rows()
    imported(HUB.read_bytes().replace(b"treecon-2031", b"other"), preview=True)
    assert all_rows() == before

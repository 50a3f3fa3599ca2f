"""Files of both formats are read alike; what cannot be is refused with its place and the reason."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.schedule.parse import MAXIMUM_BYTES, parse_schedule
from sessions_app.schedule.structure import ScheduledTrack, ScheduleError
from tests.schedule.files import HUB, OAKS, OWLS, PRUNING, SMALL_JSON, SMALL_XML, changed, line_of


def without_biographies(schedule):
    return [
        replace(session, persons=tuple(replace(person, biography=None) for person in session.persons))
        for session in schedule.sessions
    ]


def test_reads_both_formats_alike():
    xml, json_ = (parse_schedule(path.read_bytes()) for path in (SMALL_XML, SMALL_JSON))
    assert without_biographies(xml) == without_biographies(json_)
    for field in ("acronym", "title", "zone", "starts_at", "ends_at", "venue", "city", "tracks"):
        assert getattr(xml, field) == getattr(json_, field)


def test_reads_everything_a_session_says():
    schedule = parse_schedule(SMALL_JSON.read_bytes())
    oaks = schedule.sessions[0]
    assert (oaks.external_id, oaks.name, oaks.room, oaks.track) == (
        OAKS,
        "Oaks & their friends",
        "Barn",
        "Roots",
    )
    assert oaks.starts_at == datetime(2031, 5, 5, 8, 0, tzinfo=UTC)
    assert oaks.ends_at == datetime(2031, 5, 5, 8, 45, tzinfo=UTC)
    assert [(person.external_id, person.name) for person in oaks.persons] == [
        ("7", "Willow Zweig"),
        ("3", "Ash Baum"),
    ]
    assert (oaks.kind, oaks.persons[0].biography) == ("talk", "Grows *slowly*.")
    assert oaks.data == {
        "id": "11",
        "slug": "treecon-11-oaks",
        "url": "https://treecon.example/oaks/",
        "subtitle": "An opening",
        "language": "en",
        "recording_license": "CC BY 4.0",
        "do_not_record": True,
        "links": [{"url": "https://treecon.example/oaks.pdf", "title": "Slides"}],
        "attachments": [{"url": "/media/oaks.txt", "title": "Notes", "type": "paper"}],
        "feedback_url": "https://treecon.example/oaks/feedback",
    }
    assert schedule.tracks == (ScheduledTrack("Roots", "#0f766e"), ScheduledTrack("Leaves"))
    assert [(room.name, room.capacity) for room in schedule.rooms] == [("Barn", 120), ("Silo", None)]


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ([("2031-05-05T10:00:00+02:00", "2031-05-05T10:00:00")], "2031-05-05T08:00"),
        ([("2031-05-05T10:00:00+02:00", "2031-05-05")], "2031-05-05T08:00"),
        ([("2031-05-05T10:00:00+02:00", "2031-05-05T10:00:00Z")], "2031-05-05T10:00"),
        ([("<date>2031-05-05T10:00:00+02:00</date>", "")], "2031-05-05T08:00"),
        (
            [("2031-05-05T10:00:00+02:00", ""), ("<start>10:00<", "<start>01:00<")],
            "2031-05-05T23:00",
        ),
        (
            [("<date>2031-05-05T10:00:00+02:00</date>", ""), (">10:00<", ">2031-05-05T10:00<")],
            "2031-05-05T08:00",
        ),
    ],
    ids=[
        "zone of the event",
        "date and clock",
        "UTC",
        "the day's date",
        "the night after the day",
        "date in start",
    ],
)
def test_reads_start(changes, start):
    schedule = parse_schedule(changed(SMALL_XML, *changes))
    assert schedule.sessions[0].starts_at == datetime.fromisoformat(f"{start}+00:00")


@pytest.mark.parametrize(
    ("written", "minutes"), [("00:25", 25), ("1:30", 90), ("00:25:00", 25), ("45", 45), ("26:00", 1560)]
)
def test_reads_duration(written, minutes):
    session = parse_schedule(changed(SMALL_XML, ("00:45", written))).sessions[0]
    assert (session.ends_at - session.starts_at).total_seconds() == minutes * 60


def test_reads_end_where_there_is_no_duration():
    content = changed(SMALL_JSON, ('"duration": "00:45"', '"end": "2031-05-05T10:50:00+02:00"'))
    assert parse_schedule(content).sessions[0].ends_at == datetime(2031, 5, 5, 8, 50, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_reads_other_encodings(encoding):
    text = SMALL_XML.read_text().replace('encoding="UTF-8"', "")
    assert parse_schedule(text.encode(encoding)).city == "Lübeck"


def test_reads_what_is_around_a_schedule_without_sessions():
    empty = b"<schedule><conference><title>Nothing</title><start>2031-05-05</start></conference></schedule>"
    schedule = parse_schedule(empty, default_zone="Europe/Berlin")
    assert (schedule.acronym, schedule.zone, schedule.is_zone_given) == ("nothing", "Europe/Berlin", False)
    assert schedule.starts_at == datetime(2031, 5, 5, 7, 0, tzinfo=UTC)


def test_leaves_out_what_cannot_be_stored():
    content = changed(
        SMALL_JSON, ("Oaks & their", "O\\u0000aks\\ud800 their"), ('"answers": []', '"answers": ["\\u0000a"]')
    )
    session = parse_schedule(content).sessions[0]
    assert (session.name, session.data["answers"]) == ("Oaks their friends", ["a"])


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<schedule>&b;</schedule>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<schedule>&a;</schedule>'
TITLE = "<title>Oaks &amp; their friends</title>"
BAD_XML = {
    "cut off": ([("</schedule>", "")], None, "well-formed"),
    "wrong tag": ([("</track>", "</trakc>")], "</trakc>", "well-formed"),
    "another file": ([("<schedule>", "<rss>"), ("</schedule>", "</rss>")], "<rss>", "not a schedule"),
    "no title": ([(TITLE, "")], 'id="11"', "session's title is missing"),
    "long title": ([(TITLE, f"<title>{'x' * 256}</title>")], 'id="11"', "256 characters; it may have 255"),
    "bad date": ([("2031-05-05T10:00:00+02:00", "2031-02-30T10:00:00")], 'id="11"', "is not a date"),
    "far date where no zone is named": (
        [("<time_zone_name>Europe/Berlin</time_zone_name>", ""), ("2031-05-05T10", "0001-01-01T10")],
        'id="11"',
        "is not a date",
    ),
    "wordy date": ([("2031-05-05T10:00:00+02:00", "tomorrow")], 'id="11"', "is not a date"),
    "far date": ([("2031-05-05T10:00:00+02:00", "0001-01-01T00:00:00+02:00")], 'id="11"', "is not a date"),
    "bad start": (
        [("<date>2031-05-05T10:00:00+02:00</date>", ""), (">10:00<", ">25:00<")],
        'id="11"',
        "not a time",
    ),
    "bad duration": ([("00:45", "half an hour")], 'id="11"', "not hours and minutes"),
    "negative duration": ([("00:45", "-00:45")], 'id="11"', "ends before it has begun"),
    "no duration at all": ([("00:45", "00:00")], 'id="11"', "ends before it has begun"),
    "missing duration": ([("<duration>00:45</duration>", "")], 'id="11"', "duration is missing"),
    "endless": ([("00:45", "9999:00")], 'id="11"', "longer than 31 days"),
    "ends too early": (
        [("<duration>00:45</duration>", "<end>2031-05-05T09:00:00+02:00</end>")],
        'id="11"',
        "ends before it has begun",
    ),
    "no name at all": (
        [("<title>TreeCon 2031</title>", ""), ("<acronym>treecon-2031</acronym>", "")],
        "<conference>",
        "conference's title is missing",
    ),
    "same guid at the same time": (
        [(PRUNING, OAKS), ("2031-05-05T11:00:00+02:00", "2031-05-05T10:00:00+02:00")],
        'id="12"',
        "the same ID",
    ),
    "no id": ([(f'guid="{OAKS}" id="11"', "")], "<event >", "guid or id is missing"),
    "skipped hour": (
        [("2031-05-05T10:00:00+02:00", "2031-03-30T02:30:00")],
        'id="11"',
        "does not exist in Europe/Berlin",
    ),
    "repeated hour": ([("2031-05-05T10:00:00+02:00", "2031-10-26T02:30:00")], 'id="11"', "happens twice"),
}


@pytest.mark.parametrize(("changes", "line", "reason"), BAD_XML.values(), ids=BAD_XML)
def test_refuses_xml(changes, line, reason):
    content = changed(SMALL_XML, *changes)
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(content)
    assert reason in caught.value.reason
    assert caught.value.line == (line_of(content, line) if line else content.count(b"\n") + 1)
    assert str(caught.value).startswith(f"Line {caught.value.line}: ")


BAD_JSON = {
    "no braces": ([("]\n    }\n  }\n}", "]\n    }\n  }\n")], "", "well-formed"),
    "another file": ([('"conference": {', '"congress": {')], "schedule.conference", "not a schedule"),
    "days as words": (
        [('"rooms": {\n            "Barn": [', '"rooms": "none", "x": {"Barn": [')],
        "days[0].rooms",
        "braces",
    ),
    "session as word": ([('"Silo": [', '"Silo": [ "Owls",')], '["Silo"][0]', "braces"),
    "title as list": ([('"Owls at night"', '["Owls"]')], '["Silo"][0]', "title is not a text"),
    "no title": ([('"title": "Owls at night",', "")], '["Silo"][0]', "title is missing"),
    "negative duration": ([('"00:30"', '"-00:30"')], '["Silo"][0]', "ends before it has begun"),
    "same guid at the same time": (
        [(OWLS, OAKS), ("2031-05-06T01:00:00+02:00", "2031-05-05T10:00:00+02:00")],
        '["Silo"][0]',
        "the same ID",
    ),
    "no number": ([('"capacity": 120', '"capacity": NaN')], "", "a number that cannot be read"),
}


@pytest.mark.parametrize(("changes", "path", "reason"), BAD_JSON.values(), ids=BAD_JSON)
def test_refuses_json(changes, path, reason):
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(changed(SMALL_JSON, *changes))
    assert reason in caught.value.reason
    assert path in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"PK\x03\x04", "neither a schedule.xml nor"),
        (ENTITIES.encode(), "document type"),
        (OUTSIDE.encode(), "document type"),
        (b"<a>" * 100_000, "nested too deeply"),
        (b"<a>" + b"<b/>" * 310_000 + b"</a>", "too large"),
        (b'<?xml version="1.0" encoding="klingon"?><schedule/>', "encoding"),
        (b"<schedule>\xff</schedule>", "well-formed"),
        (b'{"schedule": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"schedule": "\xff"}', "not UTF-8"),
        (b" " * (MAXIMUM_BYTES + 1), "larger than 20 MB"),
        (b"<schedule><conference><title>X</title></conference></schedule>", "when is it"),
    ],
    ids=range(13),
)
def test_refuses_file(content, reason):
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(content)
    assert reason in caught.value.reason


def test_refuses_more_sessions_than_any_conference_has():
    session = {"guid": "1", "title": "X", "date": "2031-05-05T10:00", "duration": "00:30"}
    sessions = [{**session, "guid": str(number)} for number in range(10_001)]
    days = [{"date": "2031-05-05", "rooms": {"A": sessions}}]
    content = json.dumps({"schedule": {"conference": {"title": "X", "days": days}}}).encode()
    with pytest.raises(ScheduleError):
        parse_schedule(content)


@given(
    st.sampled_from([SMALL_XML, SMALL_JSON, HUB]),
    st.integers(0, 3000),
    st.binary(max_size=6),
    st.integers(0, 40),
)
def test_reads_or_refuses_any_damaged_file(path, place, instead, length):
    content = path.read_bytes()
    with contextlib.suppress(ScheduleError):
        parse_schedule(content[:place] + instead + content[place + length :])

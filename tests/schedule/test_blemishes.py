"""Blemishes of a file are listed all at once, with their places; one of them does not cost the whole programme."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError

from events.findings import Choice, Done
from sessions_app.models import Session
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.structure import Choices, ScheduleError
from tests.schedule.files import (
    OAKS,
    OWLS,
    PRUNING,
    SMALL_JSON,
    SMALL_XML,
    all_rows,
    changed,
    imported,
    line_of,
    run,
    without_event,
)

SMALL = SMALL_XML.read_bytes()
SKIP = Choices(skip_bad=True)
OAKS_TITLE = "<title>Oaks &amp; their friends</title>"


def found(schedule, done):
    """Return place and reason of the findings that came to this end, but the small programme's one bad link."""
    return [
        (finding.where.line or finding.where.path, finding.reason)
        for finding in schedule.findings
        if finding.done == done and "javascript" not in finding.reason
    ]


# What is no session is left out


LEFT_OUT = {
    "long room": ([("<room>Silo</room>", f"<room>{'x' * 121}</room>")], 'id="13"', "it may have 120"),
    "long track": ([(">Roots<", f">{'x' * 121}<")], 'id="11"', "121 characters; it may have 120"),
    "long listed track": ([('"Roots" color', f'"{"x" * 121}" color')], 'color="#', "it may have 120"),
    "long person": ([("Ash Baum", "x" * 201)], "x" * 201, "201 characters; it may have 200"),
    "person without a name": ([(">Ash Baum<", "><")], '<person id="3">', "person's name is missing"),
    "bad day": ([('date="2031-05-06"', 'date="6 May"')], 'index="2"', "is not a date"),
    "bad hour of the day": (
        [("<days>2<", "<day_change>early</day_change><days>2<")],
        "<conference>",
        "the change of days “early” is not a time",
    ),
    "room too large": ([('name="Silo"', 'name="Silo" capacity="60000"')], 'name="Silo"', "from 0 to 50,000"),
    "room of minus one": ([('name="Silo"', 'name="Silo" capacity="-1"')], 'name="Silo"', "from 0 to 50,000"),
    "long venue": ([(">Old Mill<", f">{'x' * 121}<")], "<conference>", "it may have 120"),
    "long acronym": ([(">treecon-2031<", f">{'x' * 201}<")], "<conference>", "it may have 200"),
}


@pytest.mark.parametrize(("changes", "line", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_leaves_out_what_is_no_session(changes, line, reason):
    content = changed(SMALL_XML, *changes)
    schedule = parse_schedule(content)
    assert len(schedule.sessions) == 4
    [(at, said)] = found(schedule, Done.LEFT_OUT)
    assert (at, reason in said) == (line_of(content, line), True)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (('"persons": []', '"persons": "Owl"'), '["Silo"][0].persons'),
        (('"links": []', '"links": [7]'), '["Barn"][1].links[0]'),
        (('"capacity": 120', '"capacity": 12.5'), "schedule.conference.rooms[0]"),
        (('"track": "Roots"', '"track": ["Roots"]'), '["Barn"][0]'),
        (('"abstract": "Bring *gloves*."', '"abstract": ["Bring"]'), '["Barn"][1]'),
        (('"biography": "Grows *slowly*."', '"biography": ["Grows"]'), '["Barn"][0]'),
    ],
)
def test_leaves_out_what_is_no_session_of_json(change, path):
    schedule = parse_schedule(changed(SMALL_JSON, change))
    assert len(schedule.sessions) == 4
    [(at, _reason)] = found(schedule, Done.LEFT_OUT)
    assert path in at


def test_says_which_links_are_none():
    [finding] = [one for one in parse_schedule(SMALL).findings if one.done == Done.LEFT_OUT]
    assert str(finding) == (
        "Line 18: the link “javascript:alert(1)” is no web address. (“Oaks & their friends”, left out)"
    )


@pytest.mark.parametrize("title", ["", f"<title>{'x' * 201}</title>"], ids=["missing", "long"])
def test_acronym_stands_in_for_an_impossible_title(title):
    schedule = parse_schedule(changed(SMALL_XML, ("<title>TreeCon 2031</title>", title)))
    assert schedule.title == "treecon-2031"
    [(_line, said)] = found(schedule, Done.REPAIRED)
    assert "Its acronym, treecon-2031, stands in" in said


# What is a session is refused, all at once, or skipped by choice

THREE_FAULTS = [
    (OAKS_TITLE, "<title/>"),
    ("<duration>01:30</duration>", "<duration>long</duration>"),
    ("<date>2031-05-06T01:00:00+02:00</date>", "<date>tomorrow</date>"),
]


def test_lists_everything_that_is_wrong_at_once():
    content = changed(SMALL_XML, *THREE_FAULTS)
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(content)
    assert [finding.where.line for finding in caught.value.findings] == [
        line_of(content, f'id="{number}"') for number in (11, 12, 13)
    ]
    assert caught.value.choices == [Choice.SKIP_BAD, Choice.DEFAULT_DURATION]


def test_lists_every_fault_of_one_session():
    content = changed(SMALL_XML, (OAKS_TITLE, ""), ("<duration>00:45</duration>", ""))
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(content)
    assert [finding.reason for finding in caught.value.findings] == [
        "the session's title is missing.",
        "the session's duration is missing.",
    ]


def test_skips_by_choice_what_cannot_be_imported_and_says_so():
    schedule = parse_schedule(changed(SMALL_XML, *THREE_FAULTS), choices=SKIP)
    assert [session.name for session in schedule.sessions] == ["Planting together"]
    assert [line for line, _reason in found(schedule, Done.SKIPPED)] == [18, 49, 61]


def test_skips_by_choice_an_item_that_is_no_session():
    content = changed(SMALL_JSON, ('"Silo": [', '"Silo": [ "Owls",'))
    schedule = parse_schedule(content, choices=SKIP)
    assert len(schedule.sessions) == 4
    assert len(found(schedule, Done.SKIPPED)) == 1


def test_refuses_to_skip_everything():
    content = SMALL.replace(b"<title>", b"<name>").replace(b"</title>", b"</name>")
    with pytest.raises(ScheduleError, match="none of its sessions"):
        parse_schedule(content, choices=SKIP)


@pytest.mark.parametrize(
    "written", ["", "<duration/>", "<duration>-00:45</duration>", "<duration>long</duration>"]
)
def test_gives_a_length_by_choice(written):
    content = changed(SMALL_XML, ("<duration>00:45</duration>", written))
    schedule = parse_schedule(content, choices=Choices(default_duration=timedelta(minutes=25)))
    oaks = schedule.sessions[0]
    assert oaks.ends_at - oaks.starts_at == timedelta(minutes=25)
    [(_line, said)] = found(schedule, Done.REPAIRED)
    assert said.endswith("It was given 25 minutes.")


@pytest.mark.django_db
def test_skipped_session_that_is_here_already_is_not_called_gone():
    imported(SMALL)
    before = {row["external_id"]: row for row in all_rows()["sessions_app.Session"]}
    report = imported(changed(SMALL_XML, ("<duration>00:45</duration>", "")), choices=SKIP)
    assert report.missing_from_file == []
    after = {row["external_id"]: row for row in all_rows()["sessions_app.Session"]}
    assert after[OAKS] == before[OAKS]


# One ID twice


def test_same_guid_at_another_time_is_another_occurrence():
    schedule = parse_schedule(changed(SMALL_XML, (OWLS, OAKS), (PRUNING, OAKS)))
    assert [session.external_id for session in schedule.sessions[:3]] == [OAKS, f"{OAKS}  #2", f"{OAKS}  #3"]
    assert len(found(schedule, Done.REPAIRED)) == 2


def test_same_session_twice_counts_once():
    text = SMALL.decode()
    begin, end = (
        text.index(f'<event guid="{OWLS}"'),
        text.index("</event>", text.index(OWLS)) + len("</event>"),
    )
    schedule = parse_schedule((text[:end] + text[begin:end] + text[end:]).encode())
    assert len(schedule.sessions) == 4
    assert "are the same and count once" in found(schedule, Done.REPAIRED)[0][1]


@pytest.mark.django_db
def test_occurrences_keep_their_registrations_whichever_goes():
    both = changed(SMALL_XML, (PRUNING, OAKS))
    imported(both)
    before = {row["starts_at"]: row["id"] for row in all_rows()["sessions_app.Session"]}
    unchanged = all_rows()
    imported(both)
    assert all_rows() == unchanged
    report = imported(without_event(OAKS).replace(PRUNING.encode(), OAKS.encode()))
    eleven = datetime(2031, 5, 5, 9, tzinfo=UTC)
    assert Session.objects.get(starts_at=eleven).pk == before[eleven]
    assert (report.created, report.moved, report.updated) == (0, 0, 0)
    assert report.missing_from_file == ["Oaks & their friends"]


@pytest.mark.django_db
def test_new_occurrence_gets_an_id_of_its_own():
    imported(changed(SMALL_XML, (PRUNING, OAKS)))
    third = changed(
        SMALL_XML, (PRUNING, OAKS), (OWLS, OAKS), ("2031-05-06T01:00:00+02:00", "2031-05-05T08:00:00+02:00")
    )
    report = imported(third)
    assert (report.created, report.moved) == (1, 0)
    ids = Session.objects.filter(external_id__startswith=OAKS).values_list("external_id", flat=True)
    assert sorted(ids) == [OAKS, f"{OAKS}  #2", f"{OAKS}  #4"]


@pytest.mark.django_db
def test_occurrences_under_one_number_keep_theirs():
    one = (f'guid="{OAKS}" ', "")
    two = (f'guid="{PRUNING}" id="12"', 'id="11"')
    three = (f'guid="{OWLS}" id="13"', 'id="11"')
    imported(changed(SMALL_XML, one, two))
    before = dict(Session.objects.filter(external_id__startswith="11").values_list("starts_at", "pk"))
    earlier = ("2031-05-06T01:00:00+02:00", "2031-05-05T08:00:00+02:00")
    content = changed(SMALL_XML, one, two, three, earlier)
    report = imported(content)
    assert (report.created, report.moved) == (1, 0)
    now = dict(Session.objects.filter(external_id__startswith="11").values_list("starts_at", "pk"))
    assert before.items() <= now.items()
    stored = all_rows()
    imported(content)
    assert all_rows() == stored


# People


def test_people_under_one_id_are_known_by_name():
    zeros = SMALL.replace(b'<person id="7">', b'<person id="0">').replace(
        b'<person id="3">', b'<person id="0">'
    )
    schedule = parse_schedule(zeros)
    people = [[(person.external_id, person.name) for person in one.persons] for one in schedule.sessions]
    assert people == [[("", "Willow Zweig"), ("", "Ash Baum")], [("", "Ash Baum")], [], [("9", "Hazel Nuss")]]
    [(_line, said)] = found(schedule, Done.REPAIRED)
    assert "the ID 0 belongs to several people (Willow Zweig, Ash Baum)" in said


@pytest.mark.django_db
def test_speaker_is_not_renamed_to_somebody_who_got_the_number_later():
    event = imported(SMALL).event
    report = imported(changed(SMALL_XML, ("Willow Zweig", "Rowan Vogel")))
    names = {speaker.name for speaker in Session.objects.get(external_id=OAKS).speakers.all()}
    assert names == {"Rowan Vogel", "Ash Baum"}
    assert event.speakers.filter(name="Willow Zweig").exists()
    assert any("the ID 7 was that of “Willow Zweig”" in finding.reason for finding in report.findings)
    before = all_rows()
    imported(changed(SMALL_XML, ("Willow Zweig", "Rowan Vogel")))
    assert all_rows() == before


@pytest.mark.django_db
def test_speaker_with_a_corrected_name_stays_the_same():
    event = imported(SMALL).event
    imported(changed(SMALL_XML, ("Willow Zweig", "Willow Zweig-Ast")))
    assert event.speakers.get(external_id="7").name == "Willow Zweig-Ast"
    assert event.speakers.count() == 3


# At the terminal


@pytest.mark.django_db
def test_command_lists_everything_and_the_ways_out(write):
    before = all_rows()
    with pytest.raises(CommandError) as caught:
        run("import_schedule", write(changed(SMALL_XML, *THREE_FAULTS)))
    said = str(caught.value).splitlines()
    assert said[0].endswith("nothing was imported, 3 things are wrong:")
    assert [line[:9] for line in said[1:4]] == ["  Line 18", "  Line 49", "  Line 61"]
    assert "--skip-bad imports all other sessions; --default-duration 00:30" in said[4]
    assert all_rows() == before


@pytest.mark.django_db
def test_command_skips_and_lengthens_by_choice(write):
    path = write(changed(SMALL_XML, *THREE_FAULTS))
    said = run("import_schedule", path, "--skip-bad", "--default-duration", "00:25")
    assert "2 sessions could not be imported and were skipped." in said
    assert "Line 18: the session's title is missing. (“11”, skipped)" in said
    pruning = Session.objects.get(external_id=PRUNING)
    assert pruning.ends_at - pruning.starts_at == timedelta(minutes=25)


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["0", "-5", "later", "9999:00"])
def test_command_refuses_an_impossible_length(length):
    with pytest.raises(CommandError, match="--default-duration"):
        run("import_schedule", SMALL_XML, f"--default-duration={length}")

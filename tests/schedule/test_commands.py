"""The commands, as an organizer's terminal sees them."""

import io

import pytest
from django.core.management import CommandError

from events.errors import WrongLevel
from events.models import Event, Pass
from registrations.actions import submit_agenda
from registrations.rules.people import Attendee
from sessions_app.models import Session
from sessions_app.schedule.parse import MAXIMUM_BYTES
from tests.factories import EventFactory, PassFactory, SessionFactory
from tests.schedule.files import OAKS, SMALL_JSON, SMALL_XML, all_rows, changed, imported, run, without_event

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    """Somebody is watching."""

    def isatty(self):
        return True


# import_schedule


def test_imports_schedule_and_says_what_it_did():
    said = run("import_schedule", SMALL_XML, "--capacity", "30")
    assert "New event “TreeCon 2031”, readable ID treecon-2031." in said
    assert "Sessions: 4 new, 0 changed, 0 unchanged." in said
    assert "Nothing changed." in run("import_schedule", SMALL_XML, "--capacity", "30")


def test_imports_schedule_with_list_of_capacities(write):
    said = run("import_schedule", SMALL_XML, "--capacities", write("room,capacity\nBarn,80\n"))
    assert Session.objects.get(external_id=OAKS).seats.capacity == 80
    assert "1 session has no capacity" in said


def test_imports_schedule_live():
    run("import_schedule", SMALL_JSON, "--live")
    assert (Event.objects.live().count(), Session.objects.live().count()) == (1, 4)


def test_imports_schedule_as_draft_into_a_building():
    run("import_schedule", SMALL_JSON, "--draft", "--building", "New Mill")
    assert Event.objects.get().publish_status == "draft"
    assert Session.objects.get(external_id=OAKS).building.name == "New Mill"


def test_imports_schedule_into_event(write):
    event = EventFactory(slug="ours")
    said = run("import_schedule", SMALL_XML, "--event", "ours")
    assert "Event “" in said
    assert Session.objects.filter(event=event).count() == 4
    said = run("import_schedule", write(without_event(OAKS)), "--event", "ours")
    assert "Oaks & their friends" in said


def test_dry_run_writes_nothing():
    before = all_rows()
    assert "Preview: nothing was written." in run("import_schedule", SMALL_XML, "--preview")
    assert all_rows() == before


def test_draws_progress_for_a_terminal_only():
    terminal, pipe = Terminal(), io.StringIO()
    run("import_schedule", SMALL_XML, stderr=terminal)
    run("import_schedule", SMALL_XML, stderr=pipe)
    assert terminal.getvalue().endswith("4/4 sessions\n")
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--capacity", "-1"], "from 0 to 50,000"),
        (["--capacity", "60000"], "from 0 to 50,000"),
        (["--event", "nowhere"], "no event with the readable ID “nowhere”"),
        (["--capacities", "/nowhere.csv"], "No such file"),
        (["--timezone", "Europe/Atlantis"], "not a known time zone"),
        (["--live", "--draft"], "not allowed with"),
    ],
)
def test_refuses_options(arguments, reason):
    before = all_rows()
    with pytest.raises(CommandError, match=reason):
        run("import_schedule", SMALL_XML, *arguments)
    assert all_rows() == before


def test_names_file_line_and_reason(write):
    path = write(changed(SMALL_XML, ("<duration>00:45", "<duration>-00:45")))
    before = all_rows()
    with pytest.raises(CommandError, match=rf"{path}: Line 18: the session ends before it has begun"):
        run("import_schedule", path)
    assert all_rows() == before


def test_names_line_of_bad_capacity(write):
    path = write("room,capacity\nBarn,60000\n")
    before = all_rows()
    with pytest.raises(CommandError, match=rf"{path}: Line 2: the capacity “60000”"):
        run("import_schedule", SMALL_XML, "--capacities", path)
    assert all_rows() == before


def test_names_every_line_of_bad_capacities(write):
    path = write("room,capacity\nBarn,60000\nSilo,10\n,5\nSilo,20\n")
    with pytest.raises(CommandError) as caught:
        run("import_schedule", SMALL_XML, "--capacities", path)
    assert [line[:9] for line in str(caught.value).splitlines()[1:]] == [
        "  Line 2:",
        "  Line 4:",
        "  Line 5:",
    ]


def test_does_not_read_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(MAXIMUM_BYTES + 1)
    with pytest.raises(CommandError, match="larger than 20 MB"):
        run("import_schedule", path)


# export_schedule


@pytest.mark.parametrize("format_", ["xml", "json"])
def test_exports_what_it_can_import(format_, tmp_path):
    imported(SMALL_XML.read_bytes())
    path = tmp_path / "out"
    run("export_schedule", "treecon-2031", "--format", format_, "--output", path)
    assert path.read_text() == run("export_schedule", "treecon-2031", "--format", format_).rstrip("\n")
    before = all_rows()
    assert "Nothing changed." in run("import_schedule", path)
    assert all_rows() == before


def test_exports_no_unknown_event_and_into_no_missing_folder(tmp_path):
    imported(SMALL_XML.read_bytes())
    with pytest.raises(CommandError, match="no event"):
        run("export_schedule", "nowhere")
    with pytest.raises(CommandError, match="No such file"):
        run("export_schedule", "treecon-2031", "--output", tmp_path / "missing" / "file")


# import_passes

PASSES = "name,price,currency,allocated,sessions\nDay,120.00,eur,100,Opening;Closing\nFriends,,,,\n"


@pytest.fixture
def event(db):
    """An event at session level with two sessions."""
    event = EventFactory(slug="ours")
    SessionFactory(event=event, name="Opening")
    SessionFactory(event=event, name="Closing")
    return event


def test_imports_passes(event, write):
    assert "Passes: 2 new, 0 known already." in run("import_passes", "ours", write(PASSES))
    day, friends = Pass.objects.order_by("position")
    assert (day.name, str(day.price), day.currency, day.seats.capacity) == ("Day", "120.00", "EUR", 100)
    assert {session.name for session in day.sessions.all()} == {"Opening", "Closing"}
    assert (friends.name, friends.price, friends.seats.capacity) == ("Friends", 0, None)


def test_first_pass_turns_own_agenda_off_and_keeps_registrations(event, write):
    opening = Session.objects.get(name="Opening")
    for number in range(5):
        assert submit_agenda(event, Attendee(f"guest{number}@example.com"), [opening]).applied
    said = run("import_passes", "ours", write(PASSES))
    assert "Own agenda was switched off" in said
    assert "5 registrations are kept." in said
    event.refresh_from_db()
    assert event.allow_custom_agenda is False
    opening.seats.refresh_from_db()
    assert opening.seats.taken == 5
    with pytest.raises(WrongLevel):
        submit_agenda(event, Attendee("late@example.com"), [opening])


def test_importing_passes_again_changes_nothing(event, write):
    run("import_passes", "ours", write(PASSES))
    before = all_rows()
    said = run("import_passes", "ours", write(PASSES.replace("120.00", "99.00")))
    assert "Passes: 0 new, 2 known already." in said
    assert "switched off" not in said
    assert all_rows() == before


def test_imports_passes_beside_others(event, write):
    PassFactory(event=event, name="Day")
    assert "Passes: 1 new, 1 known already." in run("import_passes", "ours", write(PASSES))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Week,ten,EUR,5,", "the price “ten” is not an amount"),
        ("Week,-1,EUR,5,", "the price “-1” is not an amount"),
        ("Week,1.234,EUR,5,", "is not an amount"),
        ("Week,NaN,EUR,5,", "is not an amount"),
        ("Week,1e9,EUR,5,", "is not an amount"),
        ("Week,1,Euro,5,", "the currency “Euro” is not a code"),
        ("Week,1,EUR,-1,", "from 0 to 50,000"),
        ("Week,1,EUR,60000,", "from 0 to 50,000"),
        ("Week,1,EUR,5,Nothing", "the event has no session “Nothing”"),
        ("Week,1,EUR,5,Twice", "several sessions are called “Twice”"),
        (",1,EUR,5,", "the name is missing"),
        ("Day,1,EUR,5,", "the pass “Day” is listed twice"),
        (f"{'x' * 121},1,EUR,5,", "121 characters"),
    ],
)
def test_refuses_passes_with_line_and_reason(event, write, row, reason):
    for _number in range(2):
        SessionFactory(event=event, name="Twice")
    before = all_rows()
    with pytest.raises(CommandError, match="Line 3: ") as caught:
        run(
            "import_passes",
            "ours",
            write(PASSES.split("\n", maxsplit=1)[0] + "\nDay,1,EUR,5,\n" + row + "\n"),
        )
    assert reason in str(caught.value)
    assert all_rows() == before


def test_refuses_passes_with_everything_that_is_wrong_at_once(event, write):
    before = all_rows()
    rows = [
        "Day,ten,Euro,-1,Nothing;Opening;Nowhere",
        "Day,1,EUR,5,",
        "Week,1,EUR,5,Opening",
        "a,b,c,d,e,f",
        ",1,EUR,,",
    ]
    with pytest.raises(CommandError) as caught:
        run("import_passes", "ours", write("\n".join([PASSES.partition("\n")[0], *rows])))
    said = str(caught.value).splitlines()
    assert "nothing was imported, 8 things are wrong:" in said[0]
    assert [line.partition(":")[0].strip() for line in said[1:]] == ["Line 2"] * 5 + [
        "Line 3",
        "Line 5",
        "Line 6",
    ]
    for words in (
        "“ten”",
        "“Euro”",
        "50,000",
        "“Nothing”",
        "“Nowhere”",
        "twice",
        "more values",
        "name is missing",
    ):
        assert words in str(caught.value)
    assert all_rows() == before


def test_refuses_passes_for_no_event_and_from_no_file(event, write):
    with pytest.raises(CommandError, match="no event"):
        run("import_passes", "nowhere", write(PASSES))
    with pytest.raises(CommandError, match="No such file"):
        run("import_passes", "ours", "/nowhere.csv")
    with pytest.raises(CommandError, match="allocated is missing"):
        run("import_passes", "ours", write("name,price,currency\n"))

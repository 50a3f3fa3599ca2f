"""A programme becomes an event and comes up to date again: nothing twice, nothing lost, nothing half done."""

from datetime import UTC, datetime, timedelta

import pytest

from events.actors import IMPORT, SYSTEM
from events.models import Event, Room
from registrations.actions import (
    archive,
    cancel_event_registrations,
    cancel_session,
    change_capacity,
    register_for_event,
    submit_agenda,
)
from registrations.models import Activity, EventRegistration, Notification
from registrations.rules.people import Attendee
from sessions_app.models import Session, SessionTrack, Speaker
from sessions_app.schedule.apply import ImportOptions, apply_schedule
from sessions_app.schedule.capacities import Capacities, read_capacities
from sessions_app.schedule.event_row import event_of
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.structure import ScheduleError
from tests.factories import BuildingFactory, EventFactory, RoomFactory, SessionFactory, at
from tests.schedule.files import (
    OAKS,
    OWLS,
    PLANTING,
    PRUNING,
    SMALL_JSON,
    SMALL_XML,
    all_rows,
    changed,
    imported,
    without_event,
)
from waitlists.models import InvitationSlot

pytestmark = pytest.mark.django_db
SMALL = SMALL_XML.read_bytes()
ALL_LIVE = ImportOptions(
    capacities=Capacities(10), event_status=Event.PublishStatus.LIVE, session_status=Session.Status.LIVE
)


def session(guid):
    return Session.objects.select_related("seats", "room", "event").get(external_id=guid)


def register(who, *sessions):
    result = submit_agenda(sessions[0].event, who, list(sessions))
    assert result.applied
    return result


# What is there afterwards


def test_makes_event_at_session_level():
    report = imported(SMALL)
    event = Event.objects.get()
    assert report.event == event
    assert (event.name, event.slug, event.timezone) == ("TreeCon 2031", "treecon-2031", "Europe/Berlin")
    assert event.starts_at == datetime(2031, 5, 5, 8, 0, tzinfo=UTC)
    assert event.ends_at == datetime(2031, 5, 6, 10, 0, tzinfo=UTC)
    assert (event.publish_status, event.allow_custom_agenda, event.seats.capacity) == ("ready", True, None)
    assert (event.building.name, event.building.address) == ("Old Mill", "Lübeck")


def test_makes_sessions_with_all_that_belongs_to_them(assert_seats_true):
    report = imported(SMALL, capacity=30)
    oaks = session(OAKS)
    assert (report.created, report.updated, report.unchanged, report.capacity_missing) == (4, 0, 0, 0)
    assert (oaks.name, oaks.room.name, oaks.building.name) == ("Oaks & their friends", "Barn", "Old Mill")
    assert (oaks.seats.capacity, oaks.session_status, oaks.track.colour) == (30, "approved", "#0f766e")
    assert oaks.description == "All about **oaks**.\n\nWith [acorns](https://treecon.example/acorns)."
    assert {speaker.name for speaker in oaks.speakers.all()} == {"Ash Baum", "Willow Zweig"}
    assert session(OWLS).date.isoformat() == "2031-05-06"
    assert sorted(Room.objects.values_list("name", flat=True)) == ["Barn", "Silo"]
    assert list(SessionTrack.objects.values_list("name", flat=True)) == ["Roots", "Leaves"]
    assert Speaker.objects.count() == 3
    assert_seats_true()


def test_makes_everything_live_when_asked():
    imported(SMALL, options=ALL_LIVE)
    assert Event.objects.live().count() == 1
    assert Session.objects.live().count() == 4


# Again


@pytest.mark.parametrize("path", [SMALL_XML, SMALL_JSON], ids=["xml", "json"])
def test_importing_again_writes_nothing(path):
    imported(path.read_bytes(), capacity=30)
    before = all_rows()
    report = imported(path.read_bytes(), capacity=30)
    assert all_rows() == before
    assert (report.unchanged, report.changed_nothing) == (4, True)


def test_importing_the_other_format_makes_nothing_twice():
    imported(SMALL)
    report = imported(SMALL_JSON.read_bytes())
    assert (report.created, report.rooms, report.tracks) == (0, 0, 0)
    assert Speaker.objects.get(name="Willow Zweig").biography == "Grows *slowly*."
    before = all_rows()
    imported(SMALL)
    imported(SMALL_JSON.read_bytes())
    assert all_rows() == before


def test_importing_again_changes_only_what_changed():
    imported(SMALL)
    before = {row["external_id"]: row for row in all_rows()["sessions_app.Session"]}
    report = imported(changed(SMALL_XML, ("Pruning by hand", "Pruning by foot"), (">Slides<", ">Paper<")))
    after = {row["external_id"]: row for row in all_rows()["sessions_app.Session"]}
    assert (report.updated, report.unchanged, report.moved) == (2, 2, 0)
    assert after[PRUNING]["name"] == "Pruning by foot"
    assert after[OAKS]["external_data"]["links"][0]["title"] == "Paper"
    assert [after[guid] == before[guid] for guid in (OWLS, PLANTING)] == [True, True]
    assert after[PRUNING]["updated_at"] > before[PRUNING]["updated_at"]


def test_importing_again_follows_speakers_and_their_order():
    imported(SMALL)
    imported(
        changed(SMALL_XML, ('<person id="7">Willow Zweig</person>', '<person id="9">Hazel Nuss</person>'))
    )
    assert {speaker.external_id for speaker in session(OAKS).speakers.all()} == {"3", "9"}
    assert session(OAKS).external_data["_import"]["persons"] == ["9", "3"]


def test_recognises_session_by_id_once_it_gets_a_guid():
    by_id = changed(SMALL_XML, (f'guid="{OAKS}" ', ""))
    imported(by_id)
    key = Session.objects.get(external_id="11").pk
    assert imported(SMALL).created == 0
    assert session(OAKS).pk == key
    assert imported(by_id).created == 0
    assert session(OAKS).pk == key


def test_recognises_speaker_by_name_once_they_get_another_id():
    imported(SMALL)
    imported(changed(SMALL_XML, ('<person id="9">', '<person id="9" guid="aaaa">')))
    assert Speaker.objects.get(name="Hazel Nuss").external_id == "aaaa"
    assert Speaker.objects.count() == 3


def test_keeps_two_people_of_the_same_name_apart():
    imported(changed(SMALL_XML, ("Hazel Nuss", "Ash Baum")))
    assert sorted(Speaker.objects.filter(name="Ash Baum").values_list("external_id", flat=True)) == ["3", "9"]


def test_keeps_what_the_file_leaves_blank():
    imported(SMALL)
    owls = session(OWLS)
    owls.description = "Written here."
    owls.save()
    before = all_rows()
    imported(SMALL)
    assert all_rows() == before


def test_keeps_room_in_the_building_it_was_moved_to():
    imported(SMALL)
    other = BuildingFactory(name="New Mill")
    Room.objects.filter(name="Silo").update(building=other)
    Session.objects.filter(external_id=OWLS).update(building=other)
    before = all_rows()
    imported(SMALL)
    assert all_rows() == before


def test_lists_sessions_missing_from_file_and_leaves_them():
    imported(SMALL)
    before = all_rows()
    report = imported(without_event(OAKS))
    assert report.missing_from_file == ["Oaks & their friends"]
    assert all_rows() == before


def test_does_not_list_sessions_made_here_as_missing():
    event = imported(SMALL).event
    SessionFactory(event=event)
    assert imported(SMALL).missing_from_file == []


def test_leaves_cancelled_and_deleted_sessions_alone():
    imported(SMALL)
    cancel_session(session(OAKS), reason="Storm", actor=SYSTEM)
    archive(session(OWLS), actor=SYSTEM)
    before = all_rows()
    report = imported(changed(SMALL_XML, ("Oaks &amp;", "Elms &amp;"), ("Owls", "Bats")))
    assert all_rows() == before
    assert len(report.warnings) == 2


# Whose event


def test_finds_event_by_its_acronym_among_those_allowed():
    event = imported(SMALL).event
    schedule = parse_schedule(SMALL)
    assert event_of(schedule, Event.objects.all()) == event
    assert event_of(schedule, Event.objects.none()) is None
    other = apply_schedule(schedule, among=Event.objects.none()).event
    assert (other == event, other.slug) == (False, "treecon-2031-2")


def test_gives_no_event_an_address_that_leads_elsewhere():
    assert imported(changed(SMALL_XML, ("treecon-2031", "admin"))).event.slug == "admin-2"


def test_refuses_to_guess_between_two_events():
    imported(SMALL)
    imported(SMALL, among=Event.objects.none())
    with pytest.raises(ScheduleError):
        imported(SMALL)


def test_fills_existing_event_without_renaming_it():
    event = EventFactory(
        name="Ours", slug="ours", session_level=False, starts_at=at(12), ends_at=at(13), capacity=500
    )
    report = imported(SMALL, event=event)
    event.refresh_from_db()
    assert (event.name, event.timezone, event.allow_custom_agenda, event.seats.capacity) == (
        "Ours",
        "UTC",
        False,
        500,
    )
    assert event.starts_at == datetime(2031, 5, 5, 8, 0, tzinfo=UTC)
    assert event.ends_at == datetime(2031, 5, 6, 10, 0, tzinfo=UTC)
    assert len(report.warnings) == 2
    assert imported(SMALL).event == event


def test_refuses_cancelled_event():
    event = imported(SMALL).event
    Event.objects.update(publish_status="cancelled", cancelled_at=at(9))
    before = all_rows()
    with pytest.raises(ScheduleError):
        imported(SMALL, event=event)
    assert all_rows() == before


# Moving: people are told


def test_tells_registrants_of_moved_session_once(bob, carol):
    imported(SMALL, options=ALL_LIVE)
    register(bob, session(OAKS))
    register(carol, session(PRUNING))
    Notification.objects.all().delete()
    later = changed(SMALL_XML, ("2031-05-05T10:00:00+02:00", "2031-05-05T14:00:00+02:00"))
    for _again in range(2):
        report = imported(later, options=ALL_LIVE)
    assert (report.moved, report.told) == (0, 0)
    told = Notification.objects.get()
    assert (told.kind, told.contact.email, told.session) == ("session_changed", bob.email, session(OAKS))
    assert session(OAKS).calendar_sequence == 1
    assert session(OAKS).starts_at == datetime(2031, 5, 5, 12, 0, tzinfo=UTC)
    assert session(PRUNING).calendar_sequence == 0


def test_counts_whom_a_move_tells(bob):
    imported(SMALL, options=ALL_LIVE)
    register(bob, session(OAKS))
    both = [("<room>Barn</room>", "<room>Tent</room>")] * 2
    report = imported(
        changed(SMALL_XML, ('<room name="Barn">', '<room name="Tent">'), *both), options=ALL_LIVE
    )
    assert (report.moved, report.told, report.rooms) == (2, 1, 1)
    assert session(OAKS).room.name == "Tent"


def test_new_title_tells_nobody(bob):
    imported(SMALL, options=ALL_LIVE)
    register(bob, session(OAKS))
    Notification.objects.all().delete()
    imported(changed(SMALL_XML, ("Oaks &amp; their friends", "Oaks alone")), options=ALL_LIVE)
    assert Notification.objects.count() == 0


# Capacities


def test_takes_capacity_from_list_then_file_then_room_then_option():
    silo = RoomFactory(name="Silo", building=BuildingFactory(name="Old Mill"), capacity=40)
    listed = Capacities(5, {"silo": 7})
    imported(SMALL_JSON.read_bytes(), options=ImportOptions(capacities=listed))
    assert [session(guid).seats.capacity for guid in (OAKS, OWLS)] == [120, 7]
    silo.refresh_from_db()
    assert silo.capacity == 7


@pytest.mark.parametrize(
    ("room", "building", "option", "capacity"),
    [
        (40, 500, 80, 40),
        (None, 500, 80, 80),
        (None, 500, None, 500),
        (None, None, None, None),
        (0, 500, 80, 0),
    ],
)
def test_new_session_takes_capacity_of_most_specific_place(room, building, option, capacity):
    RoomFactory(name="Silo", building=BuildingFactory(name="Old Mill", capacity=building), capacity=room)
    imported(SMALL, capacity=option)
    assert session(OWLS).seats.capacity == capacity


def test_fills_missing_capacities_and_keeps_those_set_by_hand():
    imported(SMALL)
    change_capacity(session(OAKS), 12, actor=SYSTEM)
    report = imported(SMALL, capacity=30)
    assert [session(guid).seats.capacity for guid in (OAKS, OWLS)] == [12, 30]
    assert (report.capacities_changed, report.capacity_missing) == (3, 0)
    change_capacity(session(OWLS), 25, actor=SYSTEM)
    assert imported(SMALL, capacity=50).capacities_changed == 2
    assert [session(guid).seats.capacity for guid in (OAKS, OWLS, PRUNING)] == [12, 25, 50]


def test_says_nothing_about_capacities_when_not_asked():
    imported(SMALL, capacity=30)
    before = all_rows()
    imported(SMALL)
    assert all_rows() == before


def test_changed_capacity_is_in_the_ledger():
    imported(SMALL)
    imported(SMALL, capacity=30)
    changes = Activity.objects.filter(verb="capacity_changed", session=session(OAKS))
    assert [(row.actor, row.capacity) for row in changes] == [(IMPORT.label, 30)]


def test_refuses_session_larger_than_its_event():
    event = EventFactory(capacity=50)
    before = all_rows()
    with pytest.raises(ScheduleError) as caught:
        imported(SMALL, capacity=80, event=event)
    assert (caught.value.line, all_rows()) == (18, before)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("room,capacity\nBarn,60000", 2, "from 0 to 50,000"),
        ("room,capacity\nBarn,10\nSilo,-1", 3, "from 0 to 50,000"),
        ("room,capacity\n\nBarn,12.5", 3, "from 0 to 50,000"),
        ("room,capacity\nBarn,many", 2, "from 0 to 50,000"),
        ("room,capacity\nBarn,²", 2, "from 0 to 50,000"),
        ("room,capacity\nBarn,", 2, "is missing"),
        ("room,capacity\n,10", 2, "room is missing"),
        ("room,capacity\nBarn,10\nbarn,20", 3, "listed twice"),
        ("room,capacity\nBarn,10,20", 2, "more values"),
        ("place,capacity\nBarn,10", 1, "room is missing"),
        ("", None, "is empty"),
        ('room,capacity\n"Barn,10', 2, "not a CSV file"),
    ],
)
def test_refuses_list_of_capacities(text, line, reason):
    with pytest.raises(ScheduleError) as caught:
        read_capacities(text.encode())
    assert caught.value.line == line
    assert reason in caught.value.reason


@pytest.mark.parametrize("text", ["room,capacity\nBarn,80\n", "\ufeffCapacity;Room;Floor\r\n80; barn ;1\r\n"])
def test_reads_list_of_capacities(text):
    assert read_capacities(text.encode()).of_room("Barn") == 80


def test_warns_of_listed_room_that_nobody_uses():
    report = imported(SMALL, options=ImportOptions(capacities=Capacities(None, {"bran": 80})))
    assert len(report.warnings) == 1
    assert "bran" in report.warnings[0]


# Warnings


def test_warns_of_room_used_twice():
    early = changed(SMALL_XML, ("2031-05-05T11:00:00+02:00", "2031-05-05T10:30:00+02:00"))
    assert imported(early).warnings == [
        "“Pruning by hand”: Barn is also booked for “Oaks & their friends” at that time.",
        "“Pruning by hand”: Ash Baum also speaks at “Oaks & their friends” at that time.",
    ]
    assert imported(SMALL).warnings == []


def test_warns_of_room_used_by_another_event():
    event = imported(SMALL).event
    oaks = session(OAKS)
    overlap = {"starts_at": oaks.ends_at - timedelta(minutes=5), "ends_at": oaks.ends_at}
    SessionFactory(room=oaks.room, event=EventFactory(), **overlap)
    assert len(imported(SMALL, event=event).warnings) == 1


# All or nothing


def test_dry_run_reports_the_same_and_writes_nothing():
    before = all_rows()
    dry = imported(SMALL, capacity=30, preview=True)
    assert all_rows() == before
    real = imported(SMALL, capacity=30)
    numbers = (
        "created",
        "updated",
        "unchanged",
        "rooms",
        "tracks",
        "speakers",
        "capacity_missing",
        "warnings",
    )
    assert [getattr(dry, name) for name in numbers] == [getattr(real, name) for name in numbers]


def test_trouble_in_the_middle_leaves_nothing_half_done():
    imported(SMALL)
    before = all_rows()

    def stumble(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(
            changed(SMALL_XML, ("Oaks", "Elms"), ("Hazel Nuss", "Hazel"), (">Leaves<", ">Bark<")),
            progress=stumble,
        )
    assert all_rows() == before


def test_progress_reaches_the_end():
    steps = []
    imported(SMALL, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_registrations_survive_an_import(bob, assert_seats_true):
    event = imported(SMALL, options=ALL_LIVE).event
    register(bob, session(OAKS), session(PRUNING))
    imported(changed(SMALL_XML, ("Oaks &amp;", "Elms &amp;")), options=ALL_LIVE)
    assert session(OAKS).seats.taken == 1
    assert_seats_true(event)


def test_raised_capacity_goes_to_the_line(carol, django_capture_on_commit_callbacks):
    imported(SMALL, options=ImportOptions(Capacities(1), "", Event.PublishStatus.LIVE, Session.Status.LIVE))
    register(Attendee("first@example.com"), session(OAKS))
    submit_agenda(session(OAKS).event, carol, [session(OAKS)], wait=True)
    with django_capture_on_commit_callbacks(execute=True):
        imported(SMALL, capacity=2)
    seats = session(OAKS).seats
    assert (seats.capacity, seats.taken, seats.waiting) == (2, 2, 0)


def test_event_that_starts_sooner_shortens_its_invitations():
    """An invitation for the event itself never outlasts its start."""
    event = EventFactory(session_level=False, capacity=1, auto_register_waitlisted=False)
    for name in ("ada", "bob"):
        register_for_event(event, Attendee(f"{name}@example.com", name), wait=True)
    cancel_event_registrations(EventRegistration.objects.confirmed(), actor=SYSTEM)
    InvitationSlot.objects.update(expires_at=event.starts_at)
    imported(SMALL, 1, event=event)
    event.refresh_from_db()
    assert InvitationSlot.objects.get().expires_at <= event.starts_at < at(9)

"""Next year's file has last year's acronym, and often its numbers: nothing of last year's event changes."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from events.models import Event
from registrations.actions import submit_agenda
from registrations.models import Notification
from sessions_app.models import Session
from sessions_app.schedule.apply import ImportOptions
from sessions_app.schedule.capacities import Capacities
from tests.factories import EventFactory, SessionFactory
from tests.schedule.files import OAKS, PRUNING, SMALL_JSON, SMALL_XML, all_rows, changed, imported, run

pytestmark = pytest.mark.django_db
SMALL = SMALL_XML.read_bytes()
LIVE = ImportOptions(
    capacities=Capacities(10), event_status=Event.PublishStatus.LIVE, session_status=Session.Status.LIVE
)
GUIDS = [f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "1234"]


def next_year(path=SMALL_XML, *, guids="fresh"):
    """Return the programme a year later: the same acronym, places and numbers, other sessions."""
    text = path.read_text().replace("2031-05", "2032-05").replace("Oaks &amp; their friends", "Beeches")
    text = (
        text.replace("Pruning by hand", "Grafting")
        .replace("Owls at night", "Bats")
        .replace("Planting", "Sowing")
    )
    for number, guid in enumerate(GUIDS):
        if guids == "fresh":
            text = text.replace(guid, f"{number}9999999-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
        elif guids == "none":
            text = text.replace(f'guid="{guid}" ', "")
    return text.encode()


def without_guids():
    return next_year(guids="none").replace(b"2032-05", b"2031-05")


@pytest.mark.parametrize("guids", ["fresh", "none"])
def test_next_year_is_an_event_of_its_own(bob, guids):
    old = imported(SMALL if guids == "fresh" else without_guids(), options=LIVE).event
    submit_agenda(old, bob, list(Session.objects.filter(event=old, external_data__id="11")))
    before, told = all_rows(), Notification.objects.count()
    report = imported(next_year(guids=guids), options=LIVE)
    assert (report.is_event_new, report.created, report.moved) == (True, 4, 0)
    assert report.event.slug == "treecon-2031-2"
    after = all_rows()
    for table in ("events.Event", "sessions_app.Session", "sessions_app.Speaker"):
        assert [row for row in after[table] if row in before[table]] == before[table]
    assert Notification.objects.count() == told
    assert any("--event treecon-2031" in warning for warning in report.warnings)


def test_next_year_comes_up_to_date_itself():
    old = imported(SMALL).event
    new = imported(next_year()).event
    assert imported(next_year()).event == new
    assert imported(SMALL).event == old
    assert imported(next_year()).changed_nothing


def test_event_that_moved_by_a_year_is_known_by_its_guids():
    old = imported(SMALL).event
    report = imported(next_year(guids="kept"))
    assert (report.event, report.created, report.moved) == (old, 0, 4)


def test_next_year_into_last_years_event_by_choice_overwrites_no_session():
    old = imported(SMALL).event
    before = {row["pk"]: row for row in Session.objects.values("pk", "name", "starts_at", "external_id")}
    report = imported(next_year(), event=old)
    assert (report.created, report.updated, report.moved) == (4, 0, 0)
    assert len(report.missing_from_file) == 4
    for pk, row in before.items():
        assert Session.objects.values("pk", "name", "starts_at", "external_id").get(pk=pk) == row


def test_number_that_was_given_out_again_overwrites_no_session():
    old = imported(without_guids()).event
    report = imported(next_year(guids="none"), event=old)
    # The titles are the same here: the numbers agree with them, and the sessions moved.
    assert (report.created, report.moved) == (0, 4)
    other = (
        next_year(guids="none").replace(b"Beeches", b"Lichens").replace(b"2032-05-05T10", b"2032-05-05T15")
    )
    report = imported(other, event=old)
    assert (report.created, report.moved) == (1, 0)
    assert any("its ID (11) was that of “Beeches”" in str(finding) for finding in report.findings)
    assert sorted(
        Session.objects.filter(name__in=["Beeches", "Lichens"]).values_list("external_id", flat=True)
    ) == [
        "11",
        "11  #2",
    ]
    before = all_rows()
    imported(other, event=old)
    assert all_rows() == before


def test_contradicting_guid_beats_the_same_number():
    imported(SMALL)
    report = imported(changed(SMALL_XML, (OAKS, "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee")))
    assert (report.created, report.updated) == (1, 0)
    assert report.missing_from_file == ["Oaks & their friends"]


def test_several_fitting_events_are_named_for_a_choice():
    imported(SMALL)
    imported(SMALL, among=Event.objects.none())
    with pytest.raises(CommandError, match=r"(?s)treecon-2031, treecon-2031-2.*--event ID"):
        run("import_schedule", SMALL_XML)
    assert "Nothing changed." in run("import_schedule", SMALL_XML, "--event", "treecon-2031-2")


def test_of_two_sessions_under_one_guid_the_one_that_was_not_deleted_counts():
    event = imported(SMALL).event
    Session.objects.filter(external_id=PRUNING).update(archived_at=event.starts_at)
    again = SessionFactory(event=event, external_id=PRUNING, name="Pruning again")
    report = imported(SMALL)
    assert (report.created, report.warnings) == (0, [])
    again.refresh_from_db()
    assert again.name == "Pruning by hand"


def test_other_format_without_guids_is_still_the_same_event():
    event = imported(SMALL).event
    text = SMALL_JSON.read_text()
    for guid in GUIDS:
        text = text.replace(f'"guid": "{guid}",', "")
    report = imported(text.encode())
    assert (report.event, report.created) == (event, 0)


def test_own_event_of_that_acronym_on_other_days_is_left_alone():
    event = EventFactory(starts_at=datetime(2030, 5, 5, tzinfo=UTC), ends_at=datetime(2030, 5, 7, tzinfo=UTC))
    Event.objects.filter(pk=event.pk).update(external_id="treecon-2031")
    assert imported(SMALL).event != event

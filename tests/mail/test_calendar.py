"""Calendar files: one entry per person and session, for ever, in the right zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest

from events.actors import SYSTEM
from registrations import actions
from registrations.calendar import agenda_ics, session_ics, timezone_component
from registrations.links import event_url, manage_token, session_url
from registrations.mail import render
from registrations.models import EventRegistration, Notification
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, seat_of
from tests.factories import SessionFactory, SessionTrackFactory, at
from tests.mail import scenes
from tests.mail.scenes import BOB


def attached(notification: Notification) -> icalendar.Calendar:
    """The calendar that the mail carries."""
    attachments = render(notification).attachments
    (part,) = (each for each in attachments if each.get_content_type() == "text/calendar")
    assert part.get_param("method") == "PUBLISH"
    return icalendar.Calendar.from_ical(part.get_payload(decode=True))


def only_entry(calendar: icalendar.Calendar) -> icalendar.Event:
    """Its one entry."""
    (entry,) = calendar.events
    return entry


@pytest.mark.django_db
def test_entry_says_what_when_where_and_how_to_change_it():
    notification = scenes.registered()
    calendar = attached(notification)
    entry = only_entry(calendar)
    assert entry["SUMMARY"] == "Practical seamanship"
    assert entry.start == datetime(2031, 5, 5, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert entry.end - entry.start == timedelta(hours=1)
    assert entry["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert entry["LOCATION"] == "Room 2, Harbour Hall, Quay 12 3011 AA Rotterdam"
    assert entry["URL"] == session_url(Session.objects.get())
    assert entry["STATUS"] == "CONFIRMED"
    assert entry["SEQUENCE"] == 0
    assert str(entry["ORGANIZER"]) == "mailto:info@harbour.example"
    assert [zone["TZID"] for zone in calendar.timezones] == ["Europe/Amsterdam"]


@pytest.mark.django_db
def test_entries_do_not_open_the_personal_page(client):
    """A calendar is shared and synchronized: whoever sees an entry must not be able to give the seat up."""
    notification = scenes.registered()
    registration, session = notification.event_registration, Session.objects.get()
    files = [agenda_ics(registration), session_ics(seat_of(session, BOB)), attached(notification).to_ical()]
    for file in files:
        assert manage_token(registration)[:30] not in file.decode().replace("\r\n ", "")
        assert only_entry(icalendar.Calendar.from_ical(file))["URL"] == session_url(session)
    assert client.get(urlsplit(session_url(session)).path).status_code == 200


@pytest.mark.django_db
def test_entry_of_session_without_page_leads_to_the_event(client):
    scenes.registered()
    session = Session.objects.get()
    actions.cancel_session(session, actor=SYSTEM)
    entry = only_entry(attached(scenes.latest("session_cancelled")))
    assert entry["URL"] == event_url(session.event)
    assert client.get(urlsplit(entry["URL"]).path).status_code == 200


@pytest.mark.django_db
def test_entry_reminds_five_minutes_before():
    (alarm,) = only_entry(attached(scenes.registered())).alarms.times
    assert alarm.trigger == datetime(2031, 5, 5, 7, 55, tzinfo=UTC)


@pytest.mark.django_db
def test_moved_session_keeps_uid_and_raises_sequence():
    before = only_entry(attached(scenes.registered()))
    session = Session.objects.get()
    scenes.move(session, starts_at=at(9), ends_at=at(10))
    after = only_entry(attached(scenes.latest("session_changed")))
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], 1)
    assert after.start == before.start + timedelta(hours=1)


@pytest.mark.django_db
def test_cancelled_session_cancels_same_entry_without_reminder():
    before = only_entry(attached(scenes.registered()))
    actions.cancel_session(Session.objects.get(), actor=SYSTEM)
    after = only_entry(attached(scenes.latest("session_cancelled")))
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.alarms.times == []


@pytest.mark.django_db
def test_every_change_of_an_entry_is_a_later_revision():
    session = Session.objects.get(
        pk=scenes.registered().event_registration.session_registrations.get().session_id
    )
    seen = [only_entry(attached(scenes.latest("registered")))]
    for _time in range(2):
        actions.cancel_session_registrations([seat_of(session, BOB)], actor=SYSTEM)
        seen.append(only_entry(attached(scenes.latest("cancelled"))))
        claim(session, BOB)
        seen.append(only_entry(attached(scenes.latest("registered"))))
    scenes.move(session, starts_at=at(9), ends_at=at(10))
    registration = EventRegistration.objects.select_related("event", "contact").get()
    seen.append(only_entry(icalendar.Calendar.from_ical(agenda_ics(registration))))
    revisions = [entry["SEQUENCE"] for entry in seen]
    assert revisions == sorted(set(revisions))
    assert [entry["STATUS"] for entry in seen] == [*("CONFIRMED", "CANCELLED") * 2, "CONFIRMED", "CONFIRMED"]
    assert len({entry["UID"] for entry in seen}) == 1


@pytest.mark.django_db
def test_calendar_has_no_identity_of_its_own():
    """A subscriber that reads one UID per file would show one session of all."""
    event = scenes.harbour_conf()
    actions.submit_agenda(event, BOB, [scenes.seamanship(event), scenes.tides(event)])
    registration = EventRegistration.objects.select_related("event", "contact").get()
    for file in (agenda_ics(registration), attached(scenes.latest("registered")).to_ical()):
        head, *entries = file.decode().split("BEGIN:VEVENT")
        assert "\nUID:" not in head
        assert [entry.count("\nUID:") for entry in entries] == [1, 1]


@pytest.mark.django_db
def test_coming_back_to_session_is_same_entry():
    before = only_entry(attached(scenes.registered()))
    session = Session.objects.get()
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=SYSTEM, notify=False)
    claim(session, BOB)
    again = only_entry(attached(scenes.latest("registered")))
    assert (again["UID"], again["STATUS"]) == (before["UID"], "CONFIRMED")


@pytest.mark.django_db
def test_two_people_have_different_entries_for_one_session():
    session = scenes.seamanship()
    claim(session, BOB)
    claim(session, scenes.CAROL)
    bobs, carols = (
        icalendar.Calendar.from_ical(session_ics(seat_of(session, who))) for who in (BOB, scenes.CAROL)
    )
    assert only_entry(bobs)["UID"] != only_entry(carols)["UID"]


@pytest.mark.django_db
def test_agenda_holds_seats_and_what_was_called_off_but_not_what_was_given_up(django_assert_num_queries):
    event = scenes.harbour_conf()
    kept, given_up = scenes.seamanship(event), scenes.tides(event)
    called_off = scenes.tides(event, name="Lights at night", starts_at=at(18), ends_at=at(19))
    actions.submit_agenda(event, BOB, [kept, given_up, called_off])
    actions.submit_agenda(event, BOB, [], [given_up])
    actions.cancel_session(called_off, actor=SYSTEM)
    registration = EventRegistration.objects.select_related("event", "contact").get()
    with django_assert_num_queries(4):
        calendar = icalendar.Calendar.from_ical(agenda_ics(registration))
    assert [(entry["SUMMARY"], entry["STATUS"]) for entry in calendar.events] == [
        ("Practical seamanship", "CONFIRMED"),
        ("Lights at night", "CANCELLED"),
    ]
    assert calendar["X-WR-CALNAME"] == "Harbour Conf"


@pytest.mark.django_db
def test_session_without_time_is_an_entry_of_that_day():
    session = SessionFactory(event=scenes.harbour_conf(), starts_at=None, date=at(0).date())
    claim(session, BOB)
    entry = only_entry(icalendar.Calendar.from_ical(session_ics(seat_of(session, BOB))))
    assert (entry.start, entry.end) == (at(0).date(), at(0, day=1).date())
    assert entry.alarms.times == []


@pytest.mark.django_db
def test_utc_needs_no_zone_and_track_is_a_category():
    event = scenes.harbour_conf(timezone="UTC")
    session = scenes.tides(event, track=SessionTrackFactory(event=event, name="Tides, and more"))
    claim(session, BOB)
    calendar = icalendar.Calendar.from_ical(session_ics(seat_of(session, BOB)))
    assert calendar.timezones == []
    assert only_entry(calendar).start == at(10)
    assert only_entry(calendar).categories == ["Tides, and more"]


@pytest.mark.django_db
def test_session_in_zone_of_its_own_keeps_it():
    session = scenes.tides(scenes.harbour_conf(), own_timezone="America/New_York")
    claim(session, BOB)
    entry = only_entry(icalendar.Calendar.from_ical(session_ics(seat_of(session, BOB))))
    assert entry["DTSTART"].params["TZID"] == "America/New_York"
    assert entry.start == at(10)


@pytest.mark.django_db
def test_webinar_takes_place_at_its_address():
    session = scenes.tides(scenes.harbour_conf(), format="webinar", webinar_url="https://live.example/1")
    session.building = None
    session.save()
    claim(session, BOB)
    entry = only_entry(icalendar.Calendar.from_ical(session_ics(seat_of(session, BOB))))
    assert entry["LOCATION"] == "https://live.example/1"
    assert contact_of(BOB).email not in entry.to_ical().decode()


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Amsterdam",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "Africa/Casablanca",
        "Asia/Kathmandu",
    ],
)
def test_zone_component_knows_every_clock_change(name):
    zone = ZoneInfo(name)
    from_file = timezone_component(zone, 2030, 2031).to_tz(lookup_tzid=False)
    moment = datetime(2030, 1, 2, tzinfo=UTC)
    while moment.year < 2032 and moment < datetime(2031, 12, 31, tzinfo=UTC):
        wall = moment.astimezone(zone).replace(tzinfo=None)
        assert wall.replace(tzinfo=from_file).utcoffset() == wall.replace(tzinfo=zone).utcoffset(), wall
        moment += timedelta(minutes=30)

"""The event's figures against a counting of their own, row by row in Python."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from events.actors import Actor
from registrations import actions
from registrations.admin.overview import FIGURES
from registrations.models import CheckIn, EventRegistration, Notification, SessionRegistration
from registrations.queries import attendance, overview
from registrations.queries.rooms import fill_by_room_and_hour
from sessions_app.models import Session
from tests.engine.acts import claim, people, person
from tests.factories import EventFactory, RoomFactory, SessionFactory, at
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = at(23, day=5)


def url_of(event, key):
    """The address of a figure's file."""
    return reverse("admin:figure_file", args=["event", event.pk, key])


def read_csv(answer):
    """The rows of a file, its head left out."""
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


@pytest.fixture
def told(alice):
    """An event with a full session that is waited for, one past capacity, and one with room; days apart."""
    event = EventFactory(timezone="Asia/Kolkata", capacity=500)
    hall, cabin = RoomFactory(name="Hall", capacity=40), RoomFactory(name="Cabin", capacity=3)
    full = SessionFactory(event=event, name="Full", capacity=3, room=cabin, starts_at=at(9), ends_at=at(11))
    over = SessionFactory(event=event, name="Over", capacity=2, room=cabin, starts_at=at(11), ends_at=at(12))
    free = SessionFactory(event=event, name="Free", capacity=40, room=hall, starts_at=at(9), ends_at=at(10))
    begin = datetime(2031, 4, 1, 18, 20, tzinfo=UTC)
    for number, who in enumerate(people(6)):
        claim(full, who, wait=True, at=begin + timedelta(minutes=7 * number))
    for number, who in enumerate(people(3, "late")):
        claim(free, who, at=begin + timedelta(days=3, minutes=number))
    staff = Actor.staff(alice)
    actions.add_to_session(over, people(4, "vip"), actor=staff, reason="VIP", past_capacity=True, at=begin)
    leaving = EventRegistration.objects.get(contact__email=person("late0").email)
    actions.cancel_event_registrations([leaving], actor=staff, at=begin + timedelta(days=4))
    return event, full, over, free


def test_seats_by_session_are_those_of_the_rows(told):
    found = {row.pk: row for row in overview.seats_of_sessions(told[0])}
    for session in told[1:]:
        row = found[session.pk]
        seats = SessionRegistration.objects.active().filter(session=session)
        assert row.taken == len(seats)
        assert row.waiting == len(WaitlistItem.objects.waiting().filter(session=session))
        assert row.past_capacity == max(0, len(seats) - row.capacity)
    assert [found[one.pk].past_capacity for one in told[1:]] == [0, 2, 0]
    assert [found[one.pk].waiting for one in told[1:]] == [3, 0, 0]
    assert [found[one.pk].fits for one in told[1:]] == [3, 3, 40]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "UTC"])
def test_registrations_are_counted_by_the_day_of_the_events_clock(told, zone):
    event = told[0]
    event.timezone = zone
    came, went = Counter(), Counter()
    for row in EventRegistration.objects.filter(event=event):
        came[row.registered_at.astimezone(event.zone).date()] += 1
        if row.cancelled_at:
            went[row.cancelled_at.astimezone(event.zone).date()] += 1
    days = overview.registrations_by_day(event)
    assert {day.day: day.registered for day in days if day.registered} == came
    assert {day.day: day.cancelled for day in days if day.cancelled} == went
    assert [later.day - earlier.day for earlier, later in pairwise(days)] == [timedelta(days=1)] * (
        len(days) - 1
    )
    assert overview.running_total(days)[-1] == EventRegistration.objects.active().filter(event=event).count()


def test_midnight_by_the_events_clock_parts_the_days(told):
    """18:20 to 18:55 in UTC is ten to midnight, and after it, in India."""
    days = {day.day: day.registered for day in overview.registrations_by_day(told[0])}
    assert (days[date(2031, 4, 1)], days[date(2031, 4, 2)]) == (5 + 1, 4)


def test_rooms_are_as_full_as_what_runs_in_them_at_that_hour(told):
    event = told[0]
    event.timezone = "UTC"
    [(day, grid)] = fill_by_room_and_hour(event, overview.seats_of_sessions(event)).items()
    assert day == at(9).date()
    shown = {
        room: {hour.hour: (c.taken, c.capacity) for hour, c in cells.items()} for room, cells in grid.items()
    }
    assert shown == {"Cabin": {9: (3, 3), 10: (3, 3), 11: (4, 2)}, "Hall": {9: (2, 40)}}


def test_lines_say_who_waits_and_what_became_of_the_others(told, alice):
    event, full = told[0], told[1]
    [first, second, _third] = WaitlistItem.objects.waiting().filter(session=full).in_line()
    actions.leave_waitlist(second, contact=second.contact)
    seat = SessionRegistration.objects.active().filter(session=full).earliest("id")
    actions.cancel_session_registrations([seat], actor=Actor.staff(alice))
    first.refresh_from_db()
    assert first.status == WaitlistItem.Status.REGISTERED
    assert overview.lines_of(event) == [overview.Line(full.pk, waiting=1, invited=0, registered=1, left=1)]


def test_no_shows_are_those_with_a_seat_whom_no_door_saw(told, alice):
    event, full, over, free = told
    staff = Actor.staff(alice)
    for name in ("guest0", "guest1"):
        registration = EventRegistration.objects.get(contact__email=person(name).email)
        actions.check_in(registration, full, actor=staff, at=full.starts_at)
    undone = EventRegistration.objects.get(contact__email=person("vip0").email)
    entry = actions.check_in(undone, over, actor=staff, at=over.starts_at).check_in
    actions.undo_check_in(entry, actor=staff)
    found = attendance.attendance_of(event, overview.seats_of_sessions(event), AFTER)
    assert [(one.session.pk, one.came, one.missed) for one in found] == [(full.pk, 2, 1)]
    assert attendance.attendance_of(event, overview.seats_of_sessions(event), full.starts_at) == []
    assert CheckIn.objects.count() == 3
    assert attendance.show_up_rate(found) is None
    # Whoever is admitted in the stead of an absent person is none of those who had a seat; nor is one freed forgotten.
    Session.objects.filter(pk=full.pk).update(own_standby_minutes=10)
    head = WaitlistItem.objects.waiting().filter(session=full).in_line().first()
    standing_there = EventRegistration.objects.get(event=event, contact=head.contact)
    actions.admit_standby(full, standing_there, actor=staff, at=full.starts_at)
    actions.free_no_shows(full, full.registrations.all(), actor=staff, at=full.starts_at)
    [now] = attendance.attendance_of(event, overview.seats_of_sessions(event), AFTER)
    assert (now.seats, now.came, now.missed, now.session.taken) == (3, 2, 1, 3)
    assert free.pk not in {one.session.pk for one in found}


def test_mails_are_sent_due_or_failed(told):
    event = told[0]
    mails = list(Notification.objects.filter(event=event).order_by("id"))
    mails[0].sent_at = mails[1].given_up_at = AFTER
    Notification.objects.bulk_update(mails[:2], ["sent_at", "given_up_at"])
    found = overview.mails_of(event)
    assert sum(one.sent for one in found) == 1
    assert sum(one.failed for one in found) == 1
    assert sum(one.due for one in found) == len(mails) - 2
    by_kind = Counter(mail.kind for mail in mails)
    assert {one.kind: one.sent + one.due + one.failed for one in found} == by_kind


def test_each_figure_is_a_file_of_all_its_rows(told, client, alice):
    client.force_login(alice)
    rows = read_csv(client.get(url_of(told[0], "overview_seats")))
    assert {row[0]: row[4:8] for row in rows} == {
        "Full": ["3", "0", "0", "3"],
        "Over": ["4", "2", "0", "0"],
        "Free": ["2", "0", "0", "0"],
    }
    for figure in FIGURES:
        answer = client.get(url_of(told[0], figure.key))
        assert answer.status_code == 200
        assert f"{told[0].slug}-{figure.key}.csv" in answer["Content-Disposition"]
    assert client.get(url_of(told[0], "overview_nothing")).status_code == 404


def test_names_that_are_formulas_are_text_in_a_file(client, alice):
    session = SessionFactory(name="=1+1")
    client.force_login(alice)
    assert read_csv(client.get(url_of(session.event, "overview_seats")))[0][0] == "'=1+1"

"""A phone asks for the seats of those who have not come: one verdict a scan, in the order of the line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import check_in, join_waitlist
from registrations.models import Activity, CheckIn, DoorScan, EventRegistration, SessionRegistration
from tests.doors.phones import paired, phone, scan, send
from tests.engine.acts import claim, figures, fill, person
from tests.factories import SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seats_stay_true")]


@pytest.fixture
def session(event):
    """Two seats, both taken; it has begun, one person is in, and two wait."""
    session = SessionFactory(event=event, capacity=2, own_standby_minutes=10, validate_registrants=True)
    fill(session)
    for name in ("first", "second"):
        join_waitlist(session, person(name))
    now = timezone.now()
    session.starts_at, session.ends_at = now - timedelta(minutes=5), now + timedelta(hours=1)
    session.save()
    check_in(EventRegistration.objects.order_by("pk")[0], session, actor=SYSTEM)
    return session


@pytest.fixture
def door(event, session):
    return phone(paired(event))


def who(name):
    return EventRegistration.objects.get(contact__email=f"{name}@example.org")


def asks(door, session, name, **more):
    sent = scan(who(name), door=str(session.uuid), standby=True, **more)
    return sent, verdict(door, sent)


def verdict(door, sent):
    [said] = send(door, sent).json()["verdicts"]
    return said


def test_gives_the_seat_to_whom_it_is_due_and_says_so_again(door, session):
    _sent, refused = asks(door, session, "second")
    assert (refused["outcome"], refused["words"]) == (
        "not_next_in_line",
        "first Test is next. Call them; if nobody answers, say that they are not here.",
    )
    sent, admitted = asks(door, session, "first")
    assert [admitted["outcome"], verdict(door, sent)["outcome"]] == ["admitted", "admitted"]
    seat = SessionRegistration.objects.get(session=session, contact=who("first").contact)
    assert (seat.source, seat.is_past_capacity, figures(session)) == ("standby", True, (2, 3, 0, 1))
    entry = CheckIn.objects.get(event_registration=who("first"))
    assert (entry.device.name, entry.is_override) == ("Door 3", False)
    assert DoorScan.objects.filter(to_look_at="").count() == DoorScan.objects.count() == 2
    _sent, full = asks(door, session, "second")
    assert full["outcome"] == "full_house"


def test_whoever_was_called_and_is_not_here_lets_the_next_one_in(door, session):
    roster = door.get(reverse("door_api_roster"), {"door": str(session.uuid)}).json()
    assert roster["standby"]["free"] == 1
    first, second = roster["standby"]["line"]
    assert (first, second) == (str(who("first").uuid), str(who("second").uuid))
    _sent, admitted = asks(door, session, "second", not_here=[first, "nonsense", 7])
    assert admitted["outcome"] == "admitted"
    line = Activity.objects.get(session=session, verb="added_past_capacity")
    assert (line.actor, line.detail["not_here"]) == ("Door 3", [who("first").contact_id])


def test_a_seat_that_is_not_asked_for_is_not_given(door, session):
    """The page says that they wait; nobody sits down by being scanned."""
    said = verdict(door, scan(who("first"), door=str(session.uuid)))
    assert (said["outcome"], figures(session)) == ("standby", (2, 2, 0, 2))


def test_late_comers_learn_that_the_house_is_full(door, event, session):
    asks(door, session, "first")
    late = EventRegistration.objects.order_by("pk")[1]
    said = verdict(door, scan(late, door=str(session.uuid)))
    assert said["outcome"] == "full_house"
    assert CheckIn.objects.inside().filter(session=session).count() == 2


def test_walk_ups_come_after_the_line(door, event, session):
    claim(SessionFactory(event=event, starts_at=None, ends_at=None), person("walker"))
    _sent, refused = asks(door, session, "walker")
    everybody = [str(who(name).uuid) for name in ("first", "second")]
    _sent, admitted = asks(door, session, "walker", not_here=everybody)
    assert [refused["outcome"], admitted["outcome"]] == ["not_next_in_line", "admitted"]

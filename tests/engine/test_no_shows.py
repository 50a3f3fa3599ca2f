"""Who did not come to a session: marked when it is over, freed early, and unmarked by whoever came after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import Actor
from events.errors import NotBegun
from registrations.actions import (
    admit_standby,
    cancel_session,
    check_in,
    free_no_shows,
    join_waitlist,
    mark_no_shows,
    undo_check_in,
)
from registrations.models import Activity, EventRegistration, SessionRegistration
from tests.engine.acts import figures, fill, holders, mails, person
from tests.factories import SessionFactory, at

DOOR = Actor("api", name="Door 3")
START, OVER = at(10), at(11)


@pytest.fixture
def session(event):
    return SessionFactory(
        event=event, capacity=3, starts_at=START, ends_at=OVER, own_standby_minutes=10, name="Knots"
    )


@pytest.fixture
def seated(session):
    found = [EventRegistration.objects.get(contact__email=who.email) for who in fill(session)]
    assert len(found) == 3
    return found


def no_shows(session):
    rows = SessionRegistration.objects.filter(session=session).exclude(no_show_at=None)
    return list(rows.order_by("pk").values_list("event_registration", "no_show_at"))


def seats(session):
    return SessionRegistration.objects.active().filter(session=session)


def test_marks_those_whom_the_door_did_not_let_in_once_the_session_is_over(session, seated):
    check_in(seated[0], session, actor=DOOR, at=START)
    assert (mark_no_shows(OVER - timedelta(seconds=1)), no_shows(session)) == (0, [])
    assert mark_no_shows(OVER) == 2
    assert mark_no_shows(OVER + timedelta(hours=1)) == 0
    assert no_shows(session) == [(one.pk, OVER) for one in seated[1:]]
    said = Activity.objects.filter(verb="no_show", session=session).order_by("pk")
    assert [(row.contact, row.actor) for row in said] == [(one.contact, "Seatwise") for one in seated[1:]]
    assert figures(session) == (3, 3, 0, 0), "they keep the seat that they had"


def test_marks_nobody_where_nobody_looked(session, seated):
    check_in(seated[0], actor=DOOR, at=START)
    assert mark_no_shows(OVER) == 0
    undo_check_in(check_in(seated[0], session, actor=DOOR, at=START).check_in, actor=DOOR, at=START)
    assert mark_no_shows(OVER) == 0


def test_marks_nobody_of_a_cancelled_session_nor_of_last_week(session, seated):
    check_in(seated[0], session, actor=DOOR, at=START)
    assert mark_no_shows(OVER + timedelta(days=7)) == 0
    cancel_session(session, actor=DOOR, at=START)
    assert mark_no_shows(OVER) == 0


def test_a_scan_that_comes_late_takes_the_mark_away(session, seated):
    check_in(seated[0], session, actor=DOOR, at=START)
    mark_no_shows(OVER)
    check_in(seated[1], session, actor=DOOR, scanned_at=START, at=OVER + timedelta(hours=1))
    assert [pk for pk, _at in no_shows(session)] == [seated[2].pk]
    assert Activity.objects.get(verb="no_show_undone").contact == seated[1].contact
    check_in(seated[2], actor=DOOR, at=OVER + timedelta(hours=1))
    assert len(no_shows(session)) == 1, "they came to the event, and not to the session"


def test_frees_the_seats_of_those_who_have_not_come(session, seated):
    check_in(seated[0], session, actor=DOOR, at=START)
    join_waitlist(session, person("next"))
    with pytest.raises(NotBegun):
        free_no_shows(session, seats(session), actor=DOOR, at=START - timedelta(minutes=1))
    moment = START + timedelta(minutes=15)
    assert free_no_shows(session, seats(session), actor=DOOR, at=moment) == 2
    assert figures(session) == (3, 1, 0, 1)
    assert no_shows(session) == [(one.pk, moment) for one in seated[1:]]
    gone = SessionRegistration.objects.filter(session=session).exclude(cancelled_at=None)
    assert {row.cancel_reason for row in gone} == {"no-show"}
    assert mails("cancelled") == [("cancelled", one.contact.email.split("@")[0]) for one in seated[1:]]
    # Nobody is served after the start; whoever stands at the door has a seat that is free.
    waiting = EventRegistration.objects.get(contact__email="next@example.org")
    admit_standby(session, waiting, actor=DOOR, at=moment)
    assert "next" in holders(session)
    assert not SessionRegistration.objects.get(session=session, contact=waiting.contact).is_past_capacity


def test_frees_them_without_a_word_where_nobody_is_told(session, seated):
    check_in(seated[0], session, actor=DOOR, at=START)
    freed = free_no_shows(session, seats(session), actor=DOOR, reason="Room 2", notify=False, at=START)
    assert (freed, mails("cancelled")) == (2, [])
    assert Activity.objects.filter(verb="cancelled").latest("pk").reason == "Room 2"

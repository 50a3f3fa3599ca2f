"""Moving a session: first who is affected, then everybody is told once."""

from __future__ import annotations

import pytest

from registrations.actions import submit_agenda
from registrations.models import Notification
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_forms.paper import change, confirm, errors, read, said
from tests.factories import EventFactory, RoomFactory, SessionFactory, SpeakerFactory, at

pytestmark = pytest.mark.django_db(transaction=True)

LATER = {"start_time": "15:00", "end_time": "16:00"}


@pytest.fixture
def event():
    return EventFactory()


@pytest.fixture
def session(event):
    """Practical seamanship at ten, with three people; one of them also has a session at three."""
    room = RoomFactory(name="Room 2", capacity=10)
    session = SessionFactory(
        event=event,
        name="Practical seamanship",
        capacity=10,
        room=room,
        building=room.building,
        starts_at=at(10),
        ends_at=at(11),
    )
    other = SessionFactory(event=event, name="Radio", starts_at=at(15), ends_at=at(16))
    for number in range(3):
        choice = [session, other] if number == 0 else [session]
        submit_agenda(event, Attendee(f"p{number}@example.com", f"Pia {number}"), choice)
    return session


def told(session) -> int:
    return Notification.objects.filter(kind="session_changed", session=session).count()


def test_asks_before_session_with_people_moves(desk, url, session):
    page = change(desk, url(session), "session_form", **LATER)
    assert page.status_code == 200
    lines = [(line.who, line.now, line.then) for line in page.context["question"].consequences]
    assert lines == [
        ("3 registered", "Mon 10:00–11:00 · Room 2", "Mon 15:00–16:00 · Room 2"),
        ("Pia 0", "no clash", "clash with another session they hold; they keep both seats"),
    ]
    assert Session.objects.get(pk=session.pk).starts_at == at(10)
    assert told(session) == 0


def test_says_before_what_the_move_runs_into_and_which_capacity_comes_along(desk, url, session):
    speaker = SpeakerFactory(event=session.event, name="Ada Moore")
    session.speakers.add(speaker)
    hall = RoomFactory(name="Hall", capacity=30, building=session.building)
    SessionFactory(event=session.event, name="Sails", room=hall, starts_at=at(15), ends_at=at(16))
    talk = SessionFactory(event=session.event, name="Talk", starts_at=at(15), ends_at=at(16))
    talk.speakers.add(speaker)
    place = {"room": hall.pk, "capacity": "30"}
    page = change(desk, url(session), "session_form", **LATER, **place)
    lines = [(line.who, line.now, line.then) for line in page.context["question"].consequences]
    assert lines[2:] == [
        ("The capacity", "3 of 10", "30 seats"),
        ("The plan", "–", "Hall is also booked for “Sails” at that time."),
        ("The plan", "–", "Ada Moore also speaks at “Talk” at that time."),
    ]
    page = change(desk, url(session), "session_form", **LATER, **{**place, "capacity": "31"})
    said_of_plan = [line.then for line in page.context["question"].consequences if line.who == "The plan"]
    assert said_of_plan[-1] == "The capacity is 31, and only 30 fit into the place."
    assert Session.objects.get(pk=session.pk).room == session.room


def test_tells_each_registered_person_once(desk, url, session):
    page = change(desk, url(session), "session_form", **LATER)
    answer = confirm(desk, url(session), page)
    assert "3 people are told of the change." in said(desk, answer)
    session.refresh_from_db()
    assert (session.starts_at, session.calendar_sequence) == (at(15), 1)
    assert told(session) == 3
    said(desk, change(desk, url(session), "session_form"))
    assert Session.objects.get(pk=session.pk).calendar_sequence == 1


def test_asks_before_a_title_changes_and_tells_of_it(desk, url, session):
    page = change(desk, url(session), "session_form", name="Seamanship")
    question = page.context["question"]
    assert question.button == "Change the title"
    [line] = question.consequences
    assert (line.who, line.then.split(" · ")[0]) == ("3 registered", "Seamanship")
    assert "3 people are told of the change." in said(desk, confirm(desk, url(session), page))
    assert (told(session), Session.objects.get(pk=session.pk).calendar_sequence) == (3, 1)


def test_tells_nobody_when_staff_say_so(desk, url, session):
    page = change(desk, url(session), "session_form", **LATER)
    form = confirm(desk, url(session), page, notify=[])
    assert form.status_code == 302
    assert Session.objects.get(pk=session.pk).calendar_sequence == 1
    assert told(session) == 0


@pytest.mark.parametrize("notify", [True, False])
def test_asks_before_a_session_moves_that_people_only_wait_for(desk, url, event, notify):
    full = SessionFactory(event=event, capacity=0, starts_at=at(10), ends_at=at(11))
    submit_agenda(event, Attendee("carol@example.com", "Carol"), [full], wait=True)
    page = change(desk, url(full), "session_form", **LATER)
    assert [line.who for line in page.context["question"].consequences] == ["1 waiting"]
    answer = said(desk, confirm(desk, url(full), page, **({} if notify else {"notify": []})))
    assert ("1 person is told of the change." in answer, told(full)) == (notify, int(notify))


def test_keeps_what_was_typed_when_going_back(desk, url, session):
    page = change(desk, url(session), "session_form", **LATER, name="Seamanship")
    answer = desk.post(url(session), {**read(page, "sw-confirm").data, "_edit_again": "1"})
    assert list(errors(answer)) == ["__all__"]
    assert answer.context["adminform"].form["name"].value() == "Seamanship"
    assert Session.objects.get(pk=session.pk).name == "Practical seamanship"


def test_says_by_how_much_the_room_is_too_small(desk, url, session):
    cupboard = RoomFactory(name="Cupboard", building=session.building, capacity=2)
    page = change(desk, url(session), "session_form", room=cupboard.pk)
    assert page.context["question"].consequences[-1].then == "too small by 1: only 2 fit; nobody is removed"
    confirm(desk, url(session), page)
    session = Session.objects.select_related("seats").get(pk=session.pk)
    assert (session.seats.capacity, session.seats.taken) == (2, 3)


def test_asks_before_capacity_goes_below_seats_taken(desk, url, session):
    page = change(desk, url(session), "session_form", capacity="2")
    assert page.context["question"].button == "Set the capacity to 2"
    answer = confirm(desk, url(session), page)
    said(desk, answer)
    assert told(session) == 0


def test_moves_session_without_people_at_once(desk, url, event):
    empty = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    said(desk, change(desk, url(empty), "session_form", **LATER))
    empty.refresh_from_db()
    assert (empty.starts_at, empty.calendar_sequence) == (at(15), 1)

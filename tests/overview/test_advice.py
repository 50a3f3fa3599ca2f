"""Advice: what is offered, what is not, where its button leads, and what comes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from events.actors import Actor
from events.errors import Invalid
from events.roles import setup_roles
from registrations import actions
from registrations.models import Notification
from registrations.queries.advice import Overbook, RaiseCapacity, Repeat, SwapRooms, advice_for
from registrations.queries.overview import seats_of_sessions
from sessions_app.models import Session
from tests.engine.acts import claim, fill, people, person
from tests.factories import (
    EventFactory,
    EventTeamMemberFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = at(8), at(12)


@pytest.fixture
def event(alice):
    """An event of Alice's."""
    return EventFactory(created_by=alice)


@pytest.fixture
def cabin():
    """A room for three."""
    return RoomFactory(name="Cabin", capacity=3)


@pytest.fixture
def hall():
    """A room for thirty."""
    return RoomFactory(name="Hall", capacity=30)


def waited_for(event, room, *, capacity=3, waiting=4, **values):
    """A full session that some wait for."""
    session = SessionFactory(event=event, room=room, capacity=capacity, name="Wanted", **values)
    fill(session)
    for who in people(waiting, f"waits{session.pk}-"):
        claim(session, who, wait=True)
    return session


def beside(session, **values):
    """Another session of the event at the same hours."""
    hours = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    return SessionFactory(event=session.event, **{**hours, **values})


def found(event, moment=BEFORE):
    """The advice of an event."""
    return advice_for(event, seats_of_sessions(event), moment)


def kinds(event, moment=BEFORE):
    """The kinds of advice."""
    return [type(one) for one in found(event, moment)]


def test_raises_capacity_to_what_fits_into_the_room(event, hall):
    session = waited_for(event, hall)
    [one] = found(event)
    assert one == RaiseCapacity(seats_of_sessions(event)[0], to=30)
    session.seats.refresh_from_db()
    session.seats.hard_limit = 5
    session.seats.save()
    assert found(event)[0].to == 5
    assert found(event, AFTER) == []


def test_swaps_rooms_where_the_other_session_needs_less(event, cabin, hall):
    wanted = waited_for(event, cabin)
    other = beside(wanted, room=hall, capacity=30, name="Quiet")
    claim(other, person("one"))
    [one] = [one for one in found(event) if isinstance(one, SwapRooms)]
    assert (one.session.pk, one.other.pk, one.to) == (wanted.pk, other.pk, 30)
    for who in people(3, "more"):
        claim(other, who)
    assert SwapRooms not in kinds(event)


@pytest.mark.parametrize("values", [{"starts_at": at(9, 30)}, {"room": None}, {"capacity": 29}], ids=str)
def test_does_not_swap_what_does_not_fit(event, cabin, hall, values):
    wanted = waited_for(event, cabin)
    other = beside(wanted, **{"room": hall, "capacity": 30, **values})
    if values.get("capacity"):
        fill(other, 4)
    assert SwapRooms not in kinds(event)


def test_repeats_where_a_room_is_free_and_most_who_wait_are(event, cabin, hall):
    wanted = waited_for(event, cabin, waiting=5)
    later = SessionFactory(
        event=event, room=cabin, capacity=50, starts_at=at(11), ends_at=at(12), name="Later"
    )
    SessionFactory(event=event, room=hall, capacity=30, starts_at=at(14), ends_at=at(15))
    # Two of five are busy at eleven: three are enough, and the hall is free.
    for who in people(2, f"waits{wanted.pk}-"):
        claim(later, who)
    repeat = next(one for one in found(event) if isinstance(one, Repeat))
    assert (repeat.span, repeat.room, repeat.can_come) == ((at(11), at(12)), "Hall", 3)
    claim(later, people(3, f"waits{wanted.pk}-")[2])
    repeat = next(one for one in found(event) if isinstance(one, Repeat))
    assert (repeat.span, repeat.room, repeat.can_come) == ((at(14), at(15)), "Cabin", 5)


def test_repeats_nothing_whose_speaker_speaks_then(event, cabin):
    speaker = SpeakerFactory(event=event)
    wanted = waited_for(event, cabin)
    later = SessionFactory(
        event=event, room=RoomFactory(capacity=9), capacity=9, starts_at=at(11), ends_at=at(12)
    )
    assert Repeat in kinds(event)
    for session in (wanted, later):
        session.speakers.add(speaker)
    assert Repeat not in kinds(event)


def test_rooms_booked_by_another_event_are_not_free(event, cabin):
    waited_for(event, cabin)
    SessionFactory(event=event, room=RoomFactory(capacity=9), capacity=9, starts_at=at(11), ends_at=at(12))
    assert Repeat in kinds(event)
    SessionFactory(event=EventFactory(), room=cabin, starts_at=at(11), ends_at=at(12))
    assert Repeat not in kinds(event)


@pytest.fixture
def history(event, alice):
    """A session that is over, of 20 with a seat half came."""
    over = SessionFactory(event=event, capacity=20, starts_at=at(8), ends_at=at(8, 30))
    for number, holder in enumerate(fill(over)):
        if number % 2:
            registration = over.registrations.get(contact__email=holder.email).event_registration
            actions.check_in(registration, over, actor=Actor.staff(alice), at=at(8))
    return over


@pytest.mark.parametrize(("hard_limit", "to"), [(None, 9), (5, 5), (100, 6)])
def test_overbooks_by_how_many_come_where_the_event_wants_it(event, history, hard_limit, to):
    session = waited_for(event, RoomFactory(capacity=9 if hard_limit is None else 3), capacity=3)
    if hard_limit is None:
        session.seats.capacity = 6
        type(session.seats).objects.filter(pk=session.seats_id).update(capacity=6)
    type(session.seats).objects.filter(pk=session.seats_id).update(hard_limit=hard_limit)
    moment = at(8, 45)
    assert Overbook not in kinds(event, moment)
    event.overbook_by_show_up = True
    [one] = [one for one in found(event, moment) if isinstance(one, Overbook)]
    assert (one.to, one.rate) == (to, 0.5)


def test_overbooks_nothing_where_too_few_came_to_say(event, cabin, history):
    history.seats.refresh_from_db()
    type(history.seats).objects.filter(pk=history.seats_id).update(taken=19)
    waited_for(event, cabin)
    event.overbook_by_show_up = True
    assert Overbook not in kinds(event, at(8, 45))


# What the buttons lead to


def tab(event):
    """The Overview tab."""
    return f"{reverse('admin:events_event_change', args=[event.pk])}?tab=overview"


def shown(client, event):
    """The tab's text with runs of space made one."""
    answer = client.get(tab(event))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_button_of_capacity_shows_first_what_it_does(client, alice, event, hall):
    session = waited_for(event, hall)
    client.force_login(alice)
    assert "Raise “Wanted” to 30 seats" in shown(client, event)
    url = reverse("admin:panel_verb", args=["event", event.pk, "event_sessions", "set_capacity"])
    sent = {"row": session.pk, "capacity": 30, "confirmed": "1", "parameters": "", "back": tab(event)}
    preview = client.post(url, sent).content.decode()
    assert "4 waiting" in preview
    session.seats.refresh_from_db()
    assert (session.seats.capacity, session.seats.taken) == (3, 3)
    answer = client.post(url, {**sent, "seen": 30})
    assert answer["Location"] == tab(event)
    session.seats.refresh_from_db()
    assert (session.seats.capacity, session.seats.taken) == (30, 7)


def test_button_of_a_repeat_fills_in_the_form_of_a_new_session(client, alice, event, cabin):
    waited_for(event, cabin)
    SessionFactory(event=event, room=RoomFactory(capacity=9), capacity=9, starts_at=at(11), ends_at=at(12))
    client.force_login(alice)
    text = client.get(tab(event)).content.decode()
    address = text.split("/admin/sessions_app/session/add/?")[1].split('"')[0].replace("&amp;", "&")
    form = client.get(f"/admin/sessions_app/session/add/?{address}").context["adminform"].form
    assert form.initial["name"] == "Wanted"
    assert (form.initial["start_time"], form.initial["room"]) == ("11:00", str(cabin.pk))


def test_swapping_shows_first_what_it_does_to_both_and_then_does_it(client, alice, event, cabin, hall):
    wanted = waited_for(event, cabin)
    other = beside(wanted, room=hall, capacity=30, name="Quiet")
    claim(other, person("one"))
    client.force_login(alice)
    assert "Swap the rooms of “Wanted” and “Quiet”" in shown(client, event)
    url = reverse("admin:swap_rooms", args=["session", wanted.pk, other.pk])
    preview = " ".join(client.get(url).content.decode().split())
    assert "Hall" in preview
    assert "4 waiting" in preview
    assert Session.objects.get(pk=wanted.pk).room == cabin
    Notification.objects.all().delete()
    client.post(url, {"notify": "on", "back": tab(event)})
    for session, room, seats in ((wanted, hall, (30, 7, 0)), (other, cabin, (3, 1, 0))):
        session.refresh_from_db()
        assert session.room == room
        assert (session.seats.capacity, session.seats.taken, session.seats.waiting) == seats
    told = Notification.objects.filter(kind=Notification.Kind.SESSION_CHANGED)
    assert sorted(told.values_list("session__name", flat=True)) == ["Quiet", *["Wanted"] * 7]


def test_swapping_keeps_every_counter_true(event, cabin, hall, alice, assert_seats_true):
    wanted = waited_for(event, cabin)
    other = beside(wanted, room=hall, capacity=30)
    assert actions.swap_rooms(wanted, other, actor=Actor.staff(alice), notify=False) == 0
    assert_seats_true(event)
    with pytest.raises(Invalid):
        actions.swap_rooms(wanted, SessionFactory(room=cabin), actor=Actor.staff(alice))
    with pytest.raises(Invalid):
        actions.swap_rooms(wanted, SessionFactory(event=event, room=hall), actor=Actor.staff(alice))


def test_who_may_not_plan_is_given_no_advice_and_swaps_nothing(client, event, cabin, hall):
    wanted = waited_for(event, cabin)
    other = beside(wanted, room=hall, capacity=30)
    setup_roles()
    desk = UserFactory()
    desk.groups.add(Group.objects.get(name="Registration staff"))
    EventTeamMemberFactory(event=event, user=desk, role="registration_staff")
    client.force_login(desk)
    text = shown(client, event)
    assert "Seats by session" in text
    assert "Advice" not in text
    url = reverse("admin:swap_rooms", args=["session", wanted.pk, other.pk])
    assert client.post(url).status_code == 403
    assert Session.objects.get(pk=wanted.pk).room == cabin


def test_statements_do_not_grow_with_sessions(event, cabin, django_assert_max_num_queries):
    for number in range(6):
        waited_for(event, cabin, starts_at=at(9) + timedelta(hours=2 * number))
    sessions = seats_of_sessions(event)
    with django_assert_max_num_queries(4):
        advice_for(event, sessions, BEFORE)

"""Staff add people directly, past capacity too, and it is recorded."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, NotPermitted
from events.models import Event, User
from registrations.actions import (
    add_to_event,
    add_to_session,
    add_to_sessions,
    cancel_session_registrations,
    stop,
    submit_agenda,
)
from registrations.models import Activity, Notification, SessionRegistration
from registrations.rules.people import Attendee
from tests.engine.acts import claim, figures, fill, holders, mails, person, seat_of
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory
from waitlists.models import WaitlistItem


def may_add_past_capacity(user: User) -> Actor:
    """Give the user the permission, and nothing else."""
    user.user_permissions.add(Permission.objects.get(codename="add_past_capacity"))
    return Actor.staff(User.objects.get(pk=user.pk))


@pytest.fixture
def staff(db: None) -> Actor:
    """Registration staff with the permission."""
    return may_add_past_capacity(UserFactory(email="desk@example.com"))


def test_eleventh_of_ten_is_recorded_and_the_next_cancellation_promotes_nobody(
    event: Event, staff: Actor
) -> None:
    session = SessionFactory(event=event, capacity=10)
    first, *_others = fill(session)
    claim(session, person("Waits"), wait=True)
    [line] = add_to_session(session, [person("Extra")], actor=staff, reason="Speaker", past_capacity=True)
    assert (str(line.outcome), line.over_by) == ("registered", 1)
    assert figures(session) == (10, 11, 0, 1)
    assert session.seats.past_capacity == 1
    row = Activity.objects.get(verb="added_past_capacity")
    assert (row.user, row.reason, row.capacity, row.taken) == (staff.user, "Speaker", 10, 11)
    seat = seat_of(session, person("Extra"))
    assert (seat.is_past_capacity, seat.reason, seat.added_by) == (True, "Speaker", staff.user)
    cancel_session_registrations([seat_of(session, first)], actor=ATTENDEE)
    assert figures(session) == (10, 10, 0, 1)
    assert mails("promoted") == []


def test_past_capacity_without_the_permission_is_refused(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=0)
    with pytest.raises(NotPermitted):
        add_to_session(session, [bob], actor=Actor.staff(UserFactory()), reason="Speaker", past_capacity=True)
    assert (holders(session), mails()) == (set(), [])


def test_past_capacity_without_a_reason_is_refused(event: Event, bob: Attendee, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=0)
    with pytest.raises(Invalid) as refused:
        add_to_session(session, [bob], actor=staff, reason="  ", past_capacity=True)
    assert set(refused.value.data["fields"]) == {"reason"}
    assert holders(session) == set()


def test_within_capacity_nothing_is_flagged(event: Event, bob: Attendee, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=2)
    add_to_session(session, [bob], actor=staff)
    assert not seat_of(session, bob).is_past_capacity
    [line] = add_to_session(session, [bob], actor=staff)
    assert str(line.outcome) == "already"
    assert mails() == [("registered", "bob")]


def test_full_without_override_is_refused_by_person(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=1)
    lines = add_to_session(session, [person("A"), person("B")], actor=staff)
    assert [str(line.outcome) for line in lines] == ["registered", "full"]
    assert holders(session) == {"a"}


def test_overriding_capacity_never_overrides_a_clash(event: Event, bob: Attendee, staff: Actor) -> None:
    mine = SessionFactory(event=event)
    other = SessionFactory(event=event, capacity=0, starts_at=mine.starts_at, ends_at=mine.ends_at)
    claim(mine, bob)
    [line] = add_to_session(other, [bob], actor=staff, reason="VIP", past_capacity=True)
    assert (str(line.outcome), line.conflicts_with) == ("conflict", [mine])
    [line] = add_to_session(other, [bob], actor=staff, reason="VIP", past_capacity=True, accept_clash=True)
    assert str(line.outcome) == "registered"
    assert seat_of(other, bob).overlap_accepted
    assert Activity.objects.get(session=other, verb="added_past_capacity").detail == {
        "clash_accepted": [mine.pk]
    }


def test_hard_limit_stops_staff_too(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=1)
    session.seats.hard_limit = 2
    session.seats.save()
    lines = add_to_session(
        session, [person("A"), person("B"), person("C")], actor=staff, reason="VIP", past_capacity=True
    )
    assert [str(line.outcome) for line in lines] == ["registered", "registered", "hard_limit"]


def test_dry_run_says_the_same_and_writes_nothing(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=1)
    people = [person("A"), person("B"), person("C")]
    dry = add_to_session(session, people, actor=staff, reason="VIP", past_capacity=True, preview=True)
    assert SessionRegistration.objects.count() == Activity.objects.count() == 0
    real = add_to_session(session, people, actor=staff, reason="VIP", past_capacity=True)
    assert [(x.outcome, x.over_by) for x in dry] == [(x.outcome, x.over_by) for x in real]
    assert [x.over_by for x in real] == [0, 1, 2]


def test_adds_to_several_sessions_at_once_and_tells_once(staff: Actor, bob: Attendee) -> None:
    event = EventFactory(capacity=0)
    given = SessionFactory(event=event, selection_control="included")
    full, free = SessionFactory(event=event, capacity=0), SessionFactory(event=event)
    clashing = SessionFactory(event=event, starts_at=free.starts_at, ends_at=free.ends_at)
    wanted, words = [full, free, clashing], {"actor": staff, "reason": "VIP", "past_capacity": True}
    dry = add_to_sessions(wanted, bob, preview=True, **words)
    assert (SessionRegistration.objects.count(), Activity.objects.count()) == (0, 0)
    lines = add_to_sessions(wanted, bob, **words)
    said = [(str(line.outcome), line.over_by, line.is_past_capacity) for line in lines]
    assert said == [("registered", 1, True), ("registered", 0, False), ("conflict", 0, False)]
    assert [(line.outcome, line.over_by, line.conflicts_with) for line in dry] == [
        (line.outcome, line.over_by, line.conflicts_with) for line in lines
    ]
    assert [holders(session) for session in (full, free, clashing, given)] == [
        {"bob"},
        {"bob"},
        set(),
        {"bob"},
    ]
    assert (figures(event), figures(full), figures(free)) == ((0, 1, 0, 0), (0, 1, 0, 0), (10, 1, 0, 0))
    told = Notification.objects.get(kind="registered")
    assert told.payload["session_ids"] == [full.pk, free.pk, given.pk]
    rows = Activity.objects.order_by("id").values_list("verb", "session", "reason")
    assert list(rows) == [
        ("added_past_capacity", None, "VIP"),
        ("added_past_capacity", full.pk, "VIP"),
        ("registered", free.pk, "VIP"),
        ("registered", given.pk, ""),
    ]


def test_adding_to_several_sessions_ends_the_waits_for_them(staff: Actor, bob: Attendee) -> None:
    event = EventFactory(capacity=0, waitlist_enabled=True)
    first, second, third = SessionFactory.create_batch(3, event=event)
    submit_agenda(event, bob, [first, second, third], wait=True)
    add_to_sessions([first, second], bob, actor=staff, reason="VIP", past_capacity=True)
    assert [holders(session) for session in (first, second, third)] == [{"bob"}] * 3
    assert WaitlistItem.objects.open().count() == 0
    told = Notification.objects.get(kind="registered")
    assert told.payload["session_ids"] == [first.pk, second.pk, third.pk]


def test_refuses_several_sessions_of_another_event(event: Event, staff: Actor, bob: Attendee) -> None:
    with pytest.raises(Invalid):
        add_to_sessions([SessionFactory(event=event), SessionFactory()], bob, actor=staff)
    assert mails() == []


def test_staff_may_add_to_a_session_that_is_not_live(event: Event, bob: Attendee, staff: Actor) -> None:
    session = stop(SessionFactory(event=event), actor=staff)
    add_to_session(session, [bob], actor=staff)
    assert holders(session) == {"bob"}


def test_event_past_capacity_is_recorded(staff: Actor) -> None:
    event = EventFactory(session_level=False, capacity=1)
    lines = add_to_event(event, [person("A"), person("B")], actor=staff, reason="VIP", past_capacity=True)
    assert [line.over_by for line in lines] == [0, 1]
    assert figures(event) == (1, 2, 0, 0)
    registration = lines[1].registration
    assert registration is not None
    assert (registration.is_past_capacity, registration.reason) == (True, "VIP")


def test_event_past_capacity_with_a_sold_out_pass(staff: Actor) -> None:
    offered = PassFactory(capacity=0)
    [line] = add_to_event(offered.event, [person("A")], offered, actor=staff)
    assert str(line.outcome) == "full"
    [line] = add_to_event(
        offered.event, [person("A")], offered, actor=staff, reason="VIP", past_capacity=True
    )
    assert str(line.outcome) == "registered"
    offered.seats.refresh_from_db()
    assert offered.seats.taken == 1


def test_person_waiting_for_the_event_is_confirmed_by_staff(staff: Actor) -> None:
    event = EventFactory(capacity=1)
    session = SessionFactory(event=event)
    claim(session, person("A"))
    claim(session, person("B"), wait=True)
    add_to_event(event, [person("B")], actor=staff, reason="VIP", past_capacity=True)
    assert figures(event) == (1, 2, 0, 0)
    assert holders(session) == {"a", "b"}

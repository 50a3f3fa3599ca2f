"""Standby: who stands at the door has the seats of those who have not come, in the order of the line."""

from __future__ import annotations

import uuid
from random import Random

import pytest

from events.actors import Actor
from events.errors import (
    Conflict,
    FullHouse,
    HardLimit,
    Invalid,
    NotNextInLine,
    NotPermitted,
    NotRegistered,
    RegistrationCancelled,
    StandbyNotOpen,
)
from events.models import Source
from registrations.actions import (
    admit_standby,
    cancel_event_registrations,
    cancel_session_registrations,
    check_in,
    check_out,
    join_waitlist,
)
from registrations.models import Activity, CheckIn, EventRegistration, Notification, SessionRegistration
from registrations.queries import standby_at
from sessions_app.models import Session
from tests.engine.acts import claim, figures, fill, holders, ledger, person
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import WaitlistItem

OPEN, START, LATER = at(9, 50), at(10), at(10, 20)
DOOR = Actor("api", name="Door 3")
MASTER = Actor("api", name="Door 3", may_override=True)


@pytest.fixture
def session(event):
    """Two seats at ten, from ten minutes before free at the door."""
    return SessionFactory(
        event=event, capacity=2, starts_at=START, ends_at=at(11), own_standby_minutes=10, name="Knots"
    )


@pytest.fixture
def other(event):
    """Where walk-ups have their seats."""
    return SessionFactory(event=event, starts_at=at(14), ends_at=at(15), name="Sails")


@pytest.fixture
def seated(session):
    """Two people with the two seats."""
    return [registration_of(session, who) for who in fill(session)]


@pytest.fixture
def line(session, seated):
    """Two who wait, in their order."""
    for name in ("first", "second"):
        join_waitlist(session, person(name))
    return [EventRegistration.objects.get(contact__email=f"{n}@example.org") for n in ("first", "second")]


@pytest.fixture
def walk_up(other):
    return claim(other, person("walker")).registration


def registration_of(session, who):
    return EventRegistration.objects.get(event=session.event, contact__email=who.email)


def admit(session, registration, **more):
    return admit_standby(session, registration, **{"actor": DOOR, "at": LATER, **more})


def inside(session):
    return CheckIn.objects.inside().filter(session=session).count()


def fresh(session):
    return Session.objects.select_related("event", "seats").get(pk=session.pk)


def test_says_from_when_how_many_and_whom(session, line, walk_up, seated):
    check_in(seated[0], session, actor=DOOR, at=OPEN)
    early, open_, over = (standby_at(fresh(session), moment) for moment in (at(9, 49), OPEN, at(11)))
    assert [each.is_open for each in (early, open_, over)] == [False, True, False]
    assert (open_.open_from, open_.free, open_.inside, open_.expected) == (OPEN, 1, 1, 1)
    assert [one.registration for one in open_.line] == line
    assert [list(open_.ahead_of(one)) for one in line] == [[], [open_.line[0]]]
    assert list(open_.walk_ups()) == [walk_up]


def test_follows_the_event_unless_it_says_otherwise(event, session):
    moments = []
    for of_event, own in ((None, None), (5, None), (5, 0), (5, 15)):
        event.standby_minutes, session.own_standby_minutes = of_event, own
        event.save()
        session.save()
        moments.append(standby_at(fresh(session), OPEN).open_from)
    assert moments == [None, at(9, 55), None, at(9, 45)]


def test_admits_the_head_of_the_line_past_capacity_and_tells_nobody(session, line):
    mails = Notification.objects.count()
    entry = admit(session, line[0])
    seat = SessionRegistration.objects.active().get(session=session, contact=line[0].contact)
    assert (seat.source, seat.is_past_capacity, seat.reason) == (Source.STANDBY, True, "standby")
    assert figures(session) == (2, 3, 0, 1)
    assert ledger(session)[-2:] == ["added_past_capacity", "checked_in"]
    assert (entry.check_in.session, entry.check_in.is_override, inside(session)) == (session, False, 1)
    assert [one.registration for one in standby_at(fresh(session), LATER).line] == [line[1]]
    assert Notification.objects.count() == mails


def test_same_nonce_gets_the_same_answer_and_who_is_in_stays_in(session, line):
    nonce = uuid.uuid4()
    first = admit(session, line[0], nonce=nonce)
    assert admit(session, line[0], nonce=nonce) == first
    assert admit(session, line[0]).was_in_already
    with pytest.raises(Invalid):
        admit(session, line[1], nonce=nonce)
    assert figures(session)[1] == 3


def test_line_comes_before_walk_ups_and_in_its_order(session, line, walk_up, seated):
    check_in(seated[0], session, actor=DOOR, at=LATER)
    with pytest.raises(NotNextInLine) as refused:
        admit(session, line[1])
    assert refused.value.data == {"name": "first Test", "registrant_id": line[0].pk, "position": 2}
    assert "first Test is next" in str(refused.value)
    with pytest.raises(NotNextInLine):
        admit(session, walk_up)
    admit(session, line[0])
    with pytest.raises(FullHouse) as full:
        admit(session, walk_up)
    assert full.value.data == {"inside": 2, "capacity": 2}


def test_nobody_waits_for_those_ahead_while_a_place_is_left_for_each(session, line, walk_up):
    admit(session, line[1])
    with pytest.raises(NotNextInLine):
        admit(session, walk_up)
    admit(session, line[0])
    assert (inside(session), holders(session) >= {"first", "second"}) == (2, True)


def test_who_was_called_and_is_not_here_keeps_their_place(session, line, walk_up):
    admit(session, walk_up, not_here=line)
    said = Activity.objects.get(session=session, verb="added_past_capacity")
    assert said.detail["not_here"] == [one.contact_id for one in line]
    assert [one.registration for one in standby_at(fresh(session), LATER).line] == line
    admit(session, line[0])
    assert inside(session) == 2


def test_out_of_turn_takes_permission_and_reason(session, line, seated):
    check_in(seated[0], session, actor=DOOR, at=LATER)
    with pytest.raises(NotPermitted):
        admit(session, line[1], override=True, reason="Speaker's guest")
    entry = admit(session, line[1], actor=MASTER, override=True, reason="Speaker's guest")
    assert (entry.check_in.is_override, entry.check_in.reason) == (True, "Speaker's guest")
    assert Activity.objects.get(verb="admitted_all_the_same").detail["refused"] == "not_next_in_line"
    assert SessionRegistration.objects.get(contact=line[1].contact).reason == "Speaker's guest"


def test_gives_an_ordinary_seat_where_one_is_free(event, session, walk_up):
    fill(session, 1)
    admit(session, walk_up)
    seat = SessionRegistration.objects.get(session=session, contact=walk_up.contact)
    assert (seat.source, seat.is_past_capacity) == (Source.STANDBY, False)
    assert figures(session) == (2, 2, 0, 0)


def test_the_absent_keep_their_seat_and_enter_while_there_is_room(session, line, seated):
    admit(session, line[0])
    late = check_in(seated[0], session, actor=DOOR, at=LATER)
    assert not late.was_in_already
    with pytest.raises(FullHouse):
        check_in(seated[1], session, actor=DOOR, at=LATER)
    with pytest.raises(FullHouse):
        check_in(seated[1], session, actor=MASTER, at=LATER)
    check_out(late.check_in, actor=DOOR, at=at(10, 30))
    assert not check_in(seated[1], session, actor=DOOR, at=at(10, 31)).was_in_already
    assert holders(session) >= {one.contact.email.split("@")[0] for one in seated}
    back = check_in(
        seated[0], session, actor=MASTER, override=True, reason="Sits on the stairs", at=at(10, 40)
    )
    assert (back.check_in.is_override, inside(session)) == (True, 3)


def test_nobody_is_refused_for_a_full_house_where_nobody_was_admitted_in_their_stead(
    session, seated, walk_up
):
    """A session that does not ask for seats lets in whoever is registered, and those with a seat all the same."""
    for one in (walk_up, *seated):
        check_in(one, session, actor=DOOR, at=LATER)
    assert inside(session) == 3


@pytest.mark.parametrize(
    ("moment", "refusal", "said"),
    [
        (at(9, 49), StandbyNotOpen, "Standby begins at 09:50."),
        (at(11), StandbyNotOpen, "The session is over."),
    ],
)
def test_refuses_at_other_times(session, line, moment, refusal, said):
    with pytest.raises(refusal) as refused:
        admit(session, line[0], at=moment)
    assert (str(refused.value), refused.value.data["open_from"]) == (said, OPEN)


def _off(session, registration):
    Session.objects.filter(pk=session.pk).update(own_standby_minutes=None)


def _hard_limit(session, registration):
    type(session.seats).objects.filter(pk=session.seats_id).update(hard_limit=2)


def _clash(session, registration):
    claim(SessionFactory(event=session.event, starts_at=START, ends_at=LATER), person("first"))


def _cancelled(session, registration):
    cancel_event_registrations([registration], actor=DOOR)


@pytest.mark.parametrize(
    ("make_true", "refusal", "may_be_overridden"),
    [
        (_off, StandbyNotOpen, False),
        (_hard_limit, HardLimit, False),
        (_clash, Conflict, True),
        (_cancelled, RegistrationCancelled, False),
    ],
)
def test_refuses_what_stands_in_the_way(session, line, make_true, refusal, may_be_overridden):
    make_true(session, line[0])
    before = figures(session)
    with pytest.raises(refusal):
        admit(session, line[0])
    more = {"actor": MASTER, "override": True, "reason": "VIP"}
    if may_be_overridden:
        admit(session, line[0], **more)
        assert SessionRegistration.objects.get(session=session, contact=line[0].contact).overlap_accepted
        return
    with pytest.raises(refusal):
        admit(session, line[0], **more)
    assert (figures(session), inside(session)) == (before, 0)


def test_refuses_who_waits_for_the_event_and_of_other_events(session, walk_up):
    full = EventFactory(capacity=0, waitlist_enabled=True)
    waiting = SessionFactory(event=full, starts_at=START, ends_at=at(11), own_standby_minutes=10)
    claim(waiting, person("hopeful"), wait=True)
    hopeful = EventRegistration.objects.get(event=full)
    with pytest.raises(NotRegistered):
        admit(waiting, hopeful)
    with pytest.raises(Invalid):
        admit(session, hopeful)


def test_whoever_was_passed_over_keeps_nobody_waiting(event, session, seated):
    """They hold an overlapping seat and want no swap: a freed seat went to the next, and so does this one."""
    claim(SessionFactory(event=event, starts_at=START, ends_at=LATER), person("first"))
    join_waitlist(session, person("first"), when_clashing=WaitlistItem.WhenClashing.SKIP)
    for name in ("second", "third"):
        join_waitlist(session, person(name))
    cancel_session_registrations(seated[1].session_registrations.all(), actor=DOOR)
    assert [one.is_kept_back for one in standby_at(fresh(session), OPEN).line] == [True, False]
    first, third = (
        EventRegistration.objects.get(contact__email=f"{n}@example.org") for n in ("first", "third")
    )
    admit(session, third)
    with pytest.raises(Conflict):
        admit(session, first)


def test_whoever_is_invited_takes_the_seat_that_is_held(session):
    """It is no seat past capacity; whoever was invited beside them is told, and stays next."""
    Session.objects.filter(pk=session.pk).update(own_auto_register_waitlisted=False)
    gone, *_rest = fill(session)
    items = [join_waitlist(session, person(name)) for name in ("first", "second")]
    cancel_session_registrations(registration_of(session, gone).session_registrations.all(), actor=DOOR)
    first, second = (EventRegistration.objects.get(contact=item.contact) for item in items)
    assert figures(session) == (2, 1, 1, 1)
    admit(session, first, at=OPEN)
    seat = SessionRegistration.objects.get(session=session, contact=first.contact)
    assert (seat.source, seat.is_past_capacity, figures(session)) == (Source.STANDBY, False, (2, 2, 0, 1))
    admit(session, second, at=OPEN)
    assert figures(session) == (2, 3, 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_whoever_comes_in_whatever_order_nobody_overtakes_and_nobody_stands(event, other, seed):
    """People of every kind come and go at random: inside never exceeds capacity, seats never the hard limit."""
    session = SessionFactory(event=event, capacity=3, starts_at=START, ends_at=at(11), own_standby_minutes=10)
    type(session.seats).objects.filter(pk=session.seats_id).update(hard_limit=6)
    fill(session)
    for name in ("first", "second", "third"):
        join_waitlist(session, person(name))
    for name in ("walker", "runner"):
        claim(other, person(name))
    everybody = list(EventRegistration.objects.filter(event=event).order_by("pk"))
    dice, admitted = Random(seed), 0
    for _turn in range(25):
        one, before = dice.choice(everybody), standby_at(fresh(session), LATER)
        entry = CheckIn.objects.inside().filter(session=session, event_registration=one).first()
        has_seat = one.session_registrations.filter(session=session, cancelled_at=None).exists()
        try:
            if entry is not None:
                check_out(entry, actor=DOOR, at=LATER)
            elif has_seat:
                check_in(one, session, actor=DOOR, at=LATER)
            else:
                admit(session, one)
                admitted += 1
                assert len(before.ahead_of(one)) < before.free
        except (FullHouse, NotNextInLine, HardLimit):
            pass
        assert inside(session) <= 3
        assert figures(session)[1] <= 6
    assert admitted

"""Entries taken back, people who leave, and people who did not come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import Actor
from events.errors import (
    CheckedIn,
    Invalid,
    NotBegun,
    NotInside,
    NotPermitted,
    NotRegistered,
    RegistrationCancelled,
)
from registrations.actions import (
    back_to_confirmed,
    cancel_event_registrations,
    check_in,
    check_out,
    join_waitlist,
    mark_no_show,
    undo_check_in,
)
from registrations.models import Activity, CheckIn, EventRegistration
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory, UserFactory, at

NOON = at(12)
BEFORE = at(8)


@pytest.fixture
def door():
    return Actor.staff(UserFactory(is_superuser=True, email="door@example.org"))


@pytest.fixture
def session(event):
    return SessionFactory(event=event, starts_at=at(10), ends_at=at(11))


@pytest.fixture
def bob(session):
    claim(session, person("bob"))
    return EventRegistration.objects.get()


def verbs():
    """What the ledger says of doors, in order."""
    rows = Activity.objects.exclude(verb="registered").order_by("id")
    return list(rows.values_list("verb", "actor"))


def test_undoes_an_entry_once(bob, door):
    entry = check_in(bob, actor=door, at=NOON).check_in
    undone = [
        undo_check_in(entry, actor=door, reason="Wrong badge", at=NOON + timedelta(minutes=n)) for n in (1, 2)
    ]
    assert [row.undone_at for row in undone] == [NOON + timedelta(minutes=1)] * 2
    assert verbs() == [("checked_in", door.label), ("check_in_undone", door.label)]
    line = Activity.objects.latest("id")
    assert (line.reason, line.detail["check_in"]) == ("Wrong badge", entry.pk)
    assert not check_in(bob, actor=door, at=NOON + timedelta(hours=1)).was_in_already


def test_lets_somebody_out_and_in_again(bob, session, door):
    first = check_in(bob, session, actor=door, at=NOON).check_in
    out = [check_out(first, actor=door, at=NOON + timedelta(minutes=n)) for n in (30, 40)]
    assert [row.left_at for row in out] == [NOON + timedelta(minutes=30)] * 2
    assert verbs() == [("checked_in", door.label), ("checked_out", door.label)]
    again = check_in(bob, session, actor=door, at=NOON + timedelta(hours=1))
    assert not again.was_in_already
    assert list(CheckIn.objects.inside()) == [again.check_in]


def test_a_scan_that_comes_late_finds_the_stay_that_it_belongs_to(bob, door):
    """Scanned at twelve by a door without a network, told after they had left at one."""
    stay = check_in(bob, actor=door, at=NOON).check_in
    check_out(stay, actor=door, at=NOON + timedelta(hours=1))
    late = check_in(bob, actor=door, scanned_at=NOON, at=NOON + timedelta(hours=2))
    assert (late.check_in, late.was_in_already) == (stay, True)


def test_keeps_the_moment_of_the_scan_and_that_of_telling(bob, door):
    entry = check_in(bob, actor=door, scanned_at=NOON, at=NOON + timedelta(hours=2)).check_in
    assert (entry.checked_in_at, entry.recorded_at) == (NOON, NOON + timedelta(hours=2))
    ahead = NOON + timedelta(hours=2, minutes=4)
    gone = check_out(entry, actor=door, left_at=ahead, at=NOON + timedelta(hours=2))
    assert gone.left_at == NOON + timedelta(hours=2), "a clock that runs ahead a little means now"


@pytest.mark.parametrize("moment", [NOON + timedelta(minutes=6), BEFORE - timedelta(days=30)])
def test_refuses_moments_that_cannot_be(bob, door, moment):
    with pytest.raises(Invalid) as refusal:
        check_in(bob, actor=door, scanned_at=moment, at=NOON)
    assert set(refusal.value.data["fields"]) == {"checked_in_at"}
    entry = check_in(bob, actor=door, at=NOON).check_in
    with pytest.raises(Invalid) as refusal:
        check_out(entry, actor=door, left_at=moment, at=NOON)
    assert set(refusal.value.data["fields"]) == {"left_at"}


def test_refuses_to_let_out_who_is_not_in(bob, door):
    entry = check_in(bob, actor=door, at=NOON).check_in
    with pytest.raises(Invalid):
        check_out(entry, actor=door, left_at=NOON - timedelta(minutes=1), at=NOON)
    undo_check_in(entry, actor=door, at=NOON)
    with pytest.raises(NotInside):
        check_out(entry, actor=door, at=NOON)
    assert CheckIn.objects.get().left_at is None


def test_records_somebody_cancelled_who_is_inside(bob, door):
    cancel_event_registrations([bob], actor=door)
    with pytest.raises(RegistrationCancelled):
        check_in(bob, actor=door, at=NOON)
    with pytest.raises(NotPermitted):
        check_in(bob, actor=Actor.staff(UserFactory()), override=True, reason="Is inside", at=NOON)
    entry = check_in(bob, actor=door, override=True, reason="Is inside", at=NOON).check_in
    assert (entry.is_override, entry.reason) == (True, "Is inside")
    line = Activity.objects.latest("id")
    assert (line.verb, line.detail["refused"]) == ("admitted_all_the_same", "cancelled")
    bob.refresh_from_db()
    assert bob.is_cancelled, "being inside gives nobody a seat"


def test_marks_who_did_not_come(bob, door):
    for minutes in (0, 5):
        mark_no_show(bob, actor=door, reason="Rang to say so", at=NOON + timedelta(minutes=minutes))
    bob.refresh_from_db()
    assert bob.no_show_at == NOON
    assert verbs() == [("no_show", door.label)]
    assert Activity.objects.latest("id").reason == "Rang to say so"


def test_who_comes_after_all_has_come(bob, session, door):
    mark_no_show(bob, actor=door, at=NOON)
    check_in(bob, session, actor=door, at=NOON + timedelta(minutes=5))
    bob.refresh_from_db()
    assert bob.no_show_at is None


def test_refuses_to_mark_who_may_still_come_or_came(bob, session, door):
    with pytest.raises(NotBegun):
        mark_no_show(bob, actor=door, at=BEFORE)
    check_in(bob, session, actor=door, at=NOON)
    with pytest.raises(CheckedIn):
        mark_no_show(bob, actor=door, at=NOON)
    cancel_event_registrations([bob], actor=door)
    with pytest.raises(RegistrationCancelled):
        mark_no_show(bob, actor=door, at=NOON)
    full = EventFactory(session_level=False, capacity=0)
    join_waitlist(full, person("carol"))
    with pytest.raises(NotRegistered):
        mark_no_show(EventRegistration.objects.get(event=full), actor=door, at=NOON)
    assert not Activity.objects.filter(verb="no_show").exists()


def test_takes_entry_and_mark_back(bob, door):
    entry = check_in(bob, actor=door, at=NOON).check_in
    back_to_confirmed(bob, actor=door, at=NOON)
    entry.refresh_from_db()
    assert entry.undone_at == NOON
    mark_no_show(bob, actor=door, at=NOON)
    for _ in range(2):
        back_to_confirmed(bob, actor=door, at=NOON)
    bob.refresh_from_db()
    assert bob.no_show_at is None
    assert [verb for verb, _actor in verbs()] == [
        "checked_in",
        "check_in_undone",
        "no_show",
        "no_show_undone",
    ]


def test_takes_nothing_back_where_a_session_let_them_in(bob, session, door):
    check_in(bob, actor=door, at=NOON)
    check_in(bob, session, actor=door, at=NOON)
    with pytest.raises(CheckedIn):
        back_to_confirmed(bob, actor=door, at=NOON)
    assert CheckIn.objects.inside().count() == 2
    cancel_event_registrations([bob], actor=door)
    with pytest.raises(RegistrationCancelled):
        back_to_confirmed(bob, actor=door, at=NOON)

"""One person asks for two overlapping sessions at the same instant, in different zones."""

from __future__ import annotations

import os
from functools import partial
from itertools import count

import pytest

from registrations.actions import submit_agenda, swap
from registrations.models import EventRegistration, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from tests.factories import ContactFactory, EventFactory, SessionFactory, at
from tests.races.at_once import appears, at_once, errors

ROUNDS = int(os.environ.get("RACE_ROUNDS", "6"))
TO_AND_FRO = 5


def overlapping(*events):
    """Two sessions that share half an hour, though their clocks say 12:00 and 16:00."""
    return [
        SessionFactory(event=events[0], own_timezone="Europe/Berlin", starts_at=at(10), ends_at=at(11)),
        SessionFactory(
            event=events[-1], own_timezone="Asia/Kolkata", starts_at=at(10, 30), ends_at=at(11, 30)
        ),
    ]


def ask_for_both(number, *, is_known, events):
    """Somebody with no registration yet asks for two sessions over two connections; return sessions and answers."""
    person = Attendee(f"bob{number}@example.org", "Bob")
    if is_known:
        ContactFactory(email=person.email)
    sessions = overlapping(*EventFactory.create_batch(events))
    return sessions, at_once(*(partial(submit_agenda, one.event, person, [one]) for one in sessions))


@pytest.mark.parametrize("events", [1, 2])
@pytest.mark.parametrize("is_known", [False, True])
def test_gives_one_of_two_overlapping_sessions(is_known, events):
    for number in range(ROUNDS):
        sessions, results = ask_for_both(number, is_known=is_known, events=events)
        assert errors(results) == []
        assert sorted(result.lines[0].outcome for result in results) == ["conflict", "registered"]
        seats = SessionRegistration.objects.active().filter(session__in=sessions)
        assert (seats.count(), seats.get().contact.email) == (1, f"bob{number}@example.org")
        assert [offence for session in sessions for offence in recount(session.event)] == []


def test_gives_both_overlapping_sessions_without_locks(without_locks):
    """Of two events: at one event a constraint still lets only one of two first registrations be."""
    numbers = count()

    def race():
        sessions, _results = ask_for_both(next(numbers), is_known=True, events=2)
        return [one.code for one in recount(sessions[0].event)] == ["overlap"]

    assert appears(race)


def test_fails_for_one_of_two_overlapping_sessions_without_locks(without_locks):
    numbers = count()

    def race():
        sessions, results = ask_for_both(next(numbers), is_known=True, events=1)
        return errors(results) or recount(sessions[0].event)

    assert appears(race)


def test_keeps_both_seats_when_two_people_swap_with_each_other(bob, carol):
    event = EventFactory()
    one, two = SessionFactory.create_batch(2, event=event, capacity=1)
    for _round in range(TO_AND_FRO):
        for person, mine in ((bob, one), (carol, two)):
            submit_agenda(event, person, [mine])
        held = {
            person.email: EventRegistration.objects.get(contact__email=person.email)
            for person in (bob, carol)
        }
        results = at_once(
            partial(swap, held[bob.email], one, two),
            partial(swap, held[carol.email], two, one),
        )
        assert errors(results) == []
        assert [result.applied for result in results] == [False, False]
        assert recount(event, swept=True) == []

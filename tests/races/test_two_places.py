"""One person asks for two overlapping sessions at the same instant, in different zones (requirements D3)."""

from __future__ import annotations

from functools import partial

import pytest

from registrations.actions import submit_agenda, swap
from registrations.models import EventRegistration, SessionRegistration
from registrations.people import Attendee
from registrations.queries.recount import recount
from tests.factories import ContactFactory, EventFactory, SessionFactory, at
from tests.races.at_once import appears, at_once, errors

ROUNDS = 5


def overlapping(event):
    """Two sessions that share half an hour, though their clocks say 12:00 and 15:30."""
    return [
        SessionFactory(event=event, own_timezone="Europe/Berlin", starts_at=at(10), ends_at=at(11)),
        SessionFactory(event=event, own_timezone="Asia/Kolkata", starts_at=at(10, 30), ends_at=at(11, 30)),
    ]


def ask_for_each(sessions, person):
    return at_once(*(partial(submit_agenda, one.event, person, [one]) for one in sessions))


@pytest.mark.parametrize("is_known", [False, True])
def test_gives_one_of_two_overlapping_sessions(is_known):
    for number in range(ROUNDS):
        person = Attendee(f"bob{number}@example.org", "Bob")
        if is_known:
            ContactFactory(email=person.email)
        event = EventFactory()
        results = ask_for_each(overlapping(event), person)
        assert errors(results) == []
        assert sorted(result.lines[0].outcome for result in results) == ["conflict", "registered"]
        assert SessionRegistration.objects.active().filter(session__event=event).count() == 1
        assert recount(event) == []


def test_gives_one_of_two_overlapping_sessions_of_two_events():
    for number in range(ROUNDS):
        person = Attendee(f"bob{number}@example.org", "Bob")
        sessions = [
            SessionFactory(starts_at=at(10), ends_at=at(11)),
            SessionFactory(starts_at=at(10, 30), ends_at=at(11, 30)),
        ]
        results = ask_for_each(sessions, person)
        assert sorted(result.lines[0].outcome for result in results) == ["conflict", "registered"]
        assert SessionRegistration.objects.count() == number + 1
        assert recount() == []


def test_gives_both_overlapping_sessions_without_locks(without_locks):
    def race():
        event = EventFactory()
        person = Attendee.of_contact(ContactFactory())
        submit_agenda(event, person, [SessionFactory(event=event, starts_at=at(8), ends_at=at(9))])
        ask_for_each(overlapping(event), person)
        return [offence for offence in recount(event) if offence.code == "overlap"]

    assert appears(race)


def test_keeps_both_seats_when_two_people_swap_with_each_other(bob, carol):
    event = EventFactory()
    one, two = SessionFactory.create_batch(2, event=event, capacity=1)
    for _round in range(ROUNDS):
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

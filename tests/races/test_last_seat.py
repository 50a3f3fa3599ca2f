"""Many people want the last seats at the same instant; one person clicks many times."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db import connection

from registrations.actions import submit_agenda
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from tests.factories import ContactFactory, EventFactory, SessionFactory
from tests.races.at_once import appears, at_once, errors

# SQLite lets one write at a time; fifty connections would only wait longer for the same answer.
CROWD = 50 if connection.vendor == "postgresql" else 12


def crowd(size, prefix="guest"):
    return [Attendee(f"{prefix}{number}@example.org", "Guest", str(number)) for number in range(size)]


def claim_at_once(session, people):
    """Everybody asks for the session at once; return how often each outcome was the answer."""
    results = at_once(*(partial(submit_agenda, session.event, person, [session]) for person in people))
    assert errors(results) == []
    return Counter(result.lines[0].outcome for result in results)


def test_gives_last_seats_once_each_to_crowd():
    session = SessionFactory(capacity=5)
    answers = claim_at_once(session, crowd(CROWD))
    assert answers == {Outcome.REGISTERED: 5, Outcome.FULL: CROWD - 5}
    assert SessionRegistration.objects.active().count() == 5
    assert Notification.objects.count() == 5
    assert recount(swept=True) == []


def test_gives_last_seats_of_event_once_each():
    event = EventFactory(capacity=5)
    sessions = SessionFactory.create_batch(4, event=event, capacity=10)
    people = crowd(20)
    results = at_once(*(partial(submit_agenda, event, p, [sessions[i % 4]]) for i, p in enumerate(people)))
    assert errors(results) == []
    assert EventRegistration.objects.confirmed().count() == 5
    assert recount(swept=True) == []


def test_oversells_without_locks(without_locks):
    def race():
        session = SessionFactory(capacity=5)
        claim_at_once(session, crowd(20, f"s{session.pk}-"))
        return recount(session.event)

    assert appears(race)


def click_many_times(session, person, times=10):
    return at_once(*[partial(submit_agenda, session.event, person, [session])] * times)


@pytest.mark.parametrize("is_known", [False, True])
def test_registers_once_on_double_click(is_known, bob):
    session = SessionFactory(capacity=5)
    if is_known:
        ContactFactory(email=bob.email)
    results = click_many_times(session, bob)
    assert errors(results) == []
    answers = Counter(result.lines[0].outcome for result in results)
    assert answers == {Outcome.REGISTERED: 1, Outcome.ALREADY: 9}
    assert (SessionRegistration.objects.count(), EventRegistration.objects.count()) == (1, 1)
    assert Notification.objects.count() == 1
    assert recount() == []


def test_fails_on_double_click_without_locks(without_locks):
    def race():
        session = SessionFactory(capacity=5)
        contact = ContactFactory()
        return errors(click_many_times(session, Attendee.of_contact(contact))) or recount(session.event)

    assert appears(race)

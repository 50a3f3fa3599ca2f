"""Thirty-two clients at once: no write is lost, and nobody hears of a locked database or has to try again.

SQLite lets one write at a time: threads, processes and visitors of the website all wait their turn and get it.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import partial

import pytest
from django.core.cache import cache
from django.test import Client

from events.actors import ATTENDEE
from registrations.actions import cancel_session_registrations, submit_agenda
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from tests.engine.acts import claim, figures, holders, outcomes, people, seat_of
from tests.factories import EventFactory, SessionFactory
from tests.races.at_once import at_once, errors
from tests.website.clicks import choose, finish

CLIENTS = 32
# A night may ask for more: RACE_ROUNDS=20.
ROUNDS = int(os.environ.get("RACE_ROUNDS", "1"))


@pytest.fixture
def sessions():
    """One session that all want and few get, three in which there is room."""
    event = EventFactory()
    return [SessionFactory(event=event, capacity=capacity) for capacity in (5, 100, 100, 100)]


def stay_a_while(sessions, who):
    """What one person does, one thing after the other; return what they were told."""
    hot, one, two, three = sessions
    told = outcomes(claim(hot, who, wait=True)) + outcomes(claim(one, who))
    told += outcomes(submit_agenda(hot.event, who, [two, three]))
    told += outcomes(submit_agenda(hot.event, who, [], [two]))
    cancel_session_registrations([seat_of(three, who)], actor=ATTENDEE)
    return told


def test_loses_no_write_of_thirty_two_threads(sessions):
    for number in range(ROUNDS):
        crowd = people(CLIENTS, f"guest{number}-")
        results = at_once(*(partial(stay_a_while, sessions, who) for who in crowd), tries=1)
        assert errors(results) == []
        told = Counter(word for words in results for word in words)
        got = 5 if number == 0 else 0
        assert told == {"registered": 3 * CLIENTS + got, "waitlisted": CLIENTS - got, "dropped": CLIENTS}
    everybody = CLIENTS * ROUNDS
    assert figures(sessions[0]) == (5, 5, 0, everybody - 5)
    assert [figures(session)[1] for session in sessions[1:]] == [everybody, 0, 0]
    moves = Counter(Activity.objects.exclude(session=None).values_list("verb", flat=True))
    assert moves == {"registered": 3 * everybody + 5, "waitlisted": everybody - 5, "cancelled": 2 * everybody}
    # Registered or waiting, one more, two more, one less, one less.
    assert Notification.objects.count() == 5 * everybody
    assert recount(swept=True) == []


def test_loses_no_write_of_thirty_two_processes(sessions, victim):
    for number in range(ROUNDS):
        ids = [session.pk for session in sessions]
        crowd = [{"email": f"guest{number}-{n}@example.org", "sessions": ids} for n in range(CLIENTS)]
        answers = victim.crowd(crowd)
        got = 5 if number == 0 else 0
        rest = " registered registered registered"
        expected = Counter({"registered" + rest: got, "waitlisted" + rest: CLIENTS - got})
        assert Counter(answers) == +expected
        assert recount(swept=True) == []
    assert EventRegistration.objects.confirmed().count() == CLIENTS * ROUNDS
    assert SessionRegistration.objects.active().count() == 3 * CLIENTS * ROUNDS + 5


def visit(sessions, who):
    """Choose two sessions on the website and register; return the answer's status."""
    client = Client(raise_request_exception=False)
    choose(client, *sessions[:2])
    return finish(client, sessions[0].event, who).status_code


def test_answers_thirty_two_visitors_of_the_website(sessions):
    for number in range(ROUNDS):
        cache.clear()
        crowd = people(CLIENTS, f"guest{number}-")
        results = at_once(*(partial(visit, sessions, who) for who in crowd), tries=1)
        assert Counter(results) == {302: CLIENTS}
    assert len(holders(sessions[0])) == 5
    assert figures(sessions[0])[3] == CLIENTS * ROUNDS - 5
    assert len(holders(sessions[1])) == CLIENTS * ROUNDS
    assert recount(swept=True) == []

"""Refused tries: every one is counted, whoever counts beside, and counting costs a refusal nothing."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import Sum

from events.actors import Actor
from events.errors import Full
from registrations import actions, demand
from registrations.actions import Forecast
from registrations.demand import Tries
from registrations.models import RefusedTries
from registrations.queries import overview
from registrations.rules.verdicts import Wanted
from tests.engine.acts import claim, fill, person
from tests.factories import EventFactory, PassFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2031, 4, 1, 12, 5, tzinfo=UTC)


def table():
    """The rows as (session, outcome, hour, number)."""
    rows = RefusedTries.objects.order_by("session_id", "hour", "outcome")
    return [(row.session_id, row.outcome, row.hour.hour, row.number) for row in rows]


@pytest.fixture
def full():
    """A session without a free seat."""
    session = SessionFactory(capacity=1)
    fill(session)
    return session


def test_counts_refusals_by_session_outcome_and_hour(full):
    other = SessionFactory(event=full.event, starts_at=full.starts_at)
    for number in range(3):
        claim(full, person(f"late{number}"), at=NOON + timedelta(minutes=30 * number))
    claim(other, person("taker"), at=NOON)
    claim(full, person("taker"), at=NOON, preview=True)
    claim(full, person("waits"), wait=True, at=NOON)
    assert RefusedTries.objects.count() == 0
    assert demand.flush() == 3
    assert table() == [(full.pk, "full", 12, 2), (full.pk, "full", 13, 1)]
    assert demand.flush() == 0
    claim(full, person("later"), at=NOON)
    demand.flush()
    assert table()[0] == (full.pk, "full", 12, 3)


def test_counts_swaps_that_are_refused_and_what_other_systems_try_but_no_staff(full, alice):
    held = SessionFactory(event=full.event)
    registration = claim(held, person("holder"), at=NOON).registration
    actions.swap(registration, held, full, at=NOON)
    claim(full, person("by-system"), at=NOON, actor=Actor("api", name="CRM"))
    claim(full, person("by-staff"), at=NOON, actor=Actor.staff(alice))
    demand.flush()
    assert table() == [(full.pk, "full", 12, 2)]


@pytest.mark.parametrize("is_staff", [False, True])
def test_counts_each_row_of_many_people_that_other_systems_send(full, alice, is_staff):
    other = SessionFactory(event=full.event)
    terms = actions.Terms.of(Actor.staff(alice) if is_staff else Actor("api", name="CRM"))
    rows = [Wanted(number, person(f"row{number}"), [full, other]) for number in range(3)]
    Forecast(full.event, terms, NOON).verdicts(rows)
    verdicts = actions.register_many(full.event, rows, terms=terms, at=NOON)
    assert [verdict.code for verdict in verdicts] == ["full"] * 3
    demand.flush()
    assert table() == ([] if is_staff else [(full.pk, "full", 12, 3)])


def test_counts_people_that_a_full_event_refuses_among_many():
    event = EventFactory(session_level=False, capacity=1, waitlist_enabled=False)
    rows = [Wanted(number, person(f"row{number}")) for number in range(3)]
    actions.register_many(event, rows, terms=actions.Terms.of(Actor("api", name="CRM")), at=NOON)
    demand.flush()
    assert table() == [(None, "full", 12, 2)]


def test_counts_what_an_event_without_sessions_refuses():
    event = EventFactory(session_level=False, capacity=0, waitlist_enabled=False)
    event_pass = PassFactory(event=event)
    with pytest.raises(Full):
        actions.register_for_event(event, person("late"), event_pass, at=NOON)
    demand.flush()
    assert table() == [(None, "full", 12, 1)]


def test_a_refusal_asks_the_database_no_more_than_before(full, django_assert_num_queries):
    """Noting is one append: with the table gone, the refusal is as quick and as right."""
    claim(full, person("warm"), at=NOON)
    before = len(connection.queries_log)
    with django_assert_num_queries(0):
        demand.note(full.event_id, full.pk, "full", Actor("attendee"), NOON)
    assert len(connection.queries_log) == before


def test_demand_is_what_was_refused_what_waits_and_what_is_wished(full):
    event = full.event
    other = SessionFactory(event=event, capacity=50, starts_at=full.starts_at)
    claim(other, person("busy"), at=NOON)
    claim(full, person("busy"), at=NOON)
    claim(full, person("late"), at=NOON)
    claim(other, person("busy2"), at=NOON)
    claim(full, person("waits"), wait=True, at=NOON)
    for _number in range(2):
        actions.add_to_draft(event, None, other)
    demand.flush()
    found = overview.demand_of(event, overview.seats_of_sessions(event))
    busy = Counter(
        row.outcome for row in RefusedTries.objects.filter(session=full) for _each in range(row.number)
    )
    assert found == [
        overview.Demand(full.pk, busy["full"], busy["conflict"], 0, waiting=1, wished=0),
        overview.Demand(other.pk, 0, 0, 0, waiting=0, wished=2),
    ]
    assert busy.total() == 2


def note_in_threads(note, number=4, each=2_000):
    """Let several threads note at once, changing between them as often as Python can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=lambda: [note() for _ in range(each)]) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    return number * each


@pytest.mark.once
def test_no_try_is_lost_among_threads_that_note_while_one_adds(full):
    tries = Tries()
    stop = threading.Event()

    def add_now_and_then():
        while not stop.wait(0.002):
            tries.flush()
        connection.close()

    adding = threading.Thread(target=add_now_and_then)
    adding.start()
    noted = note_in_threads(lambda: tries.note(full.event_id, full.pk, "full", NOON))
    stop.set()
    adding.join()
    tries.flush()
    assert table() == [(full.pk, "full", 12, noted)]


def add_at_once(first, second):
    """Let two processes' tries be added at the same instant, each by a connection of its own."""
    errors = []

    def work(tries):
        try:
            tries.flush()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[tries]) for tries in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def two_processes(session, rounds, add=add_at_once):
    """Two processes that note one try each, and add it at once, again and again."""
    first, second = Tries(), Tries()
    for _number in range(rounds):
        for tries in (first, second):
            tries.note(session.event_id, session.pk, "full", NOON)
        add(first, second)
    return 2 * rounds


def total():
    """All tries of the table."""
    return RefusedTries.objects.aggregate(n=Sum("number"))["n"]


def test_two_processes_add_up(full):
    noted = two_processes(full, 10)
    assert total() == noted
    assert RefusedTries.objects.count() == 1


def test_two_processes_that_read_and_write_back_lose_tries(full, monkeypatch):
    """The control: what reads a number and writes it back larger does not add up."""
    both_have_read = threading.Barrier(2)

    def add(key, number):
        event_id, session_id, outcome, hour = key
        rows = RefusedTries.objects.filter(session=session_id, outcome=outcome, hour=hour)
        found = rows.values_list("number", flat=True).first() or 0
        both_have_read.wait(10)
        if not rows.update(number=found + number):
            RefusedTries.objects.create(
                event_id=event_id, session_id=session_id, outcome=outcome, hour=hour, number=number
            )

    RefusedTries.objects.create(
        event=full.event, session=full, outcome="full", hour=NOON.replace(minute=0), number=0
    )
    monkeypatch.setattr(demand, "_add", add)
    assert total() == 0
    noted = two_processes(full, 3)
    assert total() < noted


def test_what_the_database_does_not_take_is_kept(full, monkeypatch):
    tries = Tries()
    tries.note(full.event_id, full.pk, "full", NOON)
    with monkeypatch.context() as patch:
        patch.setattr(demand, "_add", _no_database)
        assert tries.flush() == 0
    assert tries.flush() == 1
    assert table() == [(full.pk, "full", 12, 1)]


def _no_database(_key, _number):
    raise OperationalError("the server is gone")


def test_tries_at_what_is_gone_are_dropped(full):
    tries = Tries()
    tries.note(10**9, None, "full", NOON)
    tries.note(full.event_id, full.pk, "full", NOON)
    tries.flush()
    assert table() == [(full.pk, "full", 12, 1)]
    assert tries.flush() == 0


def test_what_is_forgotten_is_not_added():
    demand.note(1, None, "full", Actor("attendee"), NOON)
    demand.forget()
    assert demand.flush() == 0

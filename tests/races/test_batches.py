"""Two systems send batches for the last ten seats at the same instant."""

from __future__ import annotations

from collections import Counter
from functools import partial

from events.actors import Actor
from registrations.actions import Terms, register_many
from registrations.models import Notification, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.verdicts import Wanted
from tests.engine.acts import people
from tests.factories import SessionFactory
from tests.races.at_once import appears, at_once, errors

TERMS = Terms.of(Actor("import"))


def send_at_once(session, size=12):
    """Two batches of other people, together more than there are seats; return how often each word was the verdict."""
    batches = [
        [Wanted(number, who, [session]) for number, who in enumerate(people(size, f"{name}{session.pk}-"))]
        for name in ("left", "right")
    ]
    results = at_once(*(partial(register_many, session.event, rows, terms=TERMS) for rows in batches))
    assert errors(results) == []
    return Counter(verdict.code for verdicts in results for verdict in verdicts)


def test_two_batches_at_once_take_ten_seats_exactly():
    for _round in range(3):
        session = SessionFactory(capacity=10)
        assert send_at_once(session) == {"registered": 10, "full": 14}
        held = SessionRegistration.objects.active().filter(session=session)
        assert held.count() == 10
        assert Notification.objects.filter(event=session.event).count() == 10
        assert recount(session.event, swept=True) == []


def test_two_batches_oversell_without_locks(without_locks):
    def race():
        session = SessionFactory(capacity=10)
        send_at_once(session)
        return recount(session.event)

    assert appears(race)

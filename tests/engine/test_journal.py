"""What the journal writes into the ledger beside each movement, and whom it has looked at again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.actors import SYSTEM, Actor
from registrations.actions import cancel_session_registrations, change_capacity
from registrations.actions.journal import Journal
from registrations.models import Activity
from tests.engine.acts import claim, figures, fill, person, seat_of
from tests.factories import FIRST_DAY, ContactFactory, EventFactory, SessionFactory

NOW = FIRST_DAY - timedelta(days=5)


@pytest.fixture
def invited(alice):
    """A session of two seats, one of them held for the only person who waited."""
    session = SessionFactory(event=EventFactory(auto_register_waitlisted=False), capacity=1)
    [holder] = fill(session)
    claim(session, person("Waiting"), wait=True, at=NOW)
    cancel_session_registrations([seat_of(session, holder)], actor=Actor.staff(alice), at=NOW)
    change_capacity(session, 2, actor=Actor.staff(alice), at=NOW)
    assert figures(session) == (2, 0, 1, 0)
    return session


def test_ledger_tells_the_figures_as_a_claim_without_locks_left_them(invited):
    assert claim(invited, person("Late"), at=NOW).applied
    row = Activity.objects.filter(session=invited, verb=Activity.Verb.REGISTERED).latest("id")
    assert (row.capacity, row.taken, row.held, row.waiting) == figures(invited) == (2, 1, 1, 0)


def test_whoever_waits_elsewhere_is_looked_at_again_when_a_seat_was_lost_not_when_one_was_gained():
    session, [gains, loses] = SessionFactory(capacity=2), ContactFactory.create_batch(2)
    journal = Journal(SYSTEM, timezone.now(), {session.seats_id: session.seats})
    journal.move(Activity.Verb.REGISTERED, session, gains, taken=1)
    journal.move(Activity.Verb.CANCELLED, session, loses, taken=-1)
    journal.move(Activity.Verb.CANCELLED, session, taken=-1)
    assert journal.lost_a_seat == {loses.pk}

"""A line whose head changes while its seat is given, and the last pass: who comes later waits, and reads anew.

The first act holds its locks right before its commit.
"""

from __future__ import annotations

from functools import partial

import pytest

from events.actors import ATTENDEE, SYSTEM
from events.errors import Full
from events.models import Pass
from registrations.actions import (
    cancel_session_registrations,
    leave_waitlist,
    move_in_line,
    settle,
    submit_agenda,
)
from registrations.models import SessionRegistration
from registrations.queries.recount import recount
from tests.engine.acts import claim, holders, person
from tests.factories import EventFactory, PassFactory, SessionFactory
from tests.races.holding import in_turn
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("row_locks")]
BOB, CAROL, DORA = person("Bob"), person("Carol"), person("Dora")


# The head of the line goes, or another is put before it, while its seat is about to be given.


@pytest.fixture
def unserved():
    """A session with a free seat that nobody was given yet; Carol and Dora wait for it."""
    session = SessionFactory(capacity=1)
    claim(session, BOB)
    for who in (CAROL, DORA):
        claim(session, who, wait=True)
    seats = SessionRegistration.objects.filter(session=session)
    cancel_session_registrations(seats, actor=ATTENDEE, at=session.ends_at)
    return session


def item_of(session, who):
    return WaitlistItem.objects.open().get(session=session, contact__email=who.email)


@pytest.mark.parametrize("leaves", [True, False])
def test_serves_the_next_when_the_head_of_the_line_changes_meanwhile(unserved, *, leaves):
    carols, doras = (item_of(unserved, who) for who in (CAROL, DORA))
    change = partial(leave_waitlist, carols, contact=carols.contact)
    if not leaves:
        change = partial(move_in_line, doras, before=carols, actor=SYSTEM, reason="Asked first")
    _left, _served, waited = in_turn(change, partial(settle, [unserved.seats_id]))
    # Whoever leaves or moves serves the line as well: which of the two did it, nobody knows.
    assert waited
    assert holders(unserved) == {"dora"}
    assert recount(unserved.event, swept=True) == []


# The last pass of an event where passes and own agendas go together.


@pytest.fixture
def offered():
    """An event with one pass left, and two sessions that it opens."""
    event = EventFactory(passes_with_agenda=True)
    one_pass = PassFactory(event=event, capacity=1)
    sessions = SessionFactory.create_batch(2, event=event)
    one_pass.sessions.set(sessions)
    return one_pass, sessions


def with_pass(one_pass, session, who):
    chosen = Pass.objects.select_related("seats").get(pk=one_pass.pk)
    return submit_agenda(session.event, who, [session], event_pass=chosen)


def test_sells_the_last_pass_once(offered):
    one_pass, sessions = offered
    got, refused, waited = in_turn(
        *(partial(with_pass, one_pass, *pair) for pair in zip(sessions, (BOB, CAROL), strict=True))
    )
    assert waited
    assert (got.applied, type(refused)) == (True, Full)
    assert one_pass.attendee_passes.filter(cancelled_at=None).count() == 1
    assert recount(one_pass.event, swept=True) == []


def test_sells_the_last_pass_twice_without_locks(offered, without_locks):
    one_pass, sessions = offered
    in_turn(*(partial(with_pass, one_pass, *pair) for pair in zip(sessions, (BOB, CAROL), strict=True)))
    assert one_pass.attendee_passes.filter(cancelled_at=None).count() == 2
    assert recount(one_pass.event) != []

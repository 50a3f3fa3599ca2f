"""An address is corrected at the instant at which somebody registers, or takes a seat, with the right one."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError

from events.actors import SYSTEM
from events.errors import AlreadyRegistered
from registrations.actions import correct_address
from registrations.models import EventRegistration
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.engine.acts import claim, holders, outcomes, person
from tests.factories import ContactFactory, EventFactory, SessionFactory, at
from tests.races.holding import in_turn

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("row_locks")]
TYPO, BOB = person("Bbo"), person("Bob")


@pytest.fixture
def session() -> Session:
    """A session with somebody in it whose address was mistyped."""
    session = SessionFactory(starts_at=at(10), ends_at=at(11))
    claim(session, TYPO)
    return session


def correcting(session: Session) -> partial[EventRegistration]:
    """Correct the address."""
    registration = EventRegistration.objects.get(event=session.event)
    return partial(correct_address, registration, BOB.email, actor=SYSTEM)


def test_a_claim_with_the_right_address_finds_the_registration(session):
    other = SessionFactory(event=session.event, starts_at=at(14), ends_at=at(15))
    _first, second, waited = in_turn(correcting(session), partial(claim, other, BOB))
    assert (waited, outcomes(second)) == (True, ["registered"])
    assert (holders(session), holders(other), EventRegistration.objects.count()) == ({"bob"}, {"bob"}, 1)
    assert recount(swept=True) == []


def test_is_refused_where_the_right_address_was_quicker(session):
    other = SessionFactory(event=session.event, starts_at=at(14), ends_at=at(15))
    _first, second, waited = in_turn(partial(claim, other, BOB), correcting(session))
    assert (waited, type(second)) == (True, AlreadyRegistered)
    assert (holders(session), holders(other)) == ({"bbo"}, {"bob"})
    assert recount(swept=True) == []


def test_leaves_it_to_a_constraint_without_locks(session, without_locks):
    ContactFactory(email=BOB.email)
    other = SessionFactory(event=session.event, starts_at=at(14), ends_at=at(15))
    _first, second, _waited = in_turn(partial(claim, other, BOB), correcting(session))
    assert isinstance(second, IntegrityError) or recount(swept=True)


def test_a_claim_that_overlaps_elsewhere_is_refused(session):
    elsewhere = SessionFactory(event=EventFactory(), starts_at=at(10), ends_at=at(11))
    ContactFactory(email=BOB.email)
    _first, second, waited = in_turn(correcting(session), partial(claim, elsewhere, BOB))
    assert (waited, outcomes(second)) == (True, ["conflict"])
    assert recount(swept=True) == []


def test_both_overlap_unawares_without_locks(session, without_locks):
    elsewhere = SessionFactory(event=EventFactory(), starts_at=at(10), ends_at=at(11))
    ContactFactory(email=BOB.email)
    in_turn(correcting(session), partial(claim, elsewhere, BOB))
    assert [offence.code for offence in recount()] == ["overlap"]

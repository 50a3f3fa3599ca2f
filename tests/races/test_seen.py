"""A claim decided by what its request read without a lock: whatever happened since then, it gives nothing untrue.

No thread has to be held up here: what was read is kept, something else is done, and then the claim is made.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from events.actors import ATTENDEE, SYSTEM
from events.errors import RegistrationCancelled
from events.models import Contact, Event
from registrations import locks, sql
from registrations.actions import (
    cancel_event,
    cancel_event_registrations,
    cancel_session,
    change_capacity,
    submit_agenda,
    within_form_move_session,
)
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.moves import TimeAndPlace
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult
from registrations.rules.standing import ClaimFacts
from sessions_app.models import Session
from tests.engine.acts import claim, figures, fill, holders, mails, outcomes, people, person
from tests.factories import EventFactory, SessionFactory, at
from tests.races.at_once import at_once, errors
from tests.races.switch import ANY

BOB, CAROL = person("Bob"), person("Carol")
ROUNDS = int(os.environ.get("RACE_ROUNDS", "4")) if connection.vendor == "postgresql" else 2


@pytest.fixture
def event() -> Event:
    return EventFactory()


@pytest.fixture
def session(event: Event) -> Session:
    """One seat is left."""
    session = SessionFactory(event=event, capacity=2, starts_at=at(10), ends_at=at(11))
    fill(session, 1)
    return session


@pytest.fixture
def elsewhere(event: Event) -> Session:
    """In the afternoon; Bob is in it."""
    session = SessionFactory(event=event, capacity=5, starts_at=at(15), ends_at=at(16))
    claim(session, BOB)
    return session


def registration_of(event: Event, who: Attendee) -> EventRegistration:
    return EventRegistration.objects.active().get(event=event, contact__email=who.email)


def seen_by(who: Attendee, session: Session) -> ClaimFacts:
    facts = sql.facts_of_link(registration_of(session.event, who).uuid, session.uuid)
    assert facts is not None
    return facts


def claim_as(seen: ClaimFacts, **more: Any) -> AgendaResult:
    """Claim what was seen, as the website does."""
    registration = seen.standing.registration
    assert registration is not None
    return submit_agenda(
        seen.event, Attendee.of(registration), [*seen.sessions.values()], seen=seen, actor=ATTENDEE, **more
    )


def test_gives_seat_by_what_was_seen(session, elsewhere):
    before = Notification.objects.count()
    result = claim_as(seen_by(BOB, session))
    assert (outcomes(result), result.applied) == (["registered"], True)
    assert result.registration == registration_of(session.event, BOB)
    assert (figures(session), Notification.objects.count() - before) == ((2, 2, 0, 0), 1)
    assert recount(swept=True) == []


def take_last_seat(session: Session, _elsewhere: Session) -> None:
    claim(session, CAROL)


def lower_capacity(session: Session, _elsewhere: Session) -> None:
    change_capacity(session, 1, actor=SYSTEM)


def somebody_waits(session: Session, _elsewhere: Session) -> None:
    claim(session, CAROL)
    claim(session, person("Dora"), wait=True)
    change_capacity(session, 1, actor=SYSTEM)


def cancel_it(session: Session, _elsewhere: Session) -> None:
    cancel_session(session, actor=SYSTEM)


def cancel_all(session: Session, _elsewhere: Session) -> None:
    cancel_event(session.event, actor=SYSTEM)


def take_same_seat(session: Session, _elsewhere: Session) -> None:
    claim(session, BOB)


def take_overlapping_seat(session: Session, _elsewhere: Session) -> None:
    other = SessionFactory(event=session.event, capacity=5, starts_at=at(10, 30), ends_at=at(12))
    claim(other, BOB)


def take_overlapping_seat_elsewhere(session: Session, _elsewhere: Session) -> None:
    """At another event."""
    claim(SessionFactory(capacity=5, starts_at=at(10, 30), ends_at=at(12)), BOB)


def move_it(session: Session, elsewhere: Session) -> None:
    """Onto the one that Bob holds."""
    move(session, elsewhere)


def move_mine(session: Session, elsewhere: Session) -> None:
    """Onto the one that Bob is about to claim."""
    move(elsewhere, session)


def move(session: Session, onto: Session) -> None:
    before = TimeAndPlace.of(session)
    with transaction.atomic():
        session.starts_at, session.ends_at = onto.starts_at, onto.ends_at
        session.save()
        within_form_move_session(before, session, actor=SYSTEM)


MEANWHILE: dict[Callable[[Session, Session], None], str] = {
    take_last_seat: "full",
    lower_capacity: "full",
    somebody_waits: "full",
    cancel_it: "not_live",
    take_same_seat: "already",
    take_overlapping_seat: "conflict",
    take_overlapping_seat_elsewhere: "conflict",
    move_it: "conflict",
    move_mine: "conflict",
}


@pytest.mark.parametrize("meanwhile", MEANWHILE, ids=lambda act: act.__name__)
def test_looks_again_when_something_happened_since(meanwhile, session, elsewhere):
    seen = seen_by(BOB, session)
    meanwhile(session, elsewhere)
    before, told = SessionRegistration.objects.count(), len(mails())
    assert outcomes(claim_as(seen)) == [MEANWHILE[meanwhile]]
    assert (SessionRegistration.objects.count(), len(mails())) == (before, told)
    assert recount(swept=True) == []


def leave(session: Session, _elsewhere: Session) -> None:
    cancel_event_registrations([registration_of(session.event, BOB)], actor=ATTENDEE)


@pytest.mark.parametrize("meanwhile", [leave, cancel_all])
def test_registers_nobody_anew_whose_registration_ended_meanwhile(meanwhile, session, elsewhere):
    seen = seen_by(BOB, session)
    meanwhile(session, elsewhere)
    with pytest.raises(RegistrationCancelled):
        claim_as(seen)
    mine = EventRegistration.objects.filter(event=session.event, contact__email=BOB.email)
    assert [row.is_cancelled for row in mine] == [True]
    assert recount(swept=True) == []


def test_keeps_place_in_line_that_was_taken_since(session, elsewhere):
    seen = seen_by(BOB, session)
    claim(session, CAROL)
    claim(session, BOB, wait=True)
    assert outcomes(claim_as(seen)) == ["waitlisted"]
    assert recount(swept=True) == []


@pytest.mark.parametrize("meanwhile", [take_overlapping_seat, take_overlapping_seat_elsewhere, move_mine])
def test_gives_overlapping_seat_when_revisions_are_not_asked(meanwhile, session, elsewhere, monkeypatch):
    """The negative control."""
    seen = seen_by(BOB, session)
    meanwhile(session, elsewhere)
    monkeypatch.setattr(locks, "UNCHANGED", ANY)
    assert outcomes(claim_as(seen)) == ["registered"]
    assert [offence.code for offence in recount()] == ["overlap"]


def test_oversells_when_nothing_is_asked(session, elsewhere, monkeypatch):
    """The negative control."""
    seen = seen_by(BOB, session)
    take_last_seat(session, elsewhere)
    monkeypatch.setattr(locks, "UNCHANGED", ANY)
    monkeypatch.setattr(locks, "FITS", ANY)
    assert outcomes(claim_as(seen)) == ["registered"]
    assert figures(session) == (2, 3, 0, 0)
    assert "no_availability" in {offence.code for offence in recount()}


def test_form_that_was_open_meanwhile_sets_no_revision_back(session, elsewhere):
    opened = Contact.objects.get(email=BOB.email)
    seen = seen_by(BOB, session)
    take_overlapping_seat(session, elsewhere)
    opened.last_name = "Baker"
    opened.save()
    assert outcomes(claim_as(seen)) == ["conflict"]
    assert recount(swept=True) == []


def test_finds_the_last_seat_again_after_a_deadlock(session, elsewhere):
    met = []

    def meet_once(execute, text, *more):
        if "UPDATE" in text and not met:
            met.append(text)
            cause = Exception()
            cause.sqlstate = "40P01"
            raise OperationalError("deadlock detected") from cause
        return execute(text, *more)

    with connection.execute_wrapper(meet_once):
        assert outcomes(claim_as(seen_by(BOB, session))) == ["registered"]
    assert (len(met), figures(session)) == (1, (2, 2, 0, 0))
    assert recount(swept=True) == []


def test_gives_one_of_two_overlapping_seats_at_the_same_instant():
    event = EventFactory()
    home = SessionFactory(event=event, capacity=100, starts_at=None, ends_at=None)
    for number in range(ROUNDS):
        pair = [
            SessionFactory(event=event, capacity=5, starts_at=at(10), ends_at=at(11)),
            SessionFactory(event=event, capacity=5, starts_at=at(10, 30), ends_at=at(12)),
        ]
        who = person(f"Bob{number}")
        claim(home, who)
        results = at_once(*(partial(claim_as, seen_by(who, session)) for session in pair * 2))
        assert errors(results) == []
        told = Counter(word for result in results for word in outcomes(result))
        assert told == {"registered": 1, "already": 1, "conflict": 2}
        assert sum(figures(session)[1] for session in pair) == 1
    assert recount(swept=True) == []


def test_gives_last_seats_once_each_to_fifty_at_once():
    event = EventFactory()
    home = SessionFactory(event=event, capacity=100, starts_at=None, ends_at=None)
    crowd = people(50 if connection.vendor == "postgresql" else 12)
    for who in crowd:
        claim(home, who)
    for _round in range(ROUNDS):
        hot = SessionFactory(event=event, capacity=5, prevent_session_conflicts=False)
        results = at_once(*(partial(claim_as, seen_by(who, hot)) for who in crowd))
        assert errors(results) == []
        told = Counter(word for result in results for word in outcomes(result))
        assert told["registered"] == len(holders(hot)) == 5, told
        assert figures(hot) == (5, 5, 0, 0)
    assert recount(swept=True) == []

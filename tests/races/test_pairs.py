"""Two people, or one person twice, at the same instant, in a known order: the later one answers what is then true.

More pairs of acts are in `test_more.py`; the same races as storms are in `test_crowds.py`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from events.actors import ATTENDEE, SYSTEM
from events.models import Event
from registrations.actions import (
    cancel_session_registrations,
    change_capacity,
    expire_invitations,
    settle,
    swap,
)
from registrations.models import EventRegistration, SessionRegistration
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.engine.acts import claim, figures, holders, mails, outcomes, person
from tests.factories import ContactFactory, EventFactory, SessionFactory, at
from tests.races.holding import in_turn
from tests.races.switch import count_without_the_line
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("row_locks")]
BOB, CAROL = person("Bob"), person("Carol")


def offences(event: Event | None = None) -> list[str]:
    return [str(offence) for offence in recount(event, swept=True)]


# The last seat.


def test_gives_last_seat_to_the_first_of_two():
    session = SessionFactory(capacity=1)
    first, second, waited = in_turn(partial(claim, session, BOB), partial(claim, session, CAROL))
    assert (waited, outcomes(first), outcomes(second)) == (True, ["registered"], ["full"])
    assert (holders(session), offences()) == ({"bob"}, [])


def test_gives_last_seat_to_both_without_locks(without_locks):
    session = SessionFactory(capacity=1)
    in_turn(partial(claim, session, BOB), partial(claim, session, CAROL))
    assert (holders(session), figures(session)) == ({"bob", "carol"}, (1, 2, 0, 0))
    assert offences()


# A double click.


@pytest.mark.parametrize("is_known", [False, True])
def test_answers_second_click_with_what_the_first_got(is_known):
    session = SessionFactory(capacity=5)
    if is_known:
        ContactFactory(email=BOB.email)
    first, second, waited = in_turn(*[partial(claim, session, BOB)] * 2)
    assert (waited, outcomes(first), outcomes(second)) == (True, ["registered"], ["already"])
    assert (figures(session), mails(), offences()) == ((5, 1, 0, 0), [("registered", "bob")], [])


def test_fails_at_second_click_without_locks(without_locks):
    session = SessionFactory(capacity=5)
    ContactFactory(email=BOB.email)
    _first, second, _waited = in_turn(*[partial(claim, session, BOB)] * 2)
    # Only the last guard is left, a constraint; the person would be told of an error.
    assert isinstance(second, IntegrityError) or offences()


# One person, two sessions that overlap, entered in different zones.


def overlapping(*events: Event) -> list[Session]:
    return [
        SessionFactory(event=events[0], own_timezone="Europe/Berlin", starts_at=at(10), ends_at=at(11)),
        SessionFactory(event=events[-1], own_timezone="Asia/Kolkata", starts_at=at(10, 30), ends_at=at(12)),
    ]


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("is_other_event", [False, True])
def test_gives_first_of_two_overlapping_sessions(is_known, is_other_event):
    events = EventFactory.create_batch(2 if is_other_event else 1)
    for number, pair in enumerate((overlapping(*events), overlapping(*events)[::-1])):
        who = person(f"Bob{number}")
        if is_known:
            ContactFactory(email=who.email)
        first, second, waited = in_turn(*(partial(claim, session, who) for session in pair))
        assert (waited, outcomes(first), outcomes(second)) == (True, ["registered"], ["conflict"])
        assert [holders(session) for session in pair] == [{f"bob{number}"}, set()]
        assert offences() == []


def test_gives_both_overlapping_sessions_without_locks(without_locks):
    ContactFactory(email=BOB.email)
    pair = overlapping(*EventFactory.create_batch(2))
    in_turn(*(partial(claim, session, BOB) for session in pair))
    assert [holders(session) for session in pair] == [{"bob"}, {"bob"}]
    assert [offence.code for offence in recount()] == ["overlap"]


# Two people swap with each other's sessions.


def two_who_swap() -> list[Any]:
    """Two sessions with one seat left in each; Bob is in one of them, Carol in the other."""
    event = EventFactory()
    one, two = SessionFactory.create_batch(2, event=event, capacity=2)
    claim(one, BOB)
    claim(two, CAROL)
    rows = EventRegistration.objects.filter(event=event).select_related("contact", "event")
    mine = {row.contact.email: row for row in rows}
    return [partial(swap, mine[BOB.email], one, two), partial(swap, mine[CAROL.email], two, one)]


def test_counts_two_swaps_wrongly_without_locks(without_locks):
    in_turn(*two_who_swap())
    assert offences()


# A seat is given back while a newcomer registers, and somebody waits for it.


@pytest.fixture
def wanted() -> Session:
    """A full session of one; somebody waits."""
    session = SessionFactory(capacity=1)
    claim(session, person("Holds"))
    claim(session, person("Waits"), wait=True)
    return session


def give_back(session: Session) -> Any:
    seats = SessionRegistration.objects.active().filter(session=session)
    return partial(cancel_session_registrations, list(seats), actor=ATTENDEE)


@pytest.mark.parametrize(
    "moment",
    [
        {"at_commit": 1},
        {"at_commit": 1, "after": True},
        {"at_commit": 2},
        {"at_commit": 2, "after": True},
    ],
    ids=["before it is free", "while it is free", "while it is given", "after it was given"],
)
def test_tells_newcomer_full_whenever_they_ask(wanted, moment):
    """A no needs no lock: at each of these moments somebody else has the seat, or the right to it."""
    _freed, asked, waited = in_turn(give_back(wanted), partial(claim, wanted, BOB), **moment)
    assert (waited, outcomes(asked)) == (False, ["full"])
    assert (holders(wanted), offences()) == ({"waits"}, [])


@pytest.mark.parametrize("moment", [{"at_commit": 1}, {"at_commit": 2}], ids=["freed", "given"])
def test_puts_newcomer_behind_who_waits(wanted, moment):
    _freed, asked, waited = in_turn(give_back(wanted), partial(claim, wanted, BOB, wait=True), **moment)
    assert (waited, outcomes(asked)) == (True, ["waitlisted"])
    assert (holders(wanted), figures(wanted), offences()) == ({"waits"}, (1, 1, 0, 1), [])


def test_newcomer_snatches_freed_seat_when_the_line_does_not_count(wanted, monkeypatch):
    count_without_the_line(monkeypatch)
    in_turn(give_back(wanted), partial(claim, wanted, BOB), after=True)
    assert holders(wanted) == {"bob"}


# Two workers promote, and end invitations.


@pytest.fixture
def undone() -> Session:
    """A session of two: one seat is held for A until now, one is free; B and C wait. A killed process left it so."""
    session = SessionFactory(capacity=0, own_auto_register_waitlisted=False)
    claim(session, person("A"), wait=True)
    change_capacity(session, 1, actor=SYSTEM)
    for name in ("B", "C"):
        claim(session, person(name), wait=True)
    change_capacity(session, 2, actor=SYSTEM, at=session.ends_at)
    assert figures(session) == (2, 0, 1, 2)
    return session


def workers(session: Session) -> tuple[Any, Any]:
    """What a promoting and an expiring worker do in the moment the invitation is over."""
    moment = WaitlistItem.objects.invited().get(session=session).invitation_slot.expires_at
    return partial(settle, [session.seats_id], at=moment), partial(expire_invitations, at=moment)


@pytest.mark.parametrize(
    ("first", "second", "did"),
    # The seat of the invitation that has ended is given by whoever comes to it first.
    [(0, 0, [(1, 0)]), (1, 1, [(1, 0)]), (0, 1, [(1, 1)]), (1, 0, [(1, 1), (1, 2)])],
    ids=["promote twice", "expire twice", "promote, expire", "expire, promote"],
)
def test_two_workers_do_each_thing_once(undone, first, second, did):
    acts = workers(undone)
    *done, waited = in_turn(acts[first], acts[second])
    assert waited
    assert tuple(done) in did
    settle([undone.seats_id])
    items = WaitlistItem.objects.filter(session=undone).in_line()
    has_expired = 1 in (first, second)
    assert [item.status for item in items] == (
        ["expired", "invited", "invited"] if has_expired else ["invited", "invited", "waiting"]
    )
    told = [mail for mail in mails() if mail[0] in {"invited", "invitation_expired"}]
    assert len(told) == len(set(told)) == (4 if has_expired else 2)
    assert offences() == []


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 1)], ids=["promote", "expire"])
def test_two_workers_do_it_twice_without_locks(undone, without_locks, first, second):
    acts = workers(undone)
    _one, two, _waited = in_turn(acts[first], acts[second])
    # Counters that would fall below 0 are stopped by a constraint; the worker fails instead.
    assert isinstance(two, IntegrityError) or offences()

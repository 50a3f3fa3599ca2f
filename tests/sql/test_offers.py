"""What is offered instead of a session: in which order, also after the programme has changed behind all doors."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, SeatCount
from registrations import sql
from registrations.sql import _offers
from sessions_app.models import Session, SessionTrack
from tests.factories import EventFactory, SessionFactory, SessionTrackFactory, at

pytestmark = pytest.mark.django_db
NEAR = timedelta(hours=4)


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows no order yet."""
    monkeypatch.setattr(_offers, "_kept", type(_offers._kept)())


@pytest.fixture
def event() -> Event:
    return EventFactory()


@pytest.fixture
def programme(event: Event) -> list[Session]:
    """Sessions of three days, tracks and names; some without a time, some full, some not to be had at all."""
    chance = random.Random(7)
    tracks: list[SessionTrack | None] = [None, *SessionTrackFactory.create_batch(2, event=event)]
    made = []
    for number in range(40):
        begins = at(chance.randrange(9, 18)) + timedelta(
            days=chance.randrange(3), minutes=chance.randrange(60)
        )
        times = {"starts_at": begins, "ends_at": begins + timedelta(minutes=30)}
        if number % 7 == 0:
            times = {"starts_at": None, "ends_at": None, "date": begins.date()}
        made.append(
            SessionFactory(
                event=event,
                name=chance.choice(["Knots", "Tides", f"Talk {number}"]),
                track=chance.choice(tracks),
                capacity=chance.choice([0, 1, 5, None]),
                format=chance.choice(["on_site", "webinar"]),
                session_status=chance.choice(["live", "live", "live", "approved"]),
                **times,
            )
        )
    SessionFactory(event=EventFactory(), name="Knots")
    return made


def offered(session: Session, most: int = 1000) -> list[int]:
    """The ids, in the order in which they are offered."""
    asked = Session.objects.select_related("event").get(pk=session.pk)
    return [one.pk for one in sql.offers_instead_of(asked, at=at(10), near=NEAR, most=most)]


def expected(session: Session) -> list[int]:
    """The same by the plainest means: sorted again and again, by what weighs least first."""
    asked = Session.objects.select_related("event").get(pk=session.pk)
    rows = Session.objects.filter(
        event=asked.event, session_status="live", cancelled_at=None, archived_at=None
    )
    found = []
    for one in rows.exclude(pk=asked.pk).select_related("seats", "event"):
        seats = one.seats
        is_free = one.format == "webinar"
        if seats.capacity is not None:
            is_free = seats.capacity > seats.taken + seats.held + seats.waiting
        if is_free and (one.starts_at is None or one.starts_at > at(10)):
            found.append(one)
    found.sort(key=lambda one: one.pk)
    timed = sorted((one for one in found if one.starts_at), key=lambda one: one.starts_at)
    found = timed + [one for one in found if not one.starts_at]

    def is_near(one: Session) -> bool:
        return bool(one.starts_at and asked.starts_at and abs(one.starts_at - asked.starts_at) <= NEAR)

    def is_repeat(one: Session) -> bool:
        return one.name == asked.name

    def is_of_track(one: Session) -> bool:
        return asked.track_id is not None and one.track_id == asked.track_id

    found.sort(key=lambda one: not (is_near(one) or one.day == asked.day))
    found.sort(key=lambda one: not is_near(one))
    found.sort(key=lambda one: not (is_repeat(one) or is_of_track(one)))
    found.sort(key=lambda one: not is_repeat(one))
    return [one.pk for one in found]


def _fill(event: Event, session: Session) -> None:
    SeatCount.objects.filter(pk=session.seats_id).update(capacity=0)


def _rename(event: Event, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(name="Knots")


def _move(event: Event, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=at(11), ends_at=at(12))


def _cancel(event: Event, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(cancelled_at=at(8))


def _add(event: Event, session: Session) -> None:
    SessionFactory(event=event, name=session.name, capacity=3)


def _change_clocks(event: Event, session: Session) -> None:
    Event.objects.filter(pk=event.pk).update(timezone="Pacific/Auckland")


@pytest.mark.parametrize("kept", [8000, 0])
def test_order_is_that_of_the_programme_as_it_is(
    event: Event, programme: list[Session], settings: LazySettings, kept: int
) -> None:
    settings.FRAGMENTS_KEPT, chance = kept, random.Random(3)
    changes: list[Callable[[Event, Session], None]] = [_fill, _rename, _move, _cancel, _add, _change_clocks]
    for change in [None, *changes]:
        if change is not None:
            change(event, chance.choice(programme))
        for session in chance.sample(programme, 4):
            assert offered(session) == expected(session), change
    assert len(_offers._kept) == (1 if kept else 0)


def test_order_is_that_of_the_clock_by_which_it_was_asked(event: Event) -> None:
    """Whoever read the event before its clock was changed leaves no order of theirs behind."""
    Event.objects.filter(pk=event.pk).update(timezone="UTC")
    asked, same_day, other_day = (
        SessionFactory(event=event, starts_at=begins, ends_at=begins + timedelta(hours=1))
        for begins in (at(10), at(16), at(16) - timedelta(days=1))
    )
    early = at(9) - timedelta(days=2)
    stale = Session.objects.select_related("event").get(pk=asked.pk)
    Event.objects.filter(pk=event.pk).update(timezone="Pacific/Auckland")
    fresh = Session.objects.select_related("event").get(pk=asked.pk)
    found = [
        [*sql.offers_instead_of(session, at=early, near=NEAR, most=9)] for session in (stale, fresh, stale)
    ]
    assert found == [[same_day, other_day], [other_day, same_day], [same_day, other_day]]


def test_no_more_are_read_than_are_asked_for(event: Event, programme: list[Session]) -> None:
    session = programme[1]
    assert offered(session, most=3) == expected(session)[:3]
    asked = Session.objects.select_related("event").get(pk=session.pk)
    with CaptureQueriesContext(connection) as queries:
        next(iter(sql.offers_instead_of(asked, at=at(10), near=NEAR, most=20)))
    assert len(queries) == 1


def test_the_only_session_with_a_seat_is_found_however_far_it_is(event: Event) -> None:
    sessions = SessionFactory.create_batch(85, event=event, capacity=0)
    assert offered(sessions[0]) == []
    SeatCount.objects.filter(pk=sessions[-1].seats_id).update(capacity=1)
    assert offered(sessions[0]) == [sessions[-1].pk]


def test_few_orders_are_kept(event: Event, programme: list[Session], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_offers, "MOST_KEPT", 2)
    monkeypatch.setattr(_offers, "MOST_ORDERED", 100)
    for session in programme[:5]:
        assert offered(session) == expected(session)
    assert len(_offers._kept[event.pk].orders) <= 2
    others = [SessionFactory(event=EventFactory()) for _ in range(3)]
    assert [offered(session) for session in others] == [[], [], []]
    assert [*_offers._kept] == [others[1].event_id, others[2].event_id]

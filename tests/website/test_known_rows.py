"""A row that is known by figures says what it would say if it were decided and drawn anew, whoever looks and when."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event, SeatCount
from registrations import sql
from registrations.actions import cancel_session_registrations, submit_agenda
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from registrations.website import known_rows, rows, states
from registrations.website.fragments import Fragments
from registrations.website.known_rows import rows_now
from registrations.website.visitor import Visitor
from sessions_app.models import Session, SessionTrack
from tests.factories import (
    BuildingFactory,
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    at,
)
from tests.website.clicks import registered

pytestmark = pytest.mark.django_db
# `HYPOTHESIS_PROFILE=nightly` tells ten times as many stories.
IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
KEPT = 8000
# Long before, a minute before and while registration may open, while some have begun, and late.
MOMENTS = (at(0, day=-900), at(8, 15), at(8, 45), at(10, 15), at(12))


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Fragments:
    """A process that has drawn nothing yet."""
    fresh = Fragments()
    for module in (known_rows, rows, states):
        monkeypatch.setattr(module, "fragments", fresh)
    return fresh


@pytest.fixture
def programme(event: Event) -> list[Session]:
    """Sessions of every kind, at the same hours: with seats, full, unlimited, without a line, given to everybody."""
    PassFactory(event=event)
    building = BuildingFactory()
    rooms = [RoomFactory(building=building) for _room in range(2)]
    tracks = [SessionTrackFactory(event=event) for _track in range(2)]
    kinds: list[dict[str, object]] = [
        {"capacity": 40},
        {"capacity": 2},
        {"capacity": 1},
        {"capacity": None},
        {"capacity": None, "format": "webinar"},
        {"capacity": 0, "own_waitlist_enabled": False, "sold_out_message": "Come next year."},
        {"capacity": 30, "prevent_session_conflicts": False},
        {"capacity": 9, "locked_when_saved": True},
        {"capacity": 9, "selection_control": Session.SelectionControl.INCLUDED},
    ]
    made = [
        SessionFactory(
            event=event,
            name=f"Knots {number}",
            starts_at=at(9 + number % 3),
            ends_at=at(10 + number % 3, number),
            room=rooms[number % 2],
            building=building,
            track=tracks[number % 2] if number % 3 else None,
            **kind,
        )
        for number, kind in enumerate([*kinds, *kinds[:-1]])
    ]
    made.append(SessionFactory(event=event, name="Some day", starts_at=None, ends_at=None, date=at(9).date()))
    return made


Look = Callable[[datetime], Visitor]


def drafting(event: Event, *choice: Session, starred: Collection[int] = ()) -> Look:
    """Somebody with a draft of these sessions; a newcomer where there are none."""

    def look(now: datetime) -> Visitor:
        here = sql.event_with(event.slug)
        assert here is not None
        wanted = [one.pk for one in choice]
        chosen = list(Session.objects.filter(pk__in=wanted).select_related("seats", "track"))
        for session in chosen:
            session.event = here
        return _starring(Visitor(here, now, chosen=chosen), starred)

    return look


def seated(registration: EventRegistration, starred: Collection[int] = ()) -> Look:
    """Somebody with this registration."""

    def look(now: datetime) -> Visitor:
        here = sql.event_with(registration.event.slug)
        assert here is not None
        own = EventRegistration.objects.get(pk=registration.pk)
        own.event = here
        return _starring(Visitor(here, now, own), starred)

    return look


def people_of(event: Event, programme: list[Session], chance: random.Random) -> list[Look]:
    """Newcomers, people with drafts and stars, and people with seats here and elsewhere and places in line."""
    elsewhere = SessionFactory(event=EventFactory(), starts_at=at(10), ends_at=at(11))

    def some(most: int) -> list[Session]:
        return chance.sample(programme, chance.randint(0, most))

    found = [drafting(event)]
    for number in range(5):
        starred = frozenset(one.pk for one in some(6))
        found.append(drafting(event, *some(4), starred=starred))
        who = Attendee(f"person{number}@example.com", "Person", "Case")
        if number == 0:
            _asking(elsewhere.event, who, [elsewhere])
        if mine := _asking(event, who, some(5)):
            found.append(seated(mine, starred))
    return found


def _asking(event: Event, who: Attendee, sessions: list[Session]) -> EventRegistration | None:
    """Somebody who takes of these whatever can be had, and waits for others."""
    return submit_agenda(event, who, sessions, wait=True).registration


def _starring(visitor: Visitor, starred: Collection[int]) -> Visitor:
    vars(visitor)["stars"] = frozenset(starred)
    return visitor


def _of(**values: object) -> Callable[[Event, list[Session], random.Random], None]:
    return lambda event, _programme, _chance: _update(event, values)


def _update(event: Event, values: dict[str, object]) -> None:
    Event.objects.filter(pk=event.pk).update(**values)


def _seats(event: Event, programme: list[Session], chance: random.Random) -> None:
    one = SeatCount.objects.filter(pk=chance.choice(programme).seats_id)
    one.update(capacity=chance.choice((None, 0, 1, 30)), waiting=chance.choice((0, 0, 2)))


def _claim(event: Event, programme: list[Session], chance: random.Random) -> None:
    who = Attendee(f"taker{chance.random()}@example.com", "Taker", "Case")
    _asking(Event.objects.get(pk=event.pk), who, chance.sample(programme, 3))


def _draw(event: Event, programme: list[Session], chance: random.Random) -> None:
    one = SeatCount.objects.filter(pk=chance.choice(programme).seats_id)
    one.update(draw_opens_at=at(8), draw_closes_at=at(10))


def _hard(event: Event, programme: list[Session], chance: random.Random) -> None:
    one = SeatCount.objects.filter(pk=chance.choice(programme).seats_id)
    one.update(capacity=1, hard_limit=1, taken=1)


def _session(event: Event, programme: list[Session], chance: random.Random) -> None:
    one = Session.objects.filter(pk=chance.choice(programme).pk)
    begins = at(chance.randint(8, 12))
    one.update(
        name=f"Tides {chance.random()}",
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
        prevent_session_conflicts=chance.random() < 0.8,
        locked_when_saved=chance.random() < 0.2,
    )


def _track(event: Event, programme: list[Session], chance: random.Random) -> None:
    one = SessionTrack.objects.filter(event=event).first()
    assert one is not None
    SessionTrack.objects.filter(pk=one.pk).update(most_sessions=chance.choice((None, 1)))


MOVES = [
    _seats,
    _claim,
    _session,
    _of(most_sessions=2),
    _of(most_sessions=None),
    _of(registration_opens_at=at(8, 30)),
    _of(registration_closes_at=at(11, 30), registration_closed_message="Too late."),
    _hard,
    _of(minutes_between_rooms=90),
    _claim,
    _of(minutes_between_rooms=None, waitlist_enabled=False),
    _draw,
    _of(passes_with_agenda=True),
    _of(passes_with_agenda=False),
    _track,
    _of(allow_custom_agenda=False),
    _of(allow_custom_agenda=True, waitlist_enabled=True),
    _session,
    _seats,
    _of(registration_opens_at=None),
]


@pytest.mark.parametrize("seed", range(20 if IS_NIGHTLY else 2))
def test_rows_known_by_figures_equal_those_decided_anew(
    event: Event, programme: list[Session], settings: LazySettings, seed: int
) -> None:
    """Whatever people have, whatever the organizer sets, and before, while and after sessions begin."""
    chance = random.Random(seed)
    people, keys = people_of(event, programme, chance), [one.pk for one in programme]
    for move in MOVES:
        move(event, programme, chance)
        for now in chance.sample(MOMENTS, 2):
            for look in chance.sample(people, 3):
                settings.FRAGMENTS_KEPT = KEPT
                found = rows_now(look(now), keys)
                settings.FRAGMENTS_KEPT = 0
                assert found == rows_now(look(now), keys), (move, now)


@pytest.mark.parametrize(
    "change",
    [
        lambda event, one: SessionTrack.objects.update(most_sessions=1),
        lambda event, one: Event.objects.update(most_sessions=1),
        lambda event, one: Event.objects.update(minutes_between_rooms=90),
        lambda event, one: Event.objects.update(allow_custom_agenda=False),
        lambda event, one: SeatCount.objects.update(draw_opens_at=at(8), draw_closes_at=at(10)),
        lambda event, one: Event.objects.update(registration_opens_at=at(9, 45)),
        lambda event, one: Event.objects.update(registration_closes_at=at(10)),
        lambda event, one: Session.objects.filter(pk=one.pk).update(starts_at=at(9, 45)),
    ],
    ids=["track", "limit", "walks", "event", "draw", "opening", "closing", "beginning"],
)
def test_rows_of_two_people_at_two_moments_are_never_mixed_up(
    event: Event,
    settings: LazySettings,
    bob: Attendee,
    carol: Attendee,
    mallory: Attendee,
    change: Callable[[Event, Session], int],
) -> None:
    """Where more decides than a key holds, what one of them read first is not what the other reads."""
    track, building = SessionTrackFactory(event=event), BuildingFactory()
    early, overlapping, later, much_later = (
        SessionFactory(
            event=event,
            capacity=9,
            starts_at=at(hour),
            ends_at=at(hour + 1),
            track=track,
            room=RoomFactory(building=building),
            building=building,
        )
        for hour in (11, 11, 12, 15)
    )
    keys = [early.pk, overlapping.pk, later.pk, much_later.pk]
    people = [
        drafting(event),
        drafting(event, early),
        drafting(event, much_later, starred=[later.pk]),
        seated(registered(event, bob, early)),
        seated(registered(event, carol, overlapping, much_later)),
        seated(without := registered(event, mallory, early)),
    ]
    cancel_session_registrations(without.session_registrations.all(), actor=SYSTEM)
    change(event, much_later)
    seen = set()
    for now in (at(9, 30), at(10, 30)):
        for look in people:
            settings.FRAGMENTS_KEPT = KEPT
            found = rows_now(look(now), keys)
            settings.FRAGMENTS_KEPT = 0
            assert found == rows_now(look(now), keys), now
            seen.add(tuple(found.values()))
    assert len(seen) > 2


def test_whoever_comes_next_is_told_by_figures_alone(
    event: Event, programme: list[Session], kept: Fragments
) -> None:
    """Nothing is drawn twice, and one that moved alone is drawn anew."""
    chance = random.Random(1)
    newcomer, *_others = people_of(event, programme, chance)
    keys = [one.pk for one in programme]
    first = rows_now(newcomer(timezone.now()), keys)
    size = len(kept)
    assert size > len(keys)
    assert rows_now(newcomer(timezone.now()), keys) == first
    assert len(kept) == size
    SeatCount.objects.filter(pk=programme[0].seats_id).update(taken=7)
    again = rows_now(newcomer(timezone.now()), keys)
    assert {pk for pk, html in again.items() if html != first[pk]} == {programme[0].pk}
    # The seat, the row with it, and the row by its figures.
    assert len(kept) - size == 2

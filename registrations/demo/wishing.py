"""Invented people who rank their wishes: at one event they still may, at the other all know what they got."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from events.actors import IMPORT, Actor
from events.models import Event
from registrations import actions
from registrations.admin.draws.sources import beacon
from registrations.demo.names import people
from registrations.models import Draw, EventRegistration, Ticket
from registrations.rules.people import Attendee
from sessions_app.models import Session

WISHING, DRAWN_FOR = 30, 26
FEWEST, MOST = 2, 6
MOST_SEATS = 3
# Every so many come onto the ticket of whoever was there before them.
TOGETHER = 9
# Invented as the people are: nobody's lottery, and no beacon's round, gave it.
NUMBER = "4 11 17 23 38 42"
RAFFLE = (
    "The six numbers of the Harbour raffle on the evening after the closing, rising (invented for this demo)."
)
DAY = timedelta(days=1)


def let_wish(event: Event, wanted: Mapping[str, int], staff: Actor, at: datetime) -> Draw:
    """Open a window of wishes three days ago, for four days more, in which some have ranked theirs."""
    hour = _hour(at)
    closes_at = hour + 4 * DAY
    draw = _planned(event, staff, hour - 3 * DAY, closes_at, beacon(event, closes_at))
    _wish(draw, wanted, WISHING, random.Random(1884), at - 3 * DAY, at)
    return draw


def hold_draw(event: Event, wanted: Mapping[str, int], staff: Actor, at: datetime) -> Draw:
    """Have a draw that closed the day before yesterday, with its number since yesterday, published this morning."""
    hour = _hour(at)
    draw = _planned(event, staff, hour - 9 * DAY, hour - 2 * DAY, RAFFLE)
    _wish(draw, wanted, DRAWN_FOR, random.Random(1886), hour - 9 * DAY, hour - 2 * DAY)
    actions.freeze(draw, at=at - 2 * DAY)
    actions.enter_public_number(draw, NUMBER, actor=staff, at=at - DAY)
    actions.publish(draw, actor=staff, at=at - timedelta(hours=3))
    return draw


def _hour(at: datetime) -> datetime:
    """The full hour before: windows open and close when clocks strike."""
    return at.replace(minute=0, second=0, microsecond=0)


def _planned(event: Event, staff: Actor, opens_at: datetime, closes_at: datetime, source: str) -> Draw:
    sessions = list(Session.objects.filter(event=event).select_related("event", "seats").in_programme_order())
    return actions.plan_draw(
        event,
        sessions,
        opens_at=opens_at,
        closes_at=closes_at,
        number_source=source,
        most_seats=MOST_SEATS,
        actor=staff,
        at=opens_at - DAY,
    )


def _wish(
    draw: Draw,
    wanted: Mapping[str, int],
    number: int,
    chance: random.Random,
    since: datetime,
    until: datetime,
) -> None:
    """Register so many people and let each say what they wish for, one after the other through the window."""
    sessions = list(Session.objects.filter(draw_sessions__draw=draw).in_programme_order())
    ticket: Ticket | None = None
    for place, attendee in enumerate(people(number, chance)):
        at = since + (until - since) * (place + 1) / (number + 1)
        registration = _registered(draw.event, attendee, at)
        if ticket is not None and place % TOGETHER == 0:
            actions.join_ticket(ticket.invitation, registration, actor=IMPORT, at=at)
            continue
        wishes = [(session, None) for session in _ranked(sessions, wanted, chance)]
        ticket = actions.state_wishes(registration, draw, wishes, actor=IMPORT, at=at)


def _registered(event: Event, attendee: Attendee, at: datetime) -> EventRegistration:
    actions.submit_agenda(event, attendee, [], notify=False, at=at)
    return EventRegistration.objects.select_related("event", "contact").get(
        event=event, contact__email=attendee.email
    )


def _ranked(sessions: list[Session], wanted: Mapping[str, int], chance: random.Random) -> list[Session]:
    """Some of the sessions, the more wanted ones sooner."""
    ranked = sorted(sessions, key=lambda session: chance.random() ** (1 / wanted[session.name]), reverse=True)
    return ranked[: chance.randint(FEWEST, min(MOST, len(sessions)))]

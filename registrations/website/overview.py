"""The overview that the personal page shows, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import DatabaseError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from events.database_trouble import Trouble, trouble_of
from registrations import door_codes, sql
from registrations.actions import door_code_of, draft_and_agenda
from registrations.models import AttendeePass, EventRegistration, SessionRegistration
from registrations.queries import agenda_of, draws_for, opened_sessions, positions, waiting_of
from registrations.rules import seats_in_the_way
from registrations.rules.outcomes import names_at
from registrations.website.in_line import said_in_line
from registrations.website.orders.mine import purchase_of
from registrations.website.programme_days import agenda_by_day, removed_seat, with_speakers
from registrations.website.seats import Seat, seats_for
from registrations.website.stars import interesting_seats
from registrations.website.summary import summary_of
from registrations.website.visitor import DRAFT_COOKIE, Visitor
from registrations.website.waiting_words import waiting_words, what_comes
from sessions_app.models import Session
from waitlists.models import WaitlistItem


@dataclass(frozen=True)
class Wait:
    """One place in line, or one offered seat."""

    item: WaitlistItem
    words: str
    more: str
    seat: Seat | None
    clashes: str
    in_line: tuple[str, ...] = ()

    @property
    def is_invited(self) -> bool:
        """True while a seat is held for the visitor."""
        return self.item.status == WaitlistItem.Status.INVITED


@dataclass(frozen=True)
class Ticket:
    """What its holder shows at a door. The code opens the door only: whoever photographs it cannot open this page."""

    name: str
    code: str

    @property
    def said(self) -> str:
        """The code as it is read out."""
        return door_codes.said(self.code)

    @property
    def qr(self) -> SafeString:
        """The code as scanners read it."""
        return door_codes.qr_svg(self.code)


def ticket_of(registration: EventRegistration) -> Ticket | None:
    """The ticket of whoever is expected at a door; None for others, and once the event is over."""
    if not registration.is_expected_at_a_door or registration.event.ends_at < timezone.now():
        return None
    try:
        return Ticket(registration.full_name, door_code_of(registration))
    except DatabaseError as error:
        if trouble_of(error) is not Trouble.READ_ONLY:
            raise
        # The code is made by whoever asks first; while nothing may be written the page does without.
        return None


def overview_of(request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    """Return the personal page's context."""
    registration = visitor.registration
    assert registration is not None
    held = agenda_of(registration.contact, visitor.event)
    mine = _in_order(held, visitor)
    waits = _waits(visitor)
    draft, chosen = draft_and_agenda(visitor.event, request.COOKIES.get(DRAFT_COOKIE))
    issued = _pass(registration.pk)
    return {
        "event": visitor.event,
        "visitor": visitor,
        "registration": registration,
        "token": visitor.token,
        "summary": summary_of(visitor),
        "next": _next(mine, visitor.at),
        "ticket": ticket_of(registration),
        "days": agenda_by_day(visitor.event, seats_for(visitor, with_speakers(mine))),
        "held_count": len(held),
        "invitations": [wait for wait in waits if wait.is_invited],
        "waits": [wait for wait in waits if not wait.is_invited],
        "is_waitlisted": registration.status == registration.Status.WAITLISTED,
        "issued": issued,
        "bought": purchase_of(registration) if issued and issued.event_pass.price else None,
        "chosen": chosen if draft and not draft.registration_id else [],
        "draws": draws_for(registration, visitor.at),
        "interesting": interesting_seats(visitor),
        "removed": removed_seat(request, visitor),
        "here": request.path,
        "section": "agenda",
    }


def next_session_of(visitor: Visitor) -> Session | None:
    """The visitor's session that is on, or comes next."""
    assert visitor.registration is not None
    held = agenda_of(visitor.registration.contact, visitor.event)
    return _next(_in_order(held, visitor), visitor.at)


def _in_order(held: Iterable[SessionRegistration], visitor: Visitor) -> list[Session]:
    mine = [*(_at_hand(seat.session, visitor) for seat in held), *visitor.by_pass]
    return sorted(mine, key=attrgetter("place_in_programme"))


def _at_hand(session: Session, visitor: Visitor) -> Session:
    session.event = visitor.event
    return session


def _next(mine: list[Session], at: datetime) -> Session | None:
    """The session that is on, or comes next."""
    coming = [session for session in mine if session.ends_at and session.ends_at > at]
    return coming[0] if coming else None


def _waits(visitor: Visitor) -> list[Wait]:
    assert visitor.registration is not None
    items = waiting_of(visitor.registration.contact, visitor.event)
    places = positions(items)
    sessions = with_speakers(_at_hand(item.session, visitor) for item in items if item.session)
    seats = {seat.session.pk: seat for seat in seats_for(visitor, sessions)}
    said = said_in_line(items, places, visitor)
    return [
        Wait(
            item,
            waiting_words(places.get(item.pk)),
            what_comes(item, visitor),
            _saying(seats.get(item.session_id or 0), item, visitor, said[item.pk]),
            names_at(
                item.event_id, [seat.session for seat in seats_in_the_way(item.target, visitor.standing)]
            ),
            tuple(said[item.pk]),
        )
        for item in items
    ]


def _saying(seat: Seat | None, item: WaitlistItem, visitor: Visitor, in_line: Iterable[str]) -> Seat | None:
    """The seat with words about its line, and what happens when one frees, where it has nothing else to say."""
    if seat is None:
        return None
    return replace(seat, note=seat.note or what_comes(item, visitor), in_line=tuple(in_line))


def _pass(registration_id: int) -> AttendeePass | None:
    issued = sql.pass_of(registration_id)
    if issued is not None:
        prefetch_related_objects([issued.event_pass], opened_sessions())
    return issued

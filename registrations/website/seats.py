"""Seats as pages show them: the state in words and a shape, and the one button that says what will happen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event
from events.names import isolated
from events.numbers import with_number
from events.templatetags.seatwise import are_few, moment, seats_left
from registrations.queries import positions
from registrations.rules import (
    SeatButton,
    Walk,
    WalksOfAgenda,
    refusals_of_session,
    seat_buttons,
)
from registrations.rules.doors import Why
from registrations.rules.outcomes import names_at
from registrations.rules.reasons import Reason
from registrations.website.drawn_seats import words_of_draw
from registrations.website.paths import path_of
from registrations.website.verbs import Verb, label_of
from registrations.website.visitor import Visitor
from registrations.website.waiting_words import in_the_way_of, waiting_words
from registrations.website.walks import Gap, words_of_walk
from registrations.website.why_closed import clash_words, why_closed
from sessions_app.models import Session


@dataclass
class Seat:
    """One session as one visitor sees it: ready for a template, no query left to run.

    Never changed once it is made. A frozen one would say so, and take thrice the time for each row of a page.
    """

    session: Session
    state: str
    tone: str
    icon: str
    words: str
    note: str = ""
    verb: Verb | None = None
    label: str = ""
    url: str = ""
    link: str = ""
    # The page on which whoever waits chooses how.
    options: str = ""
    # On a page of one's own: how the line moved, and how it went for others.
    in_line: tuple[str, ...] = ()
    # What a swap gives up, as it was shown: nothing else may be given up by the click.
    give_up: tuple[Session, ...] = ()
    # The beginnings of words by which the session was found.
    beginnings: tuple[str, ...] = ()
    # A line of the description, where only that says what was looked for; HTML with words marked.
    excerpt: str = ""
    # Ways from and to the visitor's other sessions for which there is too little time.
    walks: tuple[str, ...] = ()
    # Whether the visitor is interested; None where the page does not say.
    is_starred: bool | None = None
    # In an agenda: the time before the session, since the one before it.
    gap: Gap | None = None
    # The personal link's token, where the addresses have it.
    token: str = ""

    @property
    def is_mine(self) -> bool:
        """True when the visitor holds or chose the session."""
        return self.state in {"held", "locked", "chosen", "pass"}

    def having(self, happened: str, *, tone: str, icon: str, label: str = "") -> Seat:
        """Return the seat saying what did happen, in the place where it was clicked."""
        return seat_with(self, words=happened, note="", tone=tone, icon=icon, label=label or self.label)


def seat_with(seat: Seat, **said: Any) -> Seat:
    """The seat saying something else besides; as `dataclasses.replace` does it in five times the time."""
    other = object.__new__(Seat)
    vars(other).update(vars(seat), **said)
    return other


def seats_for(visitor: Visitor, sessions: Collection[Session]) -> list[Seat]:
    """Return what stands beside each of the sessions, in two queries at most."""
    if not visitor.event.allow_custom_agenda and not visitor.standing.seats:
        opened = {session.pk for session in visitor.by_pass}
        return [_of_event_level(session, opened) for session in sessions]
    buttons = seat_buttons(sessions, visitor.standing, visitor.chosen, at=_when_open(visitor))
    places = _places(visitor, sessions)
    seats = [_seat(buttons[session.pk], visitor, places) for session in sessions]
    return with_walks(visitor.event, visitor.mine, seats)


def seats_changed(
    before: Visitor | None, after: Visitor, first: Session, others: Collection[Session]
) -> list[Seat]:
    """What stands beside `first`, and beside those of the others where something else may have stood before.

    All of them where nothing is known of before. Whoever waits may have moved in line.
    """
    if not after.event.allow_custom_agenda and not after.standing.seats:
        return seats_for(after, [first, *others])
    now, then = _buttons(after, [first, *others]), _buttons(before, others) if before else {}
    shown = [one for one in others if then.get(one.pk) != now[one.pk] or one.pk in after.standing.items]
    places = _places(after, [first, *shown])
    seats = [_seat(now[one.pk][0], after, places) for one in (first, *shown)]
    return with_walks(after.event, after.mine, seats)


def _buttons(visitor: Visitor, sessions: Collection[Session]) -> dict[int, tuple[SeatButton, list[Walk]]]:
    """What a seat's words and button are made of."""
    found = seat_buttons(sessions, visitor.standing, visitor.chosen, at=_when_open(visitor))
    if not visitor.event.knows_walks:
        return {session.pk: (found[session.pk], []) for session in sessions}
    walks = WalksOfAgenda(visitor.event, visitor.mine)
    return {session.pk: (found[session.pk], walks.too_short(session)) for session in sessions}


def with_walks(event: Event, agenda: Collection[Session], seats: list[Seat]) -> list[Seat]:
    """The seats with a word about each way from or to the agenda's sessions for which there is too little time."""
    if not (event.knows_walks and agenda):
        return seats
    walks = WalksOfAgenda(event, agenda)
    found = ((seat, walks.too_short(seat.session)) for seat in seats)
    return [
        seat_with(seat, walks=tuple(words_of_walk(walk, seat.session) for walk in short)) if short else seat
        for seat, short in found
    ]


def _of_event_level(session: Session, opened: Collection[int]) -> Seat:
    """Nothing to choose: a session comes with the visitor's pass, or stands in the programme."""
    if session.pk in opened:
        return Seat(session, "pass", "mine", "check", _("With your pass"))
    return Seat(session, "none", "full", "", "")


def _when_open(visitor: Visitor) -> datetime:
    """The moment at which claims are judged: now, or for an early draft the moment when registration opens."""
    opens = visitor.event.registration_opens_at
    return max(visitor.at, opens) if opens and not visitor.registration else visitor.at


def closed_to(visitor: Visitor, session: Session) -> Reason | None:
    """Why nobody at all may choose the session now, whatever a list opened earlier says; None while it is open.

    What a draw gives may be wished for until that closes.
    """
    found = refusals_of_session(session, at=_when_open(visitor))
    takes_wishes = session.seats.takes_wishes(visitor.at)
    return next((each for each in found if not (each.why == Why.IN_DRAW and takes_wishes)), None)


def _places(visitor: Visitor, sessions: Iterable[Session]) -> Mapping[int, int]:
    """Places in line of the items shown here, by session id."""
    shown = {session.pk for session in sessions}
    items = [item for key, item in visitor.standing.items.items() if key in shown]
    found = positions(items)
    return {item.session_id: found[item.pk] for item in items if item.session_id and item.pk in found}


def _seat(button: SeatButton, visitor: Visitor, places: Mapping[int, int]) -> Seat:
    session, state = button.session, button.state
    if state in {"held", "locked"}:
        return _held(button, visitor)
    if state == "chosen":
        return _chosen(button, visitor)
    if session.selection_control == Session.SelectionControl.INCLUDED and not visitor.registration:
        return Seat(session, "included", "mine", "check", _("Included for everybody who registers"))
    if state in {"waiting", "on_hold", "invited"}:
        return _waiting(button, visitor, places)
    if state == "add":
        few = are_few(button.available, session.seats)
        words = (
            _("Only %(seats)s") % {"seats": seats_left(button.available)}
            if few
            else seats_left(button.available)
        )
        tone, shape = ("few", "half") if few else ("free", "circle")
        return _with_verb(Seat(session, state, tone, shape, words), "add", visitor)
    if state in {"wish", "in_draw"}:
        said, verb = words_of_draw(button, visitor)
        seat = Seat(session, **said)
        return _with_verb(seat, verb, visitor) if verb else seat
    if state in {"swap", "clash"}:
        return _clashing(button, visitor)
    if state in {"join", "full"}:
        return _full(button, visitor)
    return Seat(session, state, "full", "dash", why_closed(button, visitor))


def _held(button: SeatButton, visitor: Visitor) -> Seat:
    seat = Seat(button.session, button.state, "mine", "check", _("You have a seat"))
    if button.state == "locked":
        return seat_with(seat, note=_("Only the organizer can change this."))
    return _with_verb(seat, "remove", visitor)


def _chosen(button: SeatButton, visitor: Visitor) -> Seat:
    session = button.session
    seat = Seat(session, "chosen", "mine", "check", _("In your agenda"))
    if button.conflicts_with:
        words = _("Clashes with %(names)s") % {"names": names_at(session.event_id, button.conflicts_with)}
        seat = seat_with(
            seat, tone="clash", icon="triangle", words=words, note=_("The one chosen first wins.")
        )
    elif not session.seats.has_seat_for_newcomer:
        seat = seat_with(seat, tone="waiting", icon="clock", words=_("In your agenda, fully booked"))
        note = _("You will join its waitlist.") if session.waitlist_enabled else _("There is no waitlist.")
        seat = seat_with(seat, note=note)
    return _with_verb(seat, "remove", visitor)


def _waiting(button: SeatButton, visitor: Visitor, places: Mapping[int, int]) -> Seat:
    session = button.session
    item = visitor.standing.items[session.pk]
    if button.state == "invited" and item.expires_at:
        words = _("A seat is held for you until %(when)s") % {"when": moment(item.expires_at, visitor.event)}
        answer = reverse("invitation", args=[visitor.event.slug, visitor.token, item.uuid])
        label, token = _("Answer"), visitor.token
        return Seat(session, "invited", "invited", "diamond", words, label=label, link=answer, token=token)
    if button.state == "on_hold":
        words = _("On hold until the event has a seat for you")
    else:
        words = waiting_words(places.get(session.pk))
    options = ""
    if button.state == "waiting" and visitor.token:
        options = reverse("manage_waiting", args=[visitor.event.slug, visitor.token, item.uuid])
    seat = Seat(session, button.state, "waiting", "clock", words, in_the_way_of(item), options=options)
    return _with_verb(seat, "leave", visitor)


def _clashing(button: SeatButton, visitor: Visitor) -> Seat:
    session, others = button.session, tuple(button.conflicts_with)
    key = (button.state, session.event_id, *(other.pk for other in others))
    if key not in visitor.ways:
        # Mostly one session is in the way of a whole page.
        visitor.ways[key] = clash_words(session.event_id, others, may_drop=visitor.registration is None)
    words, note = visitor.ways[key]
    if note:
        return Seat(session, button.state, "clash", "triangle", words, note)
    sold_out = "" if session.seats.has_seat_for_newcomer else session.sold_out_message
    seat = Seat(session, button.state, "clash", "triangle", words, sold_out, give_up=others)
    return _with_verb(seat, "swap", visitor)


def _full(button: SeatButton, visitor: Visitor) -> Seat:
    session = button.session
    words = _("Fully booked")
    if button.waiting:
        said = ngettext("Fully booked · %(n)d waiting", "Fully booked · %(n)d waiting", button.waiting)
        words = with_number(said, button.waiting)
    seat = Seat(session, button.state, "full", "square", words, session.sold_out_message)
    if button.state == "full":
        return seat
    if button.conflicts_with:
        overlapping = _("Overlaps %(names)s; you can wait all the same.") % {
            "names": names_at(session.event_id, button.conflicts_with)
        }
        seat = seat_with(seat, note=f"{overlapping} {session.sold_out_message}".strip())
    return _with_verb(seat, "join", visitor)


def _with_verb(seat: Seat, verb: Verb, visitor: Visitor) -> Seat:
    label, address, token = _button(visitor, verb)
    url = address.replace(_ANY, str(seat.session.uuid))
    return seat_with(seat, verb=verb, label=label, url=url, token=token)


def _button(visitor: Visitor, verb: Verb) -> tuple[str, str, str]:
    """What stands on the button of any session, where it leads, and the link's token in that: once for a whole page."""
    if verb not in visitor.buttons:
        slug, token = visitor.event.slug, visitor.token
        address = (
            reverse("manage_seat", args=[slug, token, _ANY, verb])
            if token
            else path_of("draft_seat", slug, _ANY, verb)
        )
        visitor.buttons[verb] = label_of(verb), address, token
    return visitor.buttons[verb]


# Stands in an address for the session's; no event's readable ID can hold it.
_ANY = str(uuid4())


def names(sessions: Iterable[Session]) -> str:
    """The sessions' names, joined for a sentence."""
    return ", ".join(isolated(session.name) for session in sessions)

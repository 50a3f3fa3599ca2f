"""The visitor of a page: somebody with a registration, somebody with a draft of an agenda, or a newcomer.

Two cookies per event, both signed and only sent to that event's pages: the draft's token, and the personal link's
token once its page was opened here. `request.session` stays untouched.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from events.errors import Refusal
from events.models import Event
from registrations import sql
from registrations.actions import default_sessions, draft_token
from registrations.links import manage_token, registration_and_seats
from registrations.models import AgendaDraft, EventRegistration, SessionRegistration
from registrations.queries import sessions_by_pass, standings_with, starred_by, wished_by
from registrations.rules.standing import ClaimFacts, Standing
from registrations.website.drafted import draft_and_agenda_now
from registrations.website.paths import path_of
from registrations.website.shown_programme import sessions_shown
from sessions_app.models import Session

DRAFT_COOKIE = "seatwise_draft"
ME_COOKIE = "seatwise_me"
DRAFT_DAYS = 30


@dataclass
class Visitor:
    """The visitor who sent the request, as the website knows them at one event and at one moment."""

    event: Event
    at: datetime
    # The registration whose personal link was opened in this browser.
    registration: EventRegistration | None = None
    link: str = ""
    draft: AgendaDraft | None = None
    chosen: list[Session] = field(default_factory=list)
    # The draft's sessions that a draw gives, in their order: wishes, which are in the draw once there is a name.
    drafted_wishes: list[Session] = field(default_factory=list)
    # What was read with the registration, where the address named a session: a claim's facts.
    seen: ClaimFacts | None = None
    # What stands on this visitor's buttons and where they lead, as it is looked up for one page.
    buttons: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    # What is in the way of sessions, as it was put into words for one page.
    ways: dict[Hashable, tuple[str, str]] = field(default_factory=dict)
    # The seats held, where the deed itself tells them, or they were read with the registration.
    seats: dict[int, SessionRegistration] | None = None
    # The standing, where the deed changed nothing and has read all of it.
    known: Standing | None = None
    # Whether the request only looks: what was read with registration or draft is true until it is answered.
    is_look: bool = False

    @cached_property
    def standing(self) -> Standing:
        """The standing of the registration's holder, read when a page first asks for it."""
        if self.registration is None:
            return Standing()
        may_wait = not self.is_look or self.registration.is_in_line is not False
        if self.known is not None:
            return _attached(self.known, self.registration.event)
        return _standing_of(self.registration, self.seats, may_wait=may_wait)

    @cached_property
    def by_pass(self) -> list[Session]:
        """The sessions that come with the visitor's pass, without a seat of their own."""
        if self.registration is None:
            return []
        seats = self.standing.seats
        return [session for session in sessions_by_pass(self.registration) if session.pk not in seats]

    @cached_property
    def stars(self) -> frozenset[int]:
        """The ids of the sessions that the visitor is interested in."""
        owner = self.registration or self.draft
        if self.is_look and owner and owner.is_interested is False:
            return frozenset()
        return starred_by(self.draft, self.registration)

    @cached_property
    def wished(self) -> frozenset[int]:
        """The ids of the sessions wished for; read when a page first shows one that a draw gives."""
        if self.registration is not None:
            return wished_by(self.registration)
        return frozenset(session.pk for session in self.drafted_wishes)

    @property
    def token(self) -> str:
        """The personal link's token; empty for somebody without a registration here."""
        if not self.link and self.registration:
            # Each button of a page asks for it.
            self.link = manage_token(self.registration)
        return self.link

    @property
    def mine(self) -> list[Session]:
        """The sessions held here, or chosen while there is no registration."""
        held = [session for session in self.standing.held_sessions if session.event_id == self.event.pk]
        return held if self.registration else self.chosen


def visitor_of(request: HttpRequest, event: Event) -> Visitor:
    """Return who is looking at `event`."""
    at = timezone.now()
    registration, seats = _registration_and_seats(request, event)
    if registration is not None:
        visitor = of_registration(registration, at)
        if is_look(request):
            visitor.is_look, visitor.seats = True, {seat.session_id: seat for seat in seats}
        return visitor
    draft, drafted = draft_and_agenda_now(event, request.COOKIES.get(DRAFT_COOKIE))
    if draft is None or draft.is_finished:
        return Visitor(event, at, chosen=_chosen_at_first(event, at))
    chosen, wishes = parted(drafted, at)
    return Visitor(event, at, draft=draft, chosen=chosen, drafted_wishes=wishes, is_look=is_look(request))


def parted(drafted: Iterable[Session], at: datetime) -> tuple[list[Session], list[Session]]:
    """What a draft holds: the sessions chosen, and the wishes, whose seats a draw gives."""
    chosen: list[Session] = []
    wishes: list[Session] = []
    for session in drafted:
        (wishes if session.seats.is_in_draw(at) else chosen).append(session)
    return chosen, wishes


def _chosen_at_first(event: Event, at: datetime) -> list[Session]:
    """What a draft will hold from the start."""
    return default_sessions(event, at) if event.allow_custom_agenda else []


def of_registration(
    registration: EventRegistration, at: datetime, link: str = "", seen: ClaimFacts | None = None
) -> Visitor:
    """Return the visitor who holds `registration`, perhaps by this personal link, with what was `seen` by it."""
    return Visitor(registration.event, at, registration, link, seen=seen)


def _standing_of(
    registration: EventRegistration,
    seats: dict[int, SessionRegistration] | None = None,
    *,
    may_wait: bool = True,
) -> Standing:
    """The standing with sessions and events at hand, so that no page asks row by row; `seats` are read if not given."""
    event, contact_id = registration.event, registration.contact_id
    bare = {key: seat for key, seat in (seats or {}).items() if "session" not in seat._state.fields_cache}
    for session in sessions_shown(event, bare.keys()).values() if bare else ():
        sql.attach(bare[session.pk], session=session)
    held = None if seats is None else seats.values()
    found = standings_with({contact_id: registration}, event, held, are_in_line=may_wait)
    return _attached(found[contact_id], event)


def _attached(standing: Standing, event: Event) -> Standing:
    """The standing with the event, and the sessions waited for, at hand."""
    for session in standing.held_sessions:
        if session.event_id == event.pk:
            session.event = event
    waited = {one.pk: one for one in sql.sessions_numbered([key for key in standing.items if key])}
    for key, item in standing.items.items():
        item.event = event
        if key:
            item.session = waited[key]
            item.session.event = event
    return standing


def registration_here(request: HttpRequest, event: Event) -> EventRegistration | None:
    """Return the live registration at the event whose personal link was opened in this browser."""
    return _registration_and_seats(request, event)[0]


def is_look(request: HttpRequest) -> bool:
    """Whether the request changes nothing."""
    return request.method in {"GET", "HEAD"}


def _registration_and_seats(
    request: HttpRequest, event: Event
) -> tuple[EventRegistration | None, list[SessionRegistration]]:
    token = request.COOKIES.get(ME_COOKIE)
    if not token:
        return None, []
    try:
        registration, seats = registration_and_seats(token, event)
    except Refusal:
        return None, []
    return (None, []) if registration.is_cancelled else (registration, seats)


def remember_draft(response: HttpResponseBase, draft: AgendaDraft) -> None:
    """Keep the draft in this browser for a month."""
    _set(response, DRAFT_COOKIE, draft_token(draft), draft.event, DRAFT_DAYS * 86_400)


def remember_registration(response: HttpResponseBase, registration: EventRegistration) -> None:
    """Keep the personal link in this browser until it is closed, so that the programme knows whose agenda it is."""
    _set(response, ME_COOKIE, manage_token(registration), registration.event, None)


def forget_registration(response: HttpResponseBase, event: Event) -> None:
    """Make this browser a stranger's again."""
    response.delete_cookie(ME_COOKIE, path=_path(event), samesite="Lax")


def forget_draft(response: HttpResponseBase, event: Event) -> None:
    """Start again with an empty draft."""
    response.delete_cookie(DRAFT_COOKIE, path=_path(event), samesite="Lax")


def _path(event: Event) -> str:
    return path_of("event_page", event.slug)


def _set(response: HttpResponseBase, name: str, value: str, event: Event, seconds: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=_path(event),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

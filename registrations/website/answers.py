"""Answers to a press of a seat's button: the page again, or, for htmx, just what changed on it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from events.errors import Refusal
from events.models import Event
from events.names import isolated
from registrations import sql
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import REFUSALS
from registrations.rules.results import Line
from registrations.rules.standing import Standing
from registrations.website.drafted import Nearby, agenda_and_rows
from registrations.website.identities import identities_in
from registrations.website.refusals import refused
from registrations.website.seats import Seat, names, seats_changed
from registrations.website.skeletons import form_token
from registrations.website.states import states_of
from registrations.website.summary import changed_summary, own_page, summary_of
from registrations.website.visitor import Visitor, parted
from registrations.website.waiting_words import waiting_words
from sessions_app.models import Session


@dataclass(frozen=True)
class Deed:
    """The deed of one press of a button, or why it did nothing."""

    session: Session
    happened: str = ""
    refusal: Refusal | None = None
    # The refused line, which knows what may be had instead.
    line: Line | None = None
    given_up: tuple[Session, ...] = ()
    can_undo: bool = False

    @classmethod
    def of_line(cls, line: Line, given_up: Iterable[Session] = ()) -> Deed:
        """Return the deed that an agenda's line tells of."""
        if line.is_success:
            gone = tuple(given_up)
            return cls(
                line.session, _happened(line, gone), given_up=gone, can_undo=line.outcome == Outcome.DROPPED
            )
        reason = line.reason
        refusal = reason.refusal() if reason else REFUSALS[line.outcome]()
        return cls(line.session, refusal=refusal, line=line)


def _happened(line: Line, given_up: tuple[Session, ...]) -> str:
    if line.outcome == Outcome.DROPPED:
        return _("Removed")
    if line.outcome == Outcome.WAITLISTED:
        return waiting_words(line.position)
    if given_up:
        return _("You have a seat, instead of %(names)s") % {"names": names(given_up)}
    return str(line.outcome.label)


def find_session(event: Event, identity: uuid.UUID, *, live: bool = True) -> Session:
    """Return the event's session, with all that its row shows; 404 for one that is not on the website."""
    for session in sql.sessions_with(event, [identity]):
        if session.is_live or not live:
            return session
    raise Http404("No such session")


def session_seen(visitor: Visitor, *, live: bool) -> Session:
    """Return the session that the address named, as a claim looks at it; 404 for one that is not on the website."""
    found = next(iter(visitor.seen.sessions.values()), None) if visitor.seen else None
    if found is None or (live and not found.is_live):
        raise Http404("No such session")
    return found


def sessions_named(request: HttpRequest, event: Event, name: str) -> list[Session]:
    """Return the event's sessions whose identities were sent in the field `name`, separated by commas."""
    return sessions_among(request.POST.get(name, ""), event)


def sessions_among(text: str, event: Event) -> list[Session]:
    """Return the event's live sessions whose identities stand in the text, separated by commas; a page's at most."""
    return [session for session in sql.sessions_with(event, identities_in(text)) if session.is_live]


def answer(request: HttpRequest, visitor: Visitor, deed: Deed) -> HttpResponse:
    """Return what the visitor sees next; `visitor` is as things stand after the deed."""
    # `headers` would put all of them into other words first.
    if request.META.get("HTTP_HX_REQUEST"):
        return _changed(request, visitor, deed)
    if deed.refusal:
        # A seat that may not be given up is nothing to be replaced.
        offered = deed.line.alternatives if deed.line and deed.line.reason else ()
        return refused(request, visitor.event, deed.refusal, visitor, offered)
    target = safe_next(request, visitor)
    if deed.can_undo and (own := own_page(visitor)) == target.split("?")[0]:
        return redirect(f"{own}?removed={deed.session.uuid}")
    words = _("“%(name)s”: %(happened)s.") % {"name": isolated(deed.session.name), "happened": deed.happened}
    messages.success(request, words)
    # Not `redirect`, which would first look for a view of that name.
    return HttpResponseRedirect(f"{target}#seat-{deed.session.uuid}")


def safe_next(request: HttpRequest, visitor: Visitor) -> str:
    """Return the page that the button stood on; the visitor's own agenda where that is no page of ours."""
    wanted = request.POST.get("next", "")
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        wanted = own_page(visitor)
    return wanted.split("#")[0]


def _changed(request: HttpRequest, visitor: Visitor, deed: Deed) -> HttpResponse:
    """The row pressed, those others that changed with it, and the agenda in short."""
    rows = _rows_nearby(request, visitor, deed)
    before = None if deed.refusal else _before(visitor, deed)
    first, *others = seats_changed(before, visitor, deed.session, rows)
    here, token = request.POST.get("next", ""), _token_of(request)
    summary, happened = summary_of(visitor), f"{isolated(deed.session.name)}: {deed.refusal or deed.happened}"
    parts = (
        states_of([_after(first, deed)], here, token, are_elsewhere=False),
        states_of(others, here, token),
        changed_summary(summary) if summary else "",
        format_html('<div id="live" hx-swap-oob="innerHTML">{}</div>', happened),
    )
    return HttpResponse("".join(parts), status=deed.refusal.status if deed.refusal else 200)


def _token_of(request: HttpRequest) -> Any:
    """The token of the answer's forms: the masked one by which this press was let in, else a new one.

    No other site can have the browser press again and again, and so guess at the token by how long answers are.
    """
    sent = request.POST.get("csrfmiddlewaretoken", "")
    return sent if len(sent) == CSRF_TOKEN_LENGTH else form_token(request)


def _rows_nearby(request: HttpRequest, visitor: Visitor, deed: Deed) -> list[Session]:
    """Rows of the page whose button may have changed; a draft's agenda is read with them, as it is after the deed."""
    event, shown = visitor.event, identities_in(request.POST.get("shown", ""))
    rows: list[Session] = []
    if visitor.draft or shown:
        nearby = Nearby.to(event, [deed.session, *deed.given_up], shown)
        drafted, rows = agenda_and_rows(event, visitor.draft, nearby)
        if visitor.draft:
            visitor.chosen, visitor.drafted_wishes = parted(drafted, visitor.at)
    return [row for row in rows if row != deed.session]


def _before(visitor: Visitor, deed: Deed) -> Visitor:
    """The visitor as if the deed had not been done, with everything else as it is now."""
    concerned = {deed.session.pk, *(each.pk for each in deed.given_up)}
    if visitor.registration:
        before = replace(visitor)
        before.standing = _standing_before(visitor, concerned)
        return before
    gone = [deed.session] if deed.can_undo else deed.given_up
    return replace(visitor, chosen=[*(each for each in visitor.chosen if each.pk not in concerned), *gone])


def _standing_before(visitor: Visitor, concerned: Collection[int]) -> Standing:
    """The standing with what the request saw of these sessions before it did anything."""
    now, seen = visitor.standing, visitor.seen
    seats = {pk: seat for pk, seat in now.seats.items() if pk not in concerned}
    items = {pk: item for pk, item in now.items.items() if pk not in concerned}
    waited_for = {pk: session for pk, session in now.waited_for.items() if pk not in concerned}
    if seen:
        for pk, seat in seen.standing.seats.items():
            if pk in concerned:
                seat.session.event = visitor.event
                seats[pk] = seat
        items |= seen.standing.items
        waited_for |= {pk: seen.sessions[pk] for pk in seen.standing.items if pk}
    return replace(now, seats=seats, items=items, waited_for=waited_for)


def _after(seat: Seat, deed: Deed) -> Seat:
    if deed.refusal:
        return seat.having(str(deed.refusal), tone="clash", icon="triangle")
    undo = _("Undo") if deed.can_undo and seat.verb in {"add", "join", "wish"} else ""
    if deed.given_up or deed.can_undo:
        tone = "full" if deed.can_undo else seat.tone
        return seat.having(
            deed.happened, tone=tone, icon="check" if tone != "clash" else seat.icon, label=undo
        )
    return seat

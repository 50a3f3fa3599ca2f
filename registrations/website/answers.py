"""Answers to a press of a seat's button: the page again, or, for htmx, just what changed on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from events.errors import Refusal
from events.models import Event
from events.names import isolated
from registrations import sql
from registrations.rules import is_walk_too_short, share_a_limit
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import REFUSALS
from registrations.rules.results import Line
from registrations.website.refusals import refused
from registrations.website.seats import Seat, names, seats_for
from registrations.website.summary import own_page, summary_of
from registrations.website.visitor import Visitor
from registrations.website.waiting_words import waiting_words
from sessions_app.models import Session

# More rows than a page shows; what a client claims to show is not to be trusted with more.
SHOWN_AT_MOST = 100


@dataclass(frozen=True)
class Deed:
    """The deed of one press of a button, or why it did nothing."""

    session: Session
    happened: str = ""
    refusal: Refusal | None = None
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
        refusal = reason.refusal(alternatives=line.alternatives) if reason else REFUSALS[line.outcome]()
        return cls(line.session, refusal=refusal)


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
    wanted = []
    for part in text.split(",")[:SHOWN_AT_MOST]:
        try:
            wanted.append(uuid.UUID(part))
        except ValueError:
            continue
    return [session for session in sql.sessions_with(event, wanted) if session.is_live]


def answer(request: HttpRequest, visitor: Visitor, deed: Deed) -> HttpResponse:
    """Return what the visitor sees next; `visitor` is as things stand after the deed."""
    if request.headers.get("HX-Request"):
        return _changed(request, visitor, deed)
    if deed.refusal:
        return refused(request, visitor.event, deed.refusal, visitor)
    target, is_own = safe_next(request, visitor)
    if deed.can_undo and is_own:
        return redirect(f"{target.split('?')[0]}?removed={deed.session.uuid}")
    words = _("“%(name)s”: %(happened)s.") % {"name": isolated(deed.session.name), "happened": deed.happened}
    messages.success(request, words)
    # Not `redirect`, which would first look for a view of that name.
    return HttpResponseRedirect(f"{target}#seat-{deed.session.uuid}")


def safe_next(request: HttpRequest, visitor: Visitor) -> tuple[str, bool]:
    """Return the page that the button stood on, and whether that is the visitor's own agenda."""
    wanted, own = request.POST.get("next", ""), own_page(visitor)
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        wanted = own
    wanted = wanted.split("#")[0]
    return wanted, wanted.split("?")[0] == own


def _changed(request: HttpRequest, visitor: Visitor, deed: Deed) -> HttpResponse:
    shown = _touched(sessions_named(request, visitor.event, "shown"), [deed.session, *deed.given_up])
    first, *others = seats_for(visitor, [deed.session, *shown])
    context = {
        "event": visitor.event,
        "summary": summary_of(visitor),
        "seat": _after(first, deed),
        "others": others,
        "happened": f"{isolated(deed.session.name)}: {deed.refusal or deed.happened}",
        "here": request.POST.get("next", ""),
    }
    status = deed.refusal.status if deed.refusal else 200
    return render(request, "website/partials/_seat_changed.html", context, status=status)


def _after(seat: Seat, deed: Deed) -> Seat:
    if deed.refusal:
        return seat.having(str(deed.refusal), tone="clash", icon="triangle")
    undo = _("Undo") if deed.can_undo and seat.verb in {"add", "join"} else ""
    if deed.given_up or deed.can_undo:
        tone = "full" if deed.can_undo else seat.tone
        return seat.having(
            deed.happened, tone=tone, icon="check" if tone != "clash" else seat.icon, label=undo
        )
    return seat


def _touched(shown: Iterable[Session], changed: list[Session]) -> list[Session]:
    """The sessions on the page whose row may change now: what overlaps, counts together, lies far, or was given up."""
    ids = {session.pk for session in changed}
    first = changed[0].pk
    return [
        other
        for other in shown
        if other.pk != first and (other.pk in ids or any(_concerns(other, session) for session in changed))
    ]


def _concerns(other: Session, changed: Session) -> bool:
    is_near = is_walk_too_short(changed.event, changed, other)
    return is_near or other.blocks(changed) or share_a_limit(changed, other)

"""Pages of an agenda before it has a name: choose, take out, see it whole."""

from __future__ import annotations

import uuid
from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.limits import check_place, check_visitor
from events.models import Event
from registrations.actions import add_to_draft, draft_token, remove_from_draft
from registrations.models import AgendaDraft
from registrations.website.answers import Deed, answer, find_session, sessions_named
from registrations.website.audience import audience_of
from registrations.website.programme_days import agenda_by_day, removed_seat, with_speakers
from registrations.website.refusals import at_event, private
from registrations.website.seats import Verb, closed_to, names, seats_for
from registrations.website.stars import interesting_seats
from registrations.website.summary import summary_of
from registrations.website.visitor import DRAFT_COOKIE, chosen_in, remember_draft, visitor_of
from sessions_app.models import Session


@at_event
def agenda(request: HttpRequest, event: Event) -> HttpResponse:
    """The page of the chosen sessions by day, what clashes or is full, and the way on."""
    visitor = visitor_of(request, event)
    if visitor.registration:
        return redirect("manage", event.slug, visitor.token)
    if not event.allow_custom_agenda:
        return redirect("event_page", event.slug)
    seats = seats_for(visitor, with_speakers(sorted(visitor.chosen, key=attrgetter("place_in_programme"))))
    context = {
        "event": event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "days": agenda_by_day(event, seats),
        "clashes": sum(seat.tone == "clash" for seat in seats),
        "waits": sum(seat.tone == "waiting" for seat in seats),
        "interesting": interesting_seats(visitor),
        "removed": removed_seat(request, visitor),
        "here": request.path,
        "section": "agenda",
    }
    return private(render(request, "website/agenda.html", context))


@require_POST
@at_event
def change_draft(request: HttpRequest, event: Event, uuid: uuid.UUID, verb: Verb) -> HttpResponse:
    """Add a session to the draft, take it out, or put it in place of those that it clashes with."""
    session = find_session(event, uuid, live=verb not in {"remove", "leave"})
    visitor = visitor_of(request, event)
    if visitor.registration:
        return redirect("manage", event.slug, visitor.token)
    token = request.COOKIES.get(DRAFT_COOKIE)
    if verb not in {"remove", "leave"} and (closed := closed_to(visitor, session)):
        return answer(request, visitor, Deed(session, refusal=closed.refusal()))
    if visitor.draft is None:
        check_place(request, "draft-from", lambda: audience_of(event))
    else:
        check_visitor("draft", visitor.draft.uuid.hex)
    draft, deed = _change(request, event, token, session, verb)
    if draft:
        visitor.draft, visitor.chosen = draft, chosen_in(draft, event)
    response = answer(request, visitor, deed)
    if draft:
        remember_draft(response, draft)
    return response


def _change(
    request: HttpRequest, event: Event, token: str | None, session: Session, verb: Verb
) -> tuple[AgendaDraft | None, Deed]:
    if verb in {"remove", "leave"}:
        return remove_from_draft(event, token, session), Deed(session, _("Removed"), can_undo=True)
    given_up = tuple(sessions_named(request, event, "give_up")) if verb == "swap" else ()
    for other in given_up:
        begun = remove_from_draft(event, token, other)
        token = draft_token(begun) if begun else token
    draft = add_to_draft(event, token, session)
    happened = _("In your agenda")
    if given_up:
        happened = _("In your agenda, instead of %(names)s") % {"names": names(given_up)}
    return draft, Deed(session, happened, given_up=given_up)

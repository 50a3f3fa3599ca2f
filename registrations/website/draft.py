"""Pages of an agenda before it has a name: choose, take out, see it whole."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from operator import attrgetter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.limits import check_place, check_visitor
from events.middleware import allow_compression
from events.models import Event
from registrations.actions import add_to_draft, remove_from_draft
from registrations.links import manage_token
from registrations.website.answers import Deed, answer
from registrations.website.audience import audience_of
from registrations.website.drafted import draft_and_sessions_now
from registrations.website.identities import identities_in
from registrations.website.programme_days import agenda_by_day, removed_seat, with_speakers
from registrations.website.refusals import at_event, private
from registrations.website.seats import closed_to, names, seats_for
from registrations.website.stars import interesting_seats
from registrations.website.summary import summary_of
from registrations.website.verbs import LEAVING, Verb
from registrations.website.visitor import (
    DRAFT_COOKIE,
    Visitor,
    registration_here,
    remember_draft,
    visitor_of,
)
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
    is_leaving = verb in LEAVING
    named = set(identities_in(request.POST.get("give_up", ""))) if verb == "swap" else set()
    draft, sessions = draft_and_sessions_now(event, request.COOKIES.get(DRAFT_COOKIE), {uuid, *named})
    session = next((each for each in sessions if each.uuid == uuid), None)
    if session is None or not (session.is_live or is_leaving):
        raise Http404("No such session")
    if registration := registration_here(request, event):
        return redirect("manage", event.slug, manage_token(registration))
    visitor, noted = Visitor(event, timezone.now(), draft=draft), draft and (draft.pk, draft.updated_at)
    if not is_leaving and (closed := closed_to(visitor, session)):
        return answer(request, visitor_of(request, event), Deed(session, refusal=closed.refusal()))
    if draft is None:
        check_place(request, "draft-from", lambda: audience_of(event))
    else:
        check_visitor("draft", draft.uuid.hex)
    if is_leaving:
        visitor.draft = remove_from_draft(event, draft, session)
        deed = Deed(session, _("Removed"), can_undo=True)
    else:
        given_up = tuple(each for each in sessions if each.uuid in named and each.is_live)
        visitor.draft = add_to_draft(event, draft, session, instead_of=given_up)
        happened = _("Among your wishes") if session.seats.is_in_draw(visitor.at) else _happened(given_up)
        deed = Deed(session, happened, given_up=given_up)
    if visitor.draft is None:
        return answer(request, visitor_of(request, event), deed)
    response = answer(request, visitor, deed)
    # Its buttons need the cookie, which is no part of it. At the CSRF token, which it has from the press, nobody can
    # guess by how long answers are: no other site can have the browser press at all.
    allow_compression(response)
    # The cookie lives as long as the draft since it was last noted that somebody works on it.
    if noted != (visitor.draft.pk, visitor.draft.updated_at):
        remember_draft(response, visitor.draft)
    return response


def _happened(given_up: Collection[Session]) -> str:
    if given_up:
        return _("In your agenda, instead of %(names)s") % {"names": names(given_up)}
    return _("In your agenda")

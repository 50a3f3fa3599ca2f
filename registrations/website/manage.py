"""The personal page: the next session, the agenda, who waits for what, and everything that may be changed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from events.actors import ATTENDEE
from events.limits import check_visitor
from events.models import normalise_email
from registrations.actions import (
    cancel_event_registrations,
    draft_and_agenda,
    finish_draft,
    request_link,
    revoke_links,
    submit_agenda,
)
from registrations.models import EventRegistration
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from registrations.rules.standing import ClaimFacts
from registrations.website.answers import Deed, answer, session_seen, sessions_named
from registrations.website.overview import overview_of
from registrations.website.own_parts import own_parts
from registrations.website.personal import (
    cancelled,
    personal,
    personal_at_session,
    personal_even_cancelled,
)
from registrations.website.proving import has_proved, to_prove
from registrations.website.result import result_url
from registrations.website.skeletons import framed
from registrations.website.verbs import LEAVING, Verb
from registrations.website.visitor import (
    DRAFT_COOKIE,
    Visitor,
    forget_draft,
    forget_registration,
    parted,
)
from registrations.website.wish_buttons import press_wish
from registrations.website.wishing import say_drafted_wishes
from sessions_app.models import Session


@personal_even_cancelled
def manage(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The personal page: the next session first; then the agenda by day, waiting and invitations, and tools."""
    registration = _registration(visitor)
    if registration.is_cancelled:
        return cancelled(request, visitor)
    context = overview_of(request, visitor)
    return framed(
        request, visitor.event, "manage.html", context, own_parts(visitor, "agenda", context["summary"])
    )


@require_POST
@personal_at_session
def change_seat(request: HttpRequest, visitor: Visitor, uuid: uuid.UUID, verb: Verb) -> HttpResponse:
    """Take, wait for, swap or give up one seat, directly."""
    session = session_seen(visitor, live=verb not in LEAVING)
    registration = _registration(visitor)
    check_visitor("seat", registration.uuid.hex)
    if verb in {"wish", "unwish"}:
        return press_wish(request, visitor, session, verb)
    given_up = sessions_named(request, visitor.event, "give_up") if verb == "swap" else []
    wishes: dict[str, Any] = {"add": [session], "drop": given_up}
    if verb in {"remove", "leave"}:
        wishes = {"add": [], "drop": [session]}
    result = submit_agenda(
        visitor.event,
        Attendee.of(registration),
        **wishes,
        mode=Mode.ALL_OR_NOTHING if verb == "swap" else Mode.BEST_EFFORT,
        wait=[session.pk] if verb == "join" else False,
        seen=_seen_with(visitor, given_up),
    )
    line = next(line for line in result.lines if line.session.pk == session.pk)
    refused = next((each for each in result.lines if not each.is_success), line)
    visitor = replace(visitor, seats=result.seats, known=result.standing)
    return answer(request, visitor, Deed.of_line(refused, given_up if refused.is_success else ()))


def _seen_with(visitor: Visitor, given_up: list[Session]) -> ClaimFacts | None:
    """What the request has read that decides, with the sessions to be given up."""
    seen = visitor.seen
    return replace(seen, sessions=seen.sessions | {one.pk: one for one in given_up}) if seen else None


@require_POST
@personal
def take_draft(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Register for the sessions that were chosen before the personal link was opened; waiting where full."""
    registration, token = _registration(visitor), request.COOKIES.get(DRAFT_COOKIE)
    _draft, drafted = draft_and_agenda(visitor.event, token)
    chosen, wishes = parted(drafted, visitor.at)
    if wishes and not has_proved(request, registration):
        return to_prove(request, visitor, draft="1")
    result = submit_agenda(visitor.event, Attendee.of(registration), chosen, wait=True)
    is_wished = say_drafted_wishes(request, registration, wishes)
    # Where nothing could be had the choice is kept, to be tried again or changed.
    is_done = is_wished or any(line.is_success for line in result.lines)
    if is_done:
        finish_draft(visitor.event, token, registration)
    response = redirect(result_url(registration, result.lines))
    if wishes and not chosen:
        response = redirect("manage_wishes", visitor.event.slug, visitor.token)
    if is_done:
        forget_draft(response, visitor.event)
    return response


@personal_even_cancelled
def cancel(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask once (GET); then give back every seat and every place in line (POST)."""
    registration = _registration(visitor)
    if request.method == "POST":
        cancel_event_registrations([registration], actor=ATTENDEE)
        registration.refresh_from_db()
    if registration.is_cancelled:
        response = redirect("manage", visitor.event.slug, visitor.token)
        forget_registration(response, visitor.event)
        return response
    return render(request, "website/cancel.html", overview_of(request, visitor))


@require_POST
@personal
def new_link(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make every link mailed before worthless, and mail a new one."""
    registration = _registration(visitor)
    revoke_links(registration, actor=ATTENDEE)
    request_link(visitor.event, normalise_email(registration.contact.email))
    response = render(request, "website/link_sent.html", {"event": visitor.event, "is_revoked": True})
    visitor.registration = None
    forget_registration(response, visitor.event)
    return response


def _registration(visitor: Visitor) -> EventRegistration:
    """The registration that the personal link named; the decorator let nobody else in."""
    assert visitor.registration is not None
    return visitor.registration

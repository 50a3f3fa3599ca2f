"""The form that ends in a registration: who, what is asked, and what becomes of each wish."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import Refusal
from events.models import Contact, Event, normalise_email
from registrations import rules, sql
from registrations.actions import (
    draft_for,
    finish_draft,
    register_for_event,
    submit_agenda,
)
from registrations.models import Activity, AgendaDraft, EventRegistration
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult, Line
from registrations.rules.standing import ClaimFacts, Standing
from registrations.website import group, kept, order_placing, stormed
from registrations.website.asked import Asked, ask, most_people, show
from registrations.website.audience import audience_of
from registrations.website.blank_page import blank_page
from registrations.website.companions import changed
from registrations.website.confirming import forget_proof, must_confirm
from registrations.website.group import TWICE_WITHIN, check_tries, nobody
from registrations.website.link import send_link, too_often
from registrations.website.refusals import at_event, private
from registrations.website.refusals import refused as refusal_page
from registrations.website.result import result_url
from registrations.website.visitor import Visitor, forget_draft, remember_registration, visitor_of
from registrations.website.wishing import say_drafted_wishes


@at_event
def finish_registration(request: HttpRequest, event: Event) -> HttpResponse:
    """Ask for details (GET); register and show what became of each wish (POST)."""
    visitor = visitor_of(request, event)
    if instead := _instead(request, visitor):
        return instead
    if request.method == "POST" and (more := changed(request.POST, most_people(visitor))):
        return kept.shown_again(request, show(request, visitor, ask(request, visitor, more)), more)
    typed = kept.data_of(request)
    if typed is None and (page := blank_page(request, visitor)):
        return page
    asked = ask(request, visitor, typed)
    if request.method != "POST":
        return show(request, visitor, asked, status=422 if asked.has_mistakes else 200)
    if not asked.is_valid():
        return kept.shown_again(request, show(request, visitor, asked, status=422))
    if not_agreed := order_placing.not_agreed(request, visitor, asked):
        return not_agreed
    if first := stormed.asked_first(request, lambda: audience_of(event)):
        return first
    try:
        answer = _deed(asked)(request, visitor, asked)
    except Refusal as refusal:
        answer = refusal_page(request, event, refusal, visitor)
    return kept.settled(request, private(answer))


def _deed(asked: Asked) -> Callable[[HttpRequest, Visitor, Asked], HttpResponse]:
    """What the form does: it orders, or registers several people or one."""
    if asked.is_order:
        return _order
    return group.register if asked.companions else _register


def _order(request: HttpRequest, visitor: Visitor, asked: Asked) -> HttpResponse:
    return order_placing.place(
        request, visitor, asked, lambda where: _known(request, visitor.event, where, asked)
    )


def _instead(request: HttpRequest, visitor: Visitor) -> HttpResponse | None:
    """The answer to whoever is registered by this very form or is here already, comes too late, or chose nothing."""
    event, before = visitor.event, draft_for(visitor.event, request.POST.get("key"))
    if ordered := order_placing.placed_before(request, event):
        return ordered
    if before and before.group is not None:
        return group.again(before)
    if before and before.registration and not before.registration.is_cancelled:
        return _again(request, before, before.registration)
    if visitor.registration:
        return redirect("manage", event.slug, visitor.token)
    for refused in rules.refusals_to_open(event, visitor.at):
        context = {"event": event, "visitor": visitor, "reason": refused}
        return render(request, "website/closed.html", context, status=409)
    if (
        event.allow_custom_agenda
        and event.sessions_required
        and not (visitor.chosen or visitor.drafted_wishes)
    ):
        return _without_sessions(request, event)
    return redirect("confirm_address", event.slug) if must_confirm(request, visitor) else None


def _again(request: HttpRequest, draft: AgendaDraft, registration: EventRegistration) -> HttpResponse:
    """Answer a form posted again after it made a registration: a double click opens its page, an old form mails a link.

    A form kept is no personal link: it must not outlive the links that were revoked.
    """
    revoked = Activity.objects.filter(verb=Activity.Verb.LINK_REVOKED, at__gte=draft.updated_at)
    is_revoked = revoked.filter(event=draft.event_id, contact=registration.contact_id).exists()
    if timezone.now() - draft.updated_at <= TWICE_WITHIN and not is_revoked:
        return _to_result(draft.event, registration, [])
    if not send_link(request, draft.event, registration.contact.email, str(draft.uuid)):
        return private(too_often(request, draft.event))
    return private(render(request, "website/link_sent.html", {"event": draft.event, "is_known": True}))


def _without_sessions(request: HttpRequest, event: Event) -> HttpResponse:
    messages.info(request, _("Choose at least one session first; then finish your registration."))
    return redirect("session_list", event.slug)


def _register(request: HttpRequest, visitor: Visitor, asked: Asked) -> HttpResponse:
    event, attendee = visitor.event, asked.form.attendee
    check_tries(request, event, [attendee], visitor.draft.uuid.hex if visitor.draft else asked.key)
    try:
        # What nobody could have is refused before anybody is looked up: the same for known and unknown addresses.
        as_nobody = _previewed_as_nobody(visitor, asked)
        if not as_nobody.applied:
            return show(request, visitor, asked, status=409, lines=as_nobody.lines)
        if where := _known_at(visitor, asked):
            return _known(request, event, where, asked)
        result = _act(visitor, asked, attendee)
    except Refusal as refusal:
        asked.form.add_refusal(refusal)
        return show(request, visitor, asked, status=refusal.status)
    if result.registration is None:
        # Somebody was quicker. What stands in the way of this person alone is not said to whoever asks.
        lines = [line for line in result.lines if line.outcome != Outcome.CONFLICT]
        return show(request, visitor, asked, status=409, lines=lines)
    say_drafted_wishes(request, result.registration, visitor.drafted_wishes)
    finish_draft(event, asked.key, result.registration)
    return _to_result(event, result.registration, result.lines)


def _known(request: HttpRequest, event: Event, where: Event, asked: Asked) -> HttpResponse:
    """Mail the link to what the person has at `where`; the page is the same for all, whoever asks."""
    if not send_link(request, where, asked.form.attendee.email, asked.key):
        return too_often(request, event)
    return render(request, "website/link_sent.html", {"event": event, "is_known": True})


def _known_at(visitor: Visitor, asked: Asked) -> Event | None:
    """Where the person has something already that is in the way: here, or a seat at another event."""
    email = normalise_email(asked.form.attendee.email)
    is_here = sql.is_registered(visitor.event.pk, email)
    if is_here is None:
        return None
    return visitor.event if is_here else next(iter(_clashing_events(visitor, asked)), None)


def _clashing_events(visitor: Visitor, asked: Asked) -> list[Event]:
    """The other events where the person holds a seat in the way: nobody unproved may learn of them."""
    if not visitor.event.allow_custom_agenda:
        return []
    lines = _act(visitor, asked, asked.form.attendee, preview=True).lines
    refused = [line for line in lines if line.outcome == Outcome.CONFLICT]
    others = [other for line in refused for other in line.conflicts_with]
    return [other.event for other in others if other.event_id != visitor.event.pk]


def _previewed_as_nobody(visitor: Visitor, asked: Asked) -> AgendaResult:
    """What would become of it for somebody whom nobody has seen before, by what the request has read already."""
    attendee = nobody(asked.form.attendee)
    sessions = {session.pk: session for session in visitor.chosen}
    seen = ClaimFacts(visitor.event, Contact(email=attendee.email), Standing(), sessions)
    return _act(visitor, asked, attendee, preview=True, seen=seen)


def _act(
    visitor: Visitor,
    asked: Asked,
    attendee: Attendee,
    *,
    preview: bool = False,
    seen: ClaimFacts | None = None,
) -> AgendaResult:
    form, event = asked.form, visitor.event
    event_pass = asked.event_pass
    if event.allow_custom_agenda:
        return submit_agenda(
            event,
            attendee,
            visitor.chosen,
            wait=form.wants_to_wait or asked.is_waiting,
            automatically_register=form.automatically_register,
            when_clashing=form.when_clashing,
            event_pass=event_pass,
            preview=preview,
            seen=seen,
        )
    registration = register_for_event(
        event,
        attendee,
        event_pass,
        wait=form.wants_to_wait or asked.is_waiting,
        automatically_register=form.automatically_register,
        preview=preview,
    )
    return AgendaResult(registration, [], applied=True)


def _to_result(event: Event, registration: EventRegistration, lines: list[Line]) -> HttpResponse:
    response = redirect(result_url(registration, lines))
    remember_registration(response, registration)
    forget_draft(response, event)
    forget_proof(response, event)
    return response

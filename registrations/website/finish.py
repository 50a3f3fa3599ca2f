"""The form that ends in a registration: who, what is asked, and what becomes of each wish."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import Refusal
from events.limits import check_mailbox, check_place, check_visitor
from events.models import Event, normalise_email
from registrations import rules
from registrations.actions import (
    draft_for,
    draft_token,
    finish_draft,
    new_draft_token,
    register_for_event,
    submit_agenda,
)
from registrations.forms import PassForm, RegistrationForm
from registrations.models import Activity, AgendaDraft, EventRegistration
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult, Line
from registrations.website import kept, stormed
from registrations.website.audience import audience_of
from registrations.website.confirming import forget_proof, must_confirm, proved_address
from registrations.website.link import send_link, too_often
from registrations.website.refusals import at_event, private
from registrations.website.refusals import refused as refusal_page
from registrations.website.result import result_url
from registrations.website.seats import seats_for
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor, forget_draft, remember_registration, visitor_of

TWICE_WITHIN = timedelta(minutes=10)
TRIES_FOR_ONE_MAILBOX = 20


@dataclass
class Asked:
    """The forms of one registration, and the token by which the same form posted twice is known."""

    form: RegistrationForm
    passes: PassForm | None
    key: str

    def is_valid(self) -> bool:
        """True when every form is valid; all are asked, so that every error is shown at once."""
        return all([self.form.is_valid(), self.passes is None or self.passes.is_valid()])

    @property
    def has_mistakes(self) -> bool:
        """True when the forms were filled in, and not rightly."""
        return self.form.is_bound and not self.is_valid()


@at_event
def finish_registration(request: HttpRequest, event: Event) -> HttpResponse:
    """Ask for details (GET); register and show what became of each wish (POST)."""
    visitor = visitor_of(request, event)
    before = draft_for(event, request.POST.get("key"))
    if before and before.registration and not before.registration.is_cancelled:
        return _again(request, before, before.registration)
    if visitor.registration:
        return redirect("manage", event.slug, visitor.token)
    for refused in rules.refusals_to_open(event, visitor.at):
        context = {"event": event, "visitor": visitor, "reason": refused}
        return render(request, "website/closed.html", context, status=409)
    if event.allow_custom_agenda and event.sessions_required and not visitor.chosen:
        return _without_sessions(request, event)
    if must_confirm(request, event):
        return redirect("confirm_address", event.slug)
    asked = _ask(request, visitor)
    if request.method != "POST":
        return _show(request, visitor, asked, status=422 if asked.has_mistakes else 200)
    if not asked.is_valid():
        return kept.shown_again(request, _show(request, visitor, asked, status=422))
    if first := stormed.asked_first(request, lambda: audience_of(event)):
        return first
    try:
        answer = _register(request, visitor, asked)
    except Refusal as refusal:
        answer = refusal_page(request, event, refusal, visitor)
    return kept.settled(request, private(answer))


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


def _ask(request: HttpRequest, visitor: Visitor) -> Asked:
    event, data = visitor.event, kept.data_of(request)
    targets: Iterable[Any] = visitor.chosen if event.allow_custom_agenda else [event]
    waits = [target for target in targets if target.waitlist_enabled]
    chooses = any(not each.auto_register_waitlisted and each.contacts_choose_auto_register for each in waits)
    form = RegistrationForm(data, event=event, may_wait=bool(waits), may_choose=chooses)
    if not event.allow_anonymous_registration:
        form.keep_address(proved_address(request, event))
    asks_for_pass = event.passes_with_agenda or not event.allow_custom_agenda
    has_passes = asks_for_pass and event.passes.offered().exists()
    passes = PassForm(data, event=event) if has_passes else None
    key = (
        draft_token(visitor.draft)
        if visitor.draft
        else (data.get("key") if data else "") or new_draft_token()
    )
    return Asked(form, passes, key)


def _show(
    request: HttpRequest, visitor: Visitor, asked: Asked, *, status: int = 200, lines: Iterable[Line] = ()
) -> HttpResponse:
    alternatives = [(line, seats_for(visitor, _of(visitor.event, line))) for line in lines]
    context = {
        "event": visitor.event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "form": asked.form,
        "passes": asked.passes,
        "offered": list(asked.passes.choice.queryset or []) if asked.passes else [],
        "key": asked.key,
        "lines": alternatives,
        "seats": seats_for(visitor, visitor.chosen),
        "here": request.path,
    }
    return private(render(request, "website/finish.html", context, status=status))


def _of(event: Event, line: Line) -> list[Any]:
    for session in line.alternatives:
        session.event = event
    return line.alternatives


def _register(request: HttpRequest, visitor: Visitor, asked: Asked) -> HttpResponse:
    event, attendee = visitor.event, asked.form.attendee
    # The answer tells whether an address is known: nobody may go through a list of them.
    check_visitor("register", visitor.draft.uuid.hex if visitor.draft else asked.key)
    check_place(request, "register-from", lambda: audience_of(event))
    check_mailbox("register-to", f"{event.pk}:{normalise_email(attendee.email)}", TRIES_FOR_ONE_MAILBOX)
    try:
        # What nobody could have is refused before anybody is looked up: the same for known and unknown addresses.
        as_nobody = _act(visitor, asked, _nobody(attendee), preview=True)
        if not as_nobody.applied:
            return _show(request, visitor, asked, status=409, lines=as_nobody.lines)
        if _is_registered(event, attendee.email):
            return _known(request, event, event, asked)
        for elsewhere in _clashing_events(visitor, asked):
            return _known(request, event, elsewhere, asked)
        result = _act(visitor, asked, attendee)
    except Refusal as refusal:
        asked.form.add_refusal(refusal)
        return _show(request, visitor, asked, status=refusal.status)
    if result.registration is None:
        # Somebody was quicker. What stands in the way of this person alone is not said to whoever asks.
        lines = [line for line in result.lines if line.outcome != Outcome.CONFLICT]
        return _show(request, visitor, asked, status=409, lines=lines)
    finish_draft(event, asked.key, result.registration)
    return _to_result(event, result.registration, result.lines)


def _nobody(attendee: Attendee) -> Attendee:
    """Somebody with the same answers whom nobody has seen before."""
    return replace(attendee, email=f"{uuid.uuid4().hex}@newcomer.invalid")


def _known(request: HttpRequest, event: Event, where: Event, asked: Asked) -> HttpResponse:
    """Mail the link to what the person has at `where`; the page is the same for all, whoever asks."""
    if not send_link(request, where, asked.form.attendee.email, asked.key):
        return too_often(request, event)
    return render(request, "website/link_sent.html", {"event": event, "is_known": True})


def _clashing_events(visitor: Visitor, asked: Asked) -> list[Event]:
    """The other events where the person holds a seat in the way: nobody unproved may learn of them."""
    if not visitor.event.allow_custom_agenda:
        return []
    lines = _act(visitor, asked, asked.form.attendee, preview=True).lines
    refused = [line for line in lines if line.outcome == Outcome.CONFLICT]
    others = [other for line in refused for other in line.conflicts_with]
    return [other.event for other in others if other.event_id != visitor.event.pk]


def _is_registered(event: Event, email: str) -> bool:
    rows = EventRegistration.objects.active().filter(event=event)
    return rows.filter(contact__email=normalise_email(email)).exists()


def _act(visitor: Visitor, asked: Asked, attendee: Attendee, *, preview: bool = False) -> AgendaResult:
    form, event = asked.form, visitor.event
    event_pass = asked.passes.cleaned_data["event_pass"] if asked.passes else None
    if event.allow_custom_agenda:
        return submit_agenda(
            event,
            attendee,
            visitor.chosen,
            wait=form.wants_to_wait,
            automatically_register=form.automatically_register,
            when_clashing=form.when_clashing,
            event_pass=event_pass,
            preview=preview,
        )
    registration = register_for_event(
        event,
        attendee,
        event_pass,
        wait=form.wants_to_wait,
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

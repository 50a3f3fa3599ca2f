"""The page of one person at one event: agenda, waiting, answers, mails and ledger, with the verbs beside them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse

from events.admin import words
from events.admin.verbs import change_url
from registrations.admin.panels import EventRegistrations, SessionRegistrations
from registrations.admin.verbs import access
from registrations.admin.verbs.mail import Resend
from registrations.admin.verbs.seats import Cancel, Move
from registrations.links import manage_path
from registrations.models import (
    Activity,
    EventRegistration,
    Notification,
    RegistrationResponse,
    SessionRegistration,
)
from waitlists.models import WaitlistItem

MOST_SHOWN = 50


def person_context(request: HttpRequest, registration: EventRegistration) -> dict[str, Any]:
    """Return everything the page shows about `registration`, in a fixed number of queries."""
    event, zone = registration.event, registration.event.zone
    may_change = access.may(request.user, event, "registrations.change_eventregistration")
    seats = SessionRegistration.objects.filter(event_registration=registration).select_related(
        "session__room", "session__seats"
    )
    return {
        "seats": [_seat(row, event) for row in seats.order_by("cancelled_at", "session__starts_at", "pk")],
        **_records(request, registration),
        "manage": manage_path(registration) if may_change and not registration.is_cancelled else "",
        "person_verbs": [] if registration.is_cancelled else _verbs(request, registration),
        "seat_verbs": [Cancel(), Move()] if may_change else [],
        "facts": _facts(registration, zone),
        "title": registration.full_name,
        "subtitle": None,
        "back": request.get_full_path(),
    }


def _records(request: HttpRequest, registration: EventRegistration) -> dict[str, Any]:
    """What is on record about the person here; a part that is none of the reader's business is missing."""
    event, zone = registration.event, registration.event.zone
    own = {"event": event, "contact": registration.contact_id}
    shown: dict[str, Any] = {}
    if access.may(request.user, event, "waitlists.view_waitlistitem"):
        items = WaitlistItem.objects.filter(**own).select_related("session", "invitation_slot")
        shown["items"] = [_item(row, zone) for row in items]
    if access.may_see_answers(request.user, event):
        responses = RegistrationResponse.objects.filter(event_registration=registration)
        shown["responses"] = responses.select_related("field")
    if access.may(request.user, event, "registrations.view_notification"):
        mails = Notification.objects.filter(**own).select_related("session")
        shown["mails"] = [_mail(row, zone) for row in mails[:MOST_SHOWN]]
    if access.may(request.user, event, "registrations.view_activity"):
        ledger = Activity.objects.filter(**own).select_related("session")
        shown["ledger"] = [{"row": row, "at": words.moment(row.at, zone)} for row in ledger[:MOST_SHOWN]]
    return shown


def _facts(registration: EventRegistration, zone: ZoneInfo) -> dict[str, Any]:
    status, event_pass = (
        EventRegistration.Status,
        registration.attendee_passes.filter(cancelled_at=None).first(),
    )
    kinds = {status.CONFIRMED.value: "free", status.WAITLISTED.value: "waiting"}
    return {
        "event": registration.event,
        "event_url": f"{change_url(registration.event)}?tab=registration",
        "email": registration.contact.email,
        "kind": kinds.get(registration.status, "muted"),
        "status": registration.get_status_display(),
        "no_show": words.moment(registration.no_show_at, zone),
        "is_past_capacity": registration.is_past_capacity,
        "reason": registration.reason,
        "registered": words.moment(registration.registered_at, zone),
        "by": registration.added_by or registration.get_source_display(),
        "event_pass": event_pass.event_pass.name if event_pass else "",
        "cancelled": words.moment(registration.cancelled_at, zone),
        "cancel_reason": registration.cancel_reason,
    }


def _seat(row: SessionRegistration, event: Any) -> dict[str, Any]:
    row.session.event = event
    return {
        "row": row,
        "hours": words.hours(row.session, event),
        "url": f"{change_url(row.session)}?tab=registration",
        "cancelled": words.moment(row.cancelled_at, event.zone),
        "cancel": _verb_url("session", row.session_id, SessionRegistrations.key, Cancel.key),
        "move": _verb_url("session", row.session_id, SessionRegistrations.key, Move.key),
    }


def _item(row: WaitlistItem, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "row": row,
        "since": words.moment(row.joined_at, zone),
        "until": words.moment(row.expires_at, zone),
        "url": change_url(row.session) if row.session else "",
    }


def _mail(row: Notification, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "row": row,
        "written": words.moment(row.created_at, zone),
        "sent": words.moment(row.sent_at, zone),
    }


def _verbs(request: HttpRequest, registration: EventRegistration) -> list[dict[str, Any]]:
    """What may be done with the whole registration, by the event's own panel."""
    return [
        {"verb": verb, "url": _verb_url("event", registration.event_id, EventRegistrations.key, verb.key)}
        for verb in (Cancel(), Resend())
        if verb.is_allowed(request.user, registration.event)
    ]


def _verb_url(kind: str, pk: int, panel: str, verb: str) -> str:
    return reverse("admin:panel_verb", args=[kind, pk, panel, verb])

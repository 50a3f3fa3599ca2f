"""The page of one person at one event: agenda, waiting, answers, mails and ledger, with the verbs beside them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.admin import words
from events.admin.verbs import change_url
from registrations import actions
from registrations.admin.panels import EventCheckIns, EventRegistrations, SessionRegistrations
from registrations.admin.printing.badges import badges_of
from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.doors import MAY_LET_IN, CameAfterAll, LetIn, LetOut, NoShow, Undo
from registrations.admin.verbs.mail import Resend
from registrations.admin.verbs.people import AddPeople
from registrations.admin.verbs.seats import Cancel, Move
from registrations.links import manage_path
from registrations.models import (
    Activity,
    CheckIn,
    EventRegistration,
    Notification,
    RegistrationResponse,
    SessionRegistration,
)
from waitlists.models import WaitlistItem

MOST_SHOWN = 50
CONFIRMED = EventRegistration.Status.CONFIRMED


def person_context(request: HttpRequest, registration: EventRegistration) -> dict[str, Any]:
    """Return everything the page shows about `registration`, in a fixed number of queries."""
    event, zone = registration.event, registration.event.zone
    may_change = access.may(request.user, event, "registrations.change_eventregistration")
    seats = SessionRegistration.objects.filter(event_registration=registration).select_related(
        "session__room", "session__seats"
    )
    shown = [_seat(request, row, event) for row in seats.order_by("cancelled_at", "session__starts_at", "pk")]
    return {
        "seats": shown,
        "next_step": next_step(registration, shown),
        "add_url": _add_url(request, registration),
        **_records(request, registration),
        "manage": manage_path(registration) if may_change and not registration.is_cancelled else "",
        "person_verbs": [] if registration.is_cancelled else _verbs(request, registration),
        "entries": _entries(request, registration),
        "facts": _facts(registration, zone),
        "title": registration.full_name,
        "subtitle": None,
        "back": request.get_full_path(),
    }


def print_context(request: HttpRequest, registration: EventRegistration) -> dict[str, Any]:
    """Return what stands on a person's badge, and the agenda under it; the door code for those who let people in."""
    event = registration.event
    has_code = access.may(request.user, event, *MAY_LET_IN) and registration.status == CONFIRMED
    if has_code:
        actions.door_code_of(registration)
    [[badge]] = badges_of(event, [registration.pk], with_code=has_code)
    seats = SessionRegistration.objects.active().filter(event_registration=registration)
    rows = list(seats.select_related("session__room").order_by("session__starts_at", "session__name", "pk"))
    for row in rows:
        row.session.event = event
    return {
        "registration": registration,
        "event": event,
        "badge": badge,
        "agenda": [(words.hours(row.session, event), row.session) for row in rows],
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
        "registrar": registration.registrar,
        "registrar_url": change_url(registration.registered_by) if registration.registered_by else "",
        "event_pass": event_pass.event_pass.name if event_pass else "",
        "cancelled": words.moment(registration.cancelled_at, zone),
        "cancel_reason": registration.cancel_reason,
    }


def _seat(request: HttpRequest, row: SessionRegistration, event: Any) -> dict[str, Any]:
    session = row.session
    session.event = event
    offered = [] if row.is_cancelled else [LetIn(), Cancel(), Move()]
    return {
        "row": row,
        "hours": words.hours(row.session, event),
        "url": f"{change_url(row.session)}?tab=registration",
        "cancelled": words.moment(row.cancelled_at, event.zone),
        "verbs": [
            {"verb": verb, "url": _verb_url("session", session.pk, SessionRegistrations.key, verb.key)}
            for verb in offered
            if verb.is_allowed(request.user, session)
        ],
    }


def next_step(registration: EventRegistration, seats: list[dict[str, Any]]) -> str:
    """What comes next for this person, in one sentence."""
    if registration.is_cancelled:
        return _("Nothing: they gave up everything here.")
    if registration.status == EventRegistration.Status.WAITLISTED:
        return _("They wait for the event; a seat comes from its waitlist.")
    now = timezone.now()
    sessions = [seat["row"].session for seat in seats if not seat["row"].is_cancelled]
    for session in sessions:
        if session.starts_at and session.ends_at and session.ends_at > now:
            said = {"hours": words.hours(session, registration.event), "name": session.name}
            return _("%(hours)s: %(name)s") % said + (f", {session.room}" if session.room else "")
    if registration.event.ends_at < now:
        return _("Nothing: the event is over.")
    if not sessions and registration.event.allow_custom_agenda:
        return _("They have no session yet.")
    return _("The event itself.")


def _add_url(request: HttpRequest, registration: EventRegistration) -> str:
    """Where a session is added for this person; empty for whoever may not, and for somebody who is gone."""
    add = AddPeople()
    if registration.is_cancelled or not add.is_allowed(request.user, registration.event):
        return ""
    return add.url_for(registration.event) if registration.event.allow_custom_agenda else ""


def _entries(request: HttpRequest, registration: EventRegistration) -> list[dict[str, Any]] | None:
    """When the person came and left, at which door; None for whoever may not see it."""
    event = registration.event
    if not access.may(request.user, event, "registrations.view_checkin"):
        return None
    entries = CheckIn.objects.filter(event_registration=registration).select_related("session")
    offered = [verb for verb in (LetOut(), Undo()) if verb.is_allowed(request.user, event)]
    return [
        {
            "row": entry,
            "door": entry.session or _("Event"),
            "at": words.moment(entry.checked_in_at, event.zone),
            "left": words.moment(entry.left_at, event.zone),
            "undone": words.moment(entry.undone_at, event.zone),
            "verbs": [
                {"verb": verb, "url": _verb_url("event", event.pk, EventCheckIns.key, verb.key)}
                for verb in offered
                if not entry.undone_at and not (entry.left_at and verb.key == LetOut.key)
            ],
        }
        for entry in entries[:MOST_SHOWN]
    ]


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
        for verb in _offered(registration)
        if verb.is_allowed(request.user, registration.event)
    ]


def _offered(registration: EventRegistration) -> list[PanelVerb]:
    """What can be done now with the whole registration."""
    came: list[PanelVerb] = [LetIn()] if registration.status == EventRegistration.Status.CONFIRMED else []
    has_begun = registration.event.starts_at <= timezone.now()
    if registration.no_show_at:
        came.append(CameAfterAll())
    elif came and has_begun:
        came.append(NoShow())
    return [*came, Resend(), Cancel()]


def _verb_url(kind: str, pk: int, panel: str, verb: str) -> str:
    return reverse("admin:panel_verb", args=[kind, pk, panel, verb])

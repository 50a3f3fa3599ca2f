"""How many are in at each door, shown on a tab and asked for anew every few seconds while somebody looks."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.admin import words
from events.admin.verbs import change_url
from events.errors import NotPermitted
from events.models import Event
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.pages import with_refusals
from registrations.queries.door_counts import (
    MOST_DOORS,
    DoorCount,
    at_hand,
    counts_of_event,
    counts_of_sessions,
)
from sessions_app.models import Session

MAY_LOOK = "registrations.view_checkin"


def door_counts(request: HttpRequest, _model_admin: ModelAdmin, target: Target) -> SafeString:
    """The panel, or nothing for whoever may not see who came."""
    if not access.may(request.user, access.event_of(target), MAY_LOOK):
        return SafeString("")
    return render_to_string("admin/doors/counts.html", _context(target), request)


@with_refusals
def counts_alone(request: HttpRequest, target: Target) -> HttpResponse:
    """The table alone, for the page that shows it already; by itself it is a page to be reloaded."""
    if not access.may(request.user, access.event_of(target), MAY_LOOK):
        raise NotPermitted
    return TemplateResponse(request, "admin/doors/_counts.html", _context(target))


def _context(target: Target) -> dict[str, Any]:
    at, event = timezone.now(), access.event_of(target)
    counts = _of_event(event, at) if isinstance(target, Event) else _of_session(target)
    url = reverse("admin:door_counts", args=[access.kind_of(target), target.pk])
    rows = [_row(count, event) for count in counts[:MOST_DOORS]]
    return {
        "rows": rows,
        "more": len(counts) > MOST_DOORS,
        "url": url,
        "at": date_format(at.astimezone(event.zone), "H:i:s"),
    }


def _of_event(event: Event, at: Any) -> list[DoorCount]:
    return [counts_of_event(event), *counts_of_sessions(at_hand(event, at)[: MOST_DOORS + 1])]


def _of_session(session: Session) -> list[DoorCount]:
    return counts_of_sessions(Session.objects.filter(pk=session.pk))


def _row(count: DoorCount, event: Event) -> dict[str, Any]:
    session = count.session
    room = session and session.room
    return {
        "count": count,
        "name": str(session) if session else _("The event's own door"),
        "url": f"{change_url(session)}?tab=registration" if session else "",
        "hours": words.hours(session, event) if session else "",
        "room": str(room) if room else "",
        "is_full": count.capacity is not None and count.inside >= count.capacity,
    }

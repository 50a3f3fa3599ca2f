"""Small panels of the event's Agenda tab: missing capacities, tracks, speakers."""

from __future__ import annotations

from django.contrib.admin import ModelAdmin
from django.db.models import Count
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from events.admin.panels import register_panels
from events.models import Event
from events.roles import may_plan
from sessions_app.admin.programme import swatch
from sessions_app.models import Session, SessionTrack, Speaker

SHOWN = 12
SPEAKERS_SHOWN = 200


def capacity_missing(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
    """Sessions nobody can register for, with a fix for all of them; nothing when there are none."""
    missing = Session.objects.capacity_missing().filter(event=event).select_related("room", "building")
    number = missing.count()
    if not number or not event.allow_custom_agenda:
        return SafeString("")
    context = {
        "event": event,
        "number": number,
        "sessions": missing.in_programme_order()[:SHOWN],
        "more": max(0, number - SHOWN),
        "may_fix": request.user.has_perm("sessions_app.change_session") and may_plan(request.user, event),
    }
    return render_to_string("admin/sessions/_capacity_missing.html", context, request)


def tracks(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
    """The event's tracks."""
    if not request.user.has_perm("sessions_app.view_sessiontrack"):
        return SafeString("")
    rows = SessionTrack.objects.filter(event=event).annotate(number=Count("sessions"))
    context = {
        "event": event,
        "tracks": [(track, swatch(track.colour)) for track in rows],
        "may_add": request.user.has_perm("sessions_app.add_sessiontrack") and may_plan(request.user, event),
    }
    return render_to_string("admin/sessions/_tracks.html", context, request)


def speakers(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
    """The first of the event's speakers, and a search that leads to all."""
    if not request.user.has_perm("sessions_app.view_speaker"):
        return SafeString("")
    rows = Speaker.objects.filter(event=event)
    context = {
        "event": event,
        "number": rows.count(),
        "speakers": rows.annotate(sessions_held=Count("sessions"))[:SPEAKERS_SHOWN],
        "may_add": request.user.has_perm("sessions_app.add_speaker") and may_plan(request.user, event),
    }
    return render_to_string("admin/sessions/_speakers.html", context, request)


register_panels(
    {
        "capacity_missing": capacity_missing,
        "tracks": tracks,
        "speakers": speakers,
    }
)

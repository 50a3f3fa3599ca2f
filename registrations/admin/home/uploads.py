"""All uploads of people at one's events, the newest first, and the way to another."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.admin.scope import visible_events
from registrations.admin.verbs import access
from registrations.models import ImportBatch

MOST_SHOWN = 50
MAY_UPLOAD = "registrations.change_eventregistration"


def uploads_page(request: HttpRequest) -> HttpResponse:
    """Show the uploads of the events where this member of staff registers people."""
    user = request.user
    may_upload, may_plan = user.has_perm(MAY_UPLOAD), user.has_perm("events.add_event")
    if not (may_upload or may_plan):
        raise PermissionDenied
    rows = ImportBatch.objects.filter(event__in=visible_events(request).values("pk"))
    rows = rows.select_related("event", "session", "user", "client").order_by("-created_at", "-id")[
        :MOST_SHOWN
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Imports"),
        "earlier": [batch for batch in rows if access.may(user, batch.event, MAY_UPLOAD)],
        "may_upload_schedule": may_plan,
    }
    return TemplateResponse(request, "admin/home/uploads.html", context)

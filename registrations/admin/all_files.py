"""All files of one event on one page: its lists, and its programme as conference apps read it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from events.admin.verbs import page
from events.errors import NotPermitted
from events.models import Event
from events.roles import may_plan
from registrations.admin.files.taking import file_name
from registrations.admin.panels import FILES
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.pages import frame_of, with_refusals
from sessions_app.schedule.write import write_json, write_xml

WRITERS = {"xml": (write_xml, "application/xml"), "json": (write_json, "application/json")}


@with_refusals
def files_of(request: HttpRequest, target: Target) -> HttpResponse:
    """Show which lists of the event or the session this member of staff may take along."""
    kind = access.kind_of(target)
    lists = [each(request, target) for each in FILES[kind].values()]
    shown: list[tuple[Any, str]] = [
        (each.title, reverse("admin:panel_export", args=[kind, target.pk, each.key]))
        for each in lists
        if each.is_shown() and each.may_be_taken()
    ]
    may_upload = request.user.has_perm("sessions_app.add_session") and may_plan(
        request.user, access.event_of(target)
    )
    frame = frame_of(request, target, gettext_lazy("Files"))
    is_event = isinstance(target, Event)
    return page(
        request,
        frame,
        "all",
        folder="files",
        lists=shown,
        event=target if is_event else None,
        may_upload=is_event and may_upload,
    )


@with_refusals
def schedule_file(request: HttpRequest, target: Target, form: str) -> HttpResponse:
    """Download the event's programme as schedule.xml or schedule.json, which can be uploaded again."""
    if not isinstance(target, Event) or form not in WRITERS:
        raise Http404
    if not access.may(request.user, target, "sessions_app.view_session"):
        raise NotPermitted
    write, kind = WRITERS[form]
    answer = HttpResponse(write(target, only_live=False), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(target, "schedule", form)}"'
    answer["Cache-Control"] = "no-store"
    return answer

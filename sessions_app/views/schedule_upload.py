"""The desk's way to a programme: upload, look at what would happen, then import."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from events.actors import Actor
from events.errors import Refusal
from events.models import Event
from events.roles import events_to_plan, may_plan
from sessions_app.schedule.apply import ImportOptions, apply_schedule
from sessions_app.schedule.report import ImportReport
from sessions_app.schedule.structure import Schedule, ScheduleError
from sessions_app.schedule.upload import PendingUpload, UploadForm
from sessions_app.schedule.words import summary

TEMPLATE = "admin/sessions_app/upload_schedule.html"
# The check has listed them all; what stands above the event's page afterwards has to leave room for it.
MOST_SAID = 10


@staff_member_required
@require_http_methods(["GET", "POST"])
def upload_schedule(request: HttpRequest, event_id: int | None = None) -> HttpResponse:
    """Upload a programme into an event, or into a new one; a first answer only shows what would happen."""
    event = _event(request, event_id)
    if request.method == "GET":
        return _page(request, event, UploadForm())
    if "token" in request.POST:
        return _import(request, event)
    form = UploadForm(request.POST, request.FILES, event=event, among=_among(request))
    if not form.is_valid() or form.schedule is None:
        return _page(request, event, form, status=422)
    pending = PendingUpload.keep(form, request.user, event)  # type: ignore[arg-type]
    try:
        report = _apply(request, event, form.schedule, pending, preview=True)
    except (ScheduleError, Refusal) as error:
        pending.forget()
        form.refuse_file(error if isinstance(error, ScheduleError) else ScheduleError(str(error)))
        return _page(request, event, form, status=422)
    return _page(request, event, form, report=report, token=pending.token)


def _event(request: HttpRequest, event_id: int | None) -> Event | None:
    """Return the event to import into; PermissionDenied for those who may not plan it, or make a new one."""
    user: Any = request.user
    if not user.has_perm("sessions_app.add_session"):
        raise PermissionDenied
    if event_id is None:
        if not user.has_perm("events.add_event"):
            raise PermissionDenied
        return None
    event = get_object_or_404(Event.objects.not_archived(), pk=event_id)
    if not may_plan(user, event):
        raise PermissionDenied
    return event


def _among(request: HttpRequest) -> QuerySet[Event]:
    """Return the events that this user plans: a programme never finds its way into one of somebody else's."""
    return events_to_plan(request.user)  # type: ignore[arg-type]


def _import(request: HttpRequest, event: Event | None) -> HttpResponse:
    pending = PendingUpload.of(request.POST["token"], request.user, event)  # type: ignore[arg-type]
    if pending is None:
        messages.error(
            request, _("This upload is no longer there; nothing was imported. Please upload it again.")
        )
        return redirect(request.path)
    try:
        report = _apply(request, event, pending.read(event, _among(request)), pending)
    except (ScheduleError, Refusal) as error:
        messages.error(request, _("Nothing was imported. %s") % error)
        return redirect(request.path)
    pending.forget()
    _say(request, report)
    return redirect("admin:events_event_change", report.event.pk)


def _say(request: HttpRequest, report: ImportReport) -> None:
    """Sum up what was imported, and say what the programme runs into."""
    messages.success(request, " ".join(summary(report)))
    for line in report.warnings[:MOST_SAID]:
        messages.warning(request, line)
    more = len(report.warnings) - MOST_SAID
    if more > 0:
        said = ngettext("… and %(n)d more to look at.", "… and %(n)d more to look at.", more)
        messages.warning(request, said % {"n": more})


def _apply(
    request: HttpRequest,
    event: Event | None,
    schedule: Schedule,
    pending: PendingUpload,
    *,
    preview: bool = False,
) -> ImportReport:
    return apply_schedule(
        schedule,
        event=event,
        among=_among(request),
        options=ImportOptions(capacities=pending.capacities, building=pending.building),
        actor=Actor.staff(request.user),  # type: ignore[arg-type]
        preview=preview,
    )


def _page(
    request: HttpRequest,
    event: Event | None,
    form: UploadForm,
    *,
    report: ImportReport | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Upload a schedule"),
        "opts": Event._meta,
        "original": event,
        "form": form,
        "report": report,
        "summary": summary(report) if report else [],
        "token": token,
    }
    return TemplateResponse(request, TEMPLATE, context, status=status)

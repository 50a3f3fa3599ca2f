"""Make every personal link mailed before worthless: one page that asks, one deed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import NotPermitted
from registrations import actions
from registrations.admin import access
from registrations.admin.panels.changelist import change_url
from registrations.admin.verbs.pages import page, refused
from registrations.models import EventRegistration


def revoke_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask on GET; on POST revoke the links and go back to the person."""
    registration = (
        EventRegistration.objects.select_related("event", "contact")
        .filter(pk=pk, event__in=access.visible_events(request.user))
        .first()
    )
    if registration is None:
        raise Http404
    if not access.may(request.user, registration.event, "registrations.change_eventregistration"):
        return refused(request, registration.event, NotPermitted())
    if request.method != "POST":
        title = _("Revoke personal links")
        return page(
            request,
            registration.event,
            "revoke",
            title=title,
            registration=registration,
            person_url=change_url(registration),
        )
    actions.revoke_links(registration, actor=Actor.staff(request.user))  # type: ignore[arg-type]
    messages.success(
        request, _("Links mailed to %(name)s before no longer work.") % {"name": registration.full_name}
    )
    return redirect(change_url(registration))

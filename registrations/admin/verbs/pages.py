"""The pages around a verb: refused, and done with refusals. One place turns refusals into words on the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from events.errors import Refusal
from registrations.admin import access
from registrations.admin.access import Target
from registrations.admin.panels.changelist import change_url
from registrations.admin.verbs.base import Done

View = Callable[..., HttpResponse]


def page(
    request: HttpRequest, target: Target, template: str, status: int = 200, **context: Any
) -> TemplateResponse:
    """Return a desk page about `target`."""
    event = access.event_of(target)
    context = {
        **admin.site.each_context(request),
        "target": target,
        "target_url": change_url(target),
        "event": event,
        "event_url": change_url(event),
        "is_session": access.kind_of(target) == "session",
        "back": back_url(request, target),
        **context,
    }
    return TemplateResponse(request, f"admin/panels/{template}.html", context, status=status)


def back_url(request: HttpRequest, target: Target) -> str:
    """Return where the person came from, if that is here; else the target's list of registrations."""
    wanted = request.POST.get("back") or request.GET.get("back") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return f"{change_url(target)}?tab=registration"


def refused(request: HttpRequest, target: Target, refusal: Refusal) -> HttpResponse:
    """Say what was refused and why, with the status that machines read."""
    return page(request, target, "refused", refusal.status, title=_("Not done"), refusal=refusal)


def with_refusals(view: View) -> View:
    """Find the event or session, call the view with it, and turn its refusals into a page."""

    @wraps(view)
    def wrapped(request: HttpRequest, kind: str, pk: int, **kwargs: Any) -> HttpResponse:
        target = access.find(request.user, kind, pk)
        try:
            return view(request, target, **kwargs)
        except Refusal as refusal:
            return refused(request, target, refusal)

    return wrapped


def finish(request: HttpRequest, target: Target, done: Done) -> HttpResponse:
    """Go back with one line of words; where somebody was refused, list them by reason first."""
    if not done.refused:
        messages.success(request, done.words)
        return redirect(back_url(request, target))
    return page(
        request,
        target,
        "done",
        title=_("Done, in part") if done.count else _("Not done"),
        done=done,
        status=200 if done.count else 409,
    )

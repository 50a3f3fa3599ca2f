"""The organizer's desk: the admin site, which begins with the events somebody works on."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from config.storms import RETRY_AFTER
from events.signing_in import remember_device

# What organizers reach for comes first; the rest follows by name.
APPS = ["events", "sessions_app", "registrations", "waitlists"]
MODELS = ["Event", "Pass", "Contact", "Building", "Room", "Session", "SessionTrack", "Speaker"]
EVENTS_SHOWN = 8


class Desk(AdminSite):
    """The site at /admin/."""

    site_title = _("Seatwise")
    site_header = _("Seatwise")
    index_title = _("Desk")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Apps and models in the order of use."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"], MODELS))
        return sorted(apps, key=lambda app: _place(app["app_label"], APPS))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Signing in. The browser in which it worked is remembered: strangers' tries do not count against it."""
        from events.forms.signing_in import SignInForm

        self.login_form = SignInForm
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        refusal = getattr(form, "refusal", None)
        if refusal:
            response.status_code = refusal.status
            response["Retry-After"] = str(RETRY_AFTER[refusal.status])
        # Also while somebody is signed in, a wrong password is answered by the form.
        if form is None and request.method == "POST" and request.user.is_authenticated:
            remember_device(response, request.user.email)
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The desk's first page: events that are not over, soonest first, with their seats."""
        from events.admin.cells import fill, status_of_event, time_span
        from events.admin.scope import visible_events

        events = visible_events(request).filter(ends_at__gte=timezone.now()).select_related("seats")
        rows = [
            (
                event,
                time_span(event.starts_at, event.ends_at, event.zone),
                fill(event.seats),
                status_of_event(event),
            )
            for event in events.order_by("starts_at")[:EVENTS_SHOWN]
        ]
        more = {"silent_worker": _silence_in_words(request)}
        may_look = request.user.has_perm("events.view_event")
        return super().index(request, {"events": rows if may_look else None, **more, **(extra_context or {})})


def _silence_in_words(request: HttpRequest) -> str:
    """What staff must know when the worker does not work: then no mail leaves and no invitation ends."""
    from events.health import silent_loops

    silent = silent_loops() if request.user.is_active and request.user.is_staff else {}
    if not silent:
        return ""
    seconds = [each for each in silent.values() if each is not None]
    if not seconds:
        return _now("The worker was never heard of: mails do not leave and invitations do not end. Start it.")
    words = _now(
        "Worker silent for %(seconds)d s (%(loops)s): mails may not leave and invitations may not end."
    )
    return words % {"seconds": max(seconds), "loops": ", ".join(silent)}


def _place(name: str, order: list[str]) -> int:
    return order.index(name) if name in order else len(order)

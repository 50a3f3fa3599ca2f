"""The organizer's desk: the admin site, which begins with the events somebody works on."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from config.storms import RETRY_AFTER
from config.tasks import place_among, tasks_for

# What organizers reach for comes first; the rest follows by name.
APPS = ["events", "sessions_app", "registrations", "waitlists"]
MODELS = ["Event", "Pass", "Contact", "Building", "Room", "Session", "SessionTrack", "Speaker"]


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
        """Signing in. Where it was tried too often, the form says so with the status that machines read."""
        from config.accounts.views import SignIn

        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": _("Sign in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "next": request.GET.get("next") or request.POST.get("next") or reverse("admin:index"),
            **(extra_context or {}),
        }
        request.current_app = self.name
        response: Any = SignIn.as_view(extra_context=context)(request)
        form = (getattr(response, "context_data", None) or {}).get("form")
        refusal = getattr(form, "refusal", None)
        if refusal:
            response.status_code = refusal.status
            response["Retry-After"] = str(RETRY_AFTER[refusal.status])
        return response

    def get_urls(self) -> list[Any]:
        """The desk's own pages stand before those of the models."""
        from registrations.admin.home import search_page, uploads_page

        own = [
            path("search/", self.admin_view(search_page), name="desk_search"),
            path("uploads/", self.admin_view(uploads_page), name="desk_uploads"),
        ]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """As for any admin site, the tasks of the sidebar, and which of their pages this is or hangs below."""
        context = super().each_context(request)
        tasks = tasks_for(request) if context["has_permission"] else []
        return {**context, "tasks": tasks, "place": place_among(tasks)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The desk's first page: what needs a decision, the events at hand with their seats, and today."""
        from registrations.admin.home import first_page

        home = {"is_home": True, "silent_worker": _silence_in_words(request), **first_page(request)}
        return super().index(request, {**home, **(extra_context or {})})


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

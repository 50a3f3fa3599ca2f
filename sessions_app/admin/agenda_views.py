"""What the event's Agenda tab can do at once: add to it in one line, give many a capacity."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from events.actors import Actor
from events.admin.scope import visible_events
from events.admin.verbs import change_url
from events.errors import Invalid, Refusal
from events.models import MAXIMUM_CAPACITY, Event
from events.roles import may_plan
from registrations.actions import change_capacity
from sessions_app.admin.panels import capacity_missing
from sessions_app.admin.quick_adding import KINDS, QuickAdding
from sessions_app.models import Session

MOST_DIGITS = 9


class AgendaViews(admin.ModelAdmin):
    """Views of the session's admin that start from an event."""

    def get_urls(self) -> list[Any]:
        guard = self.admin_site.admin_view
        return [
            *(
                path(
                    "add-to/<int:event_id>/" + ("" if kind == "session" else f"{kind}/"),
                    guard(partial(self.quick_add, kind=kind)),
                    name=f"sessions_app_{kind}_quick_create",
                )
                for kind in KINDS
            ),
            path(
                "capacities-of/<int:event_id>/",
                guard(require_POST(self.fill_capacities)),
                name="sessions_app_session_fill_capacities",
            ),
            *super().get_urls(),
        ]

    def quick_add(self, request: HttpRequest, event_id: int, kind: str) -> HttpResponse:
        """Add one session, track, speaker or room; a GET, or what is wrong, shows the line on a page of its own.

        Where the page is asked for as a part of another, the answer is that part: the line, emptied once
        something was added, below what happened.
        """
        adding = KINDS[kind]()
        event = self._event_to_plan(request, event_id, adding.permission)
        form = adding.form(request, event, request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return self._quick_page(request, event, adding, form)
        self._say_added(request, adding, adding.save(request, form))
        if request.htmx:  # type: ignore[attr-defined]
            return self._quick_page(request, event, adding, adding.form(request, event, None), is_added=True)
        view = f"&view={adding.seen_on}" if adding.seen_on else ""
        return redirect(f"{change_url(event)}?tab=agenda{view}#sw-panels")

    def _say_added(self, request: HttpRequest, adding: QuickAdding, added: Any) -> None:
        self.admin_site.get_model_admin(type(added)).log_addition(request, added, [{"added": {}}])
        link = format_html('<a href="{}">{}</a>', change_url(added), added)
        messages.success(request, format_html(adding.said, link))
        for warning in adding.warnings(request, added):
            messages.warning(request, warning)

    def fill_capacities(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """Give the event's sessions without a capacity that of their place, or one number."""
        event = self._event_to_plan(request, event_id, "sessions_app.change_session")
        actor = Actor.staff(request.user)  # type: ignore[arg-type]
        try:
            number = None if request.POST.get("from") == "places" else _whole_number(request.POST)
            self._say(request, *_fill(event, number, actor))
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return self._capacities_page(request, event, refusal.status)
        return redirect(
            f"{reverse('admin:events_event_change', args=[event.pk])}?tab=agenda#panel-capacity_missing"
        )

    def _capacities_page(self, request: HttpRequest, event: Event, status: int) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Capacities at %(event)s") % {"event": event},
            "opts": self.opts,
            "trail": self._trail(event),
            "event": event,
            "panel": capacity_missing(request, self, event),
        }
        return TemplateResponse(request, "admin/sessions/capacities.html", context, status=status)

    def _say(self, request: HttpRequest, done: int, left: int) -> None:
        text = ngettext("%(n)d session now has a capacity.", "%(n)d sessions now have a capacity.", done) % {
            "n": done
        }
        messages.success(request, text) if done else None
        if left:
            said = ngettext(
                "%(n)d session has no place with a capacity.",
                "%(n)d sessions have no place with a capacity.",
                left,
            )
            messages.warning(request, said % {"n": left})

    def _trail(self, event: Event) -> list[tuple[Any, str]]:
        """The way to the pages that start from the event."""
        return [(event, f"{change_url(event)}?tab=agenda")]

    def _event_to_plan(self, request: HttpRequest, event_id: int, permission: str) -> Event:
        event = get_object_or_404(visible_events(request).select_related("seats"), pk=event_id)
        if not request.user.has_perm(permission) or not may_plan(request.user, event):
            raise PermissionDenied
        return event

    def _quick_page(
        self, request: HttpRequest, event: Event, adding: QuickAdding, form: Any, *, is_added: bool = False
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": adding.title % {"event": event},
            "opts": self.opts,
            "trail": self._trail(event),
            "event": event,
            "form": form,
            "button": adding.button,
            "is_added": is_added,
        }
        status = 422 if form.is_bound else 200
        template = "quick_dialog" if request.htmx else "quick_create"  # type: ignore[attr-defined]
        return TemplateResponse(request, f"admin/sessions/{template}.html", context, status=status)


def _whole_number(data: QueryDict) -> int:
    """The number typed; raises Invalid for anything that is no capacity, before a session has got it."""
    typed = data.get("number", "").strip()
    if not typed.isdecimal() or len(typed) > MOST_DIGITS or int(typed) > MAXIMUM_CAPACITY:
        raise Invalid(_("Give a whole number from 0 to 50,000."))
    return int(typed)


def _fill(event: Event, number: int | None, actor: Actor) -> tuple[int, int]:
    """How many were given a capacity, and how many were left."""
    done, left = 0, 0
    for session in (
        Session.objects.capacity_missing().filter(event=event).select_related("room", "building", "layout")
    ):
        capacity = session.location_capacity() if number is None else number
        if capacity is None:
            left += 1
            continue
        change_capacity(session, capacity, actor=actor)
        done += 1
    return done, left

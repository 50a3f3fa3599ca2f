"""The session on the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin import words
from events.admin.archiving import ArchivingAdmin
from events.admin.cells import fill
from events.admin.places import LocatedAdmin
from events.admin.scope import ScopedAdmin
from events.admin.tabs import TabbedAdmin
from events.admin.verbs import VerbsAdmin
from events.forms.desk import wall_clock
from events.roles import events_named_to
from registrations.actions import new_seat_count, within_form_note_planned
from registrations.moves import TimeAndPlace
from registrations.queries import interested_in
from sessions_app.admin.agenda_views import AgendaViews
from sessions_app.admin.move_page import MovePageAdmin
from sessions_app.admin.moving import MovingAdmin
from sessions_app.admin.session_tabs import SESSION_TABS
from sessions_app.admin.session_verbs import SESSION_VERBS
from sessions_app.forms import SessionForm
from sessions_app.forms.effects import act_on_session_changes
from sessions_app.models import Session
from sessions_app.queries import warnings_of


def _clock(instant: datetime | None, session: Session) -> str:
    shown = wall_clock(instant, session.zone)
    return f"{shown:%H:%M}" if shown else "–"


@admin.register(Session)
class SessionAdmin(
    AgendaViews,
    MovePageAdmin,
    MovingAdmin,
    LocatedAdmin,
    VerbsAdmin,
    ArchivingAdmin,
    ScopedAdmin,
    TabbedAdmin,
):
    """One session with its people."""

    form = SessionForm
    tabs = SESSION_TABS
    verbs = SESSION_VERBS
    list_display = ["when", "name", "event", "place", "seats_shown", "status"]
    list_display_links = ["name"]
    list_filter = [("event", admin.RelatedOnlyFieldListFilter), "session_status", "format", "date"]
    list_select_related = ["event", "seats", "room", "building"]
    search_fields = ["name", "admin_short_name", "room__name", "track__name", "speakers__name"]
    filter_horizontal = ["speakers"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        sessions = super().get_queryset(request).filter(event__archived_at=None)
        return sessions.select_related("event__seats", "seats", "room", "building", "layout")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("starts_at").asc(nulls_last=True), "name", "id"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["event"] if obj else []

    def cancel_url(self, obj: Any) -> str:
        return reverse("admin:sessions_app_session_cancel", args=[obj.pk])

    def after_delete_url(self, obj: Any) -> str:
        return f"{reverse('admin:events_event_change', args=[obj.event_id])}?tab=agenda"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        session = self.as_saved(request, context.get("original"))
        if session is not None:
            context["event_id"] = session.event_id
            url = reverse("admin:events_event_change", args=[session.event_id])
            event = format_html('<a href="{}?tab=agenda">{}</a>', url, session.event)
            context["facts"] = [
                event,
                self.status(session),
                self.when(session),
                self.place(session),
                fill(session.seats),
                *_interest(session),
                *_draw(session),
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            form.before = TimeAndPlace.of(Session.objects.select_related("room", "building").get(pk=obj.pk))
            super().save_model(request, obj, form, change)
        else:
            obj.seats = new_seat_count(form.cleaned_data["capacity"], obj.event)
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            # Only now: what is told of it has its speakers and passes as well.
            self._act_on_changes(request, form.instance, form)
        else:
            within_form_note_planned([form.instance], actor=Actor.staff(request.user))  # type: ignore[arg-type]
        for warning in warnings_of(form.instance, sees=events_named_to(request.user)):
            self.note(request, warning.detail, messages.WARNING)

    def _act_on_changes(self, request: HttpRequest, session: Session, form: Any) -> None:
        told = act_on_session_changes(
            form.before,
            session,
            form,
            actor=Actor.staff(request.user),  # type: ignore[arg-type]
            notify=self.is_told(request),
            has_more=bool({"speakers", "passes"} & set(form.changed_data)),
        )
        if told:
            text = ngettext(
                "%(n)d person is told of the change.", "%(n)d people are told of the change.", told
            )
            self.note(request, text % {"n": told})

    # For those who may only look: the form's own fields are none of the model's

    @admin.display(description=_("start"))
    def start_time(self, session: Session) -> str:
        """By a clock in the session's zone."""
        return _clock(session.starts_at, session)

    @admin.display(description=_("end"))
    def end_time(self, session: Session) -> str:
        """By a clock in the session's zone."""
        return _clock(session.ends_at, session)

    @admin.display(description=_("end date"))
    def end_date(self, session: Session) -> str:
        """Only where it ends on another day."""
        end = wall_clock(session.ends_at, session.zone)
        return date_format(end.date()) if end and end.date() != session.date else "–"

    # The list

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, session: Session) -> str:
        """Day and times by the event's clock, and by the session's own where that is another."""
        return words.hours(session, session.event)

    @admin.display(description=_("place"), ordering="room__name")
    def place(self, session: Session) -> str:
        """The room, else the building."""
        return str(session.room or session.building or "–")

    @admin.display(description=_("seats"), ordering="seats__taken")
    def seats_shown(self, session: Session) -> SafeString:
        """How full; or the amber chip where the capacity is missing."""
        return (
            fill(session.seats)
            if not session.is_capacity_missing
            else words.chip(_("Capacity missing"), "missing")
        )

    @admin.display(description=_("status"), ordering="session_status")
    def status(self, session: Session) -> SafeString:
        """Live, cancelled, or how far it is."""
        if session.cancelled_at:
            return words.chip(_("Cancelled"), "clash")
        return words.chip(session.get_session_status_display(), "live" if session.is_live else "muted")


def _draw(session: Session) -> list[SafeString]:
    """That a draw gives the session's seats, with the way to it; nothing where none does."""
    said = words.in_draw(session.seats, session.event)
    url = reverse("admin:events_event_change", args=[session.event_id])
    return [format_html('<a href="{}?tab=agenda&amp;view=draws">{}</a>', url, said)] if said else []


def _interest(session: Session) -> list[str]:
    """How many people gave the session a star; nothing where nobody did."""
    number = interested_in([session.pk]).get(session.pk, 0)
    return [ngettext("%(n)d interested", "%(n)d interested", number) % {"n": number}] if number else []

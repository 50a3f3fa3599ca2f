"""The event on the desk: five tabs, one form."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.admin import words
from events.admin.archiving import ArchivingAdmin
from events.admin.asking import AsksBeforeSaving, Question
from events.admin.cells import fill, status_of_event, time_span
from events.admin.event_tabs import EVENT_TABS
from events.admin.event_verbs import EVENT_VERBS
from events.admin.next_step import Standing
from events.admin.passes import (
    SWITCHED_OFF,
    PassInline,
    question_before_first_pass,
    switch_off_for_pass,
)
from events.admin.places import LocatedAdmin
from events.admin.scope import ScopedAdmin
from events.admin.tabs import TabbedAdmin
from events.admin.verbs import VerbsAdmin
from events.forms import EventForm
from events.forms.effects import SWITCHES, act_on_event_changes, save_pass
from events.forms.pictures import keep_pictures, put_off_pictures
from events.models import Event, EventTeamMember
from events.roles import join_group_of, may_delete
from registrations.actions import (
    new_seat_count,
    own_seat_count,
    within_form_note_planned,
)


@admin.register(Event)
class EventAdmin(AsksBeforeSaving, LocatedAdmin, VerbsAdmin, ArchivingAdmin, ScopedAdmin, TabbedAdmin):
    """What is planned, and the way to everything that belongs to it."""

    form = EventForm
    tabs = EVENT_TABS
    verbs = EVENT_VERBS
    event_lookup = ""
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "when", "seats_shown", "session_count", "status"]
    list_filter = ["publish_status", "event_type", "format"]
    list_select_related = ["seats"]
    search_fields = ["name", "slug"]
    ordering = ["-starts_at"]
    readonly_fields = ["made_by", "created", "updated", "public_id", "external_id", "embed_code"]
    change_list_template = "admin/events/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        sessions = Q(sessions__archived_at=None, sessions__cancelled_at=None)
        counted = (
            super()
            .get_queryset(request)
            .annotate(number_of_sessions=Count("sessions", filter=sessions, distinct=True))
        )
        return counted.select_related("seats")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else self.prepopulated_fields

    def may_delete(self, request: HttpRequest, obj: Any) -> bool:
        return may_delete(request.user, obj)

    def cancel_url(self, obj: Any) -> str:
        return reverse("admin:events_event_cancel", args=[obj.pk])

    def view_on_site(self, obj: Event) -> str | None:
        """The event's page, once it is live."""
        try:
            return reverse("event_page", args=[obj.slug]) if obj.is_live else None
        except NoReverseMatch:
            return None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        event = self.as_saved(request, context.get("original"))
        if event is not None:
            standing = Standing.of(event)
            context["facts"] = [
                status_of_event(event),
                time_span(event.starts_at, event.ends_at, event.zone),
                fill(event.seats) if event.seats.capacity is not None else words.taken_of(event.seats),
                *standing.facts(),
            ]
            if self.has_change_permission(request, event):
                context["next_step"] = standing.next_step()
        return super().render_change_form(request, context, *args, **kwargs)

    # Saving

    def question_before_saving(self, request: HttpRequest, before: Any, form: Any) -> Question | None:
        """As for any capacity, and what a first pass among the lines switches off."""
        asked = super().question_before_saving(request, before, form)
        first = question_before_first_pass(before) if _has_new_pass(request.POST) else None
        if first is None or not form.cleaned_data.get("allow_custom_agenda", True):
            return asked
        if form.cleaned_data.get("passes_with_agenda"):
            return asked
        more = asked.consequences if asked else ()
        return Question([*first.consequences, *more], first.button)

    def columns_to_save(self, form: Any) -> set[str]:
        return super().columns_to_save(form) - SWITCHES

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = Actor.staff(request.user)  # type: ignore[arg-type]
        if not change:
            obj.created_by = request.user
            obj.seats = new_seat_count(form.cleaned_data.get("capacity"), obj)
            pictures = put_off_pictures(form, obj)
        else:
            keep_pictures(form, obj, obj)
        super().save_model(request, obj, form, change)
        if change:
            self._act_on_changes(request, obj, form, actor)
        else:
            # Pictures belong to an event, so that there must be one first.
            keep_pictures(form, obj, obj)
            obj.save(update_fields=pictures)
            own_seat_count(obj)
            within_form_note_planned([obj], actor=actor)
        self._warn(request, obj, form)

    def _act_on_changes(self, request: HttpRequest, event: Event, form: EventForm, actor: Actor) -> None:
        act_on_event_changes(event, form, actor)
        if form.is_switched_off:
            self.note(request, SWITCHED_OFF, messages.WARNING)

    def _warn(self, request: HttpRequest, event: Event, form: EventForm) -> None:
        capacity = form.cleaned_data.get("capacity")
        sessions = event.sessions.filter(archived_at=None, cancelled_at=None)
        seats = sessions.aggregate(n=Sum("seats__capacity"))["n"]
        if event.allow_custom_agenda and capacity is not None and seats is not None and seats < capacity:
            text = _("All sessions together have %(seats)d seats, fewer than the event's %(capacity)d.")
            self.note(request, text % {"seats": seats, "capacity": capacity}, messages.WARNING)
        if "timezone" in form.changed_data and sessions.filter(own_timezone="").exists():
            text = _(
                "Sessions are now shown in %(zone)s. They start at the same moment as before; check their times."
            )
            self.note(request, text % {"zone": event.timezone}, messages.WARNING)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not PassInline.model:
            for line in formset.forms:
                keep_pictures(line, line.instance, form.instance)
            super().save_formset(request, form, formset, change)
            self._let_team_work(request, formset)
            return
        formset.save(commit=False)
        actor = Actor.staff(request.user)  # type: ignore[arg-type]
        is_new = [save_pass(line.instance, line, actor) for line in formset.forms if line.has_changed()]
        if any(is_new):
            switch_off_for_pass(self, request, form.instance)

    def _let_team_work(self, request: HttpRequest, formset: Any) -> None:
        """A role in the team is nothing without its permissions: whoever got one gets these too, and it is said."""
        if formset.model is not EventTeamMember:
            return
        for member in [*formset.new_objects, *(row for row, _changed in formset.changed_objects)]:
            if join_group_of(member):
                said = _("%(who)s has the permissions of the role “%(role)s” from now on.")
                self.note(request, said % {"who": member.user, "role": member.get_role_display()})

    # The record

    @admin.display(description=_("created by"))
    def made_by(self, event: Event) -> str:
        """Who planned it first."""
        return str(event.created_by or "")

    @admin.display(description=_("created"))
    def created(self, event: Event) -> str:
        """When it was made, as the event's clocks showed it."""
        return words.moment(event.created_at, event.zone)

    @admin.display(description=_("last changed"))
    def updated(self, event: Event) -> str:
        """When it was changed last, as the event's clocks showed it."""
        return words.moment(event.updated_at, event.zone)

    @admin.display(description=_("ID in links and files"))
    def public_id(self, event: Event) -> str:
        """What other systems know it by."""
        return str(event.uuid)

    @admin.display(description=_("to copy into a page"))
    def embed_code(self, event: Event) -> SafeString | str:
        """The frame in which another site shows the programme."""
        if not event.pk:
            return str(_("Can be copied once this is saved."))
        address = f"{settings.SITE_URL}{reverse('embed', args=[event.slug])}"
        title = escape(event.name)
        frame = f'<iframe src="{address}" title="{title}" width="100%" height="600" loading="lazy"></iframe>'
        return format_html(
            '<code class="sw-code">{}</code><p>{}</p><code class="sw-code">{}</code>',
            frame,
            _("Or, for your own style, the same as a piece of HTML that your site fetches:"),
            f"{settings.SITE_URL}{reverse('embed_fragment', args=[event.slug])}",
        )

    # The list

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, event: Event) -> str:
        """Start and end in the event's zone."""
        return time_span(event.starts_at, event.ends_at, event.zone)

    @admin.display(description=_("seats"), ordering="seats__taken")
    def seats_shown(self, event: Event) -> SafeString:
        """How full the event is."""
        return fill(event.seats)

    @admin.display(description=_("sessions"), ordering="number_of_sessions")
    def session_count(self, event: Any) -> SafeString:
        """How many sessions, leading to them."""
        url = reverse("admin:events_event_change", args=[event.pk])
        return format_html('<a class="sw-num" href="{}?tab=agenda">{}</a>', url, event.number_of_sessions)

    @admin.display(description=_("status"), ordering="publish_status")
    def status(self, event: Event) -> SafeString:
        """Live or not."""
        return status_of_event(event)


def _has_new_pass(data: QueryDict) -> bool:
    """True where a line of the form names a pass that there is not yet."""
    lines = [name.removesuffix("-name") for name in data if re.fullmatch(r"passes-\d+-name", name)]
    return any(str(data[f"{line}-name"]).strip() and not data.get(f"{line}-id") for line in lines)

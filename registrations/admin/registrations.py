"""Registrations, seats and passes: lists over all events, and one page per person at an event."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from events.admin import words
from events.admin.readonly import ReadOnlyAdmin
from events.admin.verbs import Verb, VerbsAdmin
from registrations.admin.person import person_context, print_context
from registrations.admin.urls import verb_urls
from registrations.admin.verbs.addresses import CorrectAddress
from registrations.admin.verbs.details import CorrectDetails
from registrations.admin.verbs.links import RevokeLinks
from registrations.models import AttendeePass, EventRegistration, SessionRegistration

EVENT = ("event", admin.RelatedOnlyFieldListFilter)


@admin.register(EventRegistration)
class EventRegistrationAdmin(VerbsAdmin, ReadOnlyAdmin):
    """Event registrations; the page of one shows all that the person has there."""

    verbs = (CorrectDetails, CorrectAddress, RevokeLinks)
    list_display = ["person", "event", "status", "is_past_capacity", "registered"]
    list_display_links = ["person"]
    list_filter = ["status", "is_past_capacity", "source", EVENT]
    list_select_related = ["contact", "event", "added_by"]
    search_fields = ["first_name", "last_name", "contact__email"]
    search_help_text = gettext_lazy("Name or e-mail")
    date_hierarchy = "registered_at"
    # The newest first, by the key: a table of all events has no index for each column.
    ordering = ["-id"]
    change_form_template = "admin/registrations/person.html"
    fields = ["person", "event", "status", "registered"]

    def get_urls(self) -> list[Any]:
        page = path("<int:pk>/print/", self.admin_site.admin_view(self.print_page), name="person_print")
        return [*verb_urls(self.admin_site), page, *super().get_urls()]

    def print_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A badge and the agenda of one person, to be printed."""
        registration = self.get_object(request, str(pk))
        if registration is None or not self.has_view_permission(request, registration):
            raise Http404
        context = {**self.admin_site.each_context(request), "title": registration.full_name}
        return TemplateResponse(
            request, "admin/registrations/print.html", {**context, **print_context(request, registration)}
        )

    def may_use(self, request: HttpRequest, obj: Any, verb: Verb[Any]) -> bool:
        """Nobody changes a registration by a form, so the verb alone says who may use it."""
        return verb.is_allowed(request.user, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add what the person has, waits for, answered, was told and did."""
        context.update(person_context(request, context["original"]))
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("person"), ordering="last_name")
    def person(self, row: EventRegistration) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: EventRegistration) -> SafeString:
        """The time of registering, and by whom, else in which way."""
        return words.lines(
            words.moment(row.registered_at, row.event.zone), row.added_by or row.get_source_display()
        )


@admin.register(SessionRegistration)
class SessionRegistrationAdmin(ReadOnlyAdmin):
    """Every seat in every session, held or given back."""

    event_lookup = "session__event"
    list_display = ["person", "session", "held", "is_past_capacity", "registered"]
    list_display_links = ["person"]
    list_filter = [
        ("cancelled_at", admin.EmptyFieldListFilter),
        "is_past_capacity",
        "overlap_accepted",
        "source",
        ("session__event", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["contact", "session__event", "event_registration__contact", "added_by"]
    search_fields = ["contact__email", "contact__first_name", "contact__last_name", "session__name"]
    search_help_text = gettext_lazy("Name, e-mail or session")
    date_hierarchy = "registered_at"
    # The newest first, by the key: a table of all events has no index for each column.
    ordering = ["-id"]
    fields = [
        "person",
        "session",
        "held",
        "is_past_capacity",
        "overlap_accepted",
        "reason",
        "registered",
        "cancel_reason",
    ]

    @admin.display(description=gettext_lazy("person"), ordering="contact__last_name")
    def person(self, row: SessionRegistration) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.event_registration.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("seat"), ordering="cancelled_at")
    def held(self, row: SessionRegistration) -> SafeString:
        """Held, or given back when."""
        if row.cancelled_at is None:
            return words.chip(_("Registered"), "free")
        at = words.moment(row.cancelled_at, row.session.zone)
        return words.chip(pgettext("registration", "Cancelled"), "muted") + words.lines(at)

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: SessionRegistration) -> SafeString:
        """The time of registering, and by whom, else in which way."""
        return words.lines(
            words.moment(row.registered_at, row.session.zone), row.added_by or row.get_source_display()
        )


@admin.register(AttendeePass)
class AttendeePassAdmin(ReadOnlyAdmin):
    """Every pass issued."""

    event_lookup = "event_registration__event"
    list_display = ["person", "event_pass", "issued", "cancelled"]
    list_display_links = ["person"]
    list_filter = [
        ("cancelled_at", admin.EmptyFieldListFilter),
        ("event_registration__event", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["event_registration__contact", "event_registration__event", "event_pass"]
    search_fields = [
        "event_registration__contact__email",
        "event_registration__first_name",
        "event_registration__last_name",
        "event_pass__name",
    ]
    search_help_text = gettext_lazy("Name, e-mail or pass")
    date_hierarchy = "issued_at"
    # The newest first, by the key: a table of all events has no index for each column.
    ordering = ["-id"]
    fields = ["person", "event_pass", "issued", "cancelled"]

    @admin.display(description=gettext_lazy("person"), ordering="event_registration__last_name")
    def person(self, row: AttendeePass) -> SafeString:
        """Name over address."""
        registration = row.event_registration
        return words.name_and_address(registration.full_name, registration.contact.email)

    @admin.display(description=gettext_lazy("issued"), ordering="issued_at")
    def issued(self, row: AttendeePass) -> str:
        """The time at which the pass was issued."""
        return words.moment(row.issued_at, row.event_registration.event.zone)

    @admin.display(description=gettext_lazy("cancelled"), ordering="cancelled_at")
    def cancelled(self, row: AttendeePass) -> str:
        """The time at which the pass was given back."""
        return words.moment(row.cancelled_at, row.event_registration.event.zone) or "–"

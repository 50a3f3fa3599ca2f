"""Waitlist items over all events: to look at. The waitlist's verbs stand in the panels of events and sessions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from events.admin import words
from events.admin.readonly import ReadOnlyAdmin
from waitlists.models import WaitlistItem


class KindFilter(admin.SimpleListFilter):
    """The event's own line and the sessions' lines never mix."""

    title = gettext_lazy("waits for")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("event", gettext_lazy("An event")), ("session", gettext_lazy("A session"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "event":
            return queryset.filter(session=None)
        return queryset.filter(session__isnull=False) if self.value() == "session" else queryset


@admin.register(WaitlistItem)
class WaitlistItemAdmin(ReadOnlyAdmin):
    """Every place in line, open or closed."""

    list_display = ["person", "waits_for", "status", "since", "until", "passed_over_reason"]
    list_display_links = ["person"]
    list_filter = ["status", KindFilter, ("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["contact", "event", "session", "invitation_slot"]
    search_fields = ["contact__email", "contact__first_name", "contact__last_name", "session__name"]
    search_help_text = gettext_lazy("Name, e-mail or session")
    date_hierarchy = "joined_at"
    fields = [
        "person",
        "waits_for",
        "status",
        "since",
        "until",
        "automatically_register",
        "passed_over",
        "closed",
    ]

    @admin.display(description=gettext_lazy("person"), ordering="contact__last_name")
    def person(self, row: WaitlistItem) -> SafeString:
        """The person's name over the address."""
        return words.name_and_address(row.contact.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("waits for"), ordering="session__name")
    def waits_for(self, row: WaitlistItem) -> SafeString:
        """The session with its event, or the event."""
        return words.lines(row.session, row.event) if row.session else words.lines(row.event)

    @admin.display(description=gettext_lazy("waiting since"), ordering="joined_at")
    def since(self, row: WaitlistItem) -> str:
        """The moment when the person joined."""
        return words.moment(row.joined_at, row.event.zone)

    @admin.display(description=gettext_lazy("seat held until"))
    def until(self, row: WaitlistItem) -> str:
        """The invitation's deadline."""
        return words.moment(row.expires_at, row.event.zone) or "–"

    @admin.display(description=gettext_lazy("passed over"))
    def passed_over(self, row: WaitlistItem) -> SafeString:
        """The moment since when the person is passed over, and why."""
        return words.lines(
            row.passed_over_reason, words.moment(row.passed_over_at, row.event.zone)
        ) or SafeString("–")

    @admin.display(description=gettext_lazy("closed"))
    def closed(self, row: WaitlistItem) -> str:
        """The moment when the wait ended."""
        return words.moment(row.closed_at, row.event.zone) or "–"

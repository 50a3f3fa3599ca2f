"""The ledger and the check-ins, over all events: to look at, never to change."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin import words
from events.admin.readonly import ReadOnlyAdmin
from registrations.models import Activity, CheckIn


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """The ledger: who did what, when and why."""

    list_display = ["when", "verb", "event", "session", "contact", "actor", "reason", "seats_after"]
    list_display_links = ["when", "verb"]
    list_filter = ["verb", ("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["event", "session", "contact"]
    search_fields = [
        "contact__email",
        "contact__first_name",
        "contact__last_name",
        "actor",
        "reason",
        "session__name",
    ]
    search_help_text = gettext_lazy("Person, session, reason or member of staff")
    date_hierarchy = "at"
    fields = ["when", "verb", "event", "session", "contact", "actor", "reason", "seats_after", "noted"]

    @admin.display(description=gettext_lazy("when"), ordering="id")
    def when(self, row: Activity) -> str:
        """The time of the movement, by the event's clocks."""
        return words.moment(row.at, row.event.zone)

    @admin.display(description=gettext_lazy("detail"))
    def noted(self, row: Activity) -> str:
        """What was noted besides; what the session or event was is for other systems."""
        kept = {name: value for name, value in row.detail.items() if name not in Activity.FOR_OTHER_SYSTEMS}
        return json.dumps(kept, ensure_ascii=False) if kept else "–"

    @admin.display(description=gettext_lazy("seats after"))
    def seats_after(self, row: Activity) -> str:
        """The seat count that the movement left."""
        if row.taken is None:
            return "–"
        said: dict[str, Any] = {
            "taken": row.taken,
            "capacity": "∞" if row.capacity is None else row.capacity,
            "held": row.held,
            "waiting": row.waiting,
        }
        return _("%(taken)s/%(capacity)s, %(held)s held, %(waiting)s waiting") % said


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    """Every entry, at the event's door or a session's."""

    event_lookup = "event_registration__event"
    list_display = ["person", "door", "when", "checked_in_by", "undone"]
    list_display_links = ["person"]
    list_filter = [
        ("undone_at", admin.EmptyFieldListFilter),
        ("event_registration__event", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = [
        "event_registration__contact",
        "event_registration__event",
        "session",
        "checked_in_by",
    ]
    search_fields = [
        "event_registration__contact__email",
        "event_registration__first_name",
        "event_registration__last_name",
    ]
    search_help_text = gettext_lazy("Name or e-mail")
    date_hierarchy = "checked_in_at"
    # The newest first, by the key: a table of all events has no index for each column.
    ordering = ["-id"]
    fields = ["person", "door", "when", "checked_in_by", "undone"]

    @admin.display(description=gettext_lazy("person"), ordering="event_registration__last_name")
    def person(self, row: CheckIn) -> str:
        """Name over address."""
        return words.name_and_address(row.event_registration.full_name, row.event_registration.contact.email)

    @admin.display(description=gettext_lazy("door"), ordering="session__name")
    def door(self, row: CheckIn) -> str:
        """The session's door, or the event's."""
        return str(row.session) if row.session else _("Event")

    @admin.display(description=gettext_lazy("checked in"), ordering="checked_in_at")
    def when(self, row: CheckIn) -> str:
        """The time of the check-in."""
        return words.moment(row.checked_in_at, row.event_registration.event.zone)

    @admin.display(description=gettext_lazy("undone"), ordering="undone_at")
    def undone(self, row: CheckIn) -> str:
        """The time at which the check-in was taken back."""
        return words.moment(row.undone_at, row.event_registration.event.zone) or "–"

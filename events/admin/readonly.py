"""Rows that only actions change: the desk lists and shows them, and has verbs instead of forms."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.admin.scope import ScopedAdmin
from events.models import Event


class ReadOnlyAdmin(ScopedAdmin):
    """A list and a page to look at, of the events this member of staff works on."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50
    show_facets = admin.ShowFacets.NEVER
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def zone_of(self, obj: Any) -> ZoneInfo:
        """The zone in which the row's times are shown."""
        event: Event = self.event_of(obj)
        return event.zone

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = (
            tuple(self.list_select_related) if isinstance(self.list_select_related, list | tuple) else ()
        )
        return super().get_queryset(request).select_related(*related)

"""Seats in sessions: who has one, or had, by which door, on whose word and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from events.api.filters import ApiFilterSet, FlagFilter, NumberFilter
from events.api.searching import Address, Flag, Moment, Number, Text, Word, fields_named
from events.api.views import ApiViewSet
from events.models import Source, normalise_email
from registrations.api.seat_record import STATUSES, SessionRegistrationSerializer, seat_records, with_status
from registrations.models import SessionRegistration


class SessionRegistrationFilters(ApiFilterSet):
    """Narrow a list of seats."""

    event_id = NumberFilter(field_name="session__event_id")
    session_id = NumberFilter(field_name="session_id")
    registrant_id = NumberFilter(field_name="event_registration_id")
    email = django_filters.CharFilter(method="of_address")
    status = django_filters.ChoiceFilter(
        choices=[(word, word) for word in STATUSES], help_text="Default: those held."
    )
    source = django_filters.ChoiceFilter(choices=Source.choices)
    past_capacity = FlagFilter(field_name="is_past_capacity")
    no_show = FlagFilter(field_name="no_show_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = SessionRegistration
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        """Without a status only seats that are held; of changes those given back too."""
        rows = super().filter_queryset(queryset)
        is_said = self.form.cleaned_data.get("status") or "updated_since" in self.data
        is_searched = "status" in fields_named(self.data.get("search", ""))
        return rows if is_said or is_searched else rows.filter(cancelled_at=None)

    def of_address(self, rows: QuerySet[SessionRegistration], name: str, value: str) -> Any:
        """The person with this address, however it is written."""
        return rows.filter(contact__email=normalise_email(value))


class SessionRegistrationViewSet(ApiViewSet):
    """One session registration is one seat, held or given back. They are made and ended at /registrants."""

    http_method_names = ["get", "head"]
    # Read by the description of the API alone.
    queryset = SessionRegistration.objects.none()
    serializer_class = SessionRegistrationSerializer
    filterset_class = SessionRegistrationFilters
    search_fields = ["event_registration__first_name", "event_registration__last_name", "contact__email"]
    searchable = {
        **{name: Number(name) for name in ("id", "session_id", "contact_id")},
        "event_id": Number("session__event_id"),
        "registrant_id": Number("event_registration_id"),
        "email": Address("contact__email"),
        **{name: Text(f"event_registration__{name}") for name in ("first_name", "last_name")},
        **{name: Text(name) for name in ("reason", "cancel_reason")},
        "status": Word("status", STATUSES),
        "source": Word("source", Source.values),
        "past_capacity": Flag("is_past_capacity"),
        **{name: Moment(name) for name in ("registered_at", "cancelled_at", "no_show_at")},
    }
    sort_fields = {
        "id": "id",
        "registered_at": "registered_at",
        "cancelled_at": "cancelled_at",
        "email": "contact__email",
    }
    has_tombstones = True

    def rows(self) -> QuerySet[SessionRegistration, Any]:
        """The seats of the events that the client sees, those given back too."""
        seats = SessionRegistration.objects.filter(session__event__in=self.events.values("pk"))
        return with_status(seats).order_by("id").values_list("pk", named=True)

    def get_queryset(self) -> QuerySet[SessionRegistration, Any]:
        """The seats, those given back too: of lists their filters leave them out."""
        return self.rows()

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The seats given, or given back, since then, and those of people who did not come, or whose names changed."""
        names = ("registered_at", "cancelled_at", "no_show_at", "event_registration__updated_at")
        return rows.filter(Q(*((f"{name}__gte", since) for name in names), _connector=Q.OR))

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The records; in a list of changes that asks for no status, seats given back are tombstones."""
        records = seat_records([row.pk for row in rows])
        found = [records[row.pk] for row in rows]
        if self.lists_changes() and "status" not in self.request.query_params:
            for record in found:
                record.archived_at = record.cancelled_at
        return found

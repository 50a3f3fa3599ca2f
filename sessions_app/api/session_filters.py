"""Filters of a list of sessions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from events.api.filters import ApiFilterSet, ChoiceFilter, DateFilter, FlagFilter, NumberFilter
from sessions_app.filters import has_seat_for_newcomer
from sessions_app.models import Session


class SessionFilters(ApiFilterSet):
    """Sessions by event, day, place, track, speaker, status, size and free seats."""

    event_id = NumberFilter()
    track_id = NumberFilter()
    location_id = NumberFilter(field_name="room_id")
    building_id = NumberFilter()
    speaker_id = NumberFilter(method="with_speaker")
    date = DateFilter()
    date__gte = DateFilter(field_name="date", lookup_expr="gte")
    date__lte = DateFilter(field_name="date", lookup_expr="lte")
    session_status = ChoiceFilter(choices=Session.Status.choices)
    format = ChoiceFilter(choices=Session.Format.choices)
    selection_control = ChoiceFilter(choices=Session.SelectionControl.choices)
    capacity = NumberFilter(field_name="seats__capacity")
    capacity__gte = NumberFilter(field_name="seats__capacity", lookup_expr="gte")
    capacity__lte = NumberFilter(field_name="seats__capacity", lookup_expr="lte")
    is_cancelled = FlagFilter(method="cancelled")
    has_seats = FlagFilter(method="with_seats")
    secure_id = django_filters.CharFilter(max_length=32)

    def with_speaker(self, rows: QuerySet[Session], name: str, value: int) -> QuerySet[Session]:
        """Keep the sessions at which this person speaks."""
        return rows.filter(speakers=value)

    def cancelled(self, rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        """Keep the sessions that were cancelled, or those that were not."""
        return rows.filter(cancelled_at__isnull=value not in {"1", "true"})

    def with_seats(self, rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        """Keep the sessions with a seat for a newcomer, or those without, by the condition that the website has."""
        has = has_seat_for_newcomer()
        return rows.filter(has) if value in {"1", "true"} else rows.exclude(has)

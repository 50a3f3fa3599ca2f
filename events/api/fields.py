"""Moments in a zone, and where something is: shared by events, passes and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.zones import EARLIEST_YEAR, LATEST_YEAR

LONGEST_MOMENT = 40


@extend_schema_field({"type": "string", "format": "date-time", "example": "2026-11-20T09:00:00+01:00"})
class MomentField(serializers.Field):
    """A moment in the event's zone: 2026-11-20T09:00:00+01:00. Without an offset it is what clocks show there."""

    default_error_messages = {"invalid": _("Give a moment such as 2026-11-20T09:00:00+01:00.")}

    def get_attribute(self, instance: Any) -> Any:
        """The moment as clocks of the event's zone show it."""
        moment = super().get_attribute(instance)
        return moment and moment.astimezone(instance.zone)

    def to_internal_value(self, data: Any) -> datetime:
        if isinstance(data, str) and data.isascii() and len(data) <= LONGEST_MOMENT:
            try:
                moment = parse_datetime(data.strip())
            except (ValueError, OverflowError):
                moment = None
            # One year more on either side, so that its offset does not lead out of the calendar.
            if moment is not None and EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
                return moment
        return self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return value.isoformat(timespec="seconds")


class Record:
    """A row as the API says it: what it does not name itself is the row's own."""

    def __init__(self, row: Any) -> None:
        # Its columns too: asked for by way of the row they cost most of what is said.
        vars(self).update(vars(row), row=row)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


class SeatsSaid:
    """The numbers of whatever has seats, by their names in the contract; mixed into its record."""

    seats: Any

    @property
    def capacity(self) -> int | None:
        """The number of people who may come; None is no limit, or not known yet."""
        return self.seats.capacity

    @property
    def seats_taken(self) -> int:
        """The number of people registered."""
        return self.seats.taken

    @property
    def seats_held(self) -> int:
        """The number of seats held for invitations."""
        return self.seats.held

    @property
    def seats_available(self) -> int | None:
        """The number of seats a newcomer may take; None is any number."""
        return self.seats.available

    @property
    def past_capacity(self) -> int:
        """The number of people registered beyond the capacity."""
        return self.seats.past_capacity


# What is counted of whatever has seats.
COUNTED = frozenset({"seats_taken", "seats_held", "seats_available", "past_capacity", "waitlist_count"})


class SeatsFields(serializers.Serializer):
    """The counters of what has seats; they come and are not written."""

    seats_taken = serializers.IntegerField(read_only=True)
    seats_held = serializers.IntegerField(read_only=True, help_text="For invitations that are open.")
    seats_available = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="What a newcomer may take; null: any number."
    )
    past_capacity = serializers.IntegerField(read_only=True)

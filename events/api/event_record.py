"""An event as other systems write and read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from events.api.fields import COUNTED, MomentField, Record, SeatsFields, SeatsSaid
from events.api.serializers import ApiSerializer, ClockField, FlagField, IdField, NumberField, TextField
from events.models import LARGEST_BADGE_MM, MAXIMUM_CAPACITY, MOST_STANDBY_MINUTES, SMALLEST_BADGE_MM, Event

# The API's names of what the form calls otherwise.
FORM_NAMES = {
    "start": "starts_at",
    "end": "ends_at",
    "location_id": "room",
    "building_id": "building",
    "layout_id": "layout",
}
API_NAMES = {form: api for api, form in FORM_NAMES.items()}


class EventRecord(SeatsSaid, Record):
    """One event as the API says it."""

    location_id = property(lambda self: self.room_id)
    start = property(lambda self: self.starts_at)
    end = property(lambda self: self.ends_at)
    waitlist_count: int = 0
    status = property(lambda self: self.publish_status)
    url = property(lambda self: self.slug)
    languages = property(lambda self: self.row.offered_languages)
    start_date = property(lambda self: self._clock("starts_at").date())
    start_time = property(lambda self: self._clock("starts_at").time())
    end_date = property(lambda self: self._clock("ends_at").date())
    end_time = property(lambda self: self._clock("ends_at").time())

    def _clock(self, name: str) -> datetime:
        """The moment as clocks of the event's zone show it."""
        return getattr(self.row, name).astimezone(self.zone)


class EventSerializer(SeatsFields, ApiSerializer):
    """One event: where and when it is, who may register and how."""

    # As other systems ask for the number of people registered.
    expandable = {"registrantCount": (serializers.IntegerField, "seats_taken", False)}
    moved_by_others = COUNTED

    id = serializers.IntegerField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)
    name = TextField(max_length=200, required=True)
    slug = TextField(max_length=80, required=True, help_text="Part of the web address.")
    event_type = serializers.ChoiceField(Event.Type.choices, required=False)
    format = serializers.ChoiceField(Event.Format.choices, required=False)
    start = MomentField()
    end = MomentField()
    timezone = TextField(
        max_length=64, required=False, allow_blank=False, help_text="Such as Europe/Brussels."
    )
    publish_status = serializers.ChoiceField(
        Event.PublishStatus.choices, required=False, help_text="Cancelling is POST /events/{id}/cancellation."
    )
    capacity = NumberField(
        min_value=0, max_value=MAXIMUM_CAPACITY, required=False, allow_null=True, help_text="null: no limit."
    )
    description = TextField(required=False, help_text="Markdown.")
    contact_email = TextField(max_length=254, required=False)
    language = serializers.ChoiceField(
        settings.LANGUAGES, required=False, help_text="Of pages and mails, for whoever asks for none offered."
    )
    languages = serializers.ListField(
        child=serializers.ChoiceField(settings.LANGUAGES),
        required=False,
        max_length=len(settings.LANGUAGES),
        help_text="Those offered, the event's own first, which always is. Written as none: all.",
    )
    building_id = IdField(required=False, allow_null=True)
    location_id = IdField(required=False, allow_null=True)
    layout_id = IdField(required=False, allow_null=True)
    registration_opens_at = MomentField(required=False, allow_null=True)
    registration_closes_at = MomentField(required=False, allow_null=True)
    registration_closed_message = TextField(required=False)
    how_to_pay = TextField(required=False, help_text="Shown beside passes with a price.")
    allow_custom_agenda = FlagField(required=False, help_text="Registrants choose sessions.")
    passes_with_agenda = FlagField(required=False)
    sessions_required = FlagField(required=False, help_text="Of whoever registers on the website.")
    sessions_required_by_api = FlagField(required=False, help_text="Of whom other systems register.")
    most_sessions = NumberField(
        min_value=0,
        max_value=32767,
        required=False,
        allow_null=True,
        help_text="For each person; null: no limit.",
    )
    waitlist_enabled = FlagField(required=False)
    auto_register_waitlisted = FlagField(required=False)
    contacts_choose_auto_register = FlagField(required=False)
    invitations_per_slot = NumberField(min_value=1, max_value=50, required=False)
    invitation_hours = NumberField(min_value=1, max_value=720, required=False)
    standby_minutes = NumberField(
        min_value=0,
        max_value=MOST_STANDBY_MINUTES,
        required=False,
        allow_null=True,
        help_text="So long before a session's start the seats of those who have not come are free at its door, unless "
        "the session says otherwise. null or 0: never.",
    )
    badge_width_mm = NumberField(
        min_value=SMALLEST_BADGE_MM,
        max_value=LARGEST_BADGE_MM,
        required=False,
        help_text="Of printed badges.",
    )
    badge_height_mm = NumberField(min_value=SMALLEST_BADGE_MM, max_value=LARGEST_BADGE_MM, required=False)
    waitlist_count = serializers.IntegerField(read_only=True, help_text="Waiting for the event itself.")
    status = serializers.CharField(read_only=True, help_text="The same as publish_status; may be written.")
    url = serializers.CharField(read_only=True, help_text="The same as slug; may be written.")
    start_date = serializers.DateField(read_only=True, help_text="The day of start; may be written.")
    start_time = ClockField(read_only=True, help_text="With start_date; may be written.")
    end_date = serializers.DateField(read_only=True, help_text="The day of end; may be written.")
    end_time = ClockField(read_only=True, help_text="With end_date; may be written.")
    cancelled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(in_our_words(data) if isinstance(data, Mapping) else data)


# What other systems call otherwise.
_ALIASES = {"status": "publish_status", "url": "slug"}
_MIDNIGHT, _LAST_MINUTE = "00:00", "23:59"


def in_our_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with what it says by other names said by ours. Raises ValidationError where the two disagree."""
    said: Any = data.copy() if isinstance(data, QueryDict) else dict(data)
    wrong = {}
    for alias, name in _ALIASES.items():
        if alias in said and said.setdefault(name, said[alias]) != said[alias]:
            wrong[alias] = [_("“%(name)s” says otherwise.") % {"name": name}]
    for name, time_unsaid in (("start", _MIDNIGHT), ("end", _LAST_MINUTE)):
        day, clock = said.get(f"{name}_date"), said.get(f"{name}_time")
        if clock and not day:
            wrong[f"{name}_time"] = [_("Give %(name)s_date too.") % {"name": name}]
        elif day:
            moment = f"{day}T{clock or time_unsaid}"
            # A record that is sent back says both, the moment with its offset.
            if not str(said.setdefault(name, moment)).startswith(moment[:16] if clock else f"{day}T"):
                wrong[f"{name}_date"] = [_("“%(name)s” says otherwise.") % {"name": name}]
    if wrong:
        raise serializers.ValidationError(wrong)
    return said


def as_typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values by the names of the form's fields."""
    return {FORM_NAMES.get(name, name): value for name, value in values.items()}

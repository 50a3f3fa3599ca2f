"""An event as other systems write and read it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from events.api.fields import MomentField, Record, SeatsFields, SeatsSaid
from events.api.serializers import ApiSerializer, FlagField, IdField, NumberField, TextField
from events.models import MAXIMUM_CAPACITY, Event

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


class EventSerializer(SeatsFields, ApiSerializer):
    """One event: where and when it is, who may register and how."""

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
    building_id = IdField(required=False, allow_null=True)
    location_id = IdField(required=False, allow_null=True)
    layout_id = IdField(required=False, allow_null=True)
    registration_opens_at = MomentField(required=False, allow_null=True)
    registration_closes_at = MomentField(required=False, allow_null=True)
    registration_closed_message = TextField(required=False)
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
    waitlist_count = serializers.IntegerField(read_only=True, help_text="Waiting for the event itself.")
    cancelled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


def as_typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values by the names of the form's fields."""
    return {FORM_NAMES.get(name, name): value for name, value in values.items()}

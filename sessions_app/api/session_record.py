"""A session as other systems write and read it: the contract that integrators know from Swoogo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from events.api.event_record import EventRecord, EventSerializer
from events.api.fields import COUNTED, Record, SeatsFields, SeatsSaid
from events.api.locations import LocationSerializer
from events.api.serializers import (
    ApiSerializer,
    CapacityField,
    ClockField,
    DayField,
    FlagField,
    IdField,
    NumberField,
    TextField,
)
from events.models import MOST_STANDBY_MINUTES, Room
from registrations.links import session_url
from registrations.rules.availability import Availability
from sessions_app.api.custom_fields import CustomFieldsField
from sessions_app.api.programme import SpeakerSerializer, TrackSerializer
from sessions_app.models import Session, SessionTrack, Speaker

Ids = serializers.ListField


class SessionRecord(SeatsSaid, Record):
    """One session as the API says it; times are what clocks show in the session's zone."""

    location_id = property(lambda self: self.room_id)
    webinar_url = property(lambda self: self.row.webinar_url or None)
    # As it was said; what holds may be the event's.
    standby_minutes = property(lambda self: self.own_standby_minutes)
    use_event_timezone = property(lambda self: not self.own_timezone)
    session_included = property(lambda self: self.selection_control == Session.SelectionControl.INCLUDED)
    waitlist_count: int = 0
    availability: str = ""
    speaker_ids: Sequence[int] = ()
    pass_ids: Sequence[int] = ()
    # What `expand` shows whole.
    event_record: EventRecord
    track: SessionTrack | None
    location: Room | None
    speakers: Sequence[Speaker]

    def __init__(self, row: Session) -> None:
        super().__init__(row)
        # Of what nearly every field asks.
        self.seats, self.zone, self.timezone = row.seats, row.zone, row.timezone

    @property
    def start_time(self) -> time | None:
        """The time at which the session begins, None while that is not known."""
        return self.starts_at and self.starts_at.astimezone(self.zone).time()

    @property
    def end_time(self) -> time | None:
        """The time at which the session ends."""
        return self.ends_at and self.ends_at.astimezone(self.zone).time()

    @property
    def end_date(self) -> Date:
        """The day on which the session ends."""
        return self.ends_at.astimezone(self.zone).date() if self.ends_at else self.date

    @property
    def own_page(self) -> str:
        """The address of the session's public page; the event's while the session has none."""
        return session_url(self.row)

    @property
    def seats_available(self) -> int | None:
        """The number of seats a newcomer may take: none while an on-site session has no capacity."""
        return 0 if self.is_capacity_missing else self.seats.available


class SessionSerializer(SeatsFields, ApiSerializer):
    """One session. `id`, `secure_id`, counters and dates may be sent back; they are not written."""

    expandable = {
        "event": (EventSerializer, "event_record", False),
        "track": (TrackSerializer, "track", False),
        "location": (LocationSerializer, "location", False),
        "speakers": (SpeakerSerializer, "speakers", True),
        "registrantCount": (serializers.IntegerField, "seats_taken", False),
        "direct_link": (serializers.URLField, "own_page", False),
    }

    also_sent = frozenset({"warnings"})
    moved_by_others = COUNTED | {"availability"}

    id = serializers.IntegerField(read_only=True)
    event_id = IdField()
    name = TextField(max_length=255, required=True)
    admin_short_name = TextField(max_length=100, required=False, allow_null=True)
    badge_name = TextField(max_length=100, required=False, allow_null=True)
    description = TextField(required=False, allow_null=True, help_text="Markdown.")
    date = DayField(help_text="In the session's zone.")
    start_time = ClockField(required=False, allow_null=True)
    end_date = DayField(required=False, allow_null=True, help_text="Only where it ends on another day.")
    end_time = ClockField(required=False, allow_null=True)
    use_event_timezone = FlagField(required=False)
    timezone = TextField(max_length=64, required=False, allow_null=True, help_text="Default: the event's.")
    capacity = CapacityField(
        required=False,
        help_text="Left out beside a place: that place's. null: on site nobody can register before it is set; a "
        "webinar has no limit then.",
    )
    location_id = IdField(required=False, allow_null=True, help_text="A room.")
    building_id = IdField(required=False, allow_null=True)
    layout_id = IdField(required=False, allow_null=True)
    track_id = IdField(required=False, allow_null=True)
    kind = TextField(max_length=120, required=False, allow_null=True, help_text="Such as Talk or Workshop.")
    level = TextField(max_length=120, required=False, allow_null=True, help_text="Such as Beginners.")
    format = serializers.ChoiceField(Session.Format.choices, required=False)
    webinar_url = TextField(max_length=200, required=False, allow_null=True)
    sold_out_message = TextField(max_length=300, required=False, allow_null=True)
    secure_id = serializers.CharField(read_only=True)
    session_status = serializers.ChoiceField(
        Session.Status.choices, required=False, help_text="Default: live."
    )
    locked_when_saved = FlagField(required=False)
    selection_control = serializers.ChoiceField(Session.SelectionControl.choices, required=False)
    session_included = serializers.BooleanField(required=False, help_text="The same as selection_control.")
    selected_by_default = FlagField(required=False)
    prevent_session_conflicts = FlagField(required=False)
    validate_registrants = FlagField(
        required=False, help_text="Its door lets in only those registered for it, or whose pass includes it."
    )
    standby_minutes = NumberField(
        min_value=0,
        max_value=MOST_STANDBY_MINUTES,
        required=False,
        allow_null=True,
        help_text="So long before its start the seats of those who have not come are free at its door. null: as the "
        "event says; 0: never.",
    )
    custom_fields = CustomFieldsField(required=False)
    speaker_ids = Ids(child=IdField(), required=False, max_length=500)
    pass_ids = Ids(child=IdField(), required=False, max_length=500)
    waitlist_count = serializers.IntegerField(read_only=True, help_text="Who waits or is invited.")
    availability = serializers.ChoiceField(
        Availability.choices, read_only=True, help_text="What somebody new may expect now."
    )
    cancelled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Two words for one thing must say the same; that is a matter of shape."""
        if "session_included" in attrs:
            said = Session.SelectionControl.INCLUDED if attrs.pop("session_included") else "optional"
            if attrs.setdefault("selection_control", said) != said:
                text = _("“selection_control” says otherwise.")
                raise serializers.ValidationError({"session_included": [text]})
        return attrs


class WarningSerializer(serializers.Serializer):
    """One consequence of what was saved: carried out all the same."""

    code = serializers.ChoiceField(
        [(word, word) for word in ("room_clash", "speaker_clash", "outside_event", "room_too_small")]
    )
    detail = serializers.CharField(help_text="The same in a sentence.")
    session_id = serializers.IntegerField(required=False, help_text="The other session that it concerns.")


class SavedSessionSerializer(SessionSerializer):
    """One session as it was saved, with what its plan runs into."""

    warnings = WarningSerializer(many=True, read_only=True)

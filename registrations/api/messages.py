"""What other systems are told as it happens, by webhook or feed: the shape of each kind of message.

The records are the API's own, without what changes whenever somebody else moves, and with the cause.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from events.api.event_record import EventSerializer
from events.api.serializers import ApiSerializer, TombstoneSerializer
from events.models import Source
from registrations.api.messages_of_orders import OrderMessage, PaymentMessage, RefundMessage
from registrations.api.seat_record import STATUSES
from registrations.api.shapes import CheckInSerializer, RegistrantSerializer, WaitlistItemSerializer
from registrations.api.told import Told, cause_field, erased_field, type_of
from registrations.models.webhooks import TEST
from sessions_app.api.session_record import SessionSerializer

DRAW_STATES = ("frozen", "drawn", "published", "cancelled")


# Records, as they were


class RegistrantThen(RegistrantSerializer):
    """A registrant as they were; `from_contact_id` where a corrected address made them another contact."""

    may_lack = frozenset({"erased_at", "from_contact_id"})

    position = None  # type: ignore[assignment]
    lines = None  # type: ignore[assignment]
    email = serializers.EmailField(allow_blank=True)
    cause = cause_field()
    from_contact_id = serializers.IntegerField()
    erased_at = erased_field()


class SessionRegistrationThen(ApiSerializer):
    """A seat in a session as it was when it was given, given up, or its person turned out not to have come."""

    may_lack = frozenset({"erased_at"})

    id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    registrant_id = serializers.IntegerField()
    contact_id = serializers.IntegerField()
    email = serializers.EmailField(allow_blank=True)
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    status = serializers.ChoiceField(choices=[(word, word) for word in STATUSES])
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    past_capacity = serializers.BooleanField()
    registered_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    no_show = serializers.BooleanField(help_text="They did not come to the session.")
    cause = cause_field()
    erased_at = erased_field()


class WaitlistItemThen(WaitlistItemSerializer):
    """A place in line as it was; its number is not told, since it changes whenever somebody else moves."""

    may_lack = frozenset({"erased_at"})

    position = None  # type: ignore[assignment]
    email = serializers.EmailField(allow_blank=True)
    contact_id = serializers.IntegerField()
    cause = cause_field()
    erased_at = erased_field()


class CheckInThen(CheckInSerializer):
    """An entry as it was, and whose it is."""

    may_lack = frozenset({"erased_at"})

    contact_id = serializers.IntegerField()
    email = serializers.EmailField(allow_blank=True)
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    cause = cause_field()
    erased_at = erased_field()


class SessionThen(SessionSerializer):
    """A session as it was."""

    cause = cause_field()


class EventThen(EventSerializer):
    """An event as it was."""

    event_id = serializers.IntegerField()
    cause = cause_field()


class DrawThen(ApiSerializer):
    """A draw as it was; how many wish is asked of /draws."""

    id = serializers.IntegerField()
    secure_id = serializers.UUIDField()
    event_id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[(state, state) for state in DRAW_STATES])
    session_ids = serializers.ListField(child=serializers.IntegerField())
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    rule = serializers.CharField()
    most_seats = serializers.IntegerField(allow_null=True)
    number_source = serializers.CharField()
    public_number = serializers.CharField(allow_blank=True)
    commitment = serializers.CharField(allow_blank=True)
    seed = serializers.CharField(allow_blank=True)
    frozen_at = serializers.DateTimeField(allow_null=True)
    drawn_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cause = cause_field()


class TargetGone(TombstoneSerializer):
    """A session or event that was deleted."""

    event_id = serializers.IntegerField()
    cause = cause_field()


class ContactErased(serializers.Serializer):
    """A person erased, at one event: whose copies are to be forgotten."""

    contact_id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    registrant_ids = serializers.ListField(child=serializers.IntegerField())
    erased_at = serializers.DateTimeField()
    cause = cause_field()


# Messages


class RegistrantMessage(Told):
    """Somebody registered at an event, changed, or cancelled."""

    type = type_of("registrant")
    data = RegistrantThen()  # type: ignore[assignment]


class SessionRegistrationMessage(Told):
    """Somebody got a seat in a session, gave it up, or did not come to it."""

    type = type_of("session_registration")
    data = SessionRegistrationThen()  # type: ignore[assignment]


class WaitlistItemMessage(Told):
    """Somebody joined a line, moved in it, or left it."""

    type = type_of("waitlist_item")
    data = WaitlistItemThen()  # type: ignore[assignment]


class CheckInMessage(Told):
    """Somebody came in, went, or was let in by mistake."""

    type = type_of("check_in")
    data = CheckInThen()  # type: ignore[assignment]


class ContactMessage(Told):
    """Somebody is to be forgotten."""

    type = type_of("contact")
    data = ContactErased()  # type: ignore[assignment]


def _one_of(name: str, kinds: list[Any]) -> Any:
    return PolymorphicProxySerializer(component_name=name, serializers=kinds, resource_type_field_name=None)


@extend_schema_field(_one_of("SessionOrGone", [SessionThen, TargetGone]))
class _SessionData(serializers.DictField):
    """The session, or that it is gone."""


@extend_schema_field(_one_of("EventOrGone", [EventThen, TargetGone]))
class _EventData(serializers.DictField):
    """The event, or that it is gone."""


class SessionMessage(Told):
    """A session was planned, changed, cancelled or deleted."""

    type = type_of("session")
    data = _SessionData()  # type: ignore[assignment]


class EventMessage(Told):
    """An event was planned, changed, cancelled or deleted."""

    type = type_of("event")
    data = _EventData()  # type: ignore[assignment]


class DrawMessage(Told):
    """The wishes of a draw were frozen, its number decided, its result was published, or it was cancelled."""

    type = type_of("draw")
    data = DrawThen()  # type: ignore[assignment]


class TestData(serializers.Serializer):
    """Whom the test message was sent to."""

    webhook_id = serializers.IntegerField()
    url = serializers.CharField()
    text = serializers.CharField()


class TestMessage(serializers.Serializer):
    """A message that tells of nothing, sent when somebody asks for it; nobody subscribes to it."""

    type = serializers.ChoiceField([(TEST, TEST)])
    timestamp = serializers.DateTimeField(help_text="When it was asked for.")
    data = TestData()  # type: ignore[assignment]


# Each kind of message by the part of its names before the dot.
MESSAGES: dict[str, type[serializers.Serializer]] = {
    "registrant": RegistrantMessage,
    "session_registration": SessionRegistrationMessage,
    "waitlist_item": WaitlistItemMessage,
    "check_in": CheckInMessage,
    "contact": ContactMessage,
    "session": SessionMessage,
    "event": EventMessage,
    "draw": DrawMessage,
    "order": OrderMessage,
    "payment": PaymentMessage,
    "refund": RefundMessage,
}


@extend_schema_field(_one_of("Change", list(MESSAGES.values())))
class ChangeField(serializers.DictField):
    """One change, with the record as it was then: what a webhook's message says."""


@extend_schema_field(_one_of("Message", [*MESSAGES.values(), TestMessage]))
class MessageField(serializers.DictField):
    """One message as it is sent."""

"""Answers that are no plain record, as the description names them. The views build the same as plain JSON."""

from __future__ import annotations

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from registrations.api.order_record import Owed
from registrations.api.reading import REGISTRATION_STATUSES
from registrations.api.shapes import CheckInSerializer, LineSerializer, RegistrantSerializer

_STATUSES = [(word, word) for word in REGISTRATION_STATUSES]


class Refused(serializers.Serializer):
    """A refusal: a word for machines, a sentence for people. Some codes carry more."""

    says_more = True

    code = serializers.CharField(help_text="The word for machines; `/api/v1/errors` lists them all.")
    detail = serializers.CharField(help_text="The sentence for people.")
    message = serializers.CharField(help_text="The same as `detail`.")
    request_id = serializers.CharField(help_text="The number of the request, which our log knows.")
    documentation_url = serializers.URLField(help_text="What the code means, and what to do.")


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
)
class WrongField(serializers.DictField):
    """Messages by the name of the field."""


class RefusedFields(Refused):
    """What cannot be right, by the name of the field or parameter; what lies deeper has dots."""

    fields = WrongField(required=False)  # type: ignore[assignment]


class RefusedRegistrant(Refused):
    """Nothing was changed; `lines` says what stood in the way of each session, where sessions were asked for."""

    applied = serializers.BooleanField(required=False)
    lines = LineSerializer(many=True, required=False)


class SeatAnswer(serializers.Serializer):
    """What became of one session."""

    success = serializers.BooleanField()
    line = LineSerializer()


class RefusedSeat(Refused):
    """Nothing was changed."""

    success = serializers.BooleanField()
    line = LineSerializer(required=False)


class RefusedServing(Refused):
    """Nothing was changed; `line` says what stood in the way, where somebody still waits."""

    success = serializers.BooleanField(required=False)
    line = LineSerializer(required=False)


@extend_schema_field({"oneOf": [{"type": "boolean"}, {"type": "string", "enum": ["partly"]}]})
class AppliedField(serializers.Field):
    """True where every line was carried out, "partly" where some were, false where nothing was changed."""


class AgendaAnswer(serializers.Serializer):
    """What became of each session; with `validate_only` what would have."""

    applied = AppliedField()
    lines = LineSerializer(many=True)


class RefusedAgenda(Refused):
    """Nothing was changed: in `all_or_nothing` one refused line refuses the whole.

    The other lines say what could have been had, and of what was to be given up, what is kept.
    """

    applied = serializers.BooleanField(required=False)
    lines = LineSerializer(many=True, required=False)


class RegistrantAnswer(RegistrantSerializer):
    """The registrant, and whether every line was carried out."""

    applied = AppliedField()


class Preview(serializers.Serializer):
    """What would become of a registration (`validate_only`)."""

    validate_only = serializers.BooleanField()
    applied = AppliedField()
    registration_status = serializers.ChoiceField(choices=_STATUSES)
    owed = serializers.DecimalField(
        max_digits=10, decimal_places=2, required=False, help_text="For a pass with a price."
    )
    currency = serializers.CharField(required=False)
    lines = LineSerializer(many=True)


class RowVerdict(serializers.Serializer):
    """What became of one row of many; the words are those of a request of its own."""

    index = serializers.IntegerField(help_text="The row's place in the request, counting from 0.")
    status = serializers.IntegerField(help_text="The status that a request of its own would have had.")
    code = serializers.CharField(help_text="What refuses it, else the most that became of it.")
    detail = serializers.CharField(required=False, help_text="Why it was refused, in a sentence.")
    fields = WrongField(required=False)  # type: ignore[assignment]
    id = serializers.IntegerField(required=False, help_text="The registrant.")
    secure_id = serializers.UUIDField(required=False)
    registration_status = serializers.ChoiceField(choices=_STATUSES, required=False)
    order_id = serializers.IntegerField(required=False, help_text="Where the pass has a price.")
    owed = serializers.DecimalField(
        max_digits=10, decimal_places=2, required=False, help_text="By this order; 0.00: complimentary."
    )
    currency = serializers.CharField(required=False)
    applied = AppliedField()
    lines = LineSerializer(many=True)


class BatchAnswer(serializers.Serializer):
    """What became of every row; with `validate_only` what would have."""

    validate_only = serializers.BooleanField()
    applied = AppliedField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How often each code is said.")
    owed = Owed(many=True, help_text="By orders for passes with a price.")
    rows = RowVerdict(many=True)


class CheckInAnswer(CheckInSerializer):
    """The entry, and whether it is a new one."""

    outcome = serializers.ChoiceField(choices=[("admitted", "admitted"), ("already_in", "already_in")])


RegistrantOrPreview = PolymorphicProxySerializer(
    component_name="RegistrantOrPreview",
    serializers=[RegistrantAnswer, Preview],
    resource_type_field_name=None,
    many=False,
)

"""What every message to other systems says beside the record."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registrations.models import Activity, WebhookEvent


def cause_field() -> Any:
    """What happened, in the ledger's word."""
    return serializers.ChoiceField(Activity.Verb.choices, help_text="What happened, in the ledger's word.")


def erased_field() -> Any:
    """Since when the person is nobody."""
    return serializers.DateTimeField(
        required=False, help_text="Of somebody who was erased since: names, address and answers are blank."
    )


def kind_of(name: str) -> str:
    """What a message is about: the part of its name before the dot."""
    return name.partition(".")[0]


def type_of(kind: str) -> Any:
    """The names of one kind, such as session.created."""
    return serializers.ChoiceField([each for each in WebhookEvent.choices if kind_of(each[0]) == kind])


class Told(serializers.Serializer):
    """What every message says beside the record."""

    timestamp = serializers.DateTimeField(help_text="When it happened.")
    seq = serializers.IntegerField(
        help_text="Rises from change to change; a line that says two things has one. Of two messages about one "
        "object the higher is the later."
    )

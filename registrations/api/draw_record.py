"""Draws, wishes and decisions as the API says them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from events.api.serializers import ApiSerializer, FlagField, IdField, NumberField, TextField
from registrations.models import DrawDecision
from registrations.models.tickets import MOST_WISHES
from registrations.queries.draw_standing import PHASES

MOST_SESSIONS = 2_000


class DrawSerializer(ApiSerializer):
    """One draw of seats in some sessions of an event. Needs `described` of `registrations.api.draws`."""

    # Moves with the clock, and with every wish.
    moved_by_others = frozenset({"state", "tickets", "people", "wishes"})

    id = serializers.IntegerField()
    secure_id = serializers.UUIDField(source="uuid", help_text="An id that nobody can guess.")
    event_id = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(
        choices=[(phase, phase) for phase in PHASES],
        source="phase",
        help_text="planned, open, closing (over, the wishes are being frozen), frozen (the public number is "
        "awaited), drawn, publishing, published; or cancelled.",
    )
    session_ids = serializers.ListField(child=serializers.IntegerField(), source="drawn_sessions")
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    rule = serializers.CharField(
        help_text="The rule by which it decides; the public page has it as a script."
    )
    most_seats = serializers.IntegerField(
        allow_null=True,
        help_text="How many sessions one ticket gets at most; null: no limit of the draw's own.",
    )
    number_source = serializers.CharField(help_text="Which public number decides, and when it appears.")
    public_number = serializers.CharField(allow_blank=True)
    commitment = serializers.CharField(
        allow_blank=True, help_text="SHA-256 of the frozen wishes, from closing on; empty before."
    )
    seed = serializers.CharField(
        allow_blank=True, help_text="SHA-256 of the frozen wishes and the public number."
    )
    tickets = serializers.IntegerField(source="wishing.tickets", help_text="People and groups with wishes.")
    people = serializers.IntegerField(source="wishing.people", help_text="The people on these tickets.")
    wishes = serializers.IntegerField(source="wishing.wishes", help_text="The wishes of all tickets.")
    frozen_at = serializers.DateTimeField(allow_null=True)
    drawn_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DrawRequest(ApiSerializer):
    """A draw as asked for: which sessions, from when until when, and which public number."""

    event_id = IdField()
    name = TextField(default="", max_length=200, help_text="Of the draw, where an event has several.")
    session_ids = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_SESSIONS)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    most_seats = NumberField(allow_null=True, default=None, min_value=1, max_value=MOST_SESSIONS)
    number_source = TextField(
        required=True,
        max_length=300,
        help_text="Which public number decides and when it appears, so exactly that everybody finds the same one.",
    )


class DrawChange(ApiSerializer):
    """What a draw is to be from now on; what is left out stays. A record that was read may be sent back whole."""

    also_sent = frozenset(set(DrawSerializer._declared_fields) - set(DrawRequest._declared_fields))

    event_id = IdField(required=False, help_text="As it is.")
    name = TextField(required=False, max_length=200)
    session_ids = serializers.ListField(
        child=IdField(), required=False, min_length=1, max_length=MOST_SESSIONS
    )
    opens_at = serializers.DateTimeField(required=False)
    closes_at = serializers.DateTimeField(required=False)
    most_seats = NumberField(required=False, allow_null=True, min_value=1, max_value=MOST_SESSIONS)
    number_source = TextField(required=False, max_length=300, allow_blank=False)


class PublicNumberRequest(ApiSerializer):
    """The public number that was named beforehand."""

    public_number = TextField(
        required=True,
        max_length=1_000,
        help_text="As it was published: at most 200 plain characters. Spaces around it, and several in a row, do "
        "not count.",
    )


class WishRow(ApiSerializer):
    """One session that somebody wishes for; its rank is its place in the list."""

    session_id = IdField()
    wait_at_most = NumberField(
        allow_null=True,
        default=None,
        min_value=1,
        max_value=1_000_000,
        help_text="If it is not given: wait for it at this place in line or further forward; null: wherever.",
    )


class WishesRequest(ApiSerializer):
    """All wishes of one registrant, the dearest first; they take the place of those before. None: takes no part."""

    # A list is replaced, so it has to be there also where a record is changed.
    is_whole = True

    wishes = serializers.ListField(child=WishRow(), max_length=MOST_WISHES)


class WishSerializer(serializers.Serializer):
    """One wish."""

    session_id = serializers.IntegerField()
    rank = serializers.IntegerField(help_text="1 is the dearest.")
    wait_at_most = serializers.IntegerField(allow_null=True)


class WishesSerializer(serializers.Serializer):
    """What one registrant wishes for in one draw; people on one ticket share one list."""

    draw_id = serializers.IntegerField()
    registrant_id = serializers.IntegerField()
    ticket = serializers.CharField(
        allow_null=True, help_text="The code under which the ticket is published; null: there is none yet."
    )
    registrant_ids = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Everybody on the ticket: one person, or a group of up to four.",
    )
    wishes = WishSerializer(many=True)


class DecisionSerializer(ApiSerializer):
    """What the draw decided about one wish of one ticket."""

    id = serializers.IntegerField()
    draw_id = serializers.IntegerField()
    ticket = serializers.CharField(source="ticket.code", help_text="As it stands in the published file.")
    place = serializers.IntegerField(
        source="ticket.place", help_text="The ticket's place in the drawn order."
    )
    registrant_ids = serializers.ListField(
        child=serializers.IntegerField(), source="people", help_text="Who stands on the ticket."
    )
    session_id = serializers.IntegerField()
    rank = serializers.IntegerField(help_text="The wish's place on the list of the ticket.")
    round = serializers.IntegerField(help_text="The round in which it was decided.")
    verdict = serializers.ChoiceField(
        choices=DrawDecision.Verdict.choices,
        help_text="given; full; clash (overlaps what they have); enough (the draw gives no more to one ticket); "
        "limit (of the event, a track or a pass).",
    )


class FiguresOfOne(serializers.Serializer):
    """What becomes of how many people."""

    with_one_of_two_dearest = serializers.IntegerField(
        help_text="People with one of their two dearest wishes."
    )
    with_nothing = serializers.IntegerField(help_text="People who get none of their wishes.")
    seats_given = serializers.IntegerField()
    seats_left = serializers.IntegerField()


class DrawFigures(serializers.Serializer):
    """A draw beside first-come, on the same frozen wishes."""

    example = FlagField(help_text="1: the public number is not known yet, and an example stands for it.")
    tickets = serializers.IntegerField()
    people = serializers.IntegerField()
    wishes = serializers.IntegerField()
    draw = FiguresOfOne()
    first_come = FiguresOfOne()


def figures_record(preview: Any) -> dict[str, Any]:
    """The figures as JSON."""
    one = preview.one
    return {
        "example": int(preview.is_example),
        "tickets": one.tickets,
        "people": one.people,
        "wishes": one.wishes,
        "draw": _figures(one),
        "first_come": _figures(preview.first_come),
    }


def _figures(one: Any) -> dict[str, int]:
    return {
        "with_one_of_two_dearest": one.with_dearest,
        "with_nothing": one.with_nothing,
        "seats_given": one.seats_given,
        "seats_left": one.seats_left,
    }

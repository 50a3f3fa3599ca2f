"""Records that are read and written in few steps say what the plain way says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from events.actors import SYSTEM
from events.api.rendering import Json
from events.api.said import instant
from events.api.serializers import ApiSerializer, ClockField, DayField, FlagField, IdField, TextField
from registrations.actions import add_to_event, cancel_event_registrations
from registrations.api.reading import _NAMES, described, registrants_at, values_described
from registrations.models import EventRegistration
from tests.engine.acts import person
from tests.factories import EventFactory

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Inner(ApiSerializer):
    """Something inside another."""

    id = IdField()
    name = TextField()


class Thing(ApiSerializer):
    """A field of each kind."""

    expandable = {"inner": (Inner, "inner_record", False), "others": (Inner, "others", True)}

    id = IdField()
    name = TextField(allow_null=True)
    code = serializers.UUIDField(source="uuid")
    kind = serializers.ChoiceField(["a", "b"])
    on = FlagField()
    day = DayField()
    clock = ClockField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    deep = serializers.IntegerField(source="inner_record.id")
    words = serializers.CharField(source="get_words")
    ids = serializers.ListField(child=IdField())
    secret = serializers.CharField(write_only=True)
    own = serializers.SerializerMethodField()

    def get_own(self, row: SimpleNamespace) -> str:
        return f"{row.id}!"


def thing(**other: object) -> SimpleNamespace:
    inner = SimpleNamespace(id=4, name="Inner")
    values = {
        "id": 3,
        "name": gettext_lazy("Yes"),
        "uuid": UUID(int=7),
        "kind": "a",
        "on": True,
        "day": NOON.date(),
        "clock": time(9, 5),
        "at": NOON,
        "inner_record": inner,
        "others": [inner],
        "get_words": lambda: "Words",
        "ids": [2, 1],
    }
    return SimpleNamespace(**values | other)


def choices() -> Iterator[dict[str, object]]:
    for number in range(len(Thing.expandable) + 1):
        for expand in combinations(Thing.expandable, number):
            for fields in (None, {"id", *expand}, {"own", "at"}, {"code", "name", "deep"}):
                yield {"fields": fields, "expand": list(expand)}


@pytest.mark.once
@pytest.mark.parametrize("row", [thing(), thing(name=None, clock=None, at=None)], ids=["full", "empty"])
def test_says_every_choice_of_fields_as_the_library_does(row: SimpleNamespace) -> None:
    for context in choices():
        ours = Thing(row, context=context)
        plain = serializers.Serializer.to_representation(ours, row)
        assert Json().render(ours.data) == JSONRenderer().render(plain), context
        assert Json().render(Thing([row] * 2, many=True, context=context).data) == JSONRenderer().render(
            [plain] * 2
        )


@pytest.mark.once
@pytest.mark.parametrize(
    "value",
    [
        'é “”  \x00\x1f\x7f\u2028\u2029 </script> \U0001f600 "\\/',
        2**64,
        -(2**63),
        [1.5, 0.1, 1e22, None, True],
        [NOON, NOON.replace(microsecond=120), NOON.astimezone(timezone(timedelta(hours=2)))],
        [date(2026, 1, 2), time(9, 5), time(9, 5, 6, 7), timedelta(seconds=3), Decimal("1.50"), UUID(int=7)],
        {1: "one", "lazy": gettext_lazy("Yes")},
        EventRegistration.Status.CONFIRMED,
        None,
    ],
)
def test_writes_what_the_library_writes(value: object) -> None:
    data = {"items": [value]}
    assert Json().render(data) == JSONRenderer().render(data)
    assert json.loads(Json().render(data))


@pytest.mark.once
def test_moments_are_said_in_utc() -> None:
    later = NOON.replace(microsecond=120).astimezone(timezone(timedelta(hours=2)))
    said = ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00.000120Z"]
    assert [instant(NOON), instant(later), instant(None)] == [*said, None]


@pytest.mark.django_db
def test_reads_a_registrant_as_the_query_says_that_is_kept() -> None:
    event = EventFactory(session_level=False)
    add_to_event(event, [person(name) for name in ("ann", "ben", "cem")], actor=SYSTEM)
    rows = list(EventRegistration.objects.filter(event=event))
    cancel_event_registrations(rows[1:2], actor=SYSTEM)
    for at in (NOON - timedelta(hours=1), clock.now()):
        asked = list(registrants_at(type(event).objects.all()).order_by("-id"))
        found = [tuple(vars(row)[name] for name in _NAMES) for row in described(asked, at)]
        plain = values_described([row.pk for row in asked], at).order_by("-id")
        assert found == list(plain)

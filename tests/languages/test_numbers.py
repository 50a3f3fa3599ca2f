"""Numbers, prices and times of day as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from events.counted import waiting
from events.models import Pass
from events.numbers import with_number
from events.templatetags.seatwise import ordinal, price, seats_left
from events.zones import hours_in_words

pytestmark = pytest.mark.once
NBSP = "\N{NO-BREAK SPACE}"
COUNTED = Template(
    "{% load i18n seatwise %}{% blocktranslate count n=n|grouped %}{{ n }} session{% plural %}{{ n }} sessions"
    "{% endblocktranslate %}"
)


@pytest.mark.parametrize(
    ("language", "many", "whole", "cents"),
    [
        ("en", "12,000", "EUR 1,200", "EUR 12.50"),
        ("de", "12.000", "EUR 1.200", "EUR 12,50"),
        ("es", f"12{NBSP}000", f"EUR 1{NBSP}200", "EUR 12,50"),
        ("fr", f"12{NBSP}000", f"EUR 1{NBSP}200", "EUR 12,50"),
    ],
)
def test_digits_are_grouped_and_cents_parted_as_the_language_does(
    language: str, many: str, whole: str, cents: str
) -> None:
    with translation.override(language):
        assert many in seats_left(12_000)
        assert many in waiting(12_000)
        assert many in ordinal(12_000)
        assert COUNTED.render(Context({"n": 12_000})).startswith(many)
        assert COUNTED.render(Context({"n": 1})).startswith("1 ")
        assert with_number("%(n)d of %(event)s", 12_000, event="5 %") == f"{many} of 5 %"
        assert (price(Pass(price=1200)), price(Pass(price=12.5))) == (whole, cents)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "10:00–11:00"), ("ar", "\N{LEFT-TO-RIGHT ISOLATE}10:00–11:00\N{POP DIRECTIONAL ISOLATE}")],
)
def test_earlier_time_stands_left_of_the_later_one_whichever_way_people_read(
    language: str, said: str
) -> None:
    zone = ZoneInfo("Europe/Brussels")
    begin, end = (datetime(2031, 5, 5, hour, tzinfo=UTC) for hour in (8, 9))
    with translation.override(language):
        assert hours_in_words(begin, end, zone, zone) == said

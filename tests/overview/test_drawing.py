"""The figures' drawings."""

from __future__ import annotations

import re

import pytest

from registrations.admin.overview.drawing import Column, columns

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("days", "ends"), [(1, ["1 May", ""]), (3, ["1 May – 9 May", ""]), (14, ["1 May", "9 May"])]
)
def test_ends_of_the_time_stand_where_the_columns_end(days, ends):
    drawn = columns([Column((("taken", 2),), "two")] * days, first="1 May", last="9 May")
    assert re.findall(r"<span>([^<]*)</span>", drawn) == ends

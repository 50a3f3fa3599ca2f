"""The draw is worth its trouble: in five worlds many more people get one of their two dearest wishes."""

from __future__ import annotations

import pytest

from tests.draw import fairness

pytestmark = pytest.mark.once
POINTS = 15


@pytest.mark.parametrize(("name", "load", "skew"), fairness.WORLDS, ids=[row[0] for row in fairness.WORLDS])
def test_gives_more_people_what_they_want_than_first_come(name, load, skew):
    drawn, came = (fairness.fairness(*way) for way in fairness.ways(name, load, skew))
    assert drawn.top_two >= came.top_two + POINTS
    assert drawn.nothing <= came.nothing


def test_groups_stand_beside_those_who_come_alone():
    (drawn, _) = (fairness.fairness(*way) for way in fairness.ways("usual", 1.3, 0.6, grouped=True))
    assert abs(drawn.top_two_alone - drawn.top_two_grouped) < POINTS

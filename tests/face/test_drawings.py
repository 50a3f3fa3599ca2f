"""Patterns and marks that are drawn from their address."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from events.patterns import FAMILIES, Drawn, Numbers

pytestmark = pytest.mark.once


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_small_sound_svg_and_no_two_are_alike(family):
    one, again, other = (family(Numbers(seed)) for seed in ("a", "a", "b"))
    assert one == again != other
    ET.fromstring(f"<g>{one}</g>")
    assert len(one) < 40_000


def test_events_differ_in_what_they_look_like():
    drawn = [Drawn.of(str(number), "") for number in range(40)]
    families = {FAMILIES[Numbers(each.seed).between(0, len(FAMILIES) - 1)] for each in drawn}
    assert families == set(FAMILIES)
    assert len({each.pattern() for each in drawn}) == 40


@pytest.mark.django_db
def test_pattern_of_an_event_is_in_its_colour_and_asks_no_database(client, event, django_assert_num_queries):
    event.accent_colour = "#9d174d"
    event.save()
    page = client.get("/harbour/").content.decode()
    [path] = re.findall(r'src="(/pictures/pattern-[^"]+)"', page)
    with django_assert_num_queries(0):
        answer = client.get(path)
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert "#9d174d" in answer.content.decode()
    assert "prefers-color-scheme:dark" in answer.content.decode()
    [icon] = re.findall(r'href="(/pictures/icon-[^"]+)"', page)
    assert "#9d174d" in client.get(icon).content.decode()


@pytest.mark.parametrize(
    "name", ["pattern-1-0-000000.svg", "pattern-1-000000000000-red.svg", "icon-1-xyz.svg"]
)
def test_other_addresses_are_404(client, name):
    assert client.get(f"/pictures/{name}").status_code == 404

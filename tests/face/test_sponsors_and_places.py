"""Sponsors and the map of places on the event's page."""

from __future__ import annotations

import re

import pytest

from events.models import Building, Sponsor
from events.pictures import keep, rework
from tests.test_pictures import drawn

pytestmark = pytest.mark.django_db


def test_sponsors_stand_by_level_with_picture_and_link(client, event):
    picture = keep(rework(drawn()), event)
    rows = [
        ("Great Dock", "Gold", "https://dock.example"),
        ("Rope & Co", "Silver", ""),
        ("Buoys", "Gold", ""),
    ]
    for position, (name, level, link) in enumerate(rows):
        facts = {"name": name, "level": level, "link": link, "position": position}
        Sponsor.objects.create(event=event, picture=picture if link else None, **facts)
    page = client.get("/harbour/").content.decode()
    assert re.findall(r"<h3><bdi>(Gold|Silver)</bdi></h3>", page) == ["Gold", "Silver"]
    assert '<a href="https://dock.example" rel="sponsored noopener" target="_blank">' in page
    assert f'src="{picture.small_url}"' in page
    assert 'alt="Great Dock"' in page
    assert page.index("Buoys") < page.index("Rope &amp; Co")


def test_without_sponsors_there_is_no_word_of_them(client, event):
    assert "Sponsors" not in client.get("/harbour/").content.decode()


def test_building_links_to_a_map_where_it_is_known_where_it_lies(client, event):
    assert "openstreetmap" not in client.get("/harbour/").content.decode()
    Building.objects.update(latitude="51.9225", longitude="4.479170")
    event.map_picture = keep(rework(drawn()), event)
    event.save()
    page = client.get("/harbour/").content.decode()
    assert (
        'href="https://www.openstreetmap.org/?mlat=51.922500&amp;mlon=4.479170#map=17/51.922500/4.479170"'
        in page
    )
    assert event.map_picture.small_url in page

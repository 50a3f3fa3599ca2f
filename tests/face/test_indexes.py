"""What search engines are told: which pages there are, and which are not for them."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache

from events.models import Event
from registrations.website.face import indexes
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def addresses(client, path="/sitemap.xml") -> list[str]:
    answer = client.get(path)
    assert answer["Content-Type"].startswith("application/xml")
    return [each.text or "" for each in ET.fromstring(answer.content).iter() if each.tag.endswith("}loc")]


def test_sitemap_names_public_pages_and_no_others(client, event):
    shown = SessionFactory(event=event)
    SessionFactory(event=event, session_status="approved")
    SessionFactory(event=EventFactory(slug="draft", publish_status=Event.PublishStatus.DRAFT))
    assert addresses(client) == [f"{SITE}/", f"{SITE}/harbour/", f"{SITE}/harbour/sessions/{shown.uuid}/"]


def test_sitemap_is_kept_for_a_while(client, event, django_assert_num_queries):
    addresses(client)
    with django_assert_num_queries(0):
        assert client.get("/sitemap.xml")["Cache-Control"] == "public, max-age=600"


def test_many_pages_are_named_in_parts(client, event, monkeypatch):
    SessionFactory.create_batch(3, event=event)
    monkeypatch.setattr(indexes, "MOST_PAGES", 2)
    parts = addresses(client)
    assert parts == [f"{SITE}/sitemap.xml?part={number}" for number in (1, 2, 3)]
    assert sum(len(addresses(client, part.removeprefix(SITE))) for part in parts) == 5
    assert client.get("/sitemap.xml?part=4").status_code == 404
    assert client.get("/sitemap.xml?part=x").status_code == 404


def test_robots_keep_out_of_what_is_personal(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    assert not robots.can_fetch("*", "/admin/")
    assert robots.can_fetch("*", "/harbour/")
    assert "Disallow: /*/me/" in text


def test_browsers_find_an_icon(client):
    assert client.get("/favicon.ico")["Location"].endswith("mark.svg")

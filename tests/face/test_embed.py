"""The programme in a page of another site: who may frame it, what it shows, and that nothing else may be framed."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError

from events.forms.embedding import clean_sites
from events.models import Event
from tests.factories import RoomFactory, SessionFactory, at

pytestmark = pytest.mark.django_db


def framed_by(answer) -> str:
    return re.findall(r"frame-ancestors ([^;]+)", answer["Content-Security-Policy"])[0].strip()


def test_nobody_may_frame_it_until_a_site_is_named(client, event):
    answer = client.get("/harbour/embed/")
    assert framed_by(answer) == "'none'"
    assert answer["X-Frame-Options"] == "DENY"


def test_named_sites_may_frame_this_page_and_no_other(client, event):
    Event.objects.update(embed_sites="https://www.example.org\nhttps://example.net:8443")
    answer = client.get("/harbour/embed/")
    assert framed_by(answer) == "https://www.example.org https://example.net:8443"
    assert "X-Frame-Options" not in answer
    assert "script-src" in answer["Content-Security-Policy"]
    for path in ("/harbour/", "/harbour/sessions/", "/harbour/register/", "/"):
        page = client.get(path)
        assert framed_by(page) == "'none'"
        assert page["X-Frame-Options"] == "DENY"


def test_shows_the_programme_by_its_filters_and_changes_nothing(client, event, django_assert_max_num_queries):
    room = RoomFactory(name="Room 2", building=event.building)
    first = SessionFactory(event=event, name="Knots", room=room, starts_at=at(9), ends_at=at(10))
    SessionFactory(event=event, name="Tides", starts_at=at(11), ends_at=at(12))
    SessionFactory(event=event, name="Hidden", session_status="approved")
    with django_assert_max_num_queries(6):
        answer = client.get("/harbour/embed/")
    page = answer.content.decode()
    assert ("Knots" in page, "Tides" in page, "Hidden" in page) == (True, True, False)
    assert f'href="/harbour/sessions/{first.uuid}/" target="_blank" rel="noopener"' in page
    assert not answer.cookies
    assert "<form" not in page
    assert "<script" not in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Tides" not in client.get("/harbour/embed/?q=knots").content.decode()
    assert "Tides" not in client.get("/harbour/embed/?room=Room+2").content.decode()


def test_only_live_events_are_shown(client, event):
    Event.objects.update(publish_status="draft")
    for path in ("/harbour/embed/", "/harbour/embed/fragment/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("https://www.example.org", True),
        ("https://a.b.example.net", True),
        ("https://example.net", False),
        ("https://www.example.org.evil.example", False),
        ("http://www.example.org", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_piece_of_html_is_for_scripts_of_named_sites(client, event, settings, origin, is_allowed):
    settings.SITE_URL = "https://seats.example"
    Event.objects.update(embed_sites="https://www.example.org\nhttps://*.example.net")
    session = SessionFactory(event=event, name="Knots <b>")
    answer = client.get("/harbour/embed/fragment/", headers={"Origin": origin})
    page = answer.content.decode()
    assert answer.get("Access-Control-Allow-Origin") == (origin if is_allowed else None)
    assert "Origin" in answer["Vary"]
    assert f'href="https://seats.example/harbour/sessions/{session.uuid}/"' in page
    assert ("<html" in page, "Knots &lt;b&gt;" in page, bool(answer.cookies)) == (False, True, False)


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("www.example.org", "https://www.example.org"),
        ("https://Example.org/programme?x=1\nhttps://example.org", "https://example.org"),
        ("http://localhost:8080 https://*.example.org", "http://localhost:8080\nhttps://*.example.org"),
    ],
)
def test_sites_are_kept_as_scheme_and_host(typed, kept):
    assert clean_sites(typed) == kept


@pytest.mark.once
@pytest.mark.parametrize(
    "typed", ["*", "javascript:alert(1)", "https://", "a;b", "'self'", "https://a,b", "x\n" * 2 + "ftp://x"]
)
def test_what_is_no_site_is_refused(typed):
    with pytest.raises(ValidationError, match="is no site"):
        clean_sites(typed)

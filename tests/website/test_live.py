"""Figures of seats for pages that stay open: true when they are said, the same for everybody, and each row's place."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from registrations.actions import submit_agenda
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory
from tests.journeys.ways import SCRIPTED_WAYS
from tests.website.clicks import choose, registered
from tests.website.clicks import mine as personal

pytestmark = pytest.mark.django_db


def said(client: Any, **headers: str) -> dict[str, Any]:
    return dict(json.loads(client.get("/harbour/live.json", headers=headers).content))


def of(client: Any, session: Session) -> list[Any]:
    return list(said(client)["sessions"][str(session.uuid)])


def test_says_free_waiting_and_state_of_each_live_session(client, event: Event, bob, carol):
    knots = SessionFactory(event=event, capacity=2)
    tides = SessionFactory(event=event, capacity=40)
    webinar = SessionFactory(event=event, capacity=None, format="webinar")
    draft = SessionFactory(event=event, session_status="draft")
    submit_agenda(event, bob, [knots])
    assert of(client, knots) == [1, 0, "few"]
    assert of(client, tides) == [40, 0, "free"]
    assert of(client, webinar) == [None, 0, "free"]
    assert str(draft.uuid) not in said(client)["sessions"]
    fill(knots, 1)
    submit_agenda(event, carol, [knots], wait=True)
    assert of(client, knots) == [0, 1, "full"]


def test_says_what_has_begun(client, event: Event):
    session = SessionFactory(event=event)
    begun = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(pk=session.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=1))
    assert of(client, session)[2] == "begun"


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [(None, None, "open"), (1, None, "early"), (-2, -1, "closed"), (-1, 1, "open")],
)
def test_says_whether_registration_is_open(client, event: Event, opens, closes, state):
    now = timezone.now()
    event.registration_opens_at = now + timedelta(hours=opens) if opens else None
    event.registration_closes_at = now + timedelta(hours=closes) if closes else None
    event.save()
    assert said(client)["registration"] == state
    SessionFactory(event=event)
    assert said(client)["registration"] == state


def test_asks_once_however_many_sessions_there_are(client, event: Event):
    for _each in range(3):
        SessionFactory(event=event)
    with CaptureQueriesContext(connection) as queries:
        said(client)
    assert len(queries) == 1


def test_answers_304_until_a_seat_moves(client, event: Event, bob):
    session = SessionFactory(event=event)
    first = client.get("/harbour/live.json")
    again = client.get("/harbour/live.json", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    submit_agenda(event, bob, [session])
    assert client.get("/harbour/live.json", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_is_compressed_for_whoever_takes_that(client, event: Event):
    SessionFactory(event=event)
    plain = client.get("/harbour/live.json")
    small = client.get("/harbour/live.json", headers={"accept-encoding": "br, gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert gzip.decompress(small.content) == plain.content
    assert "Content-Encoding" not in plain
    known = {"if-none-match": small["ETag"], "accept-encoding": "gzip"}
    assert client.get("/harbour/live.json", headers=known).status_code == 304


def test_is_the_same_for_everybody_and_kept_for_a_moment(client, event: Event, bob, settings):
    session = SessionFactory(event=event, capacity=9)
    choose(client, session)
    settings.LIVE_FIGURES_KEPT = 3600
    known = client.get("/harbour/live.json")
    assert known["Cache-Control"] == "public, max-age=1"
    assert "Cookie" not in known.get("Vary", "")
    submit_agenda(event, bob, [session])
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/harbour/live.json").content == known.content
    assert len(queries) == 0


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Any:
    from registrations.website import live

    yield live._kept.clear()
    live._kept.clear()


@pytest.mark.parametrize("state", ["draft", "cancelled", "archived"])
def test_of_events_that_are_not_public_nothing_is_said(client, event: Event, state):
    SessionFactory(event=event)
    now = timezone.now()
    changes = {
        "draft": {"publish_status": "draft"},
        "cancelled": {"cancelled_at": now, "publish_status": "cancelled"},
        "archived": {"archived_at": now},
    }
    Event.objects.filter(pk=event.pk).update(**changes[state])
    assert client.get("/harbour/live.json").status_code == 404
    assert client.get("/harbour/live/?shown=x").status_code in {404, 410}


def test_keeps_the_figures_of_few_events():
    from registrations.website import live

    for number in range(live.MOST_KEPT + 5):
        EventFactory(slug=f"event-{number}")
        live._figures_of(f"event-{number}")
    assert len(live._kept) == live.MOST_KEPT


def test_rows_are_those_of_this_visitor(client, event: Event, bob, carol):
    mine, full = SessionFactory(event=event), SessionFactory(event=event, capacity=1)
    submit_agenda(event, bob, [full])
    client.get(personal("manage", registered(event, carol, mine)))
    page = client.get(
        "/harbour/live/", {"shown": f"{mine.uuid},{full.uuid}", "next": "/harbour/sessions/?q=<b>"}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "You have a seat" in text
    assert "Fully booked" in text
    assert text.count('hx-swap-oob="true"') == 2
    assert "&lt;b&gt;" in text
    assert "no-store" in page["Cache-Control"]


def test_rows_of_other_events_of_nothing_and_of_too_many_are_left_out(client, event: Event):
    elsewhere, here = SessionFactory(event=EventFactory(slug="expo")), SessionFactory(event=event)
    shown = ["x", str(elsewhere.uuid), str(here.uuid), *["y"] * 500]
    text = client.get("/harbour/live/", {"shown": ",".join(shown)}).content.decode()
    assert str(here.uuid) in text
    assert str(elsewhere.uuid) not in text
    assert client.get("/harbour/live/").content.strip() == b""
    assert client.post("/harbour/live/").status_code == 405


@pytest.mark.slow
@pytest.mark.parametrize("browser_page", SCRIPTED_WAYS, indirect=True)
def test_open_page_follows_the_seats_and_counts_down_to_the_opening(browser_page, event: Event, bob, carol):
    knots = SessionFactory(event=event, name="Knots", capacity=40)
    ropes = SessionFactory(event=event, name="Ropes", capacity=1)
    event.registration_opens_at = timezone.now() + timedelta(minutes=2)
    event.save()
    page = browser_page
    page.clock.install()
    page.goto("/harbour/sessions/")
    words = page.locator(f"#seat-{knots.uuid} .seat-words")
    page.locator(".countdown-time").wait_for()
    Event.objects.filter(pk=event.pk).update(registration_opens_at=None)
    with page.expect_response("**/live.json"):
        page.clock.run_for(25_000)
    event.refresh_from_db()
    submit_agenda(event, bob, [knots, ropes])
    with page.expect_response("**/live/?*"):
        page.clock.run_for(25_000)
    page.get_by_role("button", name="Join waitlist: Ropes").wait_for()
    assert words.inner_text() == "39 seats left"
    assert page.get_by_text("Registration opens").is_visible()
    page.clock.run_for(100_000)
    page.get_by_role("main").get_by_text("Registration is open.").wait_for()
    assert page.get_by_role("link", name="Finish registration").first.is_visible()

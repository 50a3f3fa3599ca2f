"""A draw on the desk: planned, wished for, frozen, given its number, looked at, published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from events.actors import ATTENDEE, Actor
from events.admin.next_step import Standing
from registrations import actions
from registrations.models import Draw, EventRegistration, Notification, SessionRegistration
from tests.admin_panels.helpers import verb_url
from tests.engine.acts import person
from tests.factories import EventFactory, SessionFactory, SessionTrackFactory, at

pytestmark = pytest.mark.django_db(transaction=True)
OPENS, CLOSES = at(9, day=-30), at(18, day=-20)
PEOPLE = 4
PLAN = {
    "name": "",
    "opens_at_0": f"{OPENS:%Y-%m-%d}",
    "opens_at_1": f"{OPENS:%H:%M}",
    "closes_at_0": f"{CLOSES:%Y-%m-%d}",
    "closes_at_1": f"{CLOSES:%H:%M}",
    "most_seats": "2",
    "number_source": "The lottery of 20 April",
}


@pytest.fixture
def clock() -> Iterator[Any]:
    """The day before the window opens, to be moved on."""
    with time_machine.travel(OPENS - timedelta(days=1)) as traveller:
        yield traveller


@pytest.fixture
def event() -> Any:
    return EventFactory(name="Harbour Conf", slug="harbour", timezone="UTC")


@pytest.fixture
def sessions(event: Any) -> list[Any]:
    """Two small ones of one track, and one for everybody."""
    track = SessionTrackFactory(event=event, name="Ropes")
    return [
        SessionFactory(event=event, name="Knots", capacity=1, track=track, starts_at=at(10), ends_at=at(11)),
        SessionFactory(
            event=event, name="Splices", capacity=2, track=track, starts_at=at(12), ends_at=at(13)
        ),
        SessionFactory(event=event, name="Keynote", capacity=50, starts_at=at(14), ends_at=at(15)),
    ]


@pytest.fixture
def desk(client: Any, alice: Any, clock: Any) -> Any:
    """A browser in which Alice is signed in."""
    client.force_login(alice)
    return client


def registered(event: Any, name: str) -> EventRegistration:
    """Somebody at the event, without a session."""
    actions.submit_agenda(event, person(name), [], notify=False)
    return EventRegistration.objects.select_related("contact", "event").get(contact__email=person(name).email)


def later(desk: Any, alice: Any, clock: Any, when: datetime) -> None:
    """The clock moves on, and Alice signs in again."""
    clock.move_to(when)
    desk.force_login(alice)


def planned(event: Any, sessions: list[Any], alice: Any) -> Draw:
    """A draw of these sessions, planned the day before it opens."""
    return actions.plan_draw(
        event,
        sessions,
        opens_at=OPENS,
        closes_at=CLOSES,
        most_seats=2,
        number_source="The lottery of 20 April",
        actor=Actor.staff(alice),
        at=OPENS - timedelta(days=1),
    )


def pressed(desk: Any, draw: Draw, verb: str, **given: Any) -> Any:
    """The answer to a verb of the draw: its page first, or the deed where something is confirmed."""
    where = reverse("admin:draw_page", args=[draw.uuid])
    return desk.post(verb_url(draw.event, "event_draws", verb), {"row": draw.pk, "back": where, **given})


def test_plans_a_draw_with_buttons_that_fill_in(desk, event, sessions, clock):
    plan = reverse("admin:plan_draw", args=["event", event.pk])
    # One button ticks a track, another names a number that nobody can know; neither saves anything.
    filled = desk.post(plan, {**PLAN, "pick": f"track-{sessions[0].track_id}", "sessions": sessions[2].pk})
    assert filled.status_code == 200
    assert filled.content.decode().count(" checked") == len(sessions)
    named = desk.post(plan, {**PLAN, "source": "beacon", "number_source": ""}).content.decode()
    assert "drand" in named
    assert "errorlist" not in named
    assert not Draw.objects.exists()
    missing = desk.post(plan, {**PLAN, "closes_at_0": f"{OPENS - timedelta(days=9):%Y-%m-%d}"})
    assert missing.status_code == 422
    assert "Choose at least one session" in missing.content.decode()

    made = desk.post(plan, {**PLAN, "sessions": [one.pk for one in sessions]})
    draw = Draw.objects.get()
    assert (made.status_code, made.url) == (302, reverse("admin:draw_page", args=[draw.uuid]))
    assert "Planned" in desk.get(made.url).content.decode()
    agenda = reverse("admin:events_event_change", args=[event.pk]) + "?tab=agenda"
    rows = desk.get(agenda).content.decode()
    assert rows.count("in the draw, wishes until") == len(sessions)
    assert made.url in desk.get(f"{agenda}&view=draws").content.decode()
    own = reverse("admin:sessions_app_session_change", args=[sessions[0].pk])
    assert "in the draw, wishes until" in desk.get(own).content.decode()


def test_from_the_wishes_to_the_result(desk, alice, event, sessions, clock):
    draw = planned(event, sessions, alice)
    page = reverse("admin:draw_page", args=[draw.uuid])
    later(desk, alice, clock, OPENS + timedelta(days=1))
    for number in range(PEOPLE):
        registration = registered(event, f"guest{number}")
        actions.state_wishes(registration, draw, [(one, None) for one in sessions], actor=ATTENDEE)
    shown = desk.get(page).content.decode()
    assert "4 tickets · 4 people · 12 wishes" in shown
    assert "dearest of 4" in shown

    later(desk, alice, clock, CLOSES - timedelta(hours=3))
    assert Standing.of(event).next_step().words.startswith("Watch the draw: wishes close")
    later(desk, alice, clock, CLOSES + timedelta(minutes=1))
    actions.freeze(draw)
    draw.refresh_from_db()
    assert Standing.of(event).next_step().words == "Enter the draw's public number"
    before = desk.get(page).content.decode()
    assert draw.commitment in before
    home = desk.get(reverse("admin:index"))
    [waits] = [each for each in home.context["decisions"] if each.kind.title == "Draws"]
    assert [(matter.words, matter.url) for matter in waits.shown] == [
        ("Draw: the public number is awaited", page)
    ]
    assert "examples in its place" in before
    assert "one of their two dearest wishes" in before

    assert "Named beforehand" in pressed(desk, draw, "number").content.decode()
    assert pressed(desk, draw, "number", confirmed="1", public_number="zwölf").status_code == 422
    assert "Nothing is drawn yet" in pressed(desk, draw, "publish").content.decode()
    assert pressed(desk, draw, "number", confirmed="1", public_number=" 12  7 31 ").status_code == 302
    draw.refresh_from_db()
    assert draw.public_number == "12 7 31"
    assert Standing.of(event).next_step().words == "Publish the result of the draw"
    assert "What it gives" in desk.get(page).content.decode()
    assert not SessionRegistration.objects.exists()

    asked = pressed(desk, draw, "publish").content.decode()
    assert all(words in asked for words in ("7 seats", "5 places in line", "4 people"))
    assert pressed(desk, draw, "publish", confirmed="1").status_code == 302
    draw.refresh_from_db()
    assert draw.state == Draw.State.PUBLISHED
    assert SessionRegistration.objects.active().count() == 7
    assert "Everybody has been told" in desk.get(page).content.decode()
    assert Notification.objects.count() == PEOPLE
    assert "It is published" in pressed(desk, draw, "publish").content.decode()


def test_changes_and_cancels_before_anything_is_decided(desk, alice, event, sessions, clock):
    draw = planned(event, sessions, alice)
    change = reverse("admin:change_draw", args=[draw.uuid])
    assert desk.get(change).content.decode().count(" checked") == len(sessions)
    answer = desk.post(change, {**PLAN, "most_seats": "", "sessions": [sessions[0].pk]})
    assert answer.status_code == 302
    draw.refresh_from_db()
    assert (draw.name, draw.most_seats, draw.sessions.count()) == ("Draw", None, 1)
    assert "open to whoever comes first, at once" in pressed(desk, draw, "cancel").content.decode()
    assert pressed(desk, draw, "cancel", confirmed="1").status_code == 302
    draw.refresh_from_db()
    assert draw.state == Draw.State.CANCELLED
    sessions[0].seats.refresh_from_db()
    assert sessions[0].seats.draw_closes_at is None

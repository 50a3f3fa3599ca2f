"""The Overview tab: who sees which figure, what it costs, and how it looks in a real browser."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actors import Actor
from events.roles import setup_roles
from registrations import actions, demand
from tests.engine.acts import claim, fill, people, person
from tests.factories import EventFactory, EventTeamMemberFactory, RoomFactory, SessionFactory, UserFactory, at
from tests.journeys.ways import CHOSEN

pytestmark = pytest.mark.django_db(transaction=True)

ALL = {
    "overview_advice",
    "overview_seats",
    "overview_registrations",
    "overview_rooms",
    "overview_demand",
    "overview_waitlists",
    "overview_no_shows",
    "overview_mails",
}


def tab(event):
    """The tab's address."""
    return f"{reverse('admin:events_event_change', args=[event.pk])}?tab=overview"


def make_world(alice, *, sessions=2):
    """An event over whose sessions much is to be said."""
    event = EventFactory(created_by=alice, name="Harbour Conf")
    hall, cabin = RoomFactory(name="Hall", capacity=40), RoomFactory(name="Cabin", capacity=2)
    wanted = SessionFactory(
        event=event, name="Wanted", room=cabin, capacity=2, starts_at=at(9), ends_at=at(10)
    )
    quiet = SessionFactory(event=event, name="Quiet", room=hall, capacity=40, starts_at=at(9), ends_at=at(10))
    fill(wanted)
    for who in people(4, "waits"):
        claim(wanted, who, wait=True)
    claim(quiet, person("one"))
    claim(wanted, person("refused"))
    staff = Actor.staff(alice)
    over = SessionFactory(event=event, name="Over", room=hall, capacity=1, starts_at=at(11), ends_at=at(12))
    actions.add_to_session(over, people(3, "vip"), actor=staff, reason="VIP", past_capacity=True)
    for number in range(sessions - 2):
        SessionFactory(event=event, name=f"More {number}", room=hall, starts_at=at(9, day=1 + number % 2))
    demand.flush()
    return event


@pytest.mark.parametrize(
    ("group", "role", "hidden"),
    [
        ("Event Planner", "planner", set()),
        ("Registration staff", "registration_staff", {"overview_advice"}),
        ("Door staff", "door_staff", {"overview_advice", "overview_waitlists", "overview_mails"}),
        ("Viewer", "viewer", {"overview_advice"}),
    ],
)
def test_each_role_sees_the_figures_of_what_it_may_look_at(client, alice, group, role, hidden):
    setup_roles()
    event = make_world(alice)
    user = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    EventTeamMemberFactory(event=event, user=user, role=role)
    client.force_login(user)
    page = client.get(tab(event)).content.decode()
    assert set(re.findall(r'id="panel-(overview_\w+)"', page)) == ALL - hidden
    for key in ALL - {"overview_advice"}:
        answer = client.get(reverse("admin:figure_file", args=["event", event.pk, key]))
        assert answer.status_code == (403 if key in hidden else 200)
    elsewhere = UserFactory()
    elsewhere.groups.add(Group.objects.get(name=group))
    client.force_login(elsewhere)
    assert (
        client.get(reverse("admin:figure_file", args=["event", event.pk, "overview_seats"])).status_code
        == 404
    )


def test_statements_do_not_grow_with_sessions(client, alice):
    client.force_login(alice)
    numbers = []
    for sessions in (3, 30):
        event = make_world(alice, sessions=sessions)
        client.get(tab(event))
        with CaptureQueriesContext(connection) as asked:
            client.get(tab(event))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 40


def test_shows_the_day_that_is_asked_for(client, alice):
    event = make_world(alice, sessions=6)
    client.force_login(alice)
    page = client.get(f"{tab(event)}&overview-day={at(9, day=1).date()}")
    assert f'overview-day={at(9, day=1).date()}#panel-overview_rooms" aria-current="true"' in " ".join(
        page.content.decode().split()
    )
    assert client.get(f"{tab(event)}&overview-day=nonsense").status_code == 200


def test_an_empty_event_says_so_of_each_figure(client, alice):
    client.force_login(alice)
    page = client.get(tab(EventFactory()))
    assert page.content.decode().count('class="sw-empty"') == len(ALL)


@pytest.mark.browser
def test_figures_and_advice_work_with_and_without_javascript(
    open_browser, sign_in, alice, screenshot, assert_accessible
):
    event = make_world(alice, sessions=6)
    for way in CHOSEN:
        page, width, javascript = open_browser(**way), way["width"], way.get("javascript", True)
        sign_in(page, alice)
        page.goto(tab(event))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("#panel-overview_seats").get_by_text("As a table").click()
        assert page.locator("#panel-overview_seats td", has_text="100 %").is_visible()
        screenshot(page, f"overview-{width}")
        if javascript:
            assert_accessible(page, within="#sw-panels", themes=True)
        page.get_by_role("link", name=re.compile("See what it does.*Swap the rooms")).click()
        page.get_by_text("4 waiting: ").wait_for()
        screenshot(page, f"swap-{width}")
        page.get_by_role("link", name="Back, change nothing").click()
        page.get_by_role("heading", name="Advice").wait_for()
    page = open_browser(width=1440, dark=True)
    sign_in(page, alice)
    page.goto(tab(event))
    screenshot(page, "overview-dark")

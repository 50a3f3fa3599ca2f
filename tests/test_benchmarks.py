"""The benchmarks still run when what they measure has changed; how fast, nobody asks here."""

from __future__ import annotations

from contextlib import nullcontext
from urllib.parse import parse_qsl

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.urls import reverse

from events.models import Event
from registrations.links import manage_token
from registrations.models import Notification
from sessions_app.models import Session
from tests.benchmarks import (
    crowd,
    desk,
    desk_floor,
    doors,
    framed_site,
    growth,
    in_process,
    posts,
    shares,
    shown,
    two_statements,
    world,
)
from tests.benchmarks.over_http import Server
from tests.benchmarks.shown import Figure, State

pytestmark = pytest.mark.django_db(transaction=True)


def test_claims_and_lines_are_measured_beside_their_floors(monkeypatch):
    monkeypatch.setattr(in_process, "ROUNDS", 1)
    world.live_a_while(5)
    rows = [*in_process.claims(4), *in_process.promotion(5)]
    assert len(rows) == 7
    # Of four claims on a busy machine a ratio may be rounded to nothing.
    assert all(0 <= float(row.ratio) < 100 for row in rows)


def test_growth_is_measured_on_postgresql(monkeypatch):
    for name, number in {"FEW": 5, "MANY": 20, "CLAIMS": 2, "PAGES": 2, "ROUNDS": 1}.items():
        monkeypatch.setattr(growth, name, number)
    rows = list(growth.growth())
    assert len(rows) == (2 if connection.vendor == "postgresql" else 0)
    # No migration knows the floor's own table.
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_counter")


@pytest.mark.once
def test_the_desk_is_measured(monkeypatch):
    for name, number in {"SESSIONS": 3, "PEOPLE": 6, "WAITING": 2, "LEDGER": 8, "ROUNDS": 1}.items():
        monkeypatch.setattr(desk, name, number)
    known, shown = desk.pages, {"home", "event, registrations, search", "all data, contact"}
    monkeypatch.setattr(
        desk, "pages", lambda *what: {name: at for name, at in known(*what).items() if name in shown}
    )
    rows = {row.what: row for row in desk.desk()}
    assert all(0 < float(rows[f"desk: {name}"].ratio) < 1 for name in shown)
    assert "queries" in rows["desk: reminders to 50,000 written"].more
    assert len(rows) == 17
    assert known(Event(pk=1), Session(pk=1)).keys() == desk_floor.PAGES.keys()


@pytest.mark.once
def test_shares_of_a_journey_are_its_whole(monkeypatch):
    for name, number in {"SESSIONS": 100, "VISITORS": 1, "WARM": 1, "LARGEST": 3}.items():
        monkeypatch.setattr(shares, name, number)
    *whose, _first, _second, _third = shares.shares()
    assert sum(int(row.figure.rstrip("%")) for row in whose) == pytest.approx(100, abs=len(whose))
    assert "share of a journey: templates" in {row.what for row in whose}


@pytest.mark.once
def test_doors_are_measured(monkeypatch):
    for name, number in {"PEOPLE": 40, "CHANGED": 4, "ROUNDS": 1, "MOST_AT_ONCE": 20}.items():
        monkeypatch.setattr(doors, name, number)
    # Another process does not see what this test's has.
    monkeypatch.setattr(doors, "_claims_beside", lambda _device: doors.Row("claims", ""))
    rows = list(doors.doors())
    assert len(rows) == (6 if connection.vendor == "postgresql" else 5)


@pytest.mark.browser
def test_clicks_send_what_a_browser_sends(browser_page, live_server):
    event, sessions = world.make_event(sessions=3)
    [person] = world.make_people(event, 1)
    sent = []
    browser_page.on("request", lambda each: sent.append(each) if each.method == "POST" else None)
    browser_page.goto(reverse("manage", args=[event.slug, manage_token(person)]))
    browser_page.goto(reverse("session_list", args=[event.slug]))
    browser_page.get_by_role("button", name="Add: Session 0").click()
    browser_page.get_by_text("You have a seat").first.wait_for()
    [measured] = posts.claims([person], sessions, by_htmx=True)
    assert names_of(sent[0].post_data) == names_of(measured.partition(b"\r\n\r\n")[2].decode())


def names_of(body: str) -> dict[str, int]:
    """The fields of a form as it was sent, with how many values lie in each."""
    return {name: len(value.split(",")) for name, value in parse_qsl(body)}


def test_requests_are_those_of_a_browser(client):
    """The posts that the load client sends give each person a seat."""
    event, sessions = world.make_event(sessions=2)
    people = world.make_people(event, 4)
    assert [sent_by(client, each).status_code for each in posts.claims(people, sessions)] == [302] * 4
    assert world.check(sessions) == 4


def test_a_claims_two_statements_give_seats_by_themselves(client, settings, monkeypatch):
    """They are those that a button's press sends, and are sent by the very same posts, while there are seats."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    two = two_statements.recorded()
    if connection.vendor != "postgresql":
        assert two is None
        return
    for name, text in two.environment.items():
        monkeypatch.setenv(name, text)
    event, sessions = world.make_event(sessions=2, capacity=1)
    requests = posts.claims(world.make_people(event, 3), sessions)
    settings.ROOT_URLCONF = framed_site.__name__
    told = [sent_by(client, each).wsgi_request for each in requests]
    assert [str(message) for each in told for message in get_messages(each)] == ["yes", "yes", "no"]
    assert world.check(sessions) == 2
    assert Notification.objects.filter(event=event, activity__session__in=sessions).count() == 2


def sent_by(client, sent: bytes):
    """The answer to a request of the load client."""
    head, _end, body = sent.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return client.post(
        head.decode().split(" ")[1],
        body,
        content_type=fields["Content-Type"],
        headers={"cookie": fields["Cookie"], "host": fields["Host"]},
    )


@pytest.mark.once
def test_a_figure_is_true_while_it_stood_and_no_longer():
    history = {
        "one": [State(2, 0, 0, 0), State(1, 0, 10, 10.1), State(0, 0, 20, 20.1), State(0, 3, 30, 30.1)]
    }

    def is_so(sent: float, received: float, **said: int) -> bool:
        return shown.is_true(Figure("one", sent, received, **said), history)

    assert [left for left in range(4) if is_so(12, 13, left=left)] == [1]
    assert [left for left in range(4) if is_so(9, 13, left=left)] == [1, 2]
    assert [left for left in range(4) if is_so(31, 32, left=left)] == [0]
    assert [waiting for waiting in range(5) if is_so(31, 32, waiting=waiting)] == [3]
    assert [waiting for waiting in range(5) if is_so(29, 32, waiting=waiting)] == [0, 3]
    assert not is_so(12, 13, waiting=0)
    assert (is_so(12, 13, is_free=True), is_so(12, 13, is_free=False)) == (True, False)


@pytest.mark.once
def test_a_crowd_is_shown_nothing_but_what_was_true(live_server, monkeypatch):
    if connection.vendor == "postgresql":
        pytest.skip("the tests' PostgreSQL dates no commits")
    for name, number in {"VISITORS": 3, "TOGETHER": 2, "TURNS": 1, "HOT_SEATS": 2, "SESSIONS": 120}.items():
        monkeypatch.setattr(crowd, name, number)
    address = live_server.thread.host, live_server.thread.port
    monkeypatch.setattr(crowd, "serving", lambda _site: nullcontext(Server(address, ())))
    people, *steps, truth = crowd.crowd()
    assert people.what.startswith("3 visitors")
    assert "errors: none" in people.more
    assert len(steps) == len(crowd.STEPS)
    right, _of, seen = truth.figure.partition(" of ")
    assert right == seen != "0"
    assert float(truth.more.rpartition("figure ")[2].partition("%")[0]) > 50

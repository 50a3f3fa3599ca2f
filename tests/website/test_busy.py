"""Pages asked for too long ago are answered by a short one that says so, and asks again by itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from events.models import Event
from tests.factories import SessionFactory
from tests.website.clicks import chosen, text

pytestmark = pytest.mark.django_db
PAGE = "/harbour/sessions/"


@pytest.fixture
def proxied(settings: Any) -> None:
    settings.TRUSTED_PROXIES = "1"


def ask(client: Client, seconds_ago: float, address: str = PAGE, scale: int = 1) -> Any:
    noted = f"{'t=' if scale == 1 else ''}{(time.time() - seconds_ago) * scale:.3f}"
    return client.get(address, headers={"X-Request-Start": noted})


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize("scale", [1, 1000])
def test_what_waited_too_long_is_a_short_page(
    client: Client, event: Event, scale: int, django_assert_num_queries: Any
) -> None:
    assert ask(client, 2, scale=scale).status_code == 200
    with django_assert_num_queries(0):
        answer = ask(client, 30, scale=scale)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Very many people are here right now" in text(answer)
    assert "served as soon as there is room" in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert f'href="{PAGE}"' in answer.content.decode()


@pytest.mark.usefixtures("proxied")
def test_a_proxy_whose_clock_is_wrong_keeps_nobody_out(client: Client, event: Event) -> None:
    for lag in (3_600, -3_600, 45, -45):
        client = Client()
        assert [ask(client, lag + waited).status_code for waited in (0.1, 2, 0)] == [200, 200, 200]


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize("lag", [45, -45])
def test_a_clock_that_differs_hides_no_rush(client: Client, event: Event, lag: int) -> None:
    assert [ask(client, lag + waited).status_code for waited in (0.1, 30)] == [200, 503]


@pytest.mark.usefixtures("proxied")
def test_a_clock_that_was_set_right_is_believed_after_some_minutes(client: Client, event: Event) -> None:
    now = time.time()
    answers = []
    for minutes in (0, 1, 15, 30):
        with time_machine.travel(now + minutes * 60, tick=False):
            answers.append(ask(client, 0 if minutes == 0 else 45).status_code)
    assert answers == [200, 503, 503, 200]


@pytest.mark.usefixtures("proxied")
def test_other_systems_are_told_in_json(client: Client) -> None:
    ask(client, 0, "/api/v1/events")
    answer = ask(client, 30, "/api/v1/events")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


@pytest.mark.usefixtures("proxied")
def test_a_click_on_a_seat_is_done_however_late(client: Client, event: Event) -> None:
    session = SessionFactory(event=event)
    address = reverse("draft_seat", args=["harbour", session.uuid, "add"])
    ask(client, 0)
    late = {"X-Request-Start": f"t={time.time() - 60}"}
    assert client.post(address, {"next": PAGE}, headers=late).status_code == 302
    assert chosen(client, event) == [session.name]


@pytest.mark.parametrize("noted", ["t=0", "soon", "t=nan", "", "t=1e400", "-5"])
def test_strangers_cannot_say_when_a_request_came(client: Client, event: Event, noted: str) -> None:
    assert client.get(PAGE, headers={"X-Request-Start": noted}).status_code == 200


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize("noted", ["soon", "t=nan", "", "t=1e400"])
def test_a_note_that_cannot_be_read_is_none(client: Client, event: Event, noted: str) -> None:
    assert client.get(PAGE, headers={"X-Request-Start": noted}).status_code == 200


@pytest.mark.browser
@pytest.mark.usefixtures("proxied")
@pytest.mark.django_db(transaction=True)
def test_a_busy_page_asks_again_by_itself(browser_page: Any, event: Event) -> None:
    browser_page.clock.install()
    browser_page.set_extra_http_headers({"X-Request-Start": f"t={time.time()}"})
    browser_page.goto(PAGE)
    browser_page.set_extra_http_headers({"X-Request-Start": f"t={time.time() - 60}"})
    browser_page.goto(PAGE)
    browser_page.get_by_text("This page asks again by itself in").wait_for()
    browser_page.set_extra_http_headers({})
    browser_page.clock.run_for(15_000)
    browser_page.get_by_role("heading", name="Programme").first.wait_for()

"""A conference hall behind one network address: everybody builds a draft and finishes within the opening minutes."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

from django.urls import reverse

from registrations.models import EventRegistration
from sessions_app.models import Session
from tests.benchmarks import over_http, world
from tests.benchmarks.table import Row

PEOPLE, AT_ONCE, SESSIONS_EACH, MINUTES = 2_000, 16, 3, 10
# What a site is set to that nobody has set: the event alone makes room for its audience.
AS_INSTALLED = {"TRIES_PER_NETWORK_ADDRESS": "600", "TRIES_PER_VISITOR": "600"}


class Browser:
    """One person's cookies, and one connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.connection = http.client.HTTPConnection(*address, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """GET, or POST of a form with its CSRF token; the status and the page."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        response = self.connection.getresponse()
        page = response.read().decode()
        for header in response.msg.get_all("Set-Cookie", []):
            name, _is, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, page


def hall(people: int = PEOPLE) -> Iterator[Row]:
    """One row: how many of the hall were registered, and how long it took."""
    event, sessions = world.make_event(sessions=SESSIONS_EACH * 4, capacity=people)
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(people):
        waiting.put(number)
    statuses: Counter[int] = Counter()
    with over_http.serving(over_http.SITE, **AS_INSTALLED) as site:
        begun = time.perf_counter()
        crowd = [
            threading.Thread(target=_come, args=(site.address, event.slug, sessions, waiting, statuses))
            for _ in range(AT_ONCE)
        ]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        seconds = time.perf_counter() - begun
    registered = EventRegistration.objects.active().filter(event=event).count()
    refused = sum(count for status, count in statuses.items() if status >= 400)
    yield Row(
        f"{people:,} people behind one address build a draft and finish",
        f"{registered:,} registered in {seconds:.0f} s",
        "",
        f"{registered / people:.2f}",
        f"1.00, within {MINUTES} minutes",
        f"{refused} refused of {sum(statuses.values()):,} requests",
    )


def _come(
    address: tuple[str, int],
    slug: str,
    sessions: list[Session],
    waiting: SimpleQueue[int],
    statuses: Counter[int],
) -> None:
    while True:
        try:
            number = waiting.get_nowait()
        except Empty:
            return
        for status in _register(Browser(address), slug, sessions, number):
            statuses[status] += 1


def _register(browser: Browser, slug: str, sessions: list[Session], number: int) -> Iterator[int]:
    """Look at the programme, choose some sessions, and send the form."""
    yield browser.ask(reverse("session_list", args=[slug]))[0]
    for step in range(SESSIONS_EACH):
        session = sessions[(number + step) % len(sessions)]
        yield browser.ask(reverse("draft_seat", args=[slug, session.uuid, "add"]), {})[0]
    path = reverse("finish_registration", args=[slug])
    status, page = browser.ask(path)
    yield status
    key = re.search(r'name="key" value="([^"]*)"', page)
    form = {"first_name": "Ada", "last_name": f"No. {number}", "email": f"hall{number}.{slug}@example.org"}
    yield browser.ask(path, {**form, "key": key[1] if key else "", "wait": "on"})[0]

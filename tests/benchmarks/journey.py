"""One visitor's whole way: event page, list, five clicks, form, registration, result; beside a bare journey.

The bare journey asks as often, for as many rows, and writes as many: plain views that put tuples into f-strings.
"""

from __future__ import annotations

import gzip
import http.client
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.urls import reverse

from events.models import Event, SeatCount
from sessions_app.models import Session
from tests.benchmarks import bare_journey, servers, world
from tests.benchmarks.over_http import SITE, Server, make_counters, serving
from tests.benchmarks.posts import SHOWN
from tests.benchmarks.table import Row, middle
from tests.factories import FIRST_DAY, RoomFactory, SessionTrackFactory, SpeakerFactory

ROUNDS, VISITORS, CHOSEN = 3, 20, 5
SIZES = (200, 943)
FLOOR = "tests.benchmarks.bare_journey:application"
AT_ONCE = 20
OK, FOUND = 200, 302


@dataclass
class Visitor:
    """One browser: its connection and its cookies."""

    address: tuple[str, int]
    number: int
    secret: str = field(default_factory=_get_new_csrf_string)
    cookies: dict[str, str] = field(default_factory=dict)
    received: int = 0
    location: str = ""

    def __post_init__(self) -> None:
        self.wire = http.client.HTTPConnection(*self.address, timeout=60)
        self.cookies["csrftoken"] = self.secret

    def get(self, path: str) -> str:
        """The page behind an address."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: dict[str, str], *, by_htmx: bool = False) -> str:
        """Send a form with its token."""
        fields = {"csrfmiddlewaretoken": _mask_cipher_secret(self.secret), **fields}
        kind = {"Content-Type": "application/x-www-form-urlencoded"} | (
            {"HX-Request": "true"} if by_htmx else {}
        )
        return self._ask("POST", path, urlencode(fields), kind)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.wire.request(method, path, body, {"Cookie": cookies, "Accept-Encoding": "gzip", **headers})
        answer = self.wire.getresponse()
        said = answer.read()
        if answer.status not in {OK, FOUND}:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.received += len(said)
        self.location = answer.headers.get("Location", "")
        return (gzip.decompress(said) if answer.headers.get("Content-Encoding") == "gzip" else said).decode()


Step = Callable[[Visitor], object]


def programme(number: int) -> tuple[Event, list[Session]]:
    """An event with so many sessions, twenty at a time, in rooms and tracks, each with a speaker."""
    event, sessions = world.make_event(sessions=number)
    rooms = [RoomFactory() for _ in range(AT_ONCE)]
    tracks = [SessionTrackFactory(event=event) for _ in range(10)]
    speakers = [SpeakerFactory(event=event) for _ in range(100)]
    for index, session in enumerate(sessions):
        session.starts_at = FIRST_DAY + index // AT_ONCE * timedelta(minutes=30)
        session.ends_at = session.starts_at + timedelta(minutes=25)
        session.date, session.room, session.track = (
            session.starts_at.date(),
            rooms[index % AT_ONCE],
            tracks[index % 10],
        )
    Session.objects.bulk_update(sessions, ["starts_at", "ends_at", "date", "room", "track"], batch_size=200)
    through = Session.speakers.through
    through.objects.bulk_create(
        [
            through(session_id=one.pk, speaker_id=speakers[index % 100].pk)
            for index, one in enumerate(sessions)
        ]
    )
    world.settle_statistics()
    return event, sessions


def steps_of(event: Event, sessions: list[Session]) -> dict[str, Step]:
    """What a visitor does, in order."""
    listed, shown = (
        reverse("session_list", args=[event.slug]),
        ",".join(str(one.uuid) for one in sessions[:SHOWN]),
    )
    form = reverse("finish_registration", args=[event.slug])

    def click(visitor: Visitor) -> None:
        # Sessions that do not overlap: one from each half hour.
        for which in range(CHOSEN):
            session = sessions[which * AT_ONCE + visitor.number % AT_ONCE]
            address = reverse("draft_seat", args=[event.slug, session.uuid, "add"])
            said = visitor.post(address, {"next": listed, "shown": shown}, by_htmx=True)
            if "In your agenda" not in said:
                raise RuntimeError(said[:500])

    def finish(visitor: Visitor) -> None:
        mail = f"visitor.{uuid.uuid4().hex}@example.org"
        visitor.post(form, {"first_name": "Ada", "last_name": "Visitor", "email": mail, "wait": "on"})
        if "/me/" not in visitor.location:
            raise RuntimeError(f"not registered, but sent to {visitor.location!r}")

    return {
        "event page": lambda visitor: visitor.get(reverse("event_page", args=[event.slug])),
        "list": lambda visitor: visitor.get(listed),
        "five clicks by htmx": click,
        "form": lambda visitor: visitor.get(form),
        "registration": finish,
        "result": lambda visitor: visitor.get(visitor.location),
    }


def bare_steps_of(event: Event, sessions: list[Session]) -> dict[str, Step]:
    """The same requests to plain views."""

    def click(visitor: Visitor) -> None:
        for which in range(CHOSEN):
            session = sessions[which * AT_ONCE + visitor.number % AT_ONCE]
            visitor.post(f"/add/{event.pk}/{visitor.secret}/{session.pk}/", {})

    def finish(visitor: Visitor) -> None:
        visitor.post(f"/finish/{event.pk}/{visitor.secret}/", {"email": f"{visitor.secret}@example.org"})

    return {
        "event page": lambda visitor: visitor.get(f"/event/{event.pk}/"),
        "list": lambda visitor: visitor.get(f"/list/{event.pk}/"),
        "five clicks by htmx": click,
        "form": lambda visitor: visitor.get(f"/chosen/{event.pk}/{visitor.secret}/"),
        "registration": finish,
        "result": lambda visitor: visitor.get(f"/chosen/{event.pk}/{visitor.secret}/"),
    }


@dataclass
class Cost:
    """What one step cost one visitor: CPU of the web server and of the database (ms), and bytes received."""

    web: float
    database: float
    received: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.web + self.database


def walk(server: Server, steps: dict[str, Step]) -> dict[str, Cost]:
    """Let twenty visitors take the steps, all of them each step before the next."""
    visitors = [Visitor(server.address, number) for number in range(VISITORS)]
    web, *database = server.pids
    costs = {}
    for name, step in steps.items():
        before = (
            servers.cpu_seconds(web),
            servers.cpu_seconds(*database),
            sum(one.received for one in visitors),
        )
        for visitor in visitors:
            step(visitor)
        after = (
            servers.cpu_seconds(web),
            servers.cpu_seconds(*database),
            sum(one.received for one in visitors),
        )
        each = [(then - earlier) / VISITORS for then, earlier in zip(after, before, strict=True)]
        costs[name] = Cost(each[0] * 1000, each[1] * 1000, each[2])
    for visitor in visitors:
        visitor.wire.close()
    return costs


def journey() -> Iterator[Row]:
    """CPU of a whole journey and of each of its steps, at 200 and at 943 sessions; the middle of three rounds."""
    bare_journey.make_tables()
    make_counters(200)
    for number in SIZES:
        event, sessions = programme(number)
        mine, bare = steps_of(event, sessions), bare_steps_of(event, sessions)
        with serving(SITE) as site, serving(FLOOR) as floor:
            walk(site, mine), walk(floor, bare)
            rounds = [(walk(site, mine), walk(floor, bare)) for _round in range(ROUNDS)]
        yield _row(number, "whole journey", rounds, list(mine), "≥ 0.18" if number == SIZES[0] else "")
        for name in mine:
            yield _row(number, name, rounds, [name], "")
        if SeatCount.objects.filter(event=event, taken__gt=0).count() < CHOSEN:
            raise RuntimeError("nobody was seated")


def _row(number: int, name: str, rounds: list, steps: list[str], goal: str) -> Row:
    def middle_of(which: int, part: str) -> float:
        return middle([sum(getattr(costs[which][step], part) for step in steps) for costs in rounds])

    mine, bare = middle_of(0, "whole"), middle_of(1, "whole")
    web, database, received = (middle_of(0, part) for part in ("web", "database", "received"))
    return Row(
        f"journey, {number} sessions: {name}",
        f"{mine:.2f} ms CPU",
        f"{bare:.2f} ms",
        f"{bare / mine:.3f}",
        goal,
        f"web {web:.2f} ms, database {database:.2f} ms; {received / 1000:.1f} KB by gzip",
    )

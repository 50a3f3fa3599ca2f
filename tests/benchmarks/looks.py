"""One look at each page of an event by a newcomer, by somebody with a draft of five, and by somebody registered.

Before each look seats of one session in a hundred have moved: what a process keeps of a row is kept for its figures.

The floor reads and writes as many rows by plain views: of the grid's day all places, and the cells that are drawn.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import reverse

from registrations.actions import submit_agenda
from registrations.links import manage_token
from registrations.rules.people import Attendee
from tests.benchmarks import bare_journey, servers
from tests.benchmarks.journey import AT_ONCE, CHOSEN, FLOOR, Visitor, programme
from tests.benchmarks.over_http import SITE, Server, make_counters, serving
from tests.benchmarks.table import Row, middle

SESSIONS, ROUNDS, LOOKS = 943, 3, 40
ONE_MOVES_OF = 100
GOALS = {"list": "≥ 0.4 / 0.25 / 0.25", "grid": "≥ 0.4", "event page": "≥ 0.25", "session page": "≥ 0.25"}


def looks() -> Iterator[Row]:
    """CPU of one look at each page, web and database together; the middle of three rounds."""
    bare_journey.make_tables()
    make_counters(1)
    event, sessions = programme(SESSIONS)
    chosen = sessions[: CHOSEN * AT_ONCE : AT_ONCE]
    who = Attendee(f"looker.{uuid.uuid4().hex}@example.org", "Ada", "Looker")
    registration = submit_agenda(event, who, chosen).registration
    assert registration is not None
    seats = [each.seats_id for each in sessions if each not in chosen]
    slug = [event.slug]
    listed = reverse("session_list", args=slug)
    pages = {
        "event page": (reverse("event_page", args=slug), f"/event/{event.pk}/"),
        "list": (listed, f"/list/{event.pk}/"),
        "grid": (reverse("session_grid", args=slug), f"/grid/{event.pk}/"),
        "session page": (
            reverse("session_page", args=[*slug, sessions[0].uuid]),
            f"/session/{sessions[0].pk}/",
        ),
        "speakers": (reverse("speaker_list", args=slug), f"/speakers/{event.pk}/"),
    }
    with serving(SITE) as site, serving(FLOOR) as floor:
        visitors = {name: Visitor(site.address, 0) for name in ("newcomer", "draft", "registered")}
        for one in chosen:
            visitors["draft"].post(reverse("draft_seat", args=[*slug, one.uuid, "add"]), {"next": listed})
        visitors["registered"].get(reverse("manage", args=[*slug, manage_token(registration)]))
        bare = Visitor(floor.address, 0)
        for page, (path, plain) in pages.items():
            for name, visitor in visitors.items():
                looked = [
                    (_look(site, visitor, path, seats), _look(floor, bare, plain, seats))
                    for _ in range(ROUNDS + 1)
                ]
                yield _row(page, name, looked[1:])


def _look(server: Server, visitor: Visitor, path: str, seats: list[int]) -> Any:
    """CPU (ms) of a look, of the web server and of the database; and bytes."""
    web, *database = server.pids
    received, spent = visitor.received, [0.0, 0.0]
    for number in range(LOOKS):
        _move(seats[number % ONE_MOVES_OF :: ONE_MOVES_OF])
        before = servers.cpu_seconds(web), servers.cpu_seconds(*database)
        visitor.get(path)
        after = servers.cpu_seconds(web), servers.cpu_seconds(*database)
        spent = [
            whole + (late - early) / LOOKS * 1000
            for whole, late, early in zip(spent, after, before, strict=True)
        ]
    return spent[0] + spent[1], spent[0], spent[1], (visitor.received - received) / LOOKS


def _move(seats: list[int]) -> None:
    """Take a seat of each that has none taken, and give back the others'."""
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(seats))
        cursor.execute(f"UPDATE events_seatcount SET taken = 1 - taken WHERE id IN ({marks})", seats)


def _row(page: str, name: str, rounds: list[Any]) -> Row:
    mine, bare = (middle([each[which][0] for each in rounds]) for which in (0, 1))
    web, database, received = (middle([ours[part] for ours, _floor in rounds]) for part in (1, 2, 3))
    said = f"web {web:.2f} ms, database {database:.2f} ms; {received / 1000:.1f} KB"
    return Row(
        f"{page}, {name}",
        f"{mine:.2f} ms CPU",
        f"{bare:.2f} ms",
        f"{bare / mine:.2f}",
        GOALS.get(page, ""),
        said,
    )

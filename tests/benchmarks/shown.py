"""Whether figures that pages showed were true: compared with what the ledger says stood when."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from events.models import Event
from events.models.seats import available_of
from registrations.models import Activity
from sessions_app.models import Session
from tests.benchmarks.browsers import Answer

_SEAT = re.compile(r'id="seat-([0-9a-f-]{36})".*?(?=id="seat-|\Z)', re.DOTALL)
_WORDS = re.compile(r'class="seat-words">([^<]*)<')
_LEFT = re.compile(r"(?:Only )?(\d+) seats? left$")
_FULL = re.compile(r"Fully booked(?: · (\d+) waiting)?$")
# Whether a newcomer finds a seat is all that these say.
_CHOSEN = {"In your agenda": True, "In your agenda, fully booked": False}
# A commit is dated before it has reached the disk, and seen afterwards.
SECONDS_TO_DISK = 0.5
SECONDS_BETWEEN_LOOKS = 0.002


@dataclass(frozen=True)
class Figure:
    """What one answer said of one session: so many seats left, or so many waiting, or whether one is free."""

    session: str
    sent: float
    received: float
    left: int | None = None
    waiting: int | None = None
    is_free: bool | None = None

    def one_more(self) -> Figure:
        """The same, told wrongly."""
        if self.left is not None:
            return replace(self, left=self.left + 1)
        if self.waiting is not None:
            return replace(self, waiting=self.waiting + 1)
        return replace(self, is_free=not self.is_free)

    def is_said_by(self, state: State) -> bool:
        """True when it was so in this state of the counter."""
        if self.left is not None:
            return state.left == self.left
        if self.waiting is not None:
            return state.left == 0 and state.waiting == self.waiting
        return (state.left > 0) is self.is_free


@dataclass(frozen=True)
class State:
    """What stood in one session's counter after one line of the ledger; it could be read from then on."""

    left: int
    waiting: int
    earliest: float
    latest: float


def figures_in(answer: Answer) -> Iterator[Figure]:
    """Every figure of seats on a page, or in the answer to a click."""
    for found in _SEAT.finditer(answer.text):
        said = _WORDS.search(found[0])
        words = said[1].strip() if said else ""
        blank = Figure(found[1], answer.sent, answer.received)
        if left := _LEFT.match(words):
            yield replace(blank, left=int(left[1]))
        elif full := _FULL.match(words):
            yield replace(blank, waiting=int(full[1] or 0))
        elif words in _CHOSEN:
            yield replace(blank, is_free=_CHOSEN[words])


class Watch:
    """When each line of the ledger could first be read, as nearly as the database lets one know.

    PostgreSQL dates commits. SQLite commits in the order of the ledger's numbers: there one looks now and then how far
    they have come.
    """

    def __init__(self) -> None:
        self.looked, self.last = time.time(), self._last()
        # From which number on, not yet there when one looked, and there when one looked again.
        self.news: list[tuple[int, float, float]] = []

    def look(self) -> None:
        """Note how far the ledger has come."""
        now = time.time()
        if connection.vendor == "postgresql" or now - self.looked < SECONDS_BETWEEN_LOOKS:
            return
        last = self._last()
        if last > self.last:
            self.news.append((self.last + 1, self.looked, time.time()))
        self.looked, self.last = now, last

    @staticmethod
    def _last() -> int:
        last = Activity.objects.order_by("-id").values_list("id", flat=True).first()
        return last or 0

    def history_of(self, event: Event, sessions: Sequence[Session]) -> dict[str, list[State]]:
        """The states of each session's counter, in order, by its uuid."""
        begins = {each.seats_id: str(each.uuid) for each in sessions}
        found = defaultdict(list)
        for each in sessions:
            capacity = each.seats.capacity
            assert capacity is not None
            found[str(each.uuid)].append(State(capacity, 0, 0.0, 0.0))
        for pk, seats, *counts, dated in self._lines(event):
            if seats in begins:
                left = available_of(*counts)
                assert left is not None
                found[begins[seats]].append(State(left, counts[3], *self._moment(pk, dated)))
        return found

    def _moment(self, pk: int, dated: float | None) -> tuple[float, float]:
        if dated is not None:
            return dated, dated + SECONDS_TO_DISK
        _first, before, after = self.news[bisect_right(self.news, pk, key=lambda each: each[0]) - 1]
        return before, after

    @staticmethod
    def _lines(event: Event) -> list[tuple]:
        dated = "NULL"
        if connection.vendor == "postgresql":
            dated = "extract(epoch FROM pg_xact_commit_timestamp(xmin))::float"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, seats_id, capacity, taken, held, waiting, {dated} FROM registrations_activity"
                " WHERE event_id = %s AND seats_id IS NOT NULL AND taken IS NOT NULL ORDER BY id",
                [event.pk],
            )
            return cursor.fetchall()


def is_true(figure: Figure, history: dict[str, list[State]]) -> bool:
    """True when it was so at some moment between the request and the answer."""
    states = history[figure.session]
    first = bisect_right(states, figure.received, key=lambda state: state.earliest)
    for index in range(first - 1, -1, -1):
        ends = states[index + 1].latest if index + 1 < len(states) else float("inf")
        if ends < figure.sent:
            return False
        if figure.is_said_by(states[index]):
            return True
    return False

"""A search of the programme after every pause in typing: CPU of the web server and of the database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from events.models import Event
from sessions_app.models import Session
from tests.benchmarks import servers, world
from tests.benchmarks.journey import Visitor, programme
from tests.benchmarks.over_http import SITE, Server, serving
from tests.benchmarks.table import Row, middle

SESSIONS, ROUNDS, SEARCHES = 943, 3, 40
WORDS = 3_000
# So many words have a session's title, its description and what is looked for.
TITLE, TEXT = 6, 120
GOAL = "≤ 10 ms of the database"


def search() -> Iterator[Row]:
    """One beginning of a word, then two words, by a newcomer who types; another search each time."""
    event, sessions = programme(SESSIONS)
    words = _write(event, sessions)
    chance = random.Random(5)
    with serving(SITE) as site:
        for what, number, letters in (("the beginning of a word", 1, 4), ("two words", 2, 99)):
            rounds = []
            for _round in range(ROUNDS + 1):
                wanted = [
                    " ".join(word[:letters] for word in chance.sample(words, number)) for _ in range(SEARCHES)
                ]
                rounds.append(_cost(site, event, wanted))
            web, database = (middle([each[part] for each in rounds[1:]]) for part in (0, 1))
            said = f"web {web:.1f} ms, database {database:.1f} ms"
            yield Row(
                f"search among {SESSIONS} sessions: {what}",
                f"{web + database:.1f} ms CPU",
                "",
                "",
                GOAL,
                said,
            )


def _write(event: Event, sessions: list[Session]) -> list[str]:
    """Give each session a title and a text of its own, of words as unevenly frequent as a language's."""
    chance = random.Random(4)
    words = ["".join(chance.choices("abcdefghiklmnoprstuvwz", k=chance.randint(4, 10))) for _ in range(WORDS)]
    weights = [1 / place for place in range(1, WORDS + 1)]
    for session in sessions:
        session.name = " ".join(chance.choices(words, weights, k=TITLE))
        session.description = " ".join(chance.choices(words, weights, k=TEXT))
        # What keeps the text that is searched is the same save by which the desk changes a session.
        session.save()
    world.settle_statistics()
    return words[100:]


def _cost(server: Server, event: Event, wanted: list[str]) -> tuple[float, float]:
    """CPU (ms) of one search, of the web server and of the database."""
    visitor = Visitor(server.address, 0)
    web, *database = server.pids
    before = servers.cpu_seconds(web), servers.cpu_seconds(*database)
    for each in wanted:
        visitor.get(f"{reverse('session_list', args=[event.slug])}?{urlencode({'q': each})}")
    after = servers.cpu_seconds(web), servers.cpu_seconds(*database)
    visitor.wire.close()
    return (after[0] - before[0]) / len(wanted) * 1000, (after[1] - before[1]) / len(wanted) * 1000

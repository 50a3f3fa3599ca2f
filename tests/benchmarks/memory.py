"""What each process of the web server holds in memory while 200,000 requests pass and seats move all the time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from urllib.parse import urlencode

import psutil
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.urls import reverse

from events.models import SeatCount
from registrations.links import manage_token
from registrations.models import EventRegistration
from registrations.website.visitor import ME_COOKIE
from sessions_app.models import Session
from tests.benchmarks import load, world
from tests.benchmarks.over_http import SITE, serving
from tests.benchmarks.table import Row

REQUESTS, TOLD_EACH, AT_ONCE = 200_000, 20_000, 8
SESSIONS, PEOPLE = 7, 300
# By then every cache is full that ever will be.
WARM = 60_000


def memory() -> Iterator[Row]:
    """Megabytes of each process, told ten times; and how much more it is at the end than once all was warm."""
    event, sessions = world.make_event(sessions=SESSIONS, capacity=10_000)
    world.settle_statistics()
    # Of the last one nobody gets a seat, but all others are offered.
    SeatCount.objects.filter(pk=sessions[-1].seats_id).update(capacity=0)
    requests = cycle(_requests(world.make_people(event, PEOPLE), sessions[:-1], sessions[-1]))
    warm: list[float] = []
    with serving(SITE) as site:
        for sent in range(0, REQUESTS, TOLD_EACH):
            for _part in range(TOLD_EACH // 2_000):
                answers = load.send(site.address, list(islice(requests, 2_000)), clients=AT_ONCE)
                if bad := answers.statuses.keys() - {200, 302, 409}:
                    raise RuntimeError(f"answered: {bad}")
            now = _megabytes(site.pids[0])
            warm = now if sent + TOLD_EACH <= WARM else warm
            yield Row(f"memory after {sent + TOLD_EACH:,} requests", _said(now))
    more = max(end / begin for end, begin in zip(now, warm, strict=True))
    yield Row("memory at the end beside when warm", _said(now), _said(warm), f"{more:.2f}", "≤ 1.05")


def _requests(people: Sequence[EventRegistration], sessions: Sequence[Session], full: Session) -> list[bytes]:
    """A look at the list; four people take a seat, one is refused another, four give theirs up; a look at figures."""
    event = people[0].event
    look = load.request(reverse("session_list", args=[event.slug]))
    figures = load.request(reverse("live_figures", args=[event.slug]))
    made = []
    for first in range(0, len(people), 4):
        session = sessions[first // 4 % len(sessions)]
        group = people[first : first + 4]
        made += [look, *(_move(person, session, "add") for person in group), _move(group[0], full, "add")]
        made += [*(_move(person, session, "remove") for person in group), figures]
    return made


def _move(person: EventRegistration, session: Session, verb: str) -> bytes:
    token, secret = manage_token(person), _get_new_csrf_string()
    here = reverse("session_list", args=[person.event.slug])
    path = reverse("manage_seat", args=[person.event.slug, token, session.uuid, verb])
    body = urlencode({"csrfmiddlewaretoken": _mask_cipher_secret(secret), "next": here}).encode()
    return load.request(path, cookies=f"csrftoken={secret}; {ME_COOKIE}={token}", body=body)


def _megabytes(server: int) -> list[float]:
    """Of each process that answers, in the order in which they began."""
    return [each.memory_info().rss / 2**20 for each in psutil.Process(server).children(recursive=True)]


def _said(megabytes: Sequence[float]) -> str:
    return f"{' + '.join(f'{each:.0f}' for each in megabytes)} MB"

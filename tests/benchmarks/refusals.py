"""Presses that get nothing, over HTTP: what most people are told in the minute when registration opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from events.models import Event, SeatCount
from registrations.models import EventRegistration
from sessions_app.models import Session
from tests.benchmarks import load, over_http, posts, world
from tests.benchmarks.over_http import Measured, Server
from tests.benchmarks.table import Row, middle

CLIENTS = 8
SESSIONS = 943
# Of one seat each: whoever wants another has all others to choose from.
FULL = 5


def refusals(requests: int) -> Iterator[Row]:
    """What each refused press costs beside the floor's claim, and beside one that gets a seat."""
    over_http.make_counters(SESSIONS)
    event, sessions = world.make_event(sessions=SESSIONS)
    full = sessions[:FULL]
    SeatCount.objects.filter(pk__in=[each.seats_id for each in full]).update(capacity=1)
    full_house, all_full = world.make_event(sessions=FULL, capacity=1)
    found: dict[str, list[Measured]] = {}
    with over_http.serving(over_http.SITE) as site, over_http.serving(over_http.FLOOR) as floor:
        site.measure(posts.claims(world.make_people(event, FULL), full), CLIENTS)
        site.measure(posts.claims(world.make_people(full_house, FULL), all_full), CLIENTS)
        world.settle_statistics()
        for index in range(over_http.ROUNDS + 1):
            bare = [load.request(f"/claim/{n % SESSIONS}/") for n in range(requests * 2)]
            round_ = {"floor": floor.measure(bare, CLIENTS)}
            round_ |= _round(site, event, sessions, world.make_people(event, requests))
            strangers = posts.claims(world.make_people(full_house, requests), all_full)
            round_["every session is full"] = site.measure(strangers, CLIENTS, are_refused=True)
            # The first round only warms processes and plans.
            for what, measured in round_.items() if index else ():
                found.setdefault(what, []).append(measured)
    if world.check([*full, *all_full]) != 2 * FULL:
        raise RuntimeError("somebody got a seat that there was not")
    bare_rounds = found.pop("floor")
    for what, rounds in found.items():
        yield _row(what, rounds, bare_rounds)


def _round(
    site: Server, event: Event, sessions: Sequence[Session], people: Sequence[EventRegistration]
) -> dict[str, Measured]:
    full, others = sessions[:FULL], sessions[FULL : 2 * FULL]
    # Whoever presses a button has the list before them: both processes have drawn it.
    site.measure([load.request(reverse("session_list", args=[event.slug]))] * 20, CLIENTS)
    found = {
        f"the session is full, {SESSIONS - FULL} others are not": site.measure(
            posts.claims(people, full), CLIENTS, are_refused=True
        ),
        "the same, answered to htmx": site.measure(
            posts.claims(people, full, by_htmx=True), CLIENTS, are_refused=True
        ),
    }
    opens_at = timezone.now() + timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(registration_opens_at=opens_at)
    early = posts.claims(people, others)
    found["registration is not open yet"] = site.measure(early, CLIENTS, are_refused=True)
    Event.objects.filter(pk=event.pk).update(registration_opens_at=None)
    return found | {"a seat is got": site.measure(posts.claims(people, others), CLIENTS)}


def _row(what: str, mine: list[Measured], bare: list[Measured]) -> Row:
    rate, floor = (middle([answers.rate for answers, _web, _db in each]) for each in (mine, bare))
    web, database = (middle([each[index] for each in mine]) for index in (1, 2))
    return Row(
        f"a press where {what}, {CLIENTS} clients",
        f"{rate:.0f}/s",
        f"{floor:.0f}/s",
        f"{rate / floor:.2f}",
        "",
        f"CPU a request: web {web:.2f} ms, database {database:.2f} ms",
    )

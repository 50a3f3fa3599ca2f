"""A draw of the largest event, measured: `SEATWISE_PROFILE=demo uv run python -m tests.draws.scale`. Not for CI.

10,000 people with ten wishes each in 900 sessions, on a PostgreSQL of its own: freezing, deciding and publishing in
seconds, then `check_seats`.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from typing import Any

GOAL_SECONDS = 60.0


def main() -> None:
    """Make the event, draw it, and print how long each part took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=10_000)
    asked.add_argument("--sessions", type=int, default=900)
    asked.add_argument("--wishes", type=int, default=10)
    options = asked.parse_args()
    from tests.benchmarks.servers import postgresql

    with postgresql() as (url, _pid):
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _measure(options.people, options.sessions, options.wishes)


def _timed(what: str, act: Callable[[], Any]) -> Any:
    begin, used = time.perf_counter(), time.process_time()
    result = act()
    wall, cpu = time.perf_counter() - begin, time.process_time() - used
    print(f"{what:<28}{wall:8.1f} s, of them {cpu:.1f} s of this process", flush=True)
    return result


def _measure(people: int, sessions: int, wishes: int) -> None:
    from registrations.actions import enter_public_number, freeze, publish, publish_due
    from registrations.models import Draw, Notification, SessionRegistration
    from registrations.queries.recount import recount
    from tests.draws.acts import AFTER, NUMBER, World
    from waitlists.models import WaitlistItem

    seats = max(1, people * 4 // sessions)
    world: World = _timed("event and sessions", lambda: World.new([seats] * sessions))
    _timed("people and wishes", lambda: _people(world, people, wishes))
    staff = World.staff()
    _timed("freeze", lambda: freeze(world.draw, AFTER))
    _timed("enter the number, decide", lambda: enter_public_number(world.draw, NUMBER, actor=staff, at=AFTER))

    def published() -> None:
        publish(world.draw, actor=staff, at=AFTER)
        publish_due(at=AFTER)

    begin = time.perf_counter()
    _timed("publish", published)
    is_in_time = time.perf_counter() - begin <= GOAL_SECONDS
    assert Draw.objects.get(pk=world.draw.pk).state == Draw.State.PUBLISHED
    given = SessionRegistration.objects.active().filter(session__event=world.event).count()
    print(f"{given:,} seats, {WaitlistItem.objects.waiting().count():,} places in line,", end=" ")
    print(
        f"{Notification.objects.filter(kind='drawn').count():,} mails; within {GOAL_SECONDS:.0f} s: {is_in_time}"
    )
    offences = _timed("check_seats", lambda: recount(world.event, swept=True, at=AFTER))
    print("check_seats is silent" if not offences else offences[:5])


def _people(world: Any, people: int, wishes: int) -> None:
    """Write registrations, tickets and wishes in sets: how people come to them is not what is measured."""
    from registrations.actions import Terms, register_many
    from registrations.models import EventRegistration, Ticket, TicketHolder, Wish
    from registrations.rules.verdicts import Wanted
    from tests.draws.acts import OPEN
    from tests.engine.acts import person

    dice = random.Random(17)  # no secret
    terms = Terms.of(world.staff())
    for begin in range(0, people, 500):
        rows = [
            Wanted(number, person(f"p{begin + number}"), []) for number in range(min(500, people - begin))
        ]
        register_many(world.event, rows, terms=terms, at=OPEN)
    registrations = list(EventRegistration.objects.filter(event=world.event))
    tickets = Ticket.objects.bulk_create(
        [Ticket(draw=world.draw) for _one in registrations], batch_size=1_000
    )
    TicketHolder.objects.bulk_create(
        [
            TicketHolder(draw=world.draw, ticket=ticket, registration=registration)
            for ticket, registration in zip(tickets, registrations, strict=True)
        ],
        batch_size=1_000,
    )
    # Some sessions are everybody's wish: the first are wished for far more often.
    weights = [1 / (1 + place) ** 0.7 for place in range(len(world.sessions))]
    rows_of_wishes = [
        Wish(ticket=ticket, session=session, rank=rank)
        for ticket in tickets
        for rank, session in enumerate(_chosen(dice, world.sessions, weights, wishes), 1)
    ]
    Wish.objects.bulk_create(rows_of_wishes, batch_size=2_000)


def _chosen(dice: random.Random, sessions: list[Any], weights: list[float], wishes: int) -> list[Any]:
    found: dict[int, Any] = {}
    while len(found) < wishes:
        for one in dice.choices(sessions, weights, k=wishes):
            if len(found) < wishes:
                found[one.pk] = one
    return list(found.values())


if __name__ == "__main__":
    main()

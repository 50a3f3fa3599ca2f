"""What the desk costs at an event of 1,000 sessions, 50,000 registrations and 5,000 people waiting.

Each page by the CPU that web process and database used for it, beside a bare view of as many rows, with its queries;
lists as files; and what is written to everybody: a message, and a round of reminders.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from events.models import Event, SeatCount, User
from registrations.actions import write_messages, write_reminders
from registrations.mail import send_due
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from sessions_app.models import Session
from tests.admin_forms.paper import read
from tests.benchmarks import desk_floor, servers, world
from tests.benchmarks.desk_floor import STOCK, name_of_stock
from tests.benchmarks.table import Row, middle

SESSIONS, PEOPLE, WAITING, SEATS_EACH, LEDGER = 1_000, 50_000, 5_000, 3, 170_000
ROUNDS, MAILS = 5, 200
PAGE_GOAL, FILE_GOAL = "≤ 0.25 s", "≤ 4 s"


def desk() -> Iterator[Row]:
    """Pages, files, a message and reminders; pages by the middle one of several rounds."""
    event, sessions = make_world()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser(email=f"desk{event.pk}@example.org", password=None))
    # Its handler takes the middleware that there is at its first request: none.
    bare = Client(headers={"host": "127.0.0.1"})
    for name, address in pages(event, sessions[0]).items():
        floor = reverse("floor", args=[name, event.pk, sessions[0].pk, PEOPLE], urlconf=desk_floor)
        yield _page(name, partial(client.get, address), floor=partial(bare.get, floor))
    for panel in ("event_registrations", "ledger"):
        for form in ("csv", "xlsx"):
            yield _file(client, event, panel, form)
    yield from _message(client, event)
    yield from _reminders(event)


def make_world() -> tuple[Event, list[Session]]:
    """An event of that size with its ledger and outbox, its first session the one with a line."""
    event, sessions = world.make_event(sessions=SESSIONS)
    people = world.make_people(event, PEOPLE)
    now = timezone.now()
    rows = [
        SessionRegistration(
            event=event,
            session=sessions[(index + turn * 7) % SESSIONS],
            contact_id=person.contact_id,
            event_registration=person,
            registered_at=now - timedelta(minutes=index),
        )
        for turn in range(SEATS_EACH)
        for index, person in enumerate(people)
    ]
    SessionRegistration.objects.bulk_create(rows, batch_size=world.BATCH)
    SeatCount.objects.filter(pk__in=[one.seats_id for one in sessions]).update(
        taken=PEOPLE * SEATS_EACH // SESSIONS
    )
    world.wait_for(sessions[0], people[-WAITING:])
    _write_ledger(event, rows)
    _write_mails(event, people)
    world.settle_statistics()
    return event, sessions


def _write_ledger(event: Event, rows: Sequence[SessionRegistration]) -> None:
    lines = [
        Activity(
            event=event,
            session_id=rows[number % len(rows)].session_id,
            contact_id=rows[number % len(rows)].contact_id,
            verb=Activity.Verb.REGISTERED,
            actor="Attendee",
            at=rows[number % len(rows)].registered_at,
        )
        for number in range(LEDGER)
    ]
    Activity.objects.bulk_create(lines, batch_size=world.BATCH)


def _write_mails(event: Event, people: Sequence[EventRegistration]) -> None:
    mails = [
        Notification(
            event=event,
            contact_id=person.contact_id,
            event_registration=person,
            kind=Notification.Kind.REGISTERED,
            dedup_key=f"desk:{person.pk}",
            created_at=person.registered_at,
            due_at=person.registered_at,
            sent_at=person.registered_at,
        )
        for person in people
    ]
    Notification.objects.bulk_create(mails, batch_size=world.BATCH)


def pages(event: Event, session: Session) -> dict[str, str]:
    """Addresses of the desk by what they show."""
    of_event = reverse("admin:events_event_change", args=[event.pk])
    of_session = reverse("admin:sessions_app_session_change", args=[session.pk])
    known = {
        "home": reverse("admin:index"),
        "event, its sessions": f"{of_event}?tab=agenda",
        "event, calendar": f"{of_event}?tab=agenda&view=calendar",
        "event, registrations": f"{of_event}?tab=registration",
        "event, registrations, last page": f"{of_event}?tab=registration&regs-p={PEOPLE // 50}",
        "event, registrations, search": f"{of_event}?tab=registration&regs-q=4711",
        "event, overview": f"{of_event}?tab=overview",
        "event, ledger": f"{of_event}?tab=more",
        "session, registrations and waitlist": f"{of_session}?tab=registration",
        "add registration": reverse("admin:add_registration", args=["event", event.pk]),
    }
    stock = {name_of_stock(table): reverse(f"admin:{table}_changelist") for table in STOCK}
    return known | stock


class Cost:
    """CPU seconds of this process and of the database's, and wall seconds, from its making on."""

    def __init__(self) -> None:
        self._begun = self._now()

    def _now(self) -> tuple[float, float, float]:
        pid = os.environ.get("BENCHMARK_DATABASE_PID")
        return time.process_time(), servers.cpu_seconds(int(pid)) if pid else 0.0, time.perf_counter()

    def so_far(self) -> tuple[float, float, float]:
        """Web, database, wall."""
        return tuple(now - then for now, then in zip(self._now(), self._begun, strict=True))  # type: ignore[return-value]


def _page(
    name: str, ask: Callable[[], Any], goal: str = PAGE_GOAL, floor: Callable[[], Any] | None = None
) -> Row:
    (web, database, wall), asked = _middle_of(ask)
    row = Row(f"desk: {name}", f"{web:.3f} s CPU, database {database:.3f} s", goal=goal)
    if floor is not None:
        with override_settings(MIDDLEWARE=[], ROOT_URLCONF=desk_floor):
            (bare, bare_database, _wall), _asked = _middle_of(floor)
        row.floor, row.ratio = f"{bare:.4f} s, database {bare_database:.4f} s", f"{bare / web:.3f}"
    slowest = max((float(query["time"]) for query in asked), default=0.0)
    row.more = f"{wall:.2f} s in all, {len(asked)} queries, the slowest {slowest:.3f} s"
    return row


def _middle_of(ask: Callable[[], Any]) -> tuple[tuple[float, ...], list[dict[str, str]]]:
    """CPU seconds of web and database and wall seconds in the middle one of the rounds, and the queries of one more."""
    _answered(ask())
    costs = []
    for _round in range(ROUNDS):
        cost = Cost()
        _answered(ask())
        costs.append(cost.so_far())
    with CaptureQueriesContext(connection) as asked:
        _answered(ask())
    return tuple(middle([each[part] for each in costs]) for part in range(3)), asked.captured_queries


def _answered(answer: Any) -> Any:
    if answer.status_code not in {200, 302}:
        raise RuntimeError(f"{answer.request['PATH_INFO']}: {answer.status_code}")
    return answer


def _once(name: str, act: Callable[[], Any], goal: str = "", said: str = "") -> Row:
    cost = Cost()
    with CaptureQueriesContext(connection) as asked:
        act()
    web, database, wall = cost.so_far()
    figure = f"{web:.2f} s CPU, database {database:.2f} s"
    more = f"{wall:.2f} s in all, {len(asked)} queries" + (f", {said}" if said else "")
    return Row(f"desk: {name}", figure, goal=goal, more=more)


def _file(client: Client, event: Event, panel: str, form: str) -> Row:
    address = reverse("admin:panel_export", args=["event", event.pk, panel])
    page: Any = client.get(address)
    chosen = {"format": form, "column": [column.key for column, _is_chosen in page.context_data["columns"]]}
    size = 0

    def take() -> None:
        nonlocal size
        answer: Any = _answered(client.post(address, chosen))
        size = sum(len(part) for part in answer.streaming_content)

    row = _once(f"{panel} as {form}", take, FILE_GOAL)
    row.more += f", {size / 1_000_000:.1f} MB"
    return row


def _message(client: Client, event: Event) -> Iterator[Row]:
    address = reverse("admin:panel_verb", args=["event", event.pk, "event_registrations", "message"])
    everybody = {"across": "1", "parameters": ""}
    form = read(client.post(address, everybody), "sw-confirm").data
    form |= {"subject": "Boots", "body": "Hello {first_name}, see {link}"}
    yield _page("message to 50,000, page to write it", lambda: client.post(address, everybody))
    yield _page("the same, looked at", lambda: client.post(address, {**form, "step": "look"}))
    sent: list[Any] = []
    yield _once(
        "the same, sent", lambda: sent.append(client.post(address, {**form, "step": "send"})), PAGE_GOAL
    )
    yield _once("the rest of it, written by the worker", write_messages)
    yield _page("the same, how far it is", lambda: client.get(sent[0]["Location"]))
    yield _page(
        "all mails of the event", lambda: client.get(reverse("admin:event_mails", args=["event", event.pk]))
    )
    yield _once("the same, stopped", lambda: client.post(sent[0]["Location"]))


def _reminders(event: Event) -> Iterator[Row]:
    assert event.starts_at
    at = event.starts_at - timedelta(hours=1)
    EventRegistration.objects.filter(event=event).update(registered_at=at - timedelta(days=2))
    yield _once("reminders to 50,000 written", lambda: write_reminders(at))
    yield _once("the same, asked again", lambda: write_reminders(at))
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        yield _once(f"{MAILS:,} of them sent, to no server", lambda: send_due(limit=MAILS, at=at))

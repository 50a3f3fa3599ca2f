"""Every row that belongs to an event names it: new rows, rows of before, and rows written by the version before."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from events.actors import Actor
from events.models import Event, SeatCount, User
from registrations import actions
from registrations.actions.programme.repair import repair_events
from registrations.models import Activity, CheckIn, EventRegistration, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import FIRST_DAY, EventFactory, PassFactory, SessionFactory, at

BEFORE = [("events", "0011_most_sessions_of_one_person"), ("registrations", "0008_kept_answers_sink")]


def wrong_events(event: Event | None = None) -> list[str]:
    """What is said of rows that name no event, or another."""
    return [str(offence) for offence in recount(event) if offence.code == "wrong_event"]


@pytest.fixture
def event(db: None, bob: Attendee, alice: User) -> Event:
    """An event with a seat, a check-in and a pass."""
    event: Event = EventFactory()
    registration = actions.submit_agenda(event, bob, [SessionFactory(event=event)]).registration
    assert registration is not None
    actions.check_in(registration, actor=Actor.staff(alice))
    PassFactory(event=event)
    return event


def test_new_rows_name_their_event(event: Event) -> None:
    for model in (SeatCount, SessionRegistration, CheckIn, Activity):
        named = set(model._default_manager.values_list("event", flat=True))
        assert named == {event.pk}, model
    assert wrong_events() == []


@pytest.mark.parametrize("model", [SeatCount, SessionRegistration, CheckIn])
@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "another"])
def test_row_of_another_event_is_found(event: Event, model: type[Model], is_empty: bool) -> None:
    model._default_manager.filter(event=event).update(event=None if is_empty else EventFactory())
    found = wrong_events(event)
    assert len(found) == {SeatCount: 3}.get(model, 1)  # type: ignore[type-abstract]
    assert wrong_events()[: len(found)] == found


def test_ledger_row_of_another_event_is_found(event: Event) -> None:
    row = Activity.objects.get(session__isnull=False)
    Activity.objects.filter(pk=row.pk).update(event=EventFactory())
    assert wrong_events(event)[0].startswith(f"ledger entry {row.pk}: it names event ")


def test_repair_fills_what_is_empty_and_leaves_what_is_not(event: Event) -> None:
    for model in (SeatCount, SessionRegistration):
        model._default_manager.filter(event=event).update(event=None)
    CheckIn.objects.update(event=EventFactory())
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 offence\(s\) found"):
        call_command("check_seats", "--repair", stdout=out)
    assert out.getvalue().splitlines()[:2] == [
        "seat counts: 3 told which event they belong to",
        "session registrations: 1 told which event they belong to",
    ]
    [left] = wrong_events()
    assert left.startswith("check-in ")


def test_repair_of_one_event_leaves_others(event: Event) -> None:
    SessionRegistration.objects.update(event=None)
    call_command("check_seats", "--repair", "--event", EventFactory().slug, stdout=StringIO())
    assert len(wrong_events(event)) == 1


# Data of before


@pytest.fixture
def migrated_back(transactional_db: None) -> Iterator[Any]:
    """The database as it was before, and its models; afterwards it is as it is now."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate(BEFORE)
        yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    finally:
        MigrationExecutor(connection).migrate(newest)


def rows_of_before(apps: Any, slug: str, capacity: int) -> None:
    """One event with two sessions and a pass, and one person with two seats, one of them given back."""
    counts = apps.get_model("events", "SeatCount").objects
    times = {"starts_at": FIRST_DAY, "ends_at": at(18)}
    event = apps.get_model("events", "Event").objects.create(
        slug=slug, name=slug, seats=counts.create(capacity=capacity, taken=1), **times
    )
    apps.get_model("events", "Pass").objects.create(event=event, name="Day", seats=counts.create(capacity=2))
    contact = apps.get_model("events", "Contact").objects.create(email=f"{slug}@example.com")
    registration = apps.get_model("registrations", "EventRegistration").objects.create(
        event=event, contact=contact, registered_at=FIRST_DAY
    )
    for number, cancelled_at in enumerate([None, at(12)]):
        session = apps.get_model("sessions_app", "Session").objects.create(
            event=event,
            name=f"{slug} {number}",
            secure_id=f"{slug}-{number}",
            date=FIRST_DAY.date(),
            seats=counts.create(capacity=capacity),
            **times,
        )
        apps.get_model("registrations", "SessionRegistration").objects.create(
            session=session,
            contact=contact,
            event_registration=registration,
            registered_at=FIRST_DAY,
            cancelled_at=cancelled_at,
        )
    for where in (None, session):
        apps.get_model("registrations", "CheckIn").objects.create(
            event_registration=registration, session=where, checked_in_at=at(9)
        )


# The event, and columns that came later still.
LATER = {"event_id", "left_at", "recorded_at", "updated_at"}


def all_rows(apps: Any) -> dict[str, list[dict[str, Any]]]:
    """Every row concerned, as it was before."""
    found = {}
    for label in ("events.SeatCount", "registrations.SessionRegistration", "registrations.CheckIn"):
        rows = list(apps.get_model(label).objects.order_by("pk").values())
        found[label] = [{name: value for name, value in row.items() if name not in LATER} for row in rows]
    return found


# What the migration does on either database is seen with a whole conference too (`upgrades`).
@pytest.mark.once
def test_data_of_before_is_kept_and_told_its_event(migrated_back: Any) -> None:
    """Rows that the version before writes beside the new columns are kept too, and filled by a repair."""
    from django.apps import apps as now

    rows_of_before(migrated_back, "first", 10)
    rows_of_before(migrated_back, "second", 20)
    stray = migrated_back.get_model("events", "SeatCount").objects.create(capacity=3)
    before = all_rows(migrated_back)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert all_rows(now) == before
    assert wrong_events() == []
    assert SeatCount.objects.filter(event__slug="second").count() == 4
    assert list(SeatCount.objects.filter(event=None)) == [SeatCount(pk=stray.pk)]

    rows_of_before(migrated_back, "third", 30)
    assert len(wrong_events()) == 4 + 2 + 2
    assert repair_events() == {"seat counts": 4, "session registrations": 2, "check-ins": 2}
    assert wrong_events() == []
    assert Session.objects.get(name="third 0").seats.event == Event.objects.get(slug="third")
    assert EventRegistration.objects.count() == 3

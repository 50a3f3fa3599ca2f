"""Every row that belongs to an event names it: new rows, rows of before, and rows written by the version before."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from events.actors import Actor
from events.models import Event, SeatCount, User
from registrations import actions
from registrations.models import Activity, CheckIn, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from tests.factories import EventFactory, PassFactory, SessionFactory


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

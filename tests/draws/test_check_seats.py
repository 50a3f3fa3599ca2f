"""`check_seats` names what cannot be right about a draw, and says nothing while one rests its lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from events.models import SeatCount
from registrations.actions import cancel_session_registrations, join_waitlist
from registrations.models import Activity, Draw, DrawSession
from registrations.queries.recount import recount
from tests.draws.acts import OPEN, OPENS, World
from tests.engine.acts import claim, person, seat_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def _seats(**values: Any) -> Callable[[World], Any]:
    return lambda world: SeatCount.objects.filter(pk=world.sessions[0].seats_id).update(**values)


SPOILT: dict[str, tuple[str, Callable[[World], Any]]] = {
    "seats kept for a draw that is over": ("draw_window", _seats(draw_opens_at=OPENS, draw_closes_at=OPEN)),
    "a session that a draw still has": (
        "draw_session",
        lambda world: DrawSession.objects.filter(session=world.sessions[0]).update(is_running=True),
    ),
    "another file": (
        "draw_file",
        lambda world: Draw.objects.filter(pk=world.draw.pk).update(frozen_file="{}"),
    ),
    "a seat without a movement": (
        "draw_seat",
        lambda world: Activity.objects.filter(session=world.sessions[0], verb="registered").update(detail={}),
    ),
}


def test_names_what_is_wrong_with_a_draw(db: None) -> None:
    world = World.new()
    ann = world.guest()
    world.wish(ann, 0)
    world.published()
    assert recount(world.event, swept=True) == []
    found = {}
    for name, (_code, spoil) in SPOILT.items():
        before = list(SeatCount.objects.values()), list(DrawSession.objects.values())
        draw, moves = Draw.objects.get(pk=world.draw.pk), dict(Activity.objects.values_list("pk", "detail"))
        spoil(world)
        found[name] = {offence.code for offence in recount(world.event)}
        for row in before[0]:
            SeatCount.objects.filter(pk=row["id"]).update(**row)
        for row in before[1]:
            DrawSession.objects.filter(pk=row["id"]).update(**row)
        draw.save()
        for pk, detail in moves.items():
            Activity.objects.filter(pk=pk).update(detail=detail)
    assert found == {name: {code} for name, (code, _spoil) in SPOILT.items()}
    assert recount(world.event, swept=True) == []


def test_lost_window_is_named_while_the_draw_runs(world: World) -> None:
    _seats(draw_opens_at=None, draw_closes_at=None)(world)
    assert [offence.code for offence in recount(world.event)] == ["draw_session"]
    _seats(draw_opens_at=world.draw.opens_at, draw_closes_at=world.draw.closes_at)(world)


def test_a_line_that_rests_leaves_no_idle_seat(db: None) -> None:
    world = World.new()
    session, before = world.sessions[0], OPENS - timedelta(hours=1)
    claim(session, person("holder"), at=before)
    join_waitlist(session, person("early"), at=before)
    cancel_session_registrations([seat_of(session, person("holder"))], actor=World.staff(), at=OPEN)
    assert recount(world.event, swept=True, at=OPEN) == []
    assert [offence.code for offence in recount(world.event, swept=True, at=before)] == ["idle_seat"]

"""Coming late by staff's hand, and by other systems: decided by itself, with a reason, and recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from events.actors import ATTENDEE, Actor
from events.errors import Closed, Invalid, NotPermitted
from registrations.actions import join_waitlist, submit_agenda, swap
from registrations.models import Activity
from registrations.rules.doors import Override, Why
from tests.api.conftest import Api, make_api_client, make_token
from tests.engine.every_door import GIVEN, MAKE_TRUE, World
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
LATE = {Why.REGISTRATION_CLOSED: "registration_closed", Why.STARTED: "started"}


@pytest.fixture(autouse=True)
def seats_stay_true() -> None:
    """Not asked here after each test: the reasons are made true by hand, past every door."""


@pytest.fixture(params=LATE)
def why(request):
    return request.param


@pytest.fixture
def late(why):
    """Bob holds one session and wants another, which is full where he is to wait for it; it is too late for both."""
    world = World.new()
    MAKE_TRUE[why](world)
    return world


def _staff() -> Actor:
    return Actor.staff(UserFactory(is_superuser=True))


def _entry(world: World) -> Activity:
    return Activity.objects.filter(session=world.wanted).latest("id")


def _move(world: World, **decided: Any) -> Any:
    return swap(world.registration, world.mine, world.fresh(), **decided)


def _agenda(world: World, *, override_closed: bool = False, **decided: Any) -> Any:
    overrides = {Override.CLOSED} if override_closed else set()
    return submit_agenda(world.event, world.bob, [world.fresh()], overrides=overrides, **decided)


@pytest.mark.parametrize("act", [_move, _agenda])
def test_takes_a_seat_only_where_it_is_decided(late, why, act):
    plain = act(late, actor=_staff())
    assert (plain.applied, plain.lines[-1].outcome) == (act is _agenda, "closed")
    assert late.standing_word("none") == "none"
    given = act(late, actor=_staff(), override_closed=True, reason="Train was late")
    assert given.applied
    assert late.standing_word() == GIVEN
    entry = _entry(late)
    assert (entry.reason, entry.detail) == ("Train was late", {"closed_overridden": [LATE[why]]})


def test_joins_only_where_it_is_decided(late, why):
    MAKE_TRUE[Why.FULL](late)
    with pytest.raises(Closed):
        join_waitlist(late.fresh(), late.bob, actor=_staff())
    join_waitlist(late.fresh(), late.bob, actor=_staff(), override_closed=True, reason="Train was late")
    entry = _entry(late)
    assert (entry.verb, entry.reason, entry.detail) == (
        "waitlisted",
        "Train was late",
        {"closed_overridden": [LATE[why]]},
    )


def test_needs_a_reason_and_leave(late):
    for act in (_move, _agenda, lambda world, **more: join_waitlist(world.fresh(), world.bob, **more)):
        with pytest.raises(Invalid) as refused:
            act(late, actor=_staff(), override_closed=True, reason=" ")
        assert set(refused.value.data["fields"]) == {"reason"}
        with pytest.raises(NotPermitted):
            act(late, actor=ATTENDEE, override_closed=True, reason="Please")
    assert late.standing_word("none") == "none"


def test_keeps_no_reason_where_nobody_was_late():
    world = World.new()
    _move(world, actor=_staff(), override_closed=True, reason="Just in case")
    entry = _entry(world)
    assert (entry.reason, entry.detail) == ("", {})


def test_other_systems_decide_it_with_the_scope(late, why):
    path = f"/registrants/{late.registration.pk}/agenda"
    body = {"add": [late.wanted.pk], "drop": [late.mine.pk]}
    assert _api().post(path, body).status_code == 409
    assert _api("read write").post(f"{path}?override_closed=1", body).status_code == 403
    assert _api().post(f"{path}?override_closed=1&validate_only=1", body).json()["applied"] is True
    assert late.standing_word("none") == "none"
    assert _api().post(f"{path}?override_closed=1&reason=Speaker", body).json()["applied"] is True
    entry = _entry(late)
    assert (entry.reason, entry.detail) == ("Speaker", {"closed_overridden": [LATE[why]]})


def test_other_systems_put_people_into_line_late(late, why):
    MAKE_TRUE[Why.FULL](late)
    body = {"session_id": late.wanted.pk, "registrant_id": late.registration.pk}
    assert _api().post("/waitlist-items", body).json()["code"] == "closed"
    assert _api().post("/waitlist-items?override_closed=1", body).status_code == 201
    entry = _entry(late)
    assert (entry.reason, entry.detail) == ("Kiosk", {"closed_overridden": [LATE[why]]})


def _api(scopes: str = "read write override") -> Api:
    client = make_api_client("Kiosk", scopes)
    return Api(client, make_token(client, scopes), Client())

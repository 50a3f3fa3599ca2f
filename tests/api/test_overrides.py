"""Overrides: each goes past its own reasons and no others, at every door, with the scope and a reason that is kept."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.actors import IMPORT, Actor
from events.errors import NotPermitted
from events.models import SeatCount
from registrations.actions import add_to_session, submit_agenda
from registrations.api.adding import OVERRIDES
from registrations.imports.running import work_on_imports
from registrations.models import Activity, SessionRegistration
from registrations.rules.doors import GOES_PAST, Override, Why
from tests.api.conftest import Api, make_api_client, make_token
from tests.api.registering import BOB, register
from tests.engine.every_door import GIVEN, MAKE_TRUE, World
from tests.factories import EventFactory, SessionFactory, UserFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)
REASONS = {override: sorted(set(whys) & set(MAKE_TRUE)) for override, whys in GOES_PAST.items()}
CASES = [(name, why) for name, override in OVERRIDES.items() for why in REASONS[override]]


@pytest.fixture(autouse=True)
def seats_stay_true() -> None:
    """Not asked here after each test: the reasons are made true by hand, past every door."""


def _api(scopes: str = "read write override") -> Api:
    client = make_api_client("Kiosk", scopes)
    return Api(client, make_token(client, scopes), Client())


def _answered(answer) -> tuple[int, str]:
    """The status, and the code where it was refused."""
    return answer.status_code, answer.json().get("code", "")


def _one(world: World, query: str):
    return _answered(_api().post(f"/registrants/{world.registration.pk}/session/{world.wanted.pk}{query}"))


def _person(world: World, query: str):
    body = {**BOB, "email": world.bob.email, "event_id": world.event.pk, "session_ids": [world.wanted.pk]}
    return _answered(_api().post(f"/registrants{query}", body))


def _agenda(world: World, query: str, **more):
    body = {"add": [world.wanted.pk], **more}
    return _answered(_api().post(f"/registrants/{world.registration.pk}/agenda{query}", body))


def _swap(world: World, query: str):
    """Given up and taken in one call; what is refused leaves what was held."""
    held = SessionRegistration.objects.active().filter(session=world.spare)
    answered = _agenda(world, query, drop=[world.spare.pk])
    assert held.exists() == (answered[0] != 200 or "validate_only" in query)
    return answered


def _batch(world: World, query: str):
    row = {**BOB, "email": world.bob.email, "session_ids": [world.wanted.pk]}
    answer = _api().post(f"/registrants/batch{query}", {"event_id": world.event.pk, "registrants": [row]})
    [verdict] = answer.json()["rows"]
    return verdict["status"], "" if verdict["applied"] else verdict["code"]


def _file(world: World, query: str):
    api, file = _api(), SimpleUploadedFile("people.csv", f"email\n{world.bob.email}\n".encode())
    sent = {"file": file, "event_id": world.event.pk, "session_id": world.wanted.pk, "columns": "{}"}
    answer = api.browser.post("/api/v1/imports", {**sent, **parse_query(query)}, headers=api._headers({}))
    assert answer.status_code == 202, answer.content
    work_on_imports()
    [row] = api.get(f"/imports/{answer.json()['id']}/rows").json()["items"]
    return (200, "") if row["code"] in {"registered", "past_capacity"} else (409, row["code"])


def parse_query(query: str) -> dict[str, str]:
    """`?a=1&b=2` as form fields."""
    return dict(parse_qsl(query.removeprefix("?")))


# Every door of the API at which somebody is given a seat past a rule. A line is joined past closing alone: past
# capacity nobody waits, and what else refuses a place in line would refuse the seat as well when it comes.
DOORS = {
    "seat": _one,
    "registrants": _person,
    "agenda": _agenda,
    "swap": _swap,
    "batch": _batch,
    "import": _file,
}


def _by_desk(world: World, override: Override):
    desk = Actor.staff(UserFactory(is_superuser=True))
    [line] = add_to_session(world.fresh(), [world.bob], actor=desk, reason="VIP", **{override.value: True})
    return GIVEN if line.outcome == "registered" else str(line.outcome)


def _world(why: Why) -> World:
    """Bob holds a spare session too, which he may give up."""
    world = World.new()
    world.spare = SessionFactory(event=world.event)
    world.spare.passes.set(world.mine.passes.all())
    submit_agenda(world.event, world.bob, [world.spare])
    MAKE_TRUE[why](world)
    return world


@pytest.mark.parametrize(("name", "why"), CASES)
def test_goes_past_its_own_reasons(name, why):
    for word, door in DOORS.items():
        world = _world(why)
        assert (word, door(world, f"?{name}=1&validate_only=1")) == (word, (200, ""))
        assert world.standing_word("none") == "none"
        assert (word, door(world, f"?{name}=1&reason=Speaker")) == (word, (200, ""))
        assert world.standing_word() == GIVEN
        entry = Activity.objects.filter(session=world.wanted, taken_change=1).get()
        assert (word, entry.reason, entry.actor) == (word, "Speaker", "Kiosk")
        seat = SessionRegistration.objects.active().get(session=world.wanted)
        assert (word, seat.is_past_capacity) == (word, name == "override_capacity_errors")
        assert seat.overlap_accepted == (why == Why.CONFLICT)
    assert _by_desk(_world(why), OVERRIDES[name]) == GIVEN


@pytest.mark.once
@pytest.mark.parametrize(("name", "why"), CASES)
def test_no_other_override_implies_it(name, why):
    others = [other for other in OVERRIDES if other != name]
    query = "?" + "&".join(f"{other}=1" for other in others)
    world = _world(why)
    for word, door in DOORS.items():
        assert (word, door(world, query)[0]) == (word, 409)
    assert world.standing_word("none") == "none"
    if why == Why.IN_DRAW:
        # Staff need no leave to give a seat of a draw.
        assert _by_desk(world, Override.CAPACITY) == GIVEN
        return
    for other in set(Override) - {OVERRIDES[name], Override.HARD_LIMIT}:
        assert _by_desk(world, other) != GIVEN


@pytest.mark.parametrize("name", OVERRIDES)
def test_needs_the_scope(name):
    world = World.new()
    path = f"/registrants/{world.registration.pk}/session/{world.wanted.pk}?{name}=1"
    refused = _api("read write").post(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")


def test_keeps_lateness_in_the_ledger_with_the_clients_name_as_reason():
    world = _world(Why.STARTED)
    assert _one(world, "?override_closed=1") == (200, "")
    entry = Activity.objects.filter(session=world.wanted, taken_change=1).get()
    assert (entry.reason, entry.detail) == ("Kiosk", {"closed_overridden": ["started"]})
    assert SessionRegistration.objects.get(session=world.wanted).is_past_capacity is False


def test_keeps_accepted_clash_on_the_seat():
    world = _world(Why.CONFLICT)
    assert _one(world, "?override_conflicts=1") == (200, "")
    assert SessionRegistration.objects.get(session=world.wanted).overlap_accepted is True


@pytest.mark.parametrize("why", [Why.STARTED, Why.CONFLICT, Why.TRACK_LIMIT, Why.FULL])
def test_registers_from_line_past_its_own_reasons(why):
    [name] = [name for name, override in OVERRIDES.items() if why in GOES_PAST[override]]
    world = World.new()
    item = world.bob_waits("waiting")
    MAKE_TRUE[why](world)
    path = f"/waitlist-items/{item.pk}/registration"
    for other in set(OVERRIDES) - {name}:
        assert _api().post(f"{path}?{other}=1").status_code == 409
    assert _api().post(f"{path}?{name}=1").status_code == 200
    assert world.standing_word() == GIVEN
    assert not WaitlistItem.objects.open().filter(pk=item.pk).exists()


def test_registers_for_closed_event_without_sessions():
    event = EventFactory(registration_closes_at=timezone.now())
    for query in ("", "?override_capacity_errors=1&override_limits=1&override_conflicts=1"):
        assert register(_api(), event, (), query).json()["code"] == "closed"
    given = register(_api(), event, (), "?override_closed=1")
    assert (given.status_code, given.json()["applied"]) == (201, True)
    [entry] = Activity.objects.filter(event=event)
    assert entry.detail == {"closed_overridden": ["registration_closed"]}


def test_registers_past_capacity_of_event_without_sessions():
    event = EventFactory(capacity=0)
    assert register(_api(), event, (), "?override_closed=1").json()["code"] == "full"
    given = register(_api(), event, (), "?override_capacity_errors=1")
    assert (given.status_code, given.json()["past_capacity"]) == (201, True)


def test_never_says_waitlisted_where_nobody_was_put_in_line():
    event = EventFactory(most_sessions=1)
    held, full, other = (SessionFactory(event=event, capacity=1) for _ in range(3))
    register(_api(), event, [held])
    SeatCount.objects.filter(pk=full.seats_id).update(capacity=0)
    answer = register(_api(), event, [full, other], "?override_limits=1&waitlist=1", mode="best_effort")
    assert answer.json()["applied"] == "partly"
    waiting = {line["session_id"] for line in answer.json()["lines"] if line["outcome"] == "waitlisted"}
    assert waiting == set(WaitlistItem.objects.open().values_list("session_id", flat=True)) == set()


def test_waits_beside_an_override_that_was_not_needed():
    event = EventFactory()
    full = SessionFactory(event=event, capacity=0)
    answer = register(_api(), event, [full], "?override_closed=1&waitlist=1")
    assert (answer.status_code, answer.json()["waitlisted_session_ids"]) == (201, [full.pk])


def test_import_goes_past_only_in_the_name_of_staff():
    world, late = _world(Why.STARTED), {"reason": "Late", "override_closed": True}
    with pytest.raises(NotPermitted):
        add_to_session(world.fresh(), [world.bob], actor=IMPORT, **late)
    assert world.standing_word("none") == "none"
    by_staff = Actor("import", user=UserFactory())
    [line] = add_to_session(world.fresh(), [world.bob], actor=by_staff, **late)
    assert line.outcome == "registered"

"""Every path that changes a seat goes through the one door.

For each: locks in order, one ledger row for each seat that changes hands, at most one mail to each person, the
waitlist served after the commit that frees the seat, and `check_seats` silent (the engine's conftest asks).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from events.actors import ATTENDEE
from events.models import Event, User
from registrations import actions, locks
from registrations.models import EventRegistration
from sessions_app.models import Session
from sessions_app.schedule.apply import ImportOptions
from sessions_app.schedule.capacities import Capacities
from tests.engine import watching
from tests.engine.acts import claim, contact_of, holders
from tests.engine.paths import (
    ENLARGING,
    FREEING,
    HOLDER,
    INVITED,
    NEXT,
    OTHERS,
    WAITS,
    Act,
    Scene,
    leave_undone,
    turn_waitlist,
)
from tests.factories import EventFactory, PassFactory, SessionFactory, at
from tests.schedule.files import OAKS, SMALL_XML, changed, imported


@pytest.fixture
def scene(client: Any, alice: User, event: Event) -> Scene:
    """The scene, before anybody acts."""
    full = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    other = SessionFactory(event=event, capacity=2, starts_at=at(10, 30), ends_at=at(12))
    claim(full, HOLDER)
    claim(full, WAITS, wait=True)
    claim(full, NEXT, wait=True)
    return Scene(client, alice, event, full, other)


@pytest.fixture
def invited(scene: Scene) -> Scene:
    """The scene once the seat is given back and offered to who waits."""
    Event.objects.filter(pk=scene.event.pk).update(auto_register_waitlisted=False)
    actions.cancel_session_registrations([scene.seat()], actor=ATTENDEE)
    assert scene.item(WAITS).status == "invited"
    return scene


@pytest.fixture
def watch(django_capture_on_commit_callbacks: Any) -> Callable[[Act, Scene], watching.Watched]:
    """Return a function that does it, with what follows a commit, and says what happened."""

    def do(act: Act, scene: Scene) -> watching.Watched:
        with watching.watching() as watched, django_capture_on_commit_callbacks(execute=True):
            answer = act(scene)
        assert getattr(answer, "status_code", 302) in {200, 201, 204, 302}, getattr(answer, "content", answer)
        return watched

    return do


@pytest.mark.parametrize("path", FREEING)
def test_frees_seat_for_the_line(scene: Scene, watch: Any, path: str) -> None:
    watched = watch(FREEING[path], scene)
    watching.check(watched, transactions=lambda count: count == 2)
    assert holders(scene.full) == {"waits"}
    assert watched.told()["waits"] == 1


@pytest.mark.parametrize("path", ENLARGING)
def test_gives_new_seat_to_the_line(scene: Scene, watch: Any, path: str) -> None:
    watched = watch(ENLARGING[path], scene)
    watching.check(watched, transactions=lambda count: count == 2)
    assert holders(scene.full) == {"holder", "waits"}
    assert watched.told() == {"waits": 1}


@pytest.mark.parametrize("path", OTHERS)
def test_moves_seats_by_the_rules(scene: Scene, watch: Any, path: str) -> None:
    watched = watch(OTHERS[path], scene)
    watching.check(watched, transactions=lambda count: count == 1)
    assert watched.ledger


@pytest.mark.parametrize("path", INVITED)
def test_moves_held_seat(invited: Scene, watch: Any, path: str) -> None:
    act, seated, asked_next = INVITED[path]
    watched = watch(act, invited)
    watching.check(watched, transactions=lambda count: count == (2 if asked_next else 1))
    assert holders(invited.full) == seated
    if asked_next:
        assert invited.item(NEXT).status == "invited"


@pytest.mark.parametrize(
    "act",
    [
        lambda s: actions.sweep(),
        lambda s: actions.settle([s.full.seats_id]),
        lambda s: call_command("worker", once=True, verbosity=0),
    ],
    ids=["sweep", "settle", "worker"],
)
def test_serves_what_was_left_undone(scene: Scene, watch: Any, act: Act) -> None:
    leave_undone(scene)
    assert holders(scene.full) == set()
    watched = watch(act, scene)
    watching.check(watched, transactions=lambda count: count == 1)
    assert holders(scene.full) == {"waits"}


@pytest.mark.parametrize(
    "act",
    [
        lambda s: actions.invite([s.item(NEXT)], **s.staff),
        lambda s: s.row("session_waitlist", "invite", s.item(NEXT).pk),
        lambda s: s.api.post(f"/waitlist-items/{s.item(NEXT).pk}/invitation"),
    ],
    ids=["action", "desk", "api"],
)
def test_invites_by_hand(scene: Scene, watch: Any, act: Act) -> None:
    leave_undone(scene)
    watched = watch(act, scene)
    watching.check(watched, transactions=lambda count: count == 1)
    assert scene.item(NEXT).status == "invited"
    assert watched.told() == {"next": 1}
    actions.cancel_session(scene.full, **scene.staff)


def test_serves_line_that_goes_live_again(scene: Scene, watch: Any) -> None:
    actions.stop(scene.full, **scene.staff)
    actions.cancel_session_registrations([scene.seat()], **scene.staff)
    assert holders(scene.full) == set()
    watching.check(watch(lambda s: actions.go_live(s.full, **s.staff), scene))
    assert holders(scene.full) == {"waits"}


def test_serves_line_that_is_turned_on_again(scene: Scene, watch: Any) -> None:
    turn_waitlist(scene, False)
    actions.cancel_session_registrations([scene.seat()], **scene.staff)
    watching.check(watch(lambda s: turn_waitlist(s, True), scene))
    assert holders(scene.full) == {"waits"}


def test_registers_and_cancels_at_event_level(watch: Any) -> None:
    event = EventFactory(session_level=False, capacity=1)
    offered = PassFactory(event=event, capacity=2)
    watched = watch(lambda _: actions.register_for_event(event, HOLDER, offered), None)
    watching.check(watched)
    assert watched.moved == 2
    watching.check(watch(lambda _: actions.register_for_event(event, WAITS, offered, wait=True), None))
    mine_ = EventRegistration.objects.filter(contact__email=HOLDER.email)
    watched = watch(lambda _: actions.cancel_event_registrations(mine_, actor=ATTENDEE), None)
    watching.check(watched, transactions=lambda count: count == 2)
    assert watched.told() == {"holder": 1, "waits": 1}
    assert watched.moved == 4


def test_notices_locks_in_the_wrong_order(scene: Scene, watch: Any) -> None:
    """The control: what locks seats before contacts, or through a join, is found out."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks to look at")

    def wrongly(s: Scene) -> None:
        with transaction.atomic():
            locks.lock_seats([s.full.seats_id])
            locks.lock_contacts([contact_of(HOLDER).pk])

    def joined(s: Scene) -> None:
        with transaction.atomic():
            list(Session.objects.select_related("seats").filter(pk=s.full.pk).select_for_update())

    for act in (wrongly, joined):
        with pytest.raises((AssertionError, KeyError)):
            watching.check_locks(watch(act, scene))


def test_notices_movement_without_ledger_row(scene: Scene, watch: Any) -> None:
    """The control: a seat that changes hands behind the ledger's back is found out."""

    def behind_its_back(s: Scene) -> None:
        s.seat().delete()

    with transaction.atomic():
        with pytest.raises(AssertionError):
            watching.check_ledger(watch(behind_its_back, scene))
        transaction.set_rollback(True)


def test_tells_once_of_what_an_import_moves(watch: Any) -> None:
    """An imported programme that comes again with another time is a door like the others."""
    every_one = ImportOptions(Capacities(5), event_status="live", session_status="live")
    imported(SMALL_XML.read_bytes(), options=every_one)
    session = Session.objects.get(external_id=OAKS)
    claim(session, HOLDER)
    later = changed(SMALL_XML, ("2031-05-05T10:00:00+02:00", "2031-05-05T14:00:00+02:00"))
    watched = watch(lambda _: imported(later, options=every_one), None)
    watching.check(watched)
    assert watched.told() == {"holder": 1}
    assert holders(session) == {"holder"}

"""What changes while a draw goes on: a session that comes with the event from now on, and people who are erased."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registrations.actions import erase_contact, freeze, invite_to_ticket, join_ticket, publish
from registrations.models import Draw, SessionRegistration
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.draws.acts import AFTER, NUMBER, OPEN, World
from tests.engine.acts import holders, mails

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def include(world: World) -> None:
    """The first session comes with the event from now on."""
    [first, *_others] = world.sessions
    first.selection_control = Session.SelectionControl.INCLUDED
    first.save()


def drawn(world: World) -> None:
    world.drawn()


def frozen(world: World) -> None:
    freeze(world.draw, AFTER)


def still_open(world: World) -> None:
    pass


@pytest.mark.parametrize("come_to", [still_open, frozen, drawn])
def test_a_session_that_becomes_included_is_given_to_nobody_twice(
    world: World, come_to: Callable[[World], None]
) -> None:
    guests = [world.guest(name) for name in ("ann", "bob")]
    for guest in guests:
        world.wish(guest, 0, 1, 2)
    come_to(world)
    include(world)
    late = world.guest("late")
    told = len(mails())
    if Draw.objects.get(pk=world.draw.pk).state != Draw.State.DRAWN:
        world.drawn(NUMBER)
    published = publish(world.draw, actor=World.staff(), at=AFTER)
    assert published.state == Draw.State.PUBLISHED
    seats = list(SessionRegistration.objects.active().values_list("session", "contact"))
    assert len(seats) == len(set(seats))
    assert len(holders(world.sessions[0])) <= 1
    assert [len(world.became(guest)) for guest in guests] == [3, 3]
    assert sorted(mails()[told:]) == [("drawn", "ann"), ("drawn", "bob")]
    assert not late.ticket_holders.exists()
    assert recount(world.event, swept=True, at=AFTER) == []


@pytest.mark.parametrize("come_to", [frozen, drawn])
def test_whoever_is_erased_since_the_wishes_were_frozen_is_given_nothing(
    world: World, come_to: Callable[[World], None]
) -> None:
    ann, bob, cid = (world.guest(name) for name in ("ann", "bob", "cid"))
    join_ticket(invite_to_ticket(ann, world.draw, at=OPEN).invitation, bob, at=OPEN)
    world.wish(bob, 2)
    world.wish(cid, 0)
    come_to(world)
    for gone in (ann, cid):
        erase_contact(gone.contact, actor=World.staff(), at=AFTER)
    told = len(mails())
    if Draw.objects.get(pk=world.draw.pk).state != Draw.State.DRAWN:
        world.drawn(NUMBER)
    # What was frozen is decided as it was frozen: the file, and with it the hash, stays.
    assert world.draw.decisions.filter(verdict="given").count() == 2
    assert publish(world.draw, actor=World.staff(), at=AFTER).state == Draw.State.PUBLISHED
    assert (holders(world.sessions[0]), holders(world.sessions[2])) == (set(), {"bob"})
    assert mails()[told:] == [("drawn", "bob")]
    assert recount(world.event, swept=True, at=AFTER) == []

"""What no draw takes: a clear answer, and nothing half-done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from events.errors import Closed, Invalid, NotOpenYet, Refusal, RegistrationCancelled
from registrations.actions import (
    cancel_draw,
    cancel_event_registrations,
    change_draw,
    enter_public_number,
    freeze,
    invite_to_ticket,
    join_ticket,
    leave_ticket,
    plan_draw,
    publish,
    state_wishes,
)
from registrations.models import Draw, EventRegistration, Ticket, TicketHolder, Wish
from tests.draws.acts import AFTER, BEFORE, CLOSES, NUMBER, OPEN, OPENS, World
from tests.engine.test_agenda import every_row
from tests.factories import EventFactory, SessionFactory

# The same words on either database; what is written there is looked at in the stories and the races.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
AN_HOUR = timedelta(hours=1)


class Stage:
    """A draw with Ann and Bob on one ticket, Cid and Dan on another, Eve alone and Fay without any."""

    def __init__(self) -> None:
        self.world = World.new()
        self.staff = World.staff()
        self.ann, self.bob, self.cid, self.dan, self.eve, self.fay = (
            self.world.guest(f"{name}{self.world.event.pk}")
            for name in ("ann", "bob", "cid", "dan", "eve", "fay")
        )
        self.first, self.second = self.invitation(self.ann), self.invitation(self.cid)
        join_ticket(self.first, self.bob, at=OPEN)
        join_ticket(self.second, self.dan, at=OPEN)
        self.world.wish(self.eve, 0)

    def invitation(self, guest: EventRegistration) -> str:
        """The link onto a guest's ticket."""
        return invite_to_ticket(guest, self.world.draw, at=OPEN).invitation

    def wish(self, *numbers: int, at: Any = OPEN, place: int | None = None) -> None:
        """Eve's wishes."""
        self.world.wish(self.eve, *numbers, at=at, place=place)

    def plan(self, **changed: Any) -> Draw:
        """Another draw, of a session that is in none."""
        session = SessionFactory(event=self.world.event)
        given = {"sessions": [session], "opens_at": OPENS, "closes_at": CLOSES, "number_source": "Lottery"}
        return plan_draw(self.world.event, **(given | changed), actor=self.staff, at=BEFORE)

    def change(self, at: Any = OPEN, **changes: Any) -> Draw:
        """Change the draw."""
        return change_draw(self.world.draw, actor=self.staff, at=at, **changes)

    def number(self, number: str, at: Any = AFTER) -> Draw:
        """Enter the public number."""
        return enter_public_number(self.world.draw, number, actor=self.staff, at=at)

    def elsewhere(self) -> Any:
        """A session of another event."""
        return SessionFactory(event=EventFactory())

    def full_group(self) -> str:
        """The invitation of a group of four."""
        for name in ("gus", "hal"):
            join_ticket(self.first, self.world.guest(f"{name}{self.world.event.pk}"), at=OPEN)
        return self.first

    def ended(self) -> EventRegistration:
        """Fay, who has cancelled."""
        cancel_event_registrations([self.fay], actor=self.staff, at=OPEN)
        return self.fay


def _included(stage: Stage) -> list[Any]:
    return [SessionFactory(event=stage.world.event, selection_control="included")]


BAD: dict[str, tuple[type[Refusal], Callable[[Stage], Any]]] = {
    "wishes before opening": (NotOpenYet, lambda s: s.wish(0, at=BEFORE)),
    "wishes after closing": (Closed, lambda s: s.wish(0, at=CLOSES)),
    "a session twice": (Invalid, lambda s: s.wish(0, 1, 0)),
    "a session of another event": (
        Invalid,
        lambda s: state_wishes(s.eve, s.world.draw, [(s.elsewhere(), None)], at=OPEN),
    ),
    "a session in no draw": (
        Invalid,
        lambda s: state_wishes(s.eve, s.world.draw, [(SessionFactory(event=s.world.event), None)], at=OPEN),
    ),
    "10,000 wishes": (Invalid, lambda s: s.wish(*[0] * 10_000)),
    "the place 0 in line": (Invalid, lambda s: s.wish(0, place=0)),
    "wishes of somebody who cancelled": (
        RegistrationCancelled,
        lambda s: state_wishes(s.ended(), s.world.draw, [], at=OPEN),
    ),
    "an invitation of nobody": (Invalid, lambda s: join_ticket("nobody", s.eve, at=OPEN)),
    "somebody in two groups": (Invalid, lambda s: join_ticket(s.first, s.dan, at=OPEN)),
    "a fifth person": (Invalid, lambda s: join_ticket(s.full_group(), s.eve, at=OPEN)),
    "joining after closing": (Closed, lambda s: join_ticket(s.first, s.eve, at=AFTER)),
    "leaving after closing": (Closed, lambda s: leave_ticket(s.bob, s.world.draw, at=AFTER)),
    "no session": (Invalid, lambda s: s.plan(sessions=[])),
    "a foreign session": (Invalid, lambda s: s.plan(sessions=[s.elsewhere()])),
    "one that is drawn already": (Invalid, lambda s: s.plan(sessions=s.world.sessions[:1])),
    "one that everybody is given": (Invalid, lambda s: s.plan(sessions=_included(s))),
    "a window that ends first": (Invalid, lambda s: s.plan(opens_at=CLOSES, closes_at=OPENS)),
    "a window in the past": (
        Invalid,
        lambda s: s.plan(opens_at=BEFORE - 2 * AN_HOUR, closes_at=BEFORE - AN_HOUR),
    ),
    "a window after the start": (Invalid, lambda s: s.plan(closes_at=OPENS + timedelta(days=900))),
    "no source of the number": (Invalid, lambda s: s.plan(number_source="  ")),
    "no seat at most": (Invalid, lambda s: s.plan(most_seats=0)),
    "closing moved into the past": (Invalid, lambda s: s.change(closes_at=OPEN - AN_HOUR)),
    "other sessions while it is open": (Invalid, lambda s: s.change(sessions=s.world.sessions[:1])),
    "changed after closing": (Invalid, lambda s: s.change(at=AFTER, closes_at=AFTER + AN_HOUR)),
    "the number before closing": (Invalid, lambda s: s.number(NUMBER, at=OPEN)),
    "the number before freezing": (Invalid, lambda s: s.number(NUMBER)),
    "a number of spaces": (Invalid, lambda s: s.number("   ")),
    "a number without an end": (Invalid, lambda s: s.number("7" * 201)),
    "published before it is drawn": (Invalid, lambda s: publish(s.world.draw, actor=s.staff, at=AFTER)),
}


def refused_by(act: Callable[[Stage], Any], stage: Stage) -> Refusal | None:
    """The refusal, or None where nothing was refused."""
    try:
        act(stage)
    except Refusal as refusal:
        return refusal
    return None


def test_answers_and_leaves_everything_as_it_was(db: None) -> None:
    stage = Stage()
    said: dict[str, Refusal | None] = {}
    for name, (_refused, act) in BAD.items():
        own = Stage() if name in {"a fifth person", "wishes of somebody who cancelled"} else stage
        said[name] = refused_by(act, own)
    assert {name: type(refusal) for name, refusal in said.items()} == {
        name: refused for name, (refused, _act) in BAD.items()
    }
    assert all(str(refusal) for refusal in said.values())
    assert (Draw.objects.exclude(public_number="").exists(), Wish.objects.filter(rank__gt=1).exists()) == (
        False,
        False,
    )
    assert set(Wish.objects.filter(ticket__draw=stage.world.draw).values_list("rank", flat=True)) == {1}
    assert stage.world.draw.draw_sessions.count() == 3


def test_a_group_with_itself_is_nothing_new(db: None) -> None:
    stage = Stage()
    before = every_row()["registrations.TicketHolder"]
    assert join_ticket(stage.first, stage.bob, at=OPEN) == join_ticket(stage.first, stage.ann, at=OPEN)
    assert every_row()["registrations.TicketHolder"] == before


def test_whoever_leaves_takes_the_wishes_along(db: None) -> None:
    stage = Stage()
    stage.world.wish(stage.ann, 1, 2)
    own = leave_ticket(stage.bob, stage.world.draw, at=OPEN)
    assert leave_ticket(stage.bob, stage.world.draw, at=OPEN) == own
    assert [wish.session for wish in own.wishes.all()] == stage.world.sessions[1:]
    assert TicketHolder.objects.get(registration=stage.ann).ticket.holders.count() == 1
    # And whoever comes onto a ticket gives up their own list.
    join_ticket(stage.first, stage.eve, at=OPEN)
    assert not Ticket.objects.filter(holders=None).exists()


def test_spaces_in_the_number_make_no_difference_and_another_one_corrects_it(db: None) -> None:
    stage = Stage()
    freeze(stage.world.draw, AFTER)
    draw = stage.number(f"  {NUMBER.replace(' ', '   ')} ")
    assert draw.public_number == NUMBER
    seed = draw.seed
    assert stage.number(NUMBER).seed == seed
    assert stage.number("1 2 3").seed != seed
    assert stage.number(NUMBER).seed == seed
    publish(draw, actor=stage.staff, at=AFTER)
    with pytest.raises(Invalid):
        stage.number("1 2 3")
    with pytest.raises(Invalid):
        cancel_draw(draw, actor=stage.staff, at=AFTER)

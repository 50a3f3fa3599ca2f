"""Every reason why somebody may not get a seat of the event itself, or its pass, at every door of the event."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.actors import Actor
from events.errors import Refusal
from events.models import Event, Pass, SeatCount
from registrations.actions import (
    accept_invitation,
    add_to_event,
    begin_payment,
    expire_orders,
    order_invitation,
    place_order,
    register_for_event,
    register_from_waitlist,
    settle,
    settle_payment,
    submit_agenda,
)
from registrations.models import EventRegistration, Order
from registrations.rules.doors import Why
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.engine.acts import contact_of, person
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory
from waitlists.models import WaitlistItem

GIVEN, WAITS, PASSED_OVER = "given", "waits", "passed over"
_number = itertools.count(1)


@pytest.fixture(autouse=True)
def seats_stay_true() -> None:
    """Not asked here after each test: the reasons are made true by hand, past every door."""


@dataclass
class World:
    """An event with one pass, two seats each; Bob wants both."""

    event: Event
    offered: Pass
    bob: Attendee

    def fresh(self) -> tuple[Event, Pass]:
        """Both as they are now."""
        offered = Pass.objects.select_related("event__seats", "seats").get(pk=self.offered.pk)
        return offered.event, offered

    def bob_waits(self, *, asks: bool) -> None:
        """Let Bob wait for the event with the pass, invited where he is to be asked."""
        SeatCount.objects.filter(pk=self.event.seats_id).update(capacity=0)
        Event.objects.filter(pk=self.event.pk).update(auto_register_waitlisted=not asks)
        event, offered = self.fresh()
        register_for_event(event, self.bob, offered, wait=True)
        SeatCount.objects.filter(pk=self.event.seats_id).update(capacity=2)
        if asks:
            settle([self.event.seats_id])

    def word(self) -> str:
        """What became of Bob."""
        if EventRegistration.objects.confirmed().filter(event=self.event).exists():
            return GIVEN
        item = WaitlistItem.objects.open().filter(event=self.event).first()
        return PASSED_OVER if item and item.passed_over_at else WAITS


def _event(**values: Any) -> Callable[[World], Any]:
    return lambda world: Event.objects.filter(pk=world.event.pk).update(**values)


def _seats(of: str, **values: Any) -> Callable[[World], Any]:
    return lambda world: SeatCount.objects.filter(pk=getattr(world, of).seats_id).update(**values)


def _off_sale(world: World) -> None:
    Pass.objects.filter(pk=world.offered.pk).update(on_sale_until=timezone.now() - timedelta(days=1))


def _priced(world: World) -> None:
    Pass.objects.filter(pk=world.offered.pk).update(price=20)


REASONS: dict[str, Callable[[World], Any]] = {
    Why.GONE: _event(cancelled_at=timezone.now(), publish_status="cancelled"),
    Why.NOT_LIVE: _event(publish_status="draft"),
    Why.NOT_OPEN_YET: _event(registration_opens_at=timezone.now() + timedelta(days=1)),
    Why.REGISTRATION_CLOSED: _event(registration_closes_at=timezone.now() - timedelta(days=1)),
    Why.PASS_NOT_ON_SALE: _off_sale,
    Why.HARD_LIMIT: _seats("event", capacity=0, hard_limit=0),
    Why.FULL: _seats("event", capacity=0),
    "pass sold out": _seats("offered", capacity=0),
    "pass at its hard limit": _seats("offered", capacity=0, hard_limit=0),
    Why.TO_BE_PAID: _priced,
}
_SELF_SERVICE = {
    Why.GONE: "not_live",
    Why.NOT_LIVE: "not_live",
    Why.NOT_OPEN_YET: "not_open_yet",
    Why.REGISTRATION_CLOSED: "closed",
    Why.PASS_NOT_ON_SALE: "closed",
    Why.HARD_LIMIT: "full",
    Why.FULL: "full",
    "pass sold out": "full",
    "pass at its hard limit": "full",
    Why.TO_BE_PAID: "payment_required",
}
_STAFF = {
    **_SELF_SERVICE,
    # What they give has to be paid later.
    **dict.fromkeys((Why.NOT_LIVE, Why.NOT_OPEN_YET, Why.PASS_NOT_ON_SALE, Why.TO_BE_PAID), GIVEN),
    Why.HARD_LIMIT: "hard_limit",
    "pass at its hard limit": "hard_limit",
}
_REFUNDED = "refund_due"
ANSWERS = {
    "register": _SELF_SERVICE,
    "order": {**_SELF_SERVICE, Why.TO_BE_PAID: GIVEN},
    # What is held is given, unless the event is gone.
    "payment": {**dict.fromkeys(REASONS, GIVEN), Why.GONE: _REFUNDED},
    # Paid too late it is given where it is still there; what closed meanwhile was wished for in time.
    "late payment": {
        **dict.fromkeys(REASONS, _REFUNDED),
        **dict.fromkeys(
            (
                *(Why.NOT_LIVE, Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED, Why.PASS_NOT_ON_SALE),
                Why.TO_BE_PAID,
            ),
            GIVEN,
        ),
    },
    "agenda": _SELF_SERVICE,
    "staff adding": _STAFF,
    # Whoever stands in line wished in time.
    "register now": {**_STAFF, Why.REGISTRATION_CLOSED: GIVEN},
    "promotion": {
        **dict.fromkeys(REASONS, WAITS),
        **dict.fromkeys((Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED), GIVEN),
        # Bought with the place in line, while it was on sale.
        Why.PASS_NOT_ON_SALE: GIVEN,
        # They are invited.
        Why.TO_BE_PAID: WAITS,
        "pass sold out": PASSED_OVER,
        "pass at its hard limit": PASSED_OVER,
    },
    # One seat and one of the pass are held for it.
    "order an invitation": {
        **dict.fromkeys(REASONS, GIVEN),
        **dict.fromkeys((Why.GONE, Why.NOT_LIVE), "not_live"),
    },
    "accept": {
        **_SELF_SERVICE,
        **dict.fromkeys(
            (Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED, Why.PASS_NOT_ON_SALE, Why.HARD_LIMIT, Why.FULL), GIVEN
        ),
    },
}


def register(world: World) -> str:
    """The form of an event without own agendas."""
    event, offered = world.fresh()
    register_for_event(event, world.bob, offered)
    return world.word()


def order(world: World) -> str:
    """The form of an event whose passes are paid for."""
    _ordered(world)
    return GIVEN


def _ordered(world: World) -> Order:
    event, offered = world.fresh()
    return place_order(event, world.bob, [Bought(world.bob, offered)])


def _paid(world: World) -> str:
    [placed] = Order.objects.filter(event=world.event)
    payment = begin_payment(placed, "test", f"ref{placed.pk}")
    settled = settle_payment(payment, amount=placed.total, currency=placed.currency)
    return world.word() if settled == "seated" else str(settled)


def _let_expire(world: World) -> None:
    _ordered(world)
    expire_orders(timezone.now() + timedelta(days=1))


def agenda(world: World) -> str:
    """The form of an event with own agendas and passes."""
    Event.objects.filter(pk=world.event.pk).update(allow_custom_agenda=True, passes_with_agenda=True)
    event, offered = world.fresh()
    result = submit_agenda(event, world.bob, [SessionFactory(event=event)], event_pass=offered)
    return GIVEN if result.registration else str(result.lines[0].outcome)


def staff_add(world: World) -> str:
    """Staff add somebody, deciding past nothing."""
    event, offered = world.fresh()
    [line] = add_to_event(event, [world.bob], offered, actor=_staff())
    return GIVEN if line.outcome == "registered" else str(line.outcome)


def register_now(world: World) -> str:
    """Staff give whoever waits the seat."""
    items = WaitlistItem.objects.open().filter(event=world.event)
    [line] = register_from_waitlist(items, actor=_staff())
    return GIVEN if line.outcome == "registered" else str(line.outcome)


def promotion(world: World) -> str:
    """The event's line is served."""
    settle([world.event.seats_id])
    return world.word()


def accept(world: World) -> str:
    """A click on the invitation's button."""
    [item] = WaitlistItem.objects.invited().filter(event=world.event)
    accept_invitation(item, contact=contact_of(world.bob))
    return world.word()


def order_offered(world: World) -> str:
    """The form to which an invitation leads where the pass is to be paid."""
    [item] = WaitlistItem.objects.invited().filter(event=world.event)
    return GIVEN if order_invitation(item, world.bob) else ""


def _staff() -> Actor:
    return Actor.staff(UserFactory(is_superuser=True))


def _waits(world: World) -> None:
    world.bob_waits(asks=False)


def _is_asked(world: World) -> None:
    world.bob_waits(asks=True)


# Each door, and how Bob comes to stand before it.
DOORS: dict[str, tuple[Callable[[World], str], Callable[[World], Any] | None]] = {
    "order": (order, None),
    "payment": (_paid, _ordered),
    "late payment": (_paid, _let_expire),
    "register": (register, None),
    "agenda": (agenda, None),
    "staff adding": (staff_add, None),
    "register now": (register_now, _waits),
    "promotion": (promotion, _waits),
    "accept": (accept, _is_asked),
    "order an invitation": (order_offered, _is_asked),
}


OF_MONEY = {"order", "payment", "late payment", "order an invitation"}


def _said(act: Callable[[World], str], world: World) -> str:
    try:
        return act(world)
    except Refusal as refusal:
        return refusal.code


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.django_db(transaction=True)
def test_event_doors(door: str) -> None:
    act, come = DOORS[door]
    said = {}
    for reason, make_true in {"nothing": lambda _world: None, **REASONS}.items():
        event = EventFactory(session_level=False, capacity=2)
        price = 20 if door in OF_MONEY else 0
        world = World(event, PassFactory(event=event, capacity=2, price=price), person(f"Bob{next(_number)}"))
        if come is not None:
            come(world)
        make_true(world)
        said[reason] = _said(act, world)
    assert said == {"nothing": GIVEN, **ANSWERS[door]}


def test_every_door_and_reason_has_an_answer() -> None:
    assert set(ANSWERS) == set(DOORS)
    assert all(set(answers) == set(REASONS) for answers in ANSWERS.values())

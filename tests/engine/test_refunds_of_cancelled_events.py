"""Cancelling an event gives back what everybody paid; the desk sees the sum first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from events.actors import SYSTEM, Actor
from events.models import Event
from registrations.actions import (
    begin_payment,
    cancel_event,
    cancel_event_registrations,
    erase_contact,
    place_order,
    refund_cancelled_events,
    remove_many,
    settle_payment,
)
from registrations.actions.many.terms import Terms
from registrations.actions.programme import refunding
from registrations.models import EventRegistration, Order, Refund
from registrations.queries import sales
from registrations.queries.refunds import money_kept, refunds_if_cancelled
from registrations.rules.orders import Bought
from registrations.rules.verdicts import Wanted
from tests.engine.acts import contact_of, figures, people, person
from tests.factories import EventFactory, PassFactory, UserFactory


@pytest.fixture
def expo(db: None) -> Event:
    return EventFactory(session_level=False, capacity=50)


@pytest.fixture
def sold(expo: Event) -> Event:
    """Two orders were paid, one of two people and one in francs, one is owed and one held; one pass was given away."""
    euros = PassFactory(event=expo, price=20)
    francs = PassFactory(event=expo, price=5, currency="CHF")
    pay(order(euros, *people(2, "paid")))
    pay(order(francs, person("swiss")))
    order(euros, person("owes"), owed=True, actor=SYSTEM, way=Order.Way.INVOICE)
    order(euros, person("holds"))
    order(euros, person("free"), way=Order.Way.COMPLIMENTARY, reason="Speaker", actor=SYSTEM)
    return expo


def order(offered, *who, **more) -> Order:
    return place_order(offered.event, who[0], [Bought(each, offered) for each in who], **more)


def pay(placed: Order) -> Order:
    payment = begin_payment(placed, "test", f"of {placed.pk}")
    settle_payment(payment, amount=placed.total, currency=placed.currency)
    return placed


def refunded() -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in Refund.objects.select_related("payment"):
        sums[each.payment.currency] = sums.get(each.payment.currency, Decimal(0)) + each.amount
    return sums


def test_everybody_is_refunded_by_one_verb_as_the_preview_said(sold):
    said = refunds_if_cancelled(sold)
    assert (said.orders, said.owed, said.held) == (2, 1, 1)
    assert said.sums == {"CHF": Decimal(5), "EUR": Decimal(40)}
    staff = Actor.staff(UserFactory(is_superuser=True))
    cancel_event(sold, actor=staff, reason="Storm")
    assert refunded() == said.sums
    assert set(Refund.objects.values_list("reason", "state")) == {("Storm", "due")}
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert figures(sold) == (50, 0, 0, 0)
    assert refunds_if_cancelled(sold).sums == {}
    cancel_event(sold, actor=staff, reason="Storm")
    assert refund_cancelled_events() == 0
    assert refunded() == said.sums


def test_the_worker_ends_what_cancelling_left_and_takes_it_up_again(sold, monkeypatch):
    expected = refunds_if_cancelled(sold).sums
    monkeypatch.setattr(refunding, "AT_ONCE", 1)
    cancel_event(sold, actor=SYSTEM, reason="Storm")
    assert Refund.objects.count() == 1
    stopped = iter([False, True])
    assert refund_cancelled_events(should_stop=lambda: next(stopped)) == 1
    assert refund_cancelled_events() + refund_cancelled_events() == 2
    assert refunded() == expected
    assert set(Refund.objects.values_list("reason", flat=True)) == {"Storm"}


@pytest.mark.parametrize(
    "leaves",
    [
        lambda one: cancel_event_registrations([one], actor=SYSTEM),
        lambda one: erase_contact(one.contact, actor=SYSTEM),
        lambda one: remove_many(one.event, [Wanted(1, person("paid1"))], terms=Terms.of(SYSTEM)),
    ],
    ids=["cancelled", "erased", "removed by file"],
)
def test_whoever_leaves_frees_the_seat_and_the_desk_sees_money_that_was_kept(sold, leaves):
    assert not sold.orders.filter(money_kept()).exists()
    before = figures(sold)
    leaves(
        EventRegistration.objects.select_related("contact", "event").get(contact=contact_of(person("paid1")))
    )
    assert figures(sold)[1] == before[1] - 1
    [found] = sold.orders.filter(money_kept())
    assert sales.reasons_to_look([found.pk]) == {found.pk: ["gone"]}
    assert (found.state, found.received, Refund.objects.count()) == ("paid", Decimal(40), 0)
    assert refunds_if_cancelled(sold).sums["EUR"] == Decimal(40)

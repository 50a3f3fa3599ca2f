"""Buyers and their payments at the same instant: no pass is sold twice, and no payment is left without an answer."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

from django.utils import timezone

from events.actors import ATTENDEE
from events.errors import Full
from registrations.actions import begin_payment, cancel_order, expire_orders, place_order, settle_payment
from registrations.models import EventRegistration, Notification, Order, Payment, Refund
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from tests.engine.acts import people
from tests.factories import EventFactory, PassFactory
from tests.races.at_once import appears, at_once, errors

LATER = timedelta(days=1)


def offered(number=3, seats=50):
    return PassFactory(event=EventFactory(session_level=False, capacity=seats), capacity=number, price=20)


def order(of_pass, who):
    return place_order(of_pass.event, who, [Bought(who, of_pass)])


def pay(payment):
    return settle_payment(payment, amount=payment.amount, currency=payment.currency)


def buyers_at_once(of_pass, number=8):
    return at_once(*(partial(order, of_pass, who) for who in people(number, f"p{of_pass.pk}-")))


def test_no_more_are_held_than_there_are():
    of_pass = offered()
    results = buyers_at_once(of_pass)
    assert [type(each) for each in errors(results)] == [Full] * 5
    assert Order.objects.held().filter(event=of_pass.event).count() == 3
    assert recount(of_pass.event, swept=True) == []


def test_oversells_without_locks(without_locks):
    def race():
        of_pass = offered()
        buyers_at_once(of_pass)
        return Order.objects.held().filter(event=of_pass.event).count() > 3 or recount(of_pass.event)

    assert appears(race)


def test_one_payment_told_many_times_at_once_seats_once():
    of_pass = offered()
    [buyer] = people(1)
    payment = begin_payment(order(of_pass, buyer), "test", "ref")
    results = at_once(*[partial(pay, payment)] * 8)
    assert Counter(map(str, results)) == {"seated": 8}
    assert [model.objects.count() for model in (EventRegistration, Payment)] == [1, 1]
    kinds = Notification.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["order_placed", "registered", "order_paid"]
    assert recount(of_pass.event, swept=True) == []


def test_two_payments_of_one_order_at_once_one_goes_back():
    placed = order(offered(), *people(1))
    payments = [begin_payment(placed, "test", reference) for reference in ("a", "b")]
    results = at_once(*(partial(pay, each) for each in payments))
    assert sorted(map(str, results)) == ["refund_due", "seated"]
    assert Refund.objects.count() == 1
    assert recount(swept=True) == []


def test_paid_while_it_ends_and_others_buy_each_payment_has_its_answer():
    """Money that came is a seat or goes back, whoever was first."""
    for end in ("expires", "is cancelled"):
        of_pass = offered(number=2)
        buyers = people(4, f"{of_pass.pk}-")
        orders = [order(of_pass, who) for who in buyers[:2]]
        payments = [begin_payment(each, "test", f"{each.pk}") for each in orders]
        over = partial(expire_orders, timezone.now() + LATER)
        if end == "is cancelled":
            over = partial(cancel_order, orders[0], actor=ATTENDEE)
        acts = [over, *(partial(pay, each) for each in payments)]
        acts += [partial(order, of_pass, who) for who in buyers[2:]]
        results = at_once(*acts)
        assert {type(each) for each in errors(results)} <= {Full}
        assert set(map(str, results[1:3])) <= {"seated", "refund_due"}
        assert recount(of_pass.event, swept=True) == []

"""Passes bought, paid, offered and paid back at the same instant: what was sold, and the money, add up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.db.models import F, Sum
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM
from events.errors import AlreadyRegistered, Full, InvitationGone
from events.models import Pass
from registrations.actions import (
    begin_payment,
    cancel_event,
    cancel_order,
    expire_invitations,
    expire_orders,
    mark_paid,
    order_invitation,
    place_order,
    register_for_event,
    settle_payment,
    sweep,
)
from registrations.models import AttendeePass, EventRegistration, Order, Payment, Refund
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from tests.engine.acts import contact_of, people, person
from tests.factories import EventFactory, PassFactory
from tests.races import switch
from tests.races.at_once import appears, at_once, errors
from tests.races.holding import held
from waitlists.models import WaitlistItem

LATER = timedelta(days=1)


def offered(number=5, seats=50) -> Pass:
    return PassFactory(event=EventFactory(session_level=False, capacity=seats), capacity=number, price=20)


def order(of_pass, who, **more):
    return place_order(of_pass.event, who, [Bought(who, of_pass)], **more)


def begun(placed, reference=""):
    return begin_payment(placed, "test", reference or f"of {placed.pk}")


def pay(payment):
    return settle_payment(payment, amount=payment.amount, currency=payment.currency)


def what_is_wrong(of_pass) -> list[str]:
    """Everything that does not add up once all is quiet: seats, passes sold, and where the money is."""
    sweep()
    event = of_pass.event
    wrong = [str(each) for each in recount(event, swept=True)]
    of_pass.seats.refresh_from_db()
    sold = AttendeePass.objects.filter(event_pass=of_pass, cancelled_at=None).count()
    if sold + of_pass.seats.held > of_pass.seats.capacity:
        wrong.append(f"{sold} sold of {of_pass.seats.capacity}, {of_pass.seats.held} held")
    for payment in Payment.objects.filter(order__event=event, state="paid").select_related("order"):
        back = payment.refunds.aggregate(sum=Sum("amount"))["sum"] or 0
        lines = payment.order.order_lines.filter(registration__status="confirmed").count()
        if (back == 0 and not lines) or back not in (0, payment.amount):
            wrong.append(f"payment {payment.pk} is no seat, and {back} of {payment.amount} goes back")
    paid = Payment.objects.filter(order__event=event, state="paid").aggregate(sum=Sum("amount"))[
        "sum"
    ] or Decimal(0)
    back = Refund.objects.filter(payment__order__event=event).aggregate(sum=Sum("amount"))["sum"] or Decimal(
        0
    )
    due = Order.objects.filter(event=event, state="paid").aggregate(sum=Sum(F("total") - F("credited")))[
        "sum"
    ]
    if round(paid - back - (due or 0), 2):
        wrong.append(f"{paid} paid, {back} back, {due} due")
    return wrong


def twenty_for_five(of_pass) -> list[object]:
    """Five hold the passes and pay too late, while their orders expire and fifteen others buy; then those pay."""
    first, others = people(20, f"p{of_pass.pk}-")[:5], people(20, f"p{of_pass.pk}-")[5:]
    payments = [begun(order(of_pass, who)) for who in first]
    over = partial(expire_orders, timezone.now() + LATER)
    results = at_once(
        over, *(partial(pay, each) for each in payments), *(partial(order, of_pass, who) for who in others)
    )
    placed = [each for each in results if isinstance(each, Order)]
    late = [begun(each) for each in placed]
    return results + at_once(
        *(partial(pay, each) for each in late), *(partial(pay, each) for each in payments)
    )


def test_twenty_buyers_for_five_passes_with_expiry_and_late_payments():
    of_pass = offered()
    results = twenty_for_five(of_pass)
    assert {type(each) for each in errors(results)} <= {Full}
    assert what_is_wrong(of_pass) == []
    assert AttendeePass.objects.filter(cancelled_at=None).count() == 5


def test_passes_are_sold_twice_without_locks(without_locks):
    def race():
        of_pass = offered()
        twenty_for_five(of_pass)
        return what_is_wrong(of_pass)

    assert appears(race, rounds=5)


def test_one_order_settled_expired_and_cancelled_at_once_has_one_end():
    for number in range(3):
        of_pass = offered(number=1)
        placed = order(of_pass, person(f"one{of_pass.pk}"))
        payments = [begun(placed, f"{placed.pk}-{each}") for each in range(number + 1)]
        acts = [partial(expire_orders, timezone.now() + LATER), partial(cancel_order, placed, actor=ATTENDEE)]
        results = at_once(*(partial(pay, each) for each in payments), *acts)
        assert errors(results) == []
        assert set(map(str, results[: number + 1])) <= {"seated", "refund_due"}
        assert what_is_wrong(of_pass) == []


def with_one_waiting():
    """The last pass is held for somebody who does not pay; another waits for it while the event has seats."""
    of_pass = offered(number=1)
    placed = order(of_pass, person(f"slow{of_pass.pk}"))
    waits = person(f"waits{of_pass.pk}")
    register_for_event(of_pass.event, waits, of_pass, wait=True)
    return of_pass, placed, waits


def bought_between(of_pass, placed, newcomer) -> bool:
    """A newcomer asks between the commit that frees the pass and the promotion; True where they get it."""
    with held(partial(cancel_order, placed, actor=ATTENDEE), after=True):
        try:
            order(of_pass, newcomer)
        except Full:
            return False
    return True


def test_no_newcomer_comes_between_a_pass_that_is_free_again_and_who_waits_for_it():
    of_pass, placed, waits = with_one_waiting()
    assert not bought_between(of_pass, placed, person("new"))
    assert WaitlistItem.objects.get(contact=contact_of(waits)).status == "invited"
    assert what_is_wrong(of_pass) == []


def test_newcomers_would_without_asking_who_waits(monkeypatch):
    switch.sell_past_those_who_wait(monkeypatch)
    of_pass, placed, _waits = with_one_waiting()
    assert bought_between(of_pass, placed, person("new"))


def test_an_invitation_becomes_an_order_while_newcomers_ask_and_it_expires():
    of_pass, placed, waits = with_one_waiting()
    cancel_order(placed, actor=ATTENDEE)
    item = WaitlistItem.objects.select_related("contact").get(contact=contact_of(waits))
    late = partial(expire_invitations, timezone.now() + timedelta(days=9))
    new = [partial(order, of_pass, who) for who in people(3, f"n{of_pass.pk}-")]
    results = at_once(*[partial(order_invitation, item, waits)] * 2, late, *new)
    assert {type(each) for each in errors(results)} <= {Full, InvitationGone}
    assert Order.objects.held().filter(event=of_pass.event).count() <= 1
    assert what_is_wrong(of_pass) == []
    for each in Order.objects.held().filter(event=of_pass.event):
        assert str(pay(begun(each))) == "seated"
    assert what_is_wrong(of_pass) == []


def test_an_order_of_an_invitation_paid_and_expired_at_once():
    of_pass, placed, waits = with_one_waiting()
    cancel_order(placed, actor=ATTENDEE)
    item = WaitlistItem.objects.select_related("contact").get(contact=contact_of(waits))
    payment = begun(order_invitation(item, waits))
    over, new = (
        partial(expire_orders, timezone.now() + timedelta(days=9)),
        partial(order, of_pass, person("late")),
    )
    results = at_once(partial(pay, payment), over, new)
    assert {type(each) for each in errors(results)} <= {Full}
    assert what_is_wrong(of_pass) == []


def test_an_open_invoice_marked_paid_twice_at_once_is_paid_once():
    of_pass = offered()
    placed = order(of_pass, person("owes"), owed=True, way=Order.Way.INVOICE, actor=SYSTEM)
    results = at_once(*[partial(mark_paid, placed, actor=SYSTEM)] * 4)
    assert set(map(str, results)) == {"seated"}
    assert (Payment.objects.count(), Refund.objects.count()) == (1, 0)
    assert what_is_wrong(of_pass) == []


def test_two_staff_owe_the_same_person_the_last_pass():
    of_pass = offered(number=1)
    who = person("both")
    owed = partial(order, of_pass, who, owed=True, way=Order.Way.INVOICE, actor=SYSTEM)
    results = at_once(owed, owed)
    assert [type(each) for each in errors(results)] in ([AlreadyRegistered], [Full])
    assert EventRegistration.objects.count() == 1
    assert what_is_wrong(of_pass) == []


def sold(number):
    of_pass = offered()
    for who in people(number, f"s{of_pass.pk}-"):
        pay(begun(order(of_pass, who)))
    return of_pass


def test_an_event_cancelled_while_people_pay_refunds_all_of_them():
    of_pass = sold(2)
    more = [begun(order(of_pass, who)) for who in people(2, "more")]
    cancelling = partial(cancel_event, of_pass.event, actor=SYSTEM, reason="Storm")
    results = at_once(cancelling, cancelling, *(partial(pay, each) for each in more))
    assert errors(results) == []
    refund_rest(of_pass)
    assert Refund.objects.aggregate(sum=Sum("amount"))["sum"] == 80


def refund_rest(of_pass):
    from registrations.actions import refund_cancelled_events

    refund_cancelled_events()
    assert what_is_wrong(of_pass) == []
    assert set(Order.objects.filter(event=of_pass.event).values_list("state", flat=True)) == {"cancelled"}


def test_an_event_is_paid_back_wherever_cancelling_it_was_killed(victim):
    """Right before and after its commits, of which each order has one: the worker ends what is left, nobody twice."""
    for number, after in ((1, True), (2, False), (2, True)):
        of_pass = sold(2)
        assert victim.obey("cancel_event", ("commit", number, after), event=of_pass.event_id)
        assert recount(of_pass.event) == []
        refund_rest(of_pass)
        back = Refund.objects.filter(payment__order__event=of_pass.event)
        assert [each.amount for each in back] == [20, 20]

"""Orders: seats held while somebody pays; each payment is a seat or a refund, and nobody gets one for nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import AlreadyRegistered, Full, Invalid, Refusal, WrongLevel
from events.models import Event, Pass, SeatCount
from registrations.actions import (
    Settled,
    begin_payment,
    cancel_event,
    cancel_event_registrations,
    cancel_order,
    correct_address,
    erase_contact,
    expire_orders,
    place_order,
    register_for_event,
    settle_payment,
)
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    Order,
    OrderLine,
    Payment,
    Refund,
)
from registrations.queries.everything import everything_about
from registrations.queries.recount import recount
from registrations.rules.orders import HELD_FOR, MOST_LINES, Bought
from registrations.rules.people import Attendee
from tests.engine.acts import contact_of, figures, mails, person
from tests.factories import EventFactory, PassFactory, UserFactory
from waitlists.models import WaitlistItem

BOB, CAROL, DORA, EVE = (person(name) for name in ("Bob", "Carol", "Dora", "Eve"))
PRICE = Decimal("20.00")
LATER = HELD_FOR + timedelta(minutes=1)


@pytest.fixture
def expo(db: None) -> Event:
    """An event with ten seats that registers people by passes."""
    return EventFactory(session_level=False, capacity=10)


@pytest.fixture
def two_left(expo: Event) -> Pass:
    """A pass of twenty euros, of which two are left."""
    return PassFactory(event=expo, capacity=2, price=PRICE)


def order(offered: Pass, *people: Attendee, **more: Any) -> Order:
    return place_order(offered.event, people[0], [Bought(who, offered) for who in people], **more)


def pay(placed: Order, *, reference: str = "", amount: Decimal | None = None, **more: Any) -> Settled:
    payment = begin_payment(placed, "test", reference or f"of {placed.pk}")
    more = {"currency": placed.currency, "amount": placed.total if amount is None else amount} | more
    return settle_payment(payment, **more)


def figures_of(offered: Pass) -> tuple[tuple[int | None, int, int, int], ...]:
    return figures(offered.event), figures(offered)  # type: ignore[arg-type]


def confirmed(event: Event) -> set[str]:
    rows = EventRegistration.objects.confirmed().filter(event=event)
    return {email.split("@")[0] for email in rows.values_list("contact__email", flat=True)}


def is_as_before(offered: Pass) -> bool:
    """Nothing was written, and nobody told."""
    rows = (Order, OrderLine, EventRegistration, Activity, Notification)
    is_free = figures_of(offered) == ((10, 0, 0, 0), (2, 0, 0, 0))
    return is_free and not any(model.objects.exists() for model in rows)


def test_an_order_holds_seats_and_registers_nobody(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    assert (placed.state, placed.total, placed.currency) == ("held", 2 * PRICE, "EUR")
    assert placed.held_until == placed.placed_at + HELD_FOR
    assert figures_of(two_left) == ((10, 0, 2, 0), (2, 0, 2, 0))
    assert (confirmed(expo), mails()) == (set(), [("order_placed", "bob")])
    with pytest.raises(Full):
        order(two_left, DORA)
    with pytest.raises(Full):
        register_for_event(expo, DORA, two_left)


def test_paid_it_registers_everybody_on_it_once(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    assert pay(placed) == pay(placed) == Settled.SEATED
    placed.refresh_from_db()
    assert (placed.state, placed.held_until, placed.received) == ("paid", None, 2 * PRICE)
    assert figures_of(two_left) == ((10, 2, 0, 0), (2, 2, 0, 0))
    assert confirmed(expo) == {"bob", "carol"}
    assert AttendeePass.objects.filter(event_pass=two_left, cancelled_at=None).count() == 2
    assert mails()[1:] == [("registered", "bob"), ("registered", "carol"), ("order_paid", "bob")]
    assert Payment.objects.count() == 1
    # They came by the website, though it is Seatwise that registers them once the money is here.
    assert set(EventRegistration.objects.values_list("source", "added_by")) == {("website", None)}


def test_answers_and_names_given_with_the_order_are_the_registrations(expo, two_left):
    who = Attendee(BOB.email, "Robert", "Baker", details={"company": "Knots"}, language="de")
    pay(order(two_left, who))
    registration = EventRegistration.objects.get()
    assert (registration.full_name, registration.company) == ("Robert Baker", "Knots")


def test_not_paid_in_time_all_of_it_is_free_again(two_left):
    placed = order(two_left, BOB, CAROL)
    assert expire_orders(placed.placed_at + HELD_FOR - timedelta(seconds=1)) == 0
    at = placed.placed_at + HELD_FOR
    assert (expire_orders(at), expire_orders(at)) == (1, 0)
    placed.refresh_from_db()
    assert (placed.state, placed.ended_at) == ("expired", at)
    assert figures_of(two_left) == ((10, 0, 0, 0), (2, 0, 0, 0))
    assert (placed.credited, mails()[1:]) == (2 * PRICE, [("order_expired", "bob")])
    assert order(two_left, BOB, DORA).state == "held"


def test_an_order_without_a_deadline_waits_for_staff(two_left):
    placed = order(two_left, BOB, way=Order.Way.INVOICE, held_for=None, actor=SYSTEM)
    assert expire_orders(timezone.now() + timedelta(days=400)) == 0
    assert cancel_order(placed, actor=SYSTEM).state == "cancelled"


def test_paid_too_late_they_are_seated_while_nobody_else_is(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    expire_orders(timezone.now() + LATER)
    assert pay(placed) == Settled.SEATED
    placed.refresh_from_db()
    assert (placed.state, placed.ended_at, placed.credited) == ("paid", None, 0)
    assert confirmed(expo) == {"bob", "carol"}


@pytest.mark.parametrize("ends", ["expires", "is cancelled"])
def test_paid_too_late_for_all_of_them_it_is_refunded_whole(expo, two_left, ends):
    placed = order(two_left, BOB, CAROL)
    if ends == "expires":
        expire_orders(timezone.now() + LATER)
    else:
        cancel_order(placed, actor=ATTENDEE)
    order(two_left, DORA)
    assert pay(placed) == pay(placed) == Settled.REFUND_DUE
    [refund] = Refund.objects.all()
    assert (refund.amount, refund.state) == (2 * PRICE, "due")
    assert (
        "others had taken them" if ends == "expires" else "after the order was cancelled"
    ) in refund.reason
    assert mails()[-1] == ("refund_due", "bob")
    assert confirmed(expo) == set()
    assert figures_of(two_left) == ((10, 0, 1, 0), (2, 0, 1, 0))


def test_paid_too_late_by_somebody_registered_meanwhile_it_is_refunded(expo, two_left):
    placed = order(two_left, BOB)
    expire_orders(timezone.now() + LATER)
    register_for_event(expo, BOB, PassFactory(event=expo))
    assert pay(placed) == Settled.REFUND_DUE
    assert figures_of(two_left) == ((10, 1, 0, 0), (2, 0, 0, 0))


def test_paid_for_somebody_registered_by_another_door_it_is_refunded(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    register_for_event(expo, BOB, PassFactory(event=expo))
    assert pay(placed) == pay(placed) == Settled.REFUND_DUE
    placed.refresh_from_db()
    assert (placed.state, confirmed(expo)) == ("cancelled", {"bob"})
    assert Refund.objects.get().reason == "Somebody on it was registered meanwhile"
    assert figures_of(two_left) == ((10, 1, 0, 0), (2, 0, 0, 0))


def test_paid_twice_one_of_the_payments_is_refunded(two_left):
    placed = order(two_left, BOB)
    assert (pay(placed, reference="a"), pay(placed, reference="b")) == (Settled.SEATED, Settled.REFUND_DUE)
    assert Refund.objects.get().reason == "Paid twice"
    assert placed.received == PRICE


@pytest.mark.parametrize("said", [{"amount": PRICE - 1}, {"amount": PRICE * 2}, {"currency": "USD"}], ids=str)
def test_a_wrong_amount_seats_nobody_and_keeps_what_is_held(expo, two_left, said):
    placed = order(two_left, BOB)
    assert pay(placed, reference="wrong", **said) == Settled.WRONG_AMOUNT
    assert pay(placed, reference="wrong") == Settled.WRONG_AMOUNT
    assert Payment.objects.get().state == "wrong"
    assert (confirmed(expo), figures_of(two_left)) == (set(), ((10, 0, 1, 0), (2, 0, 1, 0)))
    assert pay(placed, reference="right") == Settled.SEATED


def test_paid_for_an_event_that_is_gone_it_is_refunded_and_ended(expo, two_left):
    placed = order(two_left, BOB)
    Event.objects.filter(pk=expo.pk).update(publish_status="cancelled", cancelled_at=timezone.now())
    assert pay(placed) == Settled.REFUND_DUE
    placed.refresh_from_db()
    assert (placed.state, Refund.objects.get().reason) == ("cancelled", "The event does not take place")
    assert figures_of(two_left) == ((10, 0, 0, 0), (2, 0, 0, 0))


def test_cancelling_the_event_ends_orders_that_wait(expo, two_left):
    placed, paid = order(two_left, BOB), order(two_left, CAROL)
    pay(paid)
    cancel_event(expo, actor=SYSTEM, reason="Storm")
    placed.refresh_from_db()
    assert (placed.state, placed.reason) == ("cancelled", "Storm")
    assert figures_of(two_left) == ((10, 0, 0, 0), (2, 0, 0, 0))
    assert pay(placed) == Settled.REFUND_DUE
    # What was paid before is given back by staff, who see the sum first.
    assert cancel_order(paid, actor=SYSTEM).state == "cancelled"
    assert Refund.objects.count() == 2


def test_cancelling_a_paid_order_ends_what_it_gave_and_refunds_it(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    pay(placed)
    for _again in range(2):
        assert cancel_order(placed, actor=SYSTEM, reason="Changed their mind").state == "cancelled"
    assert confirmed(expo) == set()
    assert figures_of(two_left) == ((10, 0, 0, 0), (2, 0, 0, 0))
    assert [(each.amount, each.reason) for each in Refund.objects.all()] == [
        (2 * PRICE, "Changed their mind")
    ]
    assert mails("cancelled") == [("cancelled", "bob"), ("cancelled", "carol")]
    assert pay(placed, reference="once more") == Settled.REFUND_DUE


def test_cancelling_an_order_of_which_somebody_has_left_already(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    pay(placed)
    cancel_event_registrations(EventRegistration.objects.filter(contact__email=BOB.email), actor=SYSTEM)
    cancel_order(placed, actor=SYSTEM)
    assert confirmed(expo) == set()
    assert Refund.objects.get().amount == 2 * PRICE


def test_what_expires_goes_to_whoever_waits(expo, two_left):
    SeatCount.objects.filter(pk=expo.seats_id).update(capacity=1)
    placed = order(two_left, BOB)
    free = PassFactory(event=expo, capacity=5)
    register_for_event(Event.objects.get(pk=expo.pk), CAROL, free, wait=True)
    assert WaitlistItem.objects.waiting().count() == 1
    expire_orders(timezone.now() + LATER)
    assert confirmed(expo) == {"carol"}
    # Whoever pays now comes too late.
    assert pay(placed) == Settled.REFUND_DUE


def test_nothing_to_pay_is_paid_at_once(expo):
    free = PassFactory(event=expo)
    placed = order(free, BOB)
    assert (placed.state, placed.total) == ("paid", 0)
    assert confirmed(expo) == {"bob"}
    assert mails() == [("registered", "bob")]


def test_staff_give_a_pass_away_with_a_reason(expo, two_left):
    staff = Actor.staff(UserFactory(is_superuser=True))
    placed = order(two_left, BOB, way=Order.Way.COMPLIMENTARY, reason="Speaker", actor=staff)
    assert (placed.state, placed.total, placed.reason) == ("paid", 0, "Speaker")
    assert placed.order_lines.get().price == PRICE
    assert confirmed(expo) == {"bob"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"way": Order.Way.COMPLIMENTARY, "reason": "Friend"}, "way"),
        ({"way": Order.Way.COMPLIMENTARY, "reason": " ", "actor": SYSTEM}, "reason"),
    ],
)
def test_nobody_else_gives_a_pass_away(two_left, more, field):
    with pytest.raises(Invalid) as refused:
        order(two_left, BOB, **more)
    assert list(refused.value.data["fields"]) == [field]
    assert is_as_before(two_left)


def _of(offered: Pass, kind: str) -> list[Bought]:
    other = {
        "nothing": [],
        "too many": [Bought(person(f"p{n}"), offered) for n in range(MOST_LINES + 1)],
        "nobody's name": [Bought(Attendee("x@example.org"), offered)],
        "no address": [Bought(Attendee("x", "X", "Y"), offered)],
        "one person twice": [Bought(BOB, offered), Bought(Attendee("BOB@example.org", "B", "B"), offered)],
        "two currencies": [
            Bought(BOB, offered),
            Bought(CAROL, PassFactory(event=offered.event, price=5, currency="CHF")),
        ],
        "another event's pass": [Bought(BOB, PassFactory())],
        "a deleted pass": [
            Bought(BOB, PassFactory(event=offered.event, archived_at=timezone.now(), price=1))
        ],
    }
    return other[kind]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("nothing", "passes"),
        ("too many", "passes"),
        ("nobody's name", "first_name"),
        ("no address", "email"),
        ("one person twice", "email"),
        ("two currencies", "passes"),
        ("another event's pass", "event_pass"),
        ("a deleted pass", "event_pass"),
    ],
)
def test_bad_orders_say_what_is_wrong_and_change_nothing(two_left, kind, field):
    with pytest.raises(Invalid) as refused:
        place_order(two_left.event, BOB, _of(two_left, kind))
    assert list(refused.value.data["fields"]) == [field]
    assert is_as_before(two_left)


def test_all_lines_or_none(two_left):
    with pytest.raises(Full):
        order(two_left, BOB, CAROL, DORA)
    assert is_as_before(two_left)


def test_nobody_is_in_two_orders_or_pays_for_what_they_have(expo, two_left):
    placed = order(two_left, BOB)
    with pytest.raises(AlreadyRegistered):
        order(two_left, CAROL, BOB)
    pay(placed)
    with pytest.raises(AlreadyRegistered):
        order(two_left, BOB)
    assert Order.objects.count() == 1


def test_an_order_sent_twice_is_one(two_left):
    key = uuid.uuid4()
    assert order(two_left, BOB, key=key) == order(two_left, BOB, key=key)
    assert figures_of(two_left) == ((10, 0, 1, 0), (2, 0, 1, 0))


def test_agendas_are_not_bought(db):
    offered = PassFactory(event=EventFactory(), price=PRICE)
    with pytest.raises(WrongLevel):
        order(offered, BOB)


def test_erasing_somebody_ends_the_order_that_waits(expo, two_left):
    placed = order(two_left, BOB, CAROL)
    contact = contact_of(CAROL)
    assert everything_about(contact)["ordered"][0]["price"] == PRICE
    erase_contact(contact, actor=SYSTEM)
    placed.refresh_from_db()
    assert placed.state == "cancelled"
    assert figures_of(two_left) == ((10, 0, 0, 0), (2, 0, 0, 0))
    erased = OrderLine.objects.get(contact=contact)
    assert (erased.first_name, erased.last_name, erased.details) == ("", "", {})


def test_erasing_somebody_who_paid_keeps_the_sum(two_left):
    placed = order(two_left, BOB)
    pay(placed)
    erase_contact(contact_of(BOB), actor=SYSTEM)
    placed.refresh_from_db()
    assert (placed.state, placed.received) == ("paid", PRICE)


def test_a_corrected_address_takes_the_order_along(expo, two_left):
    placed = order(two_left, BOB)
    pay(placed)
    correct_address(EventRegistration.objects.get(), EVE.email, actor=SYSTEM)
    placed.refresh_from_db()
    assert placed.payer.email == placed.order_lines.get().contact.email == EVE.email


def test_an_address_with_an_order_is_not_free(expo, two_left):
    register_for_event(expo, BOB, PassFactory(event=expo))
    order(two_left, EVE)
    with pytest.raises(AlreadyRegistered):
        correct_address(EventRegistration.objects.get(), EVE.email, actor=SYSTEM)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda placed: Order.objects.update(total=5), "money"),
        (lambda placed: OrderLine.objects.update(registration=None), "order_line"),
        (lambda placed: Payment.objects.update(amount=PRICE * 3), "money"),
        (
            lambda placed: Refund.objects.create(
                payment=placed.payments.get(), amount=PRICE * 2, due_at=timezone.now()
            ),
            "money",
        ),
    ],
)
def test_check_seats_finds_money_and_lines_astray(expo, two_left, wrong, code):
    placed = order(two_left, BOB)
    pay(placed)
    before = list(OrderLine.objects.values_list("registration", flat=True))
    wrong(placed)
    assert code in {each.code for each in recount(expo)}
    # Set right for the check after each test.
    Refund.objects.all().delete()
    Order.objects.update(total=PRICE)
    Payment.objects.update(amount=PRICE)
    OrderLine.objects.update(registration=before[0])


def test_refusals_of_an_order_change_nothing(expo, two_left):
    Event.objects.filter(pk=expo.pk).update(publish_status="draft")
    with pytest.raises(Refusal):
        order(two_left, BOB)
    assert is_as_before(two_left)

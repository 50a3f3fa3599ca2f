"""What orders come to, what is credited and what goes back: after each act `check_seats` finds every euro."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import Invalid, Refusal
from events.errors_of_orders import OrderOver
from events.models import Event, Pass, Sale
from registrations.actions import (
    Settled,
    begin_payment,
    cancel_by_payer,
    cancel_event_registrations,
    cancel_order,
    expire_orders,
    extend_order,
    mark_paid,
    note_begun,
    note_not_paid,
    note_refund_failed,
    note_refunded,
    place_order,
    refund_order,
    refund_payment,
    remind_payers,
    settle_payment,
    try_refund_again,
)
from registrations.models import Activity, EventRegistration, Invoice, Order, OrderLine, Payment, Refund
from registrations.queries.recount import recount
from registrations.rules.orders import Bought, vat_of
from tests.engine.acts import figures, mails, person
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory

BOB, CAROL, DORA = (person(name) for name in ("Bob", "Carol", "Dora"))
PRICE = Decimal("20.00")
Way = Order.Way


@pytest.fixture
def expo(db: None) -> Event:
    """An event with ten seats that registers people by passes."""
    return EventFactory(session_level=False, capacity=10)


@pytest.fixture
def offered(expo: Event) -> Pass:
    """A pass of twenty euros, of which a fifth of the net price is VAT."""
    return PassFactory(event=expo, capacity=4, price=PRICE, vat_rate=20)


@pytest.fixture
def staff(db: None) -> Actor:
    """Somebody at the desk."""
    return Actor.staff(UserFactory(is_superuser=True))


def order(offered: Pass, *people: Any, **more: Any) -> Order:
    return place_order(offered.event, people[0], [Bought(who, offered) for who in people], **more)


def paid(offered: Pass, *people: Any, **more: Any) -> Order:
    placed = order(offered, *people, **more)
    assert mark_paid(placed, actor=SYSTEM) == Settled.SEATED
    return fresh(placed)


def fresh(placed: Order) -> Order:
    return Order.objects.get(pk=placed.pk)


def confirmed(event: Event) -> set[str]:
    rows = EventRegistration.objects.confirmed().filter(event=event)
    return {email.split("@")[0] for email in rows.values_list("contact__email", flat=True)}


def verbs() -> list[str]:
    """What the ledger says of orders and money, in order."""
    said = Activity.objects.exclude(detail={}).filter(taken_change=0, held_change=0)
    return list(said.order_by("pk").values_list("verb", flat=True))


def papers() -> list[tuple[str, Decimal]]:
    return list(Invoice.objects.order_by("pk").values_list("kind", "total"))


@pytest.mark.parametrize(
    ("price", "rate", "vat"),
    [
        ("20", "20", "3.33"),
        ("19.99", "7", "1.31"),
        ("0.03", "20", "0.01"),
        ("0.01", "20", "0.00"),
        ("5", "0", "0"),
    ],
)
def test_vat_is_what_the_price_contains_rounded_half_up(price, rate, vat):
    assert vat_of(Decimal(price), Decimal(rate)) == Decimal(vat)


def test_an_order_keeps_how_it_was_sold(expo, offered):
    until = timezone.now() + timedelta(days=9)
    Sale.objects.create(event=expo, hold_minutes=20, terms="No dogs", refunds_until=until, refund_percent=80)
    placed = order(offered, BOB, billing={"name": "Bob  Baker", "city": "", "country": "NL"})
    Sale.objects.update(terms="Dogs", refund_percent=0)
    Pass.objects.update(price=1, vat_rate=0)
    placed.refresh_from_db()
    assert placed.held_until == placed.placed_at + timedelta(minutes=20)
    assert placed.billing == {"name": "Bob Baker", "country": "NL"}
    assert (placed.terms["text"], placed.terms["refund_percent"]) == ("No dogs", 80)
    line = placed.order_lines.get()
    assert (line.price, line.vat_rate, line.vat) == (PRICE, 20, Decimal("3.33"))


def test_by_invoice_seats_are_held_for_days_but_never_beyond_the_start(expo, offered):
    now = expo.starts_at - timedelta(days=30)
    placed = order(offered, BOB, way=Way.INVOICE, at=now)
    late = order(offered, CAROL, way=Way.INVOICE, at=expo.starts_at - timedelta(days=1))
    assert (placed.held_until, late.held_until) == (now + timedelta(days=14), expo.starts_at)
    assert papers() == [("invoice", PRICE)] * 2
    expire_orders(expo.starts_at)
    assert papers()[2:] == [("credit_note", PRICE)] * 2


@pytest.mark.parametrize("billing", [{"iban": "NL02"}, {"name": "B" * 201}], ids=str)
def test_bad_billing_details_are_refused_by_name(offered, billing):
    with pytest.raises(Invalid) as refused:
        order(offered, BOB, billing=billing)
    assert set(refused.value.data["fields"]) == set(billing)


def test_owed_everybody_is_registered_and_the_money_still_to_come(expo, offered, staff):
    placed = order(offered, BOB, CAROL, owed=True, way=Way.INVOICE, actor=staff)
    assert (placed.state, placed.open, placed.pay_by) == (
        "owed",
        2 * PRICE,
        placed.placed_at + timedelta(days=14),
    )
    assert (confirmed(expo), figures(offered)) == ({"bob", "carol"}, (4, 2, 0, 0))
    assert expire_orders(timezone.now() + timedelta(days=400)) == 0
    assert mark_paid(placed, note="By transfer", actor=staff) == Settled.SEATED
    assert mark_paid(placed, actor=staff) == Settled.SEATED
    assert (fresh(placed).state, Payment.objects.get().noted_by) == ("paid", staff.user)
    assert papers() == [("invoice", 2 * PRICE)]
    assert verbs() == ["order_placed", "payment_received", "order_paid"]
    with pytest.raises(Invalid):
        order(offered, DORA, owed=True)


def test_one_line_is_given_back_and_never_twice(expo, offered, staff):
    placed = paid(offered, BOB, CAROL)
    bobs = placed.order_lines.get(contact__email=BOB.email)
    how = {"lines": [bobs], "reason": "Ill", "actor": staff}
    assert [each.amount for each in refund_order(placed, **how)] == [PRICE]
    assert refund_order(placed, **how) == []
    placed.refresh_from_db()
    assert (placed.state, placed.credited, placed.received) == ("paid", PRICE, PRICE)
    assert (confirmed(expo), figures(offered)) == ({"carol"}, (4, 1, 0, 0))
    assert papers() == [("invoice", 2 * PRICE), ("credit_note", PRICE)]
    assert mails()[-2:] == [("cancelled", "bob"), ("refund_due", "bob")]
    # With the last one gone the order is over.
    refund_order(placed, lines=placed.order_lines.all(), reason="Ill too", actor=staff)
    assert (fresh(placed).state, confirmed(expo), fresh(placed).received) == ("cancelled", set(), 0)


def test_whoever_leaves_by_another_door_keeps_the_order_and_may_be_given_back(expo, offered, staff):
    placed = paid(offered, BOB, CAROL)
    cancel_event_registrations(EventRegistration.objects.filter(contact__email=BOB.email), actor=ATTENDEE)
    assert (fresh(placed).state, figures(offered), fresh(placed).received) == (
        "paid",
        (4, 1, 0, 0),
        2 * PRICE,
    )
    [refund] = refund_order(placed, lines=placed.order_lines.filter(position=0), reason="Ill", actor=staff)
    assert (refund.amount, confirmed(expo)) == (PRICE, {"carol"})


def test_goodwill_keeps_the_seats_and_is_shared_by_the_lines(expo, offered, staff):
    other = PassFactory(event=expo, price=10)
    placed = place_order(expo, BOB, [Bought(BOB, offered), Bought(CAROL, other)])
    mark_paid(placed, actor=staff)
    refund_order(placed, amount=Decimal("1.00"), reason="Cold coffee", actor=staff)
    assert confirmed(expo) == {"bob", "carol"}
    credited = list(placed.order_lines.values_list("credited", flat=True))
    assert (credited, fresh(placed).received) == ([Decimal("0.67"), Decimal("0.33")], Decimal(29))
    # What is left of a line is less by then.
    [refund] = refund_order(placed, lines=placed.order_lines.filter(position=0), reason="Ill", actor=staff)
    assert refund.amount == PRICE - Decimal("0.67")


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"amount": Decimal("40.01")}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({}, "lines"),
        ({"amount": Decimal(1), "reason": " "}, "reason"),
    ],
    ids=str,
)
def test_what_cannot_be_given_back_is_refused_and_changes_nothing(offered, staff, how, field):
    placed = paid(offered, BOB, CAROL)
    with pytest.raises(Invalid) as refused:
        refund_order(placed, **{"reason": "Ill", "actor": staff} | how)
    assert list(refused.value.data["fields"]) == [field]
    assert (fresh(placed).credited, Refund.objects.count()) == (0, 0)


def test_a_part_of_what_is_owed_is_let_off(expo, offered, staff):
    placed = order(offered, BOB, CAROL, owed=True, way=Way.INVOICE, actor=staff)
    assert refund_order(placed, amount=Decimal(10), reason="Late", actor=staff) == []
    assert (fresh(placed).open, papers()[-1]) == (Decimal(30), ("credit_note", Decimal(10)))
    assert mark_paid(placed, actor=staff) == Settled.SEATED
    assert fresh(placed).received == Decimal(30)


def test_an_owed_order_let_off_whole_is_paid_or_over(expo, offered, staff):
    kept = order(offered, BOB, owed=True, way=Way.INVOICE, actor=staff)
    refund_order(kept, amount=PRICE, reason="Speaker", actor=staff)
    gone = order(offered, CAROL, owed=True, way=Way.INVOICE, actor=staff)
    refund_order(gone, lines=gone.order_lines.all(), reason="Ill", actor=staff)
    assert (fresh(kept).state, fresh(gone).state, confirmed(expo)) == ("paid", "cancelled", {"bob"})


def test_cancelling_what_is_owed_ends_all_of_it(expo, offered, staff):
    placed = order(offered, BOB, CAROL, owed=True, way=Way.INVOICE, actor=staff)
    cancel_order(placed, actor=staff, reason="Unpaid")
    assert (fresh(placed).state, fresh(placed).credited, confirmed(expo)) == ("cancelled", 2 * PRICE, set())
    assert papers() == [("invoice", 2 * PRICE), ("credit_note", 2 * PRICE)]
    # Money that comes all the same goes back.
    assert mark_paid(placed, actor=staff) == Settled.REFUND_DUE


@pytest.mark.parametrize(
    ("state", "percent", "days", "back"),
    [
        ("held", 100, None, 0),
        ("paid", 80, 1, 16),
        ("paid", 100, 1, 20),
        ("paid", 0, 1, 0),
        ("owed", 50, 1, 0),
    ],
)
def test_payers_cancel_as_the_terms_said(expo, offered, staff, state, percent, days, back):
    until = timezone.now() + timedelta(days=days) if days else None
    Sale.objects.create(event=expo, refunds_until=until, refund_percent=percent)
    placed = order(offered, BOB, owed=state == "owed", way=Way.INVOICE, actor=staff)
    if state == "paid":
        mark_paid(placed, actor=staff)
    Sale.objects.update(refunds_until=None)
    for _again in range(2):
        assert cancel_by_payer(placed).state == "cancelled"
    placed.refresh_from_db()
    assert (confirmed(expo), figures(offered)) == (set(), (4, 0, 0, 0))
    assert sum(each.amount for each in Refund.objects.all()) == back
    assert placed.received == placed.total - placed.credited == (PRICE - back if state == "paid" else 0)


@pytest.mark.parametrize("days", [None, -1])
def test_payers_cancel_nothing_else(expo, offered, days):
    until = timezone.now() + timedelta(days=days) if days else None
    Sale.objects.create(event=expo, refunds_until=until)
    placed = paid(offered, BOB)
    with pytest.raises(OrderOver) as refused:
        cancel_by_payer(placed)
    assert (refused.value.data["state"], confirmed(expo)) == ("paid", {"bob"})


def test_a_payment_is_begun_once_while_it_can_be_paid(offered):
    placed = order(offered, BOB)
    now = timezone.now()
    first = begin_payment(placed, "test", at=now)
    assert begin_payment(placed, "test", at=now) == first
    note_begun(first, "cs_1", "https://pay.example.org/1", now + timedelta(minutes=9), at=now)
    assert begin_payment(placed, "test", at=now).reference == "cs_1"
    later = begin_payment(placed, "test", at=now + timedelta(minutes=10))
    assert later != first
    note_not_paid(later)
    assert begin_payment(placed, "test", at=now + timedelta(minutes=11)) not in {first, later}
    with pytest.raises(OrderOver):
        begin_payment(placed, "test", at=now + timedelta(days=1))
    # Whatever was said before, money that came counts.
    assert settle_payment(later, amount=PRICE, currency="EUR") == Settled.SEATED
    note_not_paid(later)
    assert Payment.objects.get(pk=later.pk).state == "paid"
    with pytest.raises(OrderOver):
        begin_payment(placed, "test")


def test_a_wrong_payment_goes_back_once(offered, staff):
    placed = order(offered, BOB)
    assert mark_paid(placed, amount=PRICE + 1, actor=staff) == Settled.WRONG_AMOUNT
    payment = placed.payments.get()
    how = {"reason": "Too much", "actor": staff}
    assert refund_payment(payment, **how) == refund_payment(payment, **how)
    assert Refund.objects.get().amount == PRICE + 1
    assert mails()[-2:] == [("payment_wrong", "bob"), ("refund_due", "bob")]
    assert mark_paid(placed, actor=staff) == Settled.SEATED
    with pytest.raises(OrderOver):
        refund_payment(placed.payments.get(state="paid"), **how)


def test_a_refund_that_fails_is_tried_again(offered, staff):
    placed = paid(offered, BOB)
    cancel_order(placed, actor=staff)
    refund, now = Refund.objects.get(), timezone.now()
    key = refund.key
    assert note_refund_failed(refund, "Busy", final=False, at=now).due_at == now + timedelta(minutes=2)
    assert note_refund_failed(refund, "No such card", final=True, at=now).state == "failed"
    assert placed.received == PRICE
    again = try_refund_again(refund, actor=staff)
    assert (again.state, again.attempts, again.key == key) == ("due", 0, False)
    assert note_refunded(refund, "re_1") == note_refunded(refund, "re_2")
    refund.refresh_from_db()
    assert (refund.state, refund.reference, placed.received) == ("done", "re_1", 0)
    assert verbs()[-4:] == ["order_cancelled", "refund_failed", "refund_due", "refunded"]
    with pytest.raises(OrderOver):
        try_refund_again(refund, actor=staff)


def test_what_went_back_in_another_way_is_not_tried_again(offered, staff):
    placed = paid(offered, BOB, CAROL)
    [refund] = refund_order(placed, amount=Decimal(30), keep_seats=True, reason="Rain", actor=staff)
    note_refund_failed(refund, "No", final=True)
    cancel_order(placed, actor=staff)
    assert placed.received == 0
    with pytest.raises(OrderOver):
        try_refund_again(refund, actor=staff)


def test_more_time_to_pay(offered, staff):
    held = order(offered, BOB)
    owed = order(offered, CAROL, owed=True, way=Way.INVOICE, actor=staff)
    until = timezone.now() + timedelta(days=3)
    extend_order(held, until, actor=staff)
    extend_order(owed, until, actor=staff)
    assert (fresh(held).held_until, fresh(owed).pay_by) == (until, until)
    for placed, moment, refusal in [(held, timezone.now(), Invalid), (paid(offered, DORA), until, OrderOver)]:
        with pytest.raises(refusal):
            extend_order(placed, moment, actor=staff)
    expire_orders(until)
    with pytest.raises(Refusal):
        extend_order(held, until + timedelta(days=1), actor=staff, at=until)


def test_payers_are_reminded_once_before_seats_come_free_or_once_overdue(expo, offered, staff):
    now = expo.starts_at - timedelta(days=60)
    held = order(offered, BOB, way=Way.INVOICE, at=now)
    order(offered, CAROL, owed=True, way=Way.INVOICE, actor=staff, at=now)
    order(offered, DORA, at=now)
    told = [remind_payers(now + timedelta(days=days)) for days in (1, 10, 12, 13, 15, 16)]
    assert told == [0, 0, 1, 0, 1, 0]
    extend_order(held, now + timedelta(days=20), actor=staff, at=now + timedelta(days=13))
    assert remind_payers(now + timedelta(days=18)) == 1
    assert [who for _kind, who in mails("order_reminder")] == ["bob", "carol", "bob"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda placed: Order.objects.update(total=5),
        lambda placed: placed.order_lines.update(credited=1),
        lambda placed: Payment.objects.update(amount=PRICE * 3),
        lambda placed: Refund.objects.create(
            payment=placed.payments.get(), amount=PRICE, reason="x", due_at=timezone.now()
        ),
        lambda placed: Order.objects.update(state="owed", paid_at=None),
    ],
)
def test_check_seats_finds_each_euro_astray(offered, wrong):
    placed = paid(offered, BOB)
    before = {model: list(model.objects.values()) for model in (Order, Payment)}
    assert recount(offered.event) == []
    wrong(placed)
    found = {each.code for each in recount(offered.event)}
    # Set right for the check after each test.
    Refund.objects.all().delete()
    placed.order_lines.update(credited=0)
    for model, [row] in before.items():
        model.objects.update(**row)
    assert "money" in found


def test_what_a_failed_refund_leaves_is_no_offence_but_what_nobody_paid_is(offered, staff):
    placed = paid(offered, BOB)
    cancel_order(placed, actor=staff)
    note_refund_failed(Refund.objects.get(), "No such card", final=True)
    assert recount(offered.event) == []
    Payment.objects.update(amount=PRICE * 2)
    assert "money" in {each.code for each in recount(offered.event)}
    Payment.objects.update(amount=PRICE)


def test_check_seats_finds_a_session_held_for_a_line_that_holds_nothing(expo, offered):
    Event.objects.filter(pk=expo.pk).update(allow_custom_agenda=True, passes_with_agenda=True)
    session = SessionFactory(event=expo, capacity=3)
    offered.event.refresh_from_db()
    place_order(offered.event, BOB, [Bought(BOB, offered, [session])])
    assert recount(expo) == []
    OrderLine.objects.update(is_held=False)
    found = {each.code for each in recount(expo)}
    OrderLine.objects.update(is_held=True)
    assert "order_line" in found

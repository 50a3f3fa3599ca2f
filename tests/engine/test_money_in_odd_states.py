"""Money that comes or goes where an order stands as nobody thinks of: each euro is still a seat, or goes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.models import Contact, Event, Pass, Sale
from registrations.actions import (
    Settled,
    begin_payment,
    cancel_by_payer,
    cancel_event,
    cancel_order,
    expire_orders,
    mark_paid,
    note_begun,
    note_not_paid,
    note_refund_failed,
    note_refund_returned,
    note_refunded,
    place_order,
    refund_order,
    refund_payment,
    settle_payment,
    try_refund_again,
)
from registrations.models import Invoice, Order, Refund
from registrations.queries import sales
from registrations.queries.recount import recount
from registrations.rules.orders import Bought, vat_of
from tests.engine.acts import people, person
from tests.engine.watching import check_locks, watching
from tests.factories import EventFactory, PassFactory, UserFactory

BOB, CAROL = person("Bob"), person("Carol")
PRICE = Decimal("20.00")
INVOICE = Order.Way.INVOICE


@pytest.fixture
def expo(db: None) -> Event:
    """An event that lets its payers cancel, and keeps half."""
    event = EventFactory(session_level=False, capacity=10)
    Sale.objects.create(event=event, refunds_until=timezone.now() + timedelta(days=9), refund_percent=50)
    return event


@pytest.fixture
def offered(expo: Event) -> Pass:
    return PassFactory(event=expo, capacity=4, price=PRICE, vat_rate=19)


@pytest.fixture
def staff(db: None) -> Actor:
    return Actor.staff(UserFactory(is_superuser=True))


@pytest.fixture(autouse=True)
def nothing_is_astray(db: None) -> Any:
    """Whatever was done, every euro is where it should be."""
    yield
    for event in Event.objects.all():
        assert recount(event, swept=True) == []


def order(offered: Pass, *of: Any, **more: Any) -> Order:
    return place_order(offered.event, of[0], [Bought(who, offered) for who in of], **more)


def paid(offered: Pass, *of: Any) -> Order:
    placed = order(offered, *of)
    mark_paid(placed, actor=SYSTEM)
    return fresh(placed)


def fresh(placed: Order) -> Order:
    return Order.objects.get(pk=placed.pk)


def words_of(placed: Order) -> list[str]:
    return sales.reasons_to_look([placed.pk]).get(placed.pk, [])


def test_what_was_asked_for_and_paid_twice_goes_back_whatever_was_let_off_since(offered, staff):
    placed = order(offered, BOB, CAROL, owed=True, way=INVOICE, actor=staff)
    refund_order(placed, amount=Decimal(5), reason="Rain", actor=staff)
    first, second = (begin_payment(placed, provider) for provider in ("test", "stripe"))
    assert settle_payment(first, amount=Decimal(35), currency="EUR") == Settled.SEATED
    assert settle_payment(second, amount=Decimal(35), currency="EUR") == Settled.REFUND_DUE
    assert (Refund.objects.get().payment, fresh(placed).received) == (second, 35)


def test_money_for_an_order_that_is_over_goes_back_whatever_sum_it_is(offered, staff):
    placed = paid(offered, BOB)
    assert mark_paid(placed, amount=Decimal(7), actor=staff) == Settled.REFUND_DUE
    cancel_order(placed, actor=staff)
    assert mark_paid(placed, amount=Decimal(9), actor=staff) == Settled.REFUND_DUE
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [7, 9, 20]


@pytest.mark.parametrize(
    ("last", "currency", "settled", "states"),
    [
        ("12.50", "EUR", "seated", {"paid"}),
        ("12.51", "EUR", "wrong_amount", {"wrong"}),
        ("12.50", "CHF", "wrong_amount", {"wrong"}),
    ],
)
def test_a_transfer_in_parts_is_enough_once_they_are_the_whole_sum(
    offered, staff, last, currency, settled, states
):
    placed = order(offered, BOB, owed=True, way=INVOICE, actor=staff)
    for part in (Decimal(4), Decimal("3.50")):
        assert mark_paid(placed, amount=part, actor=staff) == Settled.WRONG_AMOUNT
    payment = begin_payment(placed, "test")
    assert settle_payment(payment, amount=Decimal(last), currency=currency) == settled
    assert set(placed.payments.values_list("state", flat=True)) == states
    assert (fresh(placed).state == "paid") == (settled == "seated")
    assert ("wrong" in words_of(placed)) == (settled != "seated")


def test_too_little_is_enough_once_the_rest_is_let_off(offered, staff):
    placed = order(offered, BOB, owed=True, way=INVOICE, actor=staff)
    mark_paid(placed, amount=Decimal(15), actor=staff)
    refund_order(placed, amount=Decimal(4), reason="Poor", actor=staff)
    assert fresh(placed).state == "owed"
    refund_order(placed, amount=Decimal(1), reason="Poor", actor=staff)
    assert (fresh(placed).state, placed.payments.get().state, words_of(placed)) == ("paid", "paid", [])


def test_a_part_that_went_back_is_no_part(offered, staff):
    placed = order(offered, BOB)
    mark_paid(placed, amount=Decimal(4), actor=staff)
    refund_payment(placed.payments.get(), reason="Pay all of it", actor=staff)
    assert mark_paid(placed, amount=Decimal(16), actor=staff) == Settled.WRONG_AMOUNT
    assert fresh(placed).state == "held"


def test_parts_that_come_too_late_all_go_back(expo, offered, staff):
    placed = order(offered, BOB)
    mark_paid(placed, amount=Decimal(4), actor=staff)
    later = timezone.now() + timedelta(hours=1)
    expire_orders(later)
    order(offered, *people(4), at=later)
    assert mark_paid(placed, amount=Decimal(16), actor=staff, at=later) == Settled.REFUND_DUE
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [4, 16]
    assert fresh(placed).received == 0


def test_a_payment_given_up_while_its_provider_answered_is_looked_at_again(offered):
    placed = order(offered, BOB)
    payment = begin_payment(placed, "stripe")
    note_not_paid(payment)
    begun = note_begun(payment, "cs_1", "https://pay.example.org/1", placed.held_until)
    assert (begun.state, begun.next_look_at is not None) == ("begun", True)
    settle_payment(payment, amount=PRICE, currency="EUR")
    assert note_begun(payment, "cs_1", "", None).state == "paid"


def test_money_that_comes_back_is_a_refund_that_failed(offered, staff):
    placed = paid(offered, BOB)
    cancel_order(placed, actor=staff)
    refund = note_refunded(Refund.objects.get(), "re_1")
    assert words_of(placed) == []
    now = timezone.now()
    returned = note_refund_returned(refund, "Account closed", at=now)
    assert (returned.state, returned.done_at, returned.last_error) == ("failed", None, "Account closed")
    # Whoever asks what changed since then is told of it.
    assert returned.due_at == now
    assert words_of(placed) == ["failed"]
    assert note_refund_returned(refund, "Said again").last_error == "Account closed"
    try_refund_again(refund, actor=staff)
    assert note_refund_returned(refund, "Too late").state == "due"


def test_nobody_sends_by_hand_what_a_provider_is_about_to_send(offered, staff):
    placed = order(offered, BOB)
    payment = begin_payment(placed, "stripe")
    settle_payment(payment, amount=PRICE, currency="EUR")
    cancel_order(placed, actor=staff)
    refund = Refund.objects.get()
    with pytest.raises(OrderOver):
        note_refunded(refund, "Transfer 7", actor=staff)
    note_refund_failed(refund, "No such card", final=True)
    assert note_refunded(refund, "Transfer 7", actor=staff).state == "done"


def test_what_another_refund_gave_back_is_neither_sent_by_hand_nor_to_be_looked_at(offered, staff):
    placed = order(offered, BOB)
    mark_paid(placed, amount=Decimal(21), actor=staff)
    payment = placed.payments.get()
    first = refund_payment(payment, reason="Too much", actor=staff)
    note_refund_failed(first, "No such account", final=True)
    assert words_of(placed) == ["wrong", "failed"]
    second = refund_payment(payment, reason="Too much", actor=staff)
    assert words_of(placed) == ["by_hand"]
    with pytest.raises(OrderOver):
        note_refunded(first, "Transfer 7", actor=staff)
    note_refunded(second, "Transfer 7", actor=staff)
    assert words_of(placed) == []


def test_a_payer_who_cancels_gets_no_part_twice_where_a_refund_failed(offered, staff):
    placed = paid(offered, BOB, CAROL)
    [refund] = refund_order(placed, lines=[placed.order_lines.first()], reason="Ill", actor=staff)
    note_refund_failed(refund, "No such account", final=True)
    cancel_by_payer(placed)
    assert list(Refund.objects.exclude(pk=refund.pk).values_list("amount", flat=True)) == [10]
    try_refund_again(refund, actor=staff)
    assert fresh(placed).received == 10


def test_late_money_seats_nobody_on_a_pass_that_is_not_offered_any_more(offered, staff):
    placed = order(offered, BOB)
    later = timezone.now() + timedelta(hours=1)
    expire_orders(later)
    Pass.objects.filter(pk=offered.pk).update(archived_at=later)
    assert mark_paid(placed, actor=staff, at=later) == Settled.REFUND_DUE
    assert fresh(placed).received == 0


def test_an_invoice_tells_nobody_what_is_known_of_the_address_that_they_typed(offered):
    Contact.objects.create(email=BOB.email, first_name="Roberta", last_name="Known")
    placed = order(offered, BOB, way=INVOICE)
    assert Invoice.objects.get().content["buyer"]["name"] == fresh(placed).payer_name == "Bob Test"


def test_what_the_terms_keep_is_in_the_books_with_its_vat(expo, offered, staff):
    placed = paid(offered, BOB)
    cancel_by_payer(placed)
    [of_rate] = sales.by_rate(expo)
    notes = Invoice.objects.order_by("pk")
    said = [Decimal(note.content["rates"][0]["vat"]) for note in notes]
    assert (of_rate.gross, of_rate.vat) == (10, said[0] - said[1])
    [sold] = sales.sold_passes(expo)
    assert (sold.received, sold.paid) == (10, 0)


@pytest.mark.parametrize("credited", ["0.03", "1.00", "6.67", "19.99"])
def test_vat_in_the_books_is_that_of_the_papers_to_the_cent(expo, offered, staff, credited):
    placed = paid(offered, BOB)
    refund_order(placed, amount=Decimal(credited), reason="Rain", actor=staff)
    [of_rate] = sales.by_rate(expo)
    invoice, note = Invoice.objects.order_by("pk")
    papers = Decimal(invoice.content["rates"][0]["vat"]) - Decimal(note.content["rates"][0]["vat"])
    assert of_rate.vat == papers


def test_a_currency_without_cents_is_never_split_into_any(expo, staff):
    offered = PassFactory(event=expo, price=1001, currency="JPY", vat_rate=10)
    placed = paid(offered, BOB, CAROL)
    assert (
        [line.vat for line in placed.order_lines.all()]
        == [91, 91]
        == [vat_of(Decimal(1001), Decimal(10), "JPY")] * 2
    )
    with pytest.raises(Invalid):
        refund_order(placed, amount=Decimal("100.50"), reason="Rain", actor=staff)
    refund_order(placed, amount=Decimal(101), reason="Rain", actor=staff)
    cancel_by_payer(placed)
    amounts = list(Refund.objects.values_list("amount", flat=True))
    amounts += placed.order_lines.values_list("credited", flat=True)
    assert all(each == int(each) for each in amounts)


def test_more_than_a_sum_can_hold_is_refused_in_words(expo, staff):
    dear = PassFactory(event=expo, price=Decimal("99999999.99"))
    with pytest.raises(Invalid) as refused:
        order(dear, BOB, CAROL)
    assert "passes" in refused.value.data["fields"]
    assert fresh(order(dear, BOB)).total == dear.price


def test_all_orders_that_an_event_ends_are_locked_before_the_first_credit_note(expo, offered, staff):
    for who in (BOB, CAROL):
        order(offered, who, way=INVOICE)
    with watching() as watched:
        cancel_event(expo, reason="Storm", actor=staff)
    if connection.vendor == "postgresql":
        check_locks(watched)
        numbered = [taken for taken in watched.locks if "registrations_invoiceseries" in dict(taken)]
        assert [[table for table, _sql in taken].count("registrations_order") for taken in numbered] == [2]
    assert Invoice.objects.filter(kind="credit_note").count() == 2

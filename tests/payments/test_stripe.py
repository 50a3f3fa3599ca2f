"""The real `stripe` library against a bank of our own: what is asked of it, and how its answers are understood."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from registrations.actions import place_order
from registrations.models import Order, Payment, Refund
from registrations.payments.amounts import amount_of, smallest_units
from registrations.payments.port import (
    Back,
    Forged,
    ProviderDeclined,
    ProviderSilent,
    State,
    Unreadable,
)
from registrations.payments.providers import provider_of
from registrations.rules.orders import Bought
from tests.engine.acts import person
from tests.factories import EventFactory, PassFactory
from tests.payments.bank import signature

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESSES = {"success_address": "https://ours.example/back/", "cancel_address": "https://ours.example/order/"}


@pytest.fixture
def stripe(bank):
    return provider_of("stripe")


@pytest.fixture
def payment(db) -> Payment:
    """A payment of twenty euros that no provider knows yet."""
    buyer = person("Bob")
    offered = PassFactory(event=EventFactory(session_level=False, capacity=9), capacity=5, price=20)
    order = place_order(offered.event, buyer, [Bought(buyer, offered)])
    return Payment.objects.create(
        order=order, provider="stripe", amount=order.total, currency=order.currency, begun_at=order.placed_at
    )


@pytest.fixture
def paid(bank, stripe, payment) -> Payment:
    """The payment, which the bank has received."""
    begin(stripe, payment)
    bank.pay(payment.reference)
    return payment


def begin(stripe, payment):
    begun = stripe.begin(payment, **ADDRESSES)
    payment.reference = begun.reference
    payment.save()
    return begun


def refund_of(payment, amount=20, **more):
    return Refund.objects.create(payment=payment, amount=amount, reason="why", due_at=timezone.now(), **more)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("20.00", "EUR", 2000),
        ("0.05", "usd", 5),
        ("1500.00", "JPY", 1500),
        ("7", "krw", 7),
        ("1.25", "KWD", 1250),
        ("900.00", "ISK", 90000),
    ],
)
def test_amounts_are_whole_numbers_of_the_smallest_unit(amount, currency, units):
    assert smallest_units(Decimal(amount), currency) == units
    assert amount_of(units, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("20.50", "JPY"), ("20.50", "UGX"), ("0.005", "EUR")])
def test_what_no_coin_can_pay_is_declined(amount, currency):
    with pytest.raises(ProviderDeclined):
        smallest_units(Decimal(amount), currency)


def test_a_payment_becomes_one_session_however_often_it_is_begun(bank, stripe, payment):
    first, second = begin(stripe, payment), begin(stripe, payment)
    assert first == second
    assert first.address == f"{stripe.origin}/c/pay/{first.reference}"
    [session] = bank.sessions.values()
    assert session["client_reference_id"] == str(payment.key)
    assert (session["amount_total"], session["currency"]) == (2000, "eur")
    assert (session["success_url"], session["cancel_url"]) == tuple(ADDRESSES.values())
    assert first.expires_at == payment.order.held_until.replace(microsecond=0)


@pytest.mark.parametrize(
    ("held_for", "expected"),
    [
        (5, timedelta(minutes=31)),
        (50, timedelta(minutes=50)),
        (5000, timedelta(hours=23, minutes=59)),
        (None, None),
    ],
)
def test_a_session_ends_with_the_hold_as_far_as_stripe_takes_it(bank, stripe, payment, held_for, expected):
    held_until = held_for and payment.begun_at + timedelta(minutes=held_for)
    Order.objects.filter(pk=payment.order_id).update(held_until=held_until)
    payment.order.refresh_from_db()
    begun = begin(stripe, payment)
    expected = expected or timedelta(hours=23, minutes=59)
    assert begun.expires_at == (payment.begun_at + expected).replace(microsecond=0)


def test_the_truth_is_what_the_bank_has(bank, stripe, payment):
    begin(stripe, payment)
    assert stripe.fetch(payment).state == State.OPEN
    bank.pay(payment.reference, wrong_by=-500)
    truth = stripe.fetch(payment)
    assert (truth.state, truth.amount, truth.currency) == (State.PAID, Decimal(15), "EUR")


@pytest.mark.parametrize(("is_good", "state"), [(True, State.PAID), (False, State.NOT_PAID)])
def test_a_delayed_payment_is_open_until_the_payers_bank_has_said(bank, stripe, payment, is_good, state):
    begin(stripe, payment)
    bank.pay(payment.reference, delayed=True)
    assert stripe.fetch(payment).state == State.OPEN
    bank.clear(payment.reference, is_good=is_good)
    assert stripe.fetch(payment).state == state


def test_a_session_is_over_when_its_time_is_or_when_it_is_closed(bank, stripe, payment):
    begin(stripe, payment)
    bank.now = payment.begun_at + timedelta(hours=1)
    assert stripe.fetch(payment).state == State.NOT_PAID
    with pytest.raises(ProviderDeclined):
        stripe.close(payment)


def test_a_closed_session_cannot_be_paid(bank, stripe, payment):
    begin(stripe, payment)
    stripe.close(payment)
    assert stripe.fetch(payment).state == State.NOT_PAID


def test_no_answer_is_not_a_no(bank, stripe, payment):
    bank.silent = 1
    with pytest.raises(ProviderSilent):
        begin(stripe, payment)
    bank.lost = "POST checkout"
    with pytest.raises(ProviderSilent):
        begin(stripe, payment)
    begin(stripe, payment)
    assert len(bank.sessions) == 1


def test_what_the_bank_does_not_know_is_declined(bank, stripe, payment):
    payment.reference = "cs_of_another_bank"
    with pytest.raises(ProviderDeclined) as declined:
        stripe.fetch(payment)
    assert "No such checkout.session" in declined.value.data["said"]


def test_money_goes_back_once_whatever_answers_are_lost(bank, stripe, paid):
    refund = refund_of(paid, 5)
    bank.lost = "POST refunds"
    with pytest.raises(ProviderSilent):
        stripe.refund(refund)
    assert len(bank.refunds) == 1
    # A day later the bank has forgotten the key.
    bank.answered.clear()
    assert stripe.refund(refund).reference in bank.refunds
    assert (len(bank.refunds), bank.kept()) == (1, 1500)


def test_a_refund_that_was_refused_may_work_later(bank, stripe, paid):
    refund = refund_of(paid)
    bank.no_refund = "Insufficient funds in your account"
    with pytest.raises(ProviderDeclined) as declined:
        stripe.refund(refund)
    assert declined.value.data["said"] == bank.no_refund
    bank.no_refund = ""
    assert stripe.refund(refund).state == Back.DONE
    assert bank.kept() == 0


def test_a_refund_that_came_back_is_made_anew(bank, stripe, paid):
    refund = refund_of(paid)
    bank.refund_state = "pending"
    assert stripe.refund(refund).state == stripe.refund(refund).state == Back.PENDING
    [made] = bank.refunds.values()
    made["status"] = "failed"
    bank.refund_state = "succeeded"
    assert stripe.refund(refund).state == Back.DONE
    assert (len(bank.refunds), bank.kept()) == (2, 0)


def test_two_refunds_of_one_payment_are_two(bank, stripe, paid):
    assert stripe.refund(refund_of(paid, 5)) != stripe.refund(refund_of(paid, 5))
    assert bank.kept() == 1000


def test_reads_its_messages(bank, stripe, payment):
    begin(stripe, payment)
    message = stripe.read_webhook(*bank.message(payment.reference, event_id="evt_7"))
    assert (message.event_id, message.kind) == ("evt_7", "checkout.session.completed")
    assert message.reference == payment.reference


def in_minutes(minutes):
    return timezone.now() + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"secret": "whsec_of_somebody"}, id="another's secret"),
        pytest.param({"account": "acct_of_somebody"}, id="another's account"),
        pytest.param({"sent_at": -6}, id="old"),
    ],
)
def test_refuses_what_the_bank_did_not_send_us_now(bank, stripe, how):
    how = {**how, "sent_at": in_minutes(how["sent_at"])} if "sent_at" in how else how
    with pytest.raises(Forged):
        stripe.read_webhook(*bank.message("cs_1", **how))


@pytest.mark.parametrize(
    "header",
    ["", "t=,v1=", "t=1", "v1=ab", "t=" + "9" * 5000 + ",v1=ab", "t=1,v1=é", "t=1;v1=2", ",,,", "t=1=2,v1=3"],
)
def test_refuses_every_header_that_is_no_signature(bank, stripe, header):
    with pytest.raises(Forged):
        stripe.read_webhook(b"{}", {"Stripe-Signature": header})


def test_refuses_any_signature_where_no_secret_is_set(bank, stripe, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(Forged):
        stripe.read_webhook(*bank.message("cs_1", secret=""))


def test_a_message_of_the_connected_account_is_ours(bank, stripe, settings):
    settings.STRIPE_ACCOUNT = "acct_ours"
    assert stripe.read_webhook(*bank.message("cs_1", account="acct_ours")).account == "acct_ours"


NOTHING = [b"", b"[]", b"{}", b'"text"', b'{"id": 1, "type": 2, "data": {"object": 3}}']


@pytest.mark.parametrize("body", NOTHING)
def test_what_is_signed_and_means_nothing_is_unreadable(bank, stripe, body):
    with pytest.raises(Unreadable):
        stripe.read_webhook(body, {"Stripe-Signature": signature(body)})


def test_bytes_that_are_no_text_are_forged(bank, stripe):
    with pytest.raises(Forged):
        stripe.read_webhook(b"\xff", {"Stripe-Signature": signature(b"{}")})

"""What a bank says later than anybody waits for it: money that came after all, and money that came back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import cancel_order, note_not_paid, refund_order, try_refund_again
from registrations.models import Order, Payment, ProviderEvent, Refund
from registrations.payments import flow
from registrations.payments.working import look_due, refund_due
from tests.engine.acts import person
from tests.payments.buying import offered, order, sent_to_bank, tell

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def a_pass(db):
    return offered()


@pytest.fixture
def placed(bank, a_pass) -> Order:
    return order(a_pass, person("Bob"))


@pytest.fixture
def payment(placed) -> Payment:
    """A payment whose payer stands before the bank's page."""
    return sent_to_bank(placed)


@pytest.fixture
def refund(bank, placed, payment) -> Refund:
    """All that was paid is to go back."""
    bank.pay(payment.reference)
    flow.look(payment)
    cancel_order(placed, actor=SYSTEM, reason="Cannot come")
    return Refund.objects.get()


def later(**how):
    return timezone.now() + timedelta(**how)


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_what_went_back_and_came_back_is_the_desks_and_can_be_tried_again(bank, refund):
    refund_due(at=later(minutes=1))
    assert (state_of(refund), bank.kept()) == ("done", 0)
    bank.refunds[refund.reference].update(status="failed", failure_reason="lost_or_stolen_card")
    answers = [tell(bank.message(refund.reference, kind)) for kind in ("refund.failed", "refund.updated")]
    assert [answer.content for answer in answers] == [b"failed\n"] * 2
    assert (state_of(refund), refund.last_error, bank.kept()) == ("failed", "lost_or_stolen_card", 2000)
    try_refund_again(refund, actor=SYSTEM)
    refund_due(at=later(minutes=2))
    assert (state_of(refund), bank.kept(), len(bank.refunds)) == ("done", 0, 2)


@pytest.mark.parametrize(("said", "state"), [("succeeded", "done"), ("failed", "due"), ("pending", "due")])
def test_what_is_on_its_way_is_noted_when_its_message_comes(bank, refund, said, state):
    bank.refund_state = "pending"
    refund_due(at=later(minutes=1))
    refund.refresh_from_db()
    bank.refunds[refund.reference]["status"] = said
    tell(bank.message(refund.reference, "refund.updated"))
    assert state_of(refund) == state
    # What failed is asked for anew within minutes, what is on its way later.
    bank.refund_state = "succeeded"
    assert refund_due(at=later(minutes=9)) == (said == "failed")
    assert bank.kept() == 0


def test_a_message_about_a_refund_that_we_have_not_noted_yet_waits_for_it(bank, refund):
    bank.lost = "POST refunds"
    refund_due(at=later(minutes=1))
    [name] = bank.refunds
    assert tell(bank.message(name, "refund.updated")).content == b"not known yet\n"
    refund_due(at=later(minutes=9))
    bank.refunds[name]["status"] = "failed"
    look_due(at=later(minutes=10))
    assert (state_of(refund), ProviderEvent.objects.get().outcome) == ("failed", "failed")


def test_money_is_taken_in_for_a_payment_that_seemed_to_be_over(bank, placed, payment):
    """Such as where two requests began it, and the bank refused the second."""
    note_not_paid(payment)
    bank.pay(payment.reference)
    assert tell(bank.message(payment.reference)).content == b"paid\n"
    assert (state_of(payment), state_of(placed)) == ("paid", "paid")


def test_one_payment_that_cannot_be_understood_keeps_no_other_waiting(bank, payment, a_pass):
    other = sent_to_bank(order(a_pass, person("Carol")))
    for each in (payment, other):
        bank.pay(each.reference)
    bank.sessions[payment.reference]["amount_total"] = 10**15
    about = {"reference": payment.reference, "received_at": timezone.now()}
    ProviderEvent.objects.create(provider="stripe", event_id="evt_odd", **about)
    with pytest.raises(InvalidOperation):
        look_due(at=later(minutes=2))
    assert (state_of(payment), state_of(other)) == ("begun", "paid")


def test_nobody_is_left_to_pay_a_sum_of_which_part_was_let_off(bank, a_pass):
    owed = order(a_pass, person("Bob"), owed=True, way=Order.Way.INVOICE, actor=SYSTEM)
    before = sent_to_bank(owed)
    refund_order(owed, amount=Decimal(5), reason="Rain", actor=SYSTEM)
    look_due(at=later(minutes=2))
    assert (state_of(before), bank.is_open(before.reference)) == ("not_paid", False)
    now = sent_to_bank(owed)
    look_due(at=later(minutes=2))
    assert (now.amount, state_of(now), bank.is_open(now.reference)) == (15, "begun", True)

"""One payment from its beginning to its end, by page, by message and by the worker."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from events.errors_of_orders import OrderOver
from registrations.actions import (
    cancel_order,
    expire_orders,
    extend_order,
    mark_paid,
    note_refund_failed,
    refund_payment,
    try_refund_again,
)
from registrations.models import Order, Payment, ProviderEvent, Refund
from registrations.payments import flow, leases
from registrations.payments.port import ProviderDeclined, ProviderSilent, UnknownProvider
from registrations.payments.test import TestAnswer
from registrations.payments.working import GIVE_UP_AFTER, look_due, refund_due
from registrations.queries.recount import recount
from tests.engine.acts import people, person
from tests.payments.buying import astray, confirmed, offered, order, sent_to_bank, tell

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


def later(**how):
    return timezone.now() + timedelta(**how)


def state_of(row):
    row.refresh_from_db()
    return row.state


def paid_late(bank, payment, a_pass, *, others=0):
    """Somebody pays after their time, when so many others have come."""
    end = payment.order.held_until
    bank.pay(payment.reference)
    expire_orders(end)
    for who in people(others, "other"):
        order(a_pass, who, at=end)
    look_due(at=end + timedelta(minutes=1))


# Begun.


def test_the_payer_is_sent_to_the_bank_and_back_to_our_own_address(bank, placed, payment, settings):
    assert payment.address == f"https://checkout.stripe.com/c/pay/{payment.reference}"
    [session] = bank.sessions.values()
    ours = f"{settings.SITE_URL}/{placed.event.slug}/orders/"
    assert session["success_url"].startswith(ours)
    assert session["cancel_url"].startswith(ours)


def test_begun_again_it_is_the_same(bank, placed, payment):
    assert flow.start(placed, "stripe") == payment.address
    assert bank.asked["POST checkout"] == 1


def test_begun_again_when_the_bank_is_silent_it_is_still_the_same(bank, placed, payment):
    bank.silent = 1
    assert flow.start(placed, "stripe") == payment.address


def test_nobody_is_sent_to_a_page_on_which_nothing_can_be_paid(bank, placed, payment):
    bank.pay(payment.reference, delayed=True)
    bank.clear(payment.reference, is_good=False)
    again = sent_to_bank(placed)
    assert (again.reference, again.state) == (list(bank.sessions)[-1], "begun")
    bank.pay(again.reference)
    with pytest.raises(OrderOver):
        flow.start(placed, "stripe")
    assert state_of(placed) == "paid"


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_a_bank_that_is_silent_is_asked_for_the_same_again(bank, placed, is_carried_out):
    bank.silent, bank.lost = (0, "POST checkout") if is_carried_out else (1, "")
    with pytest.raises(ProviderSilent) as silent:
        flow.start(placed, "stripe")
    assert "has not answered yet" in str(silent.value)
    assert state_of(placed) == "held"
    assert sent_to_bank(placed).reference in bank.sessions
    assert (len(bank.sessions), Payment.objects.count()) == (1, 1)


def test_extended_meanwhile_a_lost_request_is_begun_anew(bank, placed):
    bank.lost = "POST checkout"
    with pytest.raises(ProviderSilent):
        flow.start(placed, "stripe")
    extend_order(placed, later(hours=3), actor=SYSTEM)
    assert sent_to_bank(placed).reference == list(bank.sessions)[-1]
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["begun", "not_paid"]


def test_what_the_bank_declines_is_said_and_holds_nothing_up(bank, placed):
    bank.declines = "Your account cannot currently make live charges."
    with pytest.raises(ProviderDeclined) as declined:
        flow.start(placed, "stripe")
    assert declined.value.data["said"] == bank.declines
    bank.declines = ""
    assert sent_to_bank(placed).state == "begun"


@pytest.mark.parametrize("name", ["", "paypal", "manual/", "Stripe"])
def test_knows_no_other_provider(placed, name):
    with pytest.raises(UnknownProvider):
        flow.start(placed, name)


# Told.


def test_told_by_the_bank_whoever_is_on_it_is_registered(bank, placed, payment, a_pass):
    bank.pay(payment.reference)
    answer = tell(bank.message(payment.reference))
    assert (answer.status_code, answer.content) == (200, b"paid\n")
    assert (state_of(placed), confirmed(a_pass.event)) == ("paid", 1)
    event = ProviderEvent.objects.get()
    assert (event.reference, event.outcome, event.handled_at is None) == (payment.reference, "paid", False)
    assert astray(a_pass, bank) == recount(a_pass.event) == []


def test_a_message_is_believed_only_as_far_as_the_bank_says_so(bank, placed, payment):
    """Signed or not: a message that says paid is a reason to ask, not the answer."""
    assert tell(bank.message(payment.reference)).content == b"begun\n"
    assert state_of(placed) == "held"


def test_the_same_message_again_does_nothing(bank, placed, payment):
    """Replayed within its minutes, even when there would be something to learn: only a new one asks the bank."""
    message = bank.message(payment.reference)
    tell(message)
    bank.pay(payment.reference)
    asked = bank.asked.total()
    assert [(tell(message).status_code, state_of(placed)) for _once in range(3)] == [(200, "held")] * 3
    assert (bank.asked.total(), ProviderEvent.objects.count()) == (asked, 1)
    tell(bank.message(payment.reference))
    assert state_of(placed) == "paid"


def test_messages_out_of_order_end_the_same(bank, placed, payment):
    bank.pay(payment.reference)
    tell(bank.message(payment.reference, "checkout.session.expired"))
    tell(bank.message(payment.reference, "checkout.session.completed"))
    assert (state_of(placed), state_of(payment)) == ("paid", "paid")


def test_a_message_before_our_own_note_is_made_good(bank, placed):
    """The bank is quicker than our own commit, or that was lost: the message waits for its payment."""
    payment = sent_to_bank(placed)
    bank.pay(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(reference="")
    assert tell(bank.message(payment.reference)).content == b"not known yet\n"
    Payment.objects.filter(pk=payment.pk).update(reference=payment.reference)
    look_due(at=later(seconds=40))
    assert (state_of(placed), ProviderEvent.objects.get().outcome) == ("paid", "paid")


def test_a_message_about_nothing_we_know_is_laid_aside(bank, placed):
    tell(bank.message("cs_of_another_site"))
    look_due(at=later(hours=2))
    assert ProviderEvent.objects.get().outcome == "unknown payment"


def test_while_the_bank_is_silent_the_message_is_kept_and_finished_later(bank, placed, payment):
    bank.pay(payment.reference)
    bank.silent = 1
    answer = tell(bank.message(payment.reference))
    assert (answer.status_code, answer.content) == (200, b"kept\n")
    assert (state_of(placed), ProviderEvent.objects.get().handled_at) == ("held", None)
    look_due(at=later(seconds=40))
    assert (state_of(placed), ProviderEvent.objects.get().outcome) == ("paid", "paid")


@pytest.mark.parametrize(
    ("how", "status", "word"),
    [
        ({"secret": "whsec_of_somebody"}, 400, "forged"),
        ({"account": "acct_of_somebody"}, 400, "forged"),
        ({"sent_at": timezone.now() - timedelta(minutes=6)}, 400, "forged"),
    ],
    ids=["forged", "another account", "old"],
)
def test_refuses_what_is_not_for_us_and_loses_nothing(bank, placed, payment, how, status, word):
    bank.pay(payment.reference)
    answer = tell(bank.message(payment.reference, **how))
    assert (answer.status_code, answer.content.decode().strip()) == (status, word)
    assert not ProviderEvent.objects.exists()
    look_due(at=later(minutes=2))
    assert state_of(placed) == "paid"


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_refuses_what_is_far_too_long_unread(bank, placed, payment, kind):
    body, headers = bank.message(payment.reference)
    answer = tell((body + b" " * 10_000_000, headers), content_type=kind)
    assert (answer.status_code, answer.content) == (413, b"too_large\n")
    assert tell((body, headers)).status_code == 200


@pytest.mark.parametrize("provider", ["paypal", "manual", "test"])
def test_nobody_else_tells_us_of_payments(bank, placed, payment, provider, settings):
    settings.PAYMENT_PROVIDERS = ["stripe"]
    assert tell(bank.message(payment.reference), provider).status_code in (400, 404)
    assert not ProviderEvent.objects.exists()


def test_messages_are_only_sent_never_read(client, bank):
    assert client.get("/payments/stripe/webhook/").status_code == 405


# Looked at.


def test_the_worker_finds_what_nobody_told_us(bank, placed, payment):
    bank.pay(payment.reference)
    assert look_due(at=later(seconds=30)) == 0
    assert look_due(at=later(minutes=2)) == 1
    assert state_of(placed) == "paid"


def test_looks_less_and_less_often_and_when_the_hold_ends(bank, placed, payment):
    times, at = [], payment.begun_at
    while at < placed.held_until:
        payment.refresh_from_db()
        at = payment.next_look_at
        times.append(at - payment.begun_at)
        assert look_due(at=at) == 1
    pauses = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert pauses[:4] == [30, 60, 120, 300]
    assert max(pauses) == 300
    assert at - placed.held_until < timedelta(minutes=1)


def test_lends_each_payment_to_one_worker_until_it_dies(bank, payment):
    at = later(minutes=2)
    assert [leases.lend_payment(payment.pk, at) for _worker in range(3)] == [True, False, False]
    assert look_due(at=at) == 0
    assert look_due(at=at + 2 * leases.LEASE) == 1


def test_nobody_pays_for_what_is_over(bank, placed, payment):
    """Half an hour is the least that Stripe takes: once the hold is over, its page is closed."""
    expire_orders(placed.held_until)
    look_due(at=placed.held_until + timedelta(seconds=1))
    assert bank.sessions[payment.reference]["status"] == "expired"
    assert state_of(payment) == "not_paid"


def test_nobody_pays_twice_when_staff_have_marked_it(bank, placed, payment):
    mark_paid(placed, actor=SYSTEM)
    look_due(at=later(minutes=2))
    assert bank.sessions[payment.reference]["status"] == "expired"


def test_a_bank_that_is_down_rests_and_is_asked_again_for_days(bank, placed, payment):
    bank.silent = 1000
    for minutes in range(2, 200, 10):
        look_due(at=later(minutes=minutes))
    payment.refresh_from_db()
    assert "ProviderSilent" in payment.last_error
    bank.silent, bank.now = 0, later(days=3)
    look_due(at=bank.now)
    assert state_of(payment) == "not_paid"


def test_a_request_that_was_lost_for_good_ends_with_its_order(bank, placed):
    bank.silent = 1
    with pytest.raises(ProviderSilent):
        flow.start(placed, "stripe")
    cancel_order(placed, actor=SYSTEM)
    look_due(at=later(hours=1))
    assert Payment.objects.get().state == "not_paid"


# Late, wrong, and back.


@pytest.mark.parametrize(("others", "order_state", "back"), [(4, "paid", 0), (5, "expired", 2000)])
def test_paid_late_it_is_a_seat_or_a_refund(bank, payment, a_pass, others, order_state, back):
    paid_late(bank, payment, a_pass, others=others)
    assert state_of(payment.order) == order_state
    refund_due(at=later(hours=2))
    assert bank.given_back(f"pi_{payment.reference}") == back
    assert astray(a_pass, bank) == recount(a_pass.event) == []


def test_a_wrong_sum_seats_nobody_and_goes_back_when_the_desk_says_so(bank, placed, payment, a_pass):
    bank.pay(payment.reference, wrong_by=-100)
    look_due(at=later(minutes=2))
    assert (state_of(payment), state_of(placed), confirmed(a_pass.event)) == ("wrong", "held", 0)
    assert payment.amount == Decimal(19)
    refund_payment(payment, reason="Pay all of it", actor=SYSTEM)
    refund_due(at=later(minutes=3))
    assert bank.kept() == 0


@pytest.fixture
def refund(bank, placed, payment) -> Refund:
    """All that was paid is to go back."""
    bank.pay(payment.reference)
    flow.look(payment)
    cancel_order(placed, actor=SYSTEM, reason="Cannot come")
    return Refund.objects.get()


def test_gives_back_once(bank, refund):
    assert [refund_due(at=later(minutes=1)) for _round in range(3)] == [1, 0, 0]
    assert (state_of(refund), bank.kept(), len(bank.refunds)) == ("done", 0, 1)
    assert refund.reference in bank.refunds


def test_a_lost_answer_gives_nothing_back_twice(bank, refund):
    bank.lost = "POST refunds"
    refund_due(at=later(minutes=1))
    assert (state_of(refund), len(bank.refunds)) == ("due", 1)
    refund_due(at=later(hours=30))
    assert (state_of(refund), len(bank.refunds)) == ("done", 1)


def test_what_is_on_its_way_is_asked_for_again_and_never_given_up(bank, refund):
    bank.refund_state = "pending"
    at = later(minutes=1)
    for _hours in range(2 * GIVE_UP_AFTER):
        assert refund_due(at=at) == 1
        at += timedelta(hours=7)
    assert (state_of(refund), len(bank.refunds)) == ("due", 1)
    next(iter(bank.refunds.values()))["status"] = "succeeded"
    refund_due(at=at)
    assert state_of(refund) == "done"


def test_what_the_bank_never_takes_is_left_to_the_desk(bank, refund):
    bank.no_refund = "Insufficient funds"
    at, tries = later(minutes=1), 0
    while state_of(refund) == "due" and tries < 50:
        tries += refund_due(at=at)
        at += timedelta(hours=7)
    assert (state_of(refund), tries) == ("failed", GIVE_UP_AFTER)
    assert "Insufficient funds" in refund.last_error
    bank.no_refund = ""
    refund_due(at=at)
    assert bank.kept() == 2000
    try_refund_again(refund, actor=SYSTEM, at=at)
    refund_due(at=at)
    assert (state_of(refund), bank.kept()) == ("done", 0)


def test_given_up_and_tried_again_by_the_desk_nothing_goes_back_twice(bank, refund):
    """Each answer was lost, the first one after the bank had done it."""
    bank.lost = "POST refunds"
    refund_due(at=later(minutes=1))
    note_refund_failed(refund, "No answer", final=True)
    refund.payment.refresh_from_db()
    bank.sessions[refund.payment.reference]["amount_total"] *= 2
    try_refund_again(refund, actor=SYSTEM)
    refund_due(at=later(minutes=2))
    assert (state_of(refund), len(bank.refunds)) == ("done", 1)


def test_the_worker_sends_no_transfers(bank, placed, a_pass):
    mark_paid(placed, actor=SYSTEM)
    cancel_order(placed, actor=SYSTEM, reason="Cannot come")
    assert refund_due(at=later(days=1)) == 0
    assert Refund.objects.get().state == "due"


# The test provider.


@pytest.fixture
def tried(bank, placed) -> Payment:
    address = flow.start(placed, "test")
    payment = Payment.objects.get()
    assert address.endswith(f"/{payment.key}/")
    return payment


@pytest.mark.parametrize(
    ("answer", "payment_state", "order_state"),
    [
        (TestAnswer.PAID, "paid", "paid"),
        (TestAnswer.WRONG_SUM, "wrong", "held"),
        (TestAnswer.NOT_PAID, "not_paid", "held"),
    ],
)
def test_the_test_provider_says_what_was_chosen(tried, placed, answer, payment_state, order_state):
    flow.say(tried, answer)
    assert (state_of(tried), state_of(placed)) == (payment_state, order_state)


def test_paid_in_a_trial_it_goes_back_in_a_trial(tried, placed):
    flow.say(tried, TestAnswer.PAID)
    cancel_order(placed, actor=SYSTEM, reason="Trial")
    refund_due(at=later(minutes=1))
    assert Refund.objects.get().state == "done"


def test_a_trial_that_nobody_ends_ends_with_its_order(tried, placed):
    expire_orders(placed.held_until)
    look_due(at=placed.held_until + timedelta(minutes=5))
    assert state_of(tried) == "not_paid"


def test_the_test_provider_believes_nobody_else(tried, placed):
    assert (
        tell(
            (b'{"id": "1", "kind": "paid", "reference": "%s"}' % tried.reference.encode(), {}), "test"
        ).status_code
        == 400
    )
    assert state_of(placed) == "held"


def test_where_it_is_not_named_there_is_no_test_provider(tried, settings):
    settings.PAYMENT_PROVIDERS = []
    with pytest.raises(UnknownProvider):
        flow.say(tried, TestAnswer.PAID)

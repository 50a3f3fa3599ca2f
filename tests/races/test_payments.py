"""Buyers, a bank's messages and workers at the same instant, and a process killed among them: no euro is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from events.errors import Full
from registrations.actions import expire_orders, refund_payment
from registrations.models import (
    AttendeePass,
    EventRegistration,
    Invoice,
    Notification,
    Order,
    Payment,
    ProviderEvent,
)
from registrations.payments.flow import look, receive
from registrations.payments.working import look_due, refund_due
from registrations.queries.recount import recount
from tests.engine.acts import people
from tests.payments.bank import Serving, settings_for
from tests.payments.buying import astray, confirmed, offered, order, sent_to_bank
from tests.races.at_once import appears, at_once, errors

# Whoever has not paid by the next wave holds nothing any more, and others come.
HOLD = timedelta(minutes=3)
WAVE = timedelta(minutes=4)
WAVES, TRIES = 5, 7
# What each buyer does once they stand before the bank's page, and how many do. Few pay as they should: each of them
# leaves one pass less for the others.
FATES = Counter(at_once=2, told_twice=2, never_told=2, wrong=10, late=12, delayed=12, leaves=10)


@pytest.fixture(scope="module")
def serving():
    with Serving() as one:
        yield one


@pytest.fixture
def bank(serving, settings):
    """A new bank, which this site takes for Stripe."""
    return serving.open(settings)


def given(event):
    """How many registrations, passes, mails of them, and invoices there are."""
    registered = Notification.objects.filter(event=event, kind="registered")
    rows = EventRegistration.objects.filter(event=event)
    return (
        rows.count(),
        AttendeePass.objects.filter(event_registration__event=event).count(),
        registered.count(),
        Invoice.objects.filter(order__event=event).count(),
    )


class Sale:
    """Fifty people want five passes; time goes on in waves, in each of which everybody acts at the same instant."""

    def __init__(self, bank):
        self.bank, self.of_pass, self.at = bank, offered(5), timezone.now()
        self.fates = list(FATES.elements())
        Random(18).shuffle(self.fates)
        self.waiting = list(zip(people(50, f"b{self.of_pass.pk}-"), self.fates, strict=True))
        # What happens in later waves: by wave.
        self.later = {}
        self.wave = 0
        self.done = Counter()

    def buy(self, who, fate):
        """Order, go to the bank, and do there what this buyer does."""
        placed = order(self.of_pass, who, at=self.at, held_for=HOLD)
        payment = sent_to_bank(placed, self.at)
        self.done[fate] += 1
        if fate in ("late", "delayed"):
            self.bank_later(fate, payment)
        elif fate != "leaves":
            self.pay(payment, wrong_by=100 if fate == "wrong" else 0)
            if fate != "never_told":
                [self.tell(payment) for _once in range(2 if fate == "told_twice" else 1)]

    def bank_later(self, fate, payment):
        if fate == "delayed":
            self.bank.pay(payment.reference, delayed=True)
        step = partial(self.pay if fate == "late" else self.clear, payment)
        self.later.setdefault(self.wave + 2, []).append(step)

    def pay(self, payment, **how):
        """Pay at the bank, unless that session is closed."""
        if self.bank.is_open(payment.reference):
            self.bank.pay(payment.reference, **how)
            self.tell_later(payment)

    def clear(self, payment):
        self.bank.clear(payment.reference)
        self.tell_later(payment)

    def tell_later(self, payment):
        self.later.setdefault(self.wave + 1, []).append(partial(self.tell, payment))

    def tell(self, payment):
        body, headers = self.bank.message(payment.reference)
        receive("stripe", body, headers, at=self.at)

    def workers(self):
        return [partial(expire_orders, self.at)] + [
            partial(look_due, at=self.at),
            partial(refund_due, at=self.at),
        ] * 2

    def go_on(self):
        """One wave: some of those who wait try, and whatever is due happens, all at once."""
        self.at = self.bank.now = self.at + WAVE
        self.wave += 1
        tries, self.waiting = self.waiting[:TRIES], self.waiting[TRIES:]
        acts = [partial(self.buy, *each) for each in tries] + self.later.pop(self.wave, []) + self.workers()
        Random(self.wave).shuffle(acts)
        results = dict(zip(acts, at_once(*acts), strict=True))
        self.waiting += [act.args for act, result in results.items() if isinstance(result, Full)]
        assert {type(each) for each in errors(list(results.values()))} <= {Full}

    def end(self):
        """Let everybody's time run out, staff look at wrong sums, and the workers finish."""
        while self.later:
            self.go_on()
        for payment in Payment.objects.filter(state="wrong"):
            refund_payment(payment, reason="Wrong sum", actor=SYSTEM)
        for _round in range(3):
            self.at = self.bank.now = self.at + timedelta(hours=3)
            for work in self.workers():
                work()


def test_fifty_buyers_for_five_passes(bank):
    """Told late, twice, out of order, never, after the end, with a wrong sum: each payment is a seat or a refund."""
    sale = Sale(bank)
    for _wave in range(WAVES):
        sale.go_on()
        assert confirmed(sale.of_pass.event) <= 5
    assert recount(sale.of_pass.event) == []
    sale.end()
    assert astray(sale.of_pass, bank) == recount(sale.of_pass.event, swept=True) == []
    assert not Payment.objects.filter(state="begun").exists()
    assert not ProviderEvent.objects.filter(handled_at=None).exists()
    assert confirmed(sale.of_pass.event) == Order.objects.filter(state="paid").count() <= 5
    states = Counter(Payment.objects.values_list("state", flat=True))
    assert min(states["paid"], states["wrong"], states["not_paid"], len(bank.refunds)) > 0
    assert set(sale.done) >= {"wrong", "late", "delayed", "leaves"}


def test_the_check_finds_money_that_is_astray(bank):
    """The control: what was paid too late and not given back yet is found, and so is a seat for nothing."""
    of_pass = offered(1)
    [late, other] = people(2)
    payment = sent_to_bank(order(of_pass, late))
    bank.pay(payment.reference)
    end = payment.order.held_until
    expire_orders(end)
    order(of_pass, other, at=end)
    look(payment, at=end)
    assert len(astray(of_pass, bank)) == 2
    refund_due(at=end)
    assert astray(of_pass, bank) == []


def one_paid(bank, number=1):
    of_pass = offered(number)
    payment = sent_to_bank(order(of_pass, *people(1, f"o{of_pass.pk}-")))
    bank.pay(payment.reference)
    return of_pass, payment


def test_the_same_message_a_hundred_times_at_once_is_one_ticket(bank):
    of_pass, payment = one_paid(bank)
    body, headers = bank.message(payment.reference)

    def twice():
        return [receive("stripe", body, headers) for _once in range(2)]

    results = at_once(*[twice] * 50)
    assert errors(results) == []
    assert given(of_pass.event) == (1, 1, 1, 1)
    assert ProviderEvent.objects.count() == 1
    assert astray(of_pass, bank) == recount(of_pass.event, swept=True) == []


def test_a_hundred_messages_page_and_workers_at_once_are_one_ticket(bank):
    """Each message another one, so that all of them ask the bank and settle."""
    of_pass, payment = one_paid(bank)
    told = [partial(receive, "stripe", *bank.message(payment.reference)) for _each in range(12)]
    looks = [partial(look, payment)] * 4 + [partial(look_due, at=timezone.now() + timedelta(minutes=2))] * 4
    results = at_once(*told, *looks)
    assert errors(results) == []
    assert given(of_pass.event) == (1, 1, 1, 1)
    assert astray(of_pass, bank) == recount(of_pass.event, swept=True) == []


def test_without_locks_one_payment_is_settled_more_than_once(without_locks, bank):
    def race():
        of_pass, payment = one_paid(bank)
        results = at_once(*[partial(look, payment)] * 8)
        return errors(results) or given(of_pass.event) != (1, 1, 1, 1) or recount(of_pass.event)

    assert appears(race)


@pytest.mark.parametrize(
    ("number", "after", "is_paid"),
    [(1, True, False), (2, False, False), (2, True, True)],
    ids=["message kept", "before the commit of the payment", "after it"],
)
def test_killed_between_message_and_commit_the_worker_makes_it_good(
    victim, bank, serving, number, after, is_paid
):
    of_pass, payment = one_paid(bank)
    body, headers = bank.message(payment.reference)
    words = {"body": body.decode(), "headers": headers, "site": settings_for(serving.url)}
    assert victim.obey("tell", ("commit", number, after), **words)
    assert confirmed(of_pass.event) == int(is_paid)
    assert ProviderEvent.objects.get().handled_at is None
    # The bank sends it once more, as it got no answer: known by its id, and finished by the worker alone.
    assert receive("stripe", body, headers) == "known"
    look_due(at=timezone.now() + timedelta(minutes=2))
    assert ProviderEvent.objects.get().outcome == "paid"
    assert given(of_pass.event) == (1, 1, 1, 1)
    assert astray(of_pass, bank) == recount(of_pass.event, swept=True) == []


def test_killed_between_commit_and_mail_the_next_worker_sends_it(victim, bank, serving):
    of_pass, payment = one_paid(bank)
    look(payment)
    assert victim.obey("work", ("mail", 1, False))
    assert victim.letters() == []
    assert victim.obey("send", at=(timezone.now() + timedelta(minutes=11)).isoformat()) is False
    letters = victim.letters()
    assert len(letters) == len(set(letters)) == Notification.objects.exclude(sent_at=None).count()
    assert Notification.objects.get(event=of_pass.event, kind="registered").sent_at is not None
    assert given(of_pass.event) == (1, 1, 1, 1)

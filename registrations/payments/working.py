"""The worker's part: payments that nobody told us of, messages left half done, and money that is to go back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from events.errors import Refusal
from events.pacing import Breaker
from registrations.actions import note_refund_failed, note_refunded
from registrations.actions.lines.settling import do_each
from registrations.models import Payment, ProviderEvent, Refund
from registrations.payments import leases
from registrations.payments.flow import finish, look
from registrations.payments.manual import Manual
from registrations.payments.port import Back, ProviderDeclined, ProviderSilent, UnknownProvider
from registrations.payments.providers import provider_of

logger = logging.getLogger(__name__)

BATCH = 50
GIVE_UP_AFTER = 10
# Whoever took the message in is given so long to finish it.
HANDLED_WITHIN = timedelta(seconds=30)
_NOT_DONE = (ProviderSilent, ProviderDeclined, UnknownProvider)


class Banks:
    """The providers as one worker knows them: which of them rest, because they did not answer."""

    def __init__(self, new_breaker: Callable[[], Breaker] = Breaker) -> None:
        self._breakers: dict[str, Breaker] = {}
        self._new_breaker = new_breaker

    def may_be_asked(self, provider: str) -> bool:
        """True unless the provider rests now."""
        return self._of(provider).may_try()

    def learn(self, provider: str, error: Exception | None = None) -> None:
        """Remember whether the provider answered, whatever it said."""
        self._of(provider).failed() if isinstance(error, ProviderSilent) else self._of(provider).worked()

    def _of(self, provider: str) -> Breaker:
        return self._breakers.setdefault(provider, self._new_breaker())


def look_due(
    should_stop: Callable[[], bool] = lambda: False,
    at: datetime | None = None,
    *,
    banks: Banks | None = None,
) -> int:
    """Finish messages left half done, and look at the payments that are due; return how many were looked at.

    One that cannot be looked at keeps no other waiting: its failure is raised once the others are done.
    """
    banks, now = banks or Banks(), at or timezone.now()
    left = ProviderEvent.objects.filter(handled_at=None, received_at__lte=now - HANDLED_WITHIN)
    pieces = [
        *(partial(_finish, event, at, banks, should_stop) for event in left.order_by("id")[:BATCH]),
        *(
            partial(_look, each, at, banks, should_stop)
            for each in Payment.objects.due(now).order_by("next_look_at", "id")[:BATCH]
        ),
        *(partial(_give_up, payment, at, should_stop) for payment in leases.never_answered(now)[:BATCH]),
    ]
    return do_each(pieces)


def _finish(event: ProviderEvent, at: datetime | None, banks: Banks, should_stop: Callable[[], bool]) -> int:
    if should_stop() or not banks.may_be_asked(event.provider):
        return 0
    return _tried(banks, event.provider, partial(finish, event, at or timezone.now()))


def _look(payment: Payment, at: datetime | None, banks: Banks, should_stop: Callable[[], bool]) -> int:
    if should_stop() or not banks.may_be_asked(payment.provider):
        return 0
    is_lent = leases.lend_payment(payment.pk, at or timezone.now())
    return _tried(banks, payment.provider, partial(look, payment, at=at)) if is_lent else 0


def _give_up(payment: Payment, at: datetime | None, should_stop: Callable[[], bool]) -> int:
    if not should_stop():
        look(payment, at=at)
    return 0


def _tried(banks: Banks, provider: str, act: Callable[[], object]) -> int:
    try:
        act()
    except Refusal as error:
        # What was not done is due again: by the pause of its payment, or as soon as the database can.
        banks.learn(provider, error)
    else:
        banks.learn(provider)
    return 1


def refund_due(
    should_stop: Callable[[], bool] = lambda: False,
    at: datetime | None = None,
    *,
    banks: Banks | None = None,
) -> int:
    """Give back what is due at online providers; return how many tries were made.

    What a provider does not take is tried again, ten times in about half a day, and then left to the desk. What was
    paid by transfer waits for staff.
    """
    banks, done = banks or Banks(), 0
    now = at or timezone.now()
    due = Refund.objects.due(now).exclude(payment__provider=Manual.name).order_by("due_at", "id")
    for refund in due.select_related("payment")[:BATCH]:
        if should_stop() or not banks.may_be_asked(refund.payment.provider):
            continue
        if leases.lend_refund(refund.pk, at or timezone.now()):
            _refund(Refund.objects.select_related("payment__order").get(pk=refund.pk), at, banks)
            done += 1
    return done


def _refund(refund: Refund, at: datetime | None, banks: Banks) -> None:
    name = refund.payment.provider
    try:
        truth = provider_of(name).refund(refund)
    except _NOT_DONE as error:
        banks.learn(name, error)
        said = f"{type(error).__name__}: {error.data.get('said') or error}"
        _failed(refund, said, at, final=False)
        return
    banks.learn(name)
    if truth.state == Back.DONE:
        note_refunded(refund, truth.reference, at=at or timezone.now())
    elif truth.state == Back.FAILED:
        _failed(refund, truth.error, at, final=True)
    else:
        leases.wait_for_refund(refund, truth.reference, at or timezone.now())


def _failed(refund: Refund, error: str, at: datetime | None, *, final: bool) -> None:
    is_last = final or refund.attempts + 1 >= GIVE_UP_AFTER
    note_refund_failed(refund, error, final=is_last, at=at or timezone.now())

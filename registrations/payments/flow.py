"""What happens with a payment at its provider: begun, looked at, told of, given back.

Whoever looks, a page, a message or the worker, fetches the truth and hands it to the one act that settles it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events.errors import Refusal
from registrations.actions import (
    begin_payment,
    note_begun,
    note_not_paid,
    note_refund_failed,
    note_refund_returned,
    note_refunded,
    settle_payment,
)
from registrations.links import order_token
from registrations.models import Order, Payment, ProviderEvent, Refund
from registrations.payments import leases
from registrations.payments.port import Back, Begun, Provider, ProviderDeclined, State, Truth
from registrations.payments.providers import provider_of
from registrations.payments.test import TestAnswer, TestProvider, message_of

logger = logging.getLogger(__name__)


def start(order: Order, provider_name: str, *, at: datetime | None = None) -> str:
    """Return the address at which the order is paid at this provider, who expects the payment from now on.

    Asked again while that can still be paid, the same address. Raises what `begin_payment` does, such as OrderOver
    where it was paid meanwhile, UnknownProvider, ProviderSilent and ProviderDeclined; a payment that was begun then
    can be begun again.
    """
    at = at or timezone.now()
    provider = provider_of(provider_name)
    payment = begin_payment(order, provider_name, at=at)
    if payment.address:
        if _can_still_be_paid(payment, at):
            return payment.address
        payment = begin_payment(order, provider_name, at=at)
    try:
        begun = _begun(provider, payment)
    except ProviderDeclined:
        # What was asked for earlier may differ by now, such as when the order was extended since: begun anew.
        note_not_paid(payment, at=at)
        if payment.begun_at == at:
            raise
        payment = begin_payment(order, provider_name, at=at)
        begun = _begun(provider, payment)
    note_begun(payment, begun.reference, begun.address, begun.expires_at, at=at)
    return begun.address


def _can_still_be_paid(payment: Payment, at: datetime) -> bool:
    """True unless the provider says that it is over: nobody is sent to a page on which nothing can be paid."""
    try:
        return look(payment, at=at).state == Payment.State.BEGUN
    except Refusal:
        return True


def _begun(provider: Provider, payment: Payment) -> Begun:
    """The payment as the provider has it. Where its payer comes back to is ours alone to say."""
    order = payment.order
    words = [order.event.slug, order_token(order)]
    back, cancelled = (f"{settings.SITE_URL}{reverse(name, args=words)}" for name in ("order_back", "order"))
    return provider.begin(payment, success_address=back, cancel_address=cancelled)


def look(payment: Payment, *, is_told: bool = False, at: datetime | None = None) -> Payment:
    """Fetch how the payment stands at its provider, settle it where that is decided, and return it as it is then.

    Once its order has ended, is paid or asks for less, the provider is told to take nothing more for it. Where nothing
    is decided, or the provider cannot be asked, the worker looks again. Where the provider has told us of it, it is
    asked also about a payment that seemed to be over. Raises UnknownProvider, ProviderSilent and ProviderDeclined;
    nothing else has changed then.
    """
    at = at or timezone.now()
    payment = Payment.objects.select_related("order__event", "order__payer").get(pk=payment.pk)
    if payment.state == Payment.State.BEGUN or (is_told and payment.state == Payment.State.NOT_PAID):
        with leases.looking(payment, at):
            _look(payment, at)
        payment.refresh_from_db()
    return payment


def _look(payment: Payment, at: datetime) -> None:
    if not payment.reference:
        if _is_unwanted(payment):
            # The provider's answer never came, so nobody was sent there.
            note_not_paid(payment, at=at)
        return
    provider = provider_of(payment.provider)
    truth = provider.fetch(payment)
    if truth.state == State.OPEN and _is_unwanted(payment):
        truth = _closed(provider, payment)
    if truth.state == State.PAID:
        settle_payment(payment, amount=truth.amount, currency=truth.currency, at=at)
    elif truth.state == State.NOT_PAID:
        note_not_paid(payment, at=at)


def _is_unwanted(payment: Payment) -> bool:
    """True where its order asks for nothing any more, or for another sum: part of it was let off since."""
    return payment.order.open != payment.amount


def _closed(provider: Provider, payment: Payment) -> Truth:
    try:
        provider.close(payment)
    except ProviderDeclined:
        # Somebody has paid in this moment, or their bank is still at it: that is the truth then.
        return provider.fetch(payment)
    return provider.fetch(payment)


def receive(
    provider_name: str, body: bytes, headers: Mapping[str, str], *, at: datetime | None = None
) -> str:
    """Take a provider's message: known by its id, it is kept once, and its payment looked at once.

    Returns what became of it. Where the provider does not answer meanwhile, the worker makes it good. Raises
    UnknownProvider, Forged and Unreadable.
    """
    at = at or timezone.now()
    message = provider_of(provider_name).read_webhook(body, headers)
    if message is None:
        return "not ours"
    event, is_new = ProviderEvent.objects.get_or_create(
        provider=provider_name,
        event_id=message.event_id,
        defaults={"kind": message.kind[:100], "reference": message.reference[:200], "received_at": at},
    )
    if not is_new:
        return event.outcome or "known"
    try:
        return finish(event, at)
    except Refusal as refusal:
        # It is kept, and the worker asks again: the same message once more would say nothing new.
        logger.warning("payments: %s is looked at later: %s", event, refusal.data.get("said") or refusal.code)
        return "kept"


def finish(event: ProviderEvent, at: datetime) -> str:
    """Look at the message's payment or refund and note what became of it; left unfinished while nobody answers."""
    about = {"reference": event.reference}
    if payment := Payment.objects.filter(provider=event.provider, **about).first():
        return leases.note_handled(event, look(payment, is_told=True, at=at).state, at)
    if refund := Refund.objects.filter(payment__provider=event.provider, **about).first():
        return leases.note_handled(event, look_at_refund(refund, at=at).state, at)
    # It may have come before our own note that the payment is begun, or the refund taken.
    return leases.note_unknown(event, at)


def look_at_refund(refund: Refund, *, at: datetime | None = None) -> Refund:
    """Fetch how a refund stands at its provider, by its reference there, and note it; return it as it is then.

    Money that went back may come back days later, as from an account that is closed. Raises UnknownProvider,
    ProviderSilent and ProviderDeclined; nothing has changed then.
    """
    at = at or timezone.now()
    refund = Refund.objects.select_related("payment__order").get(pk=refund.pk)
    truth = provider_of(refund.payment.provider).fetch_refund(refund)
    if truth.state == Back.DONE:
        return note_refunded(refund, truth.reference, at=at)
    if truth.state == Back.FAILED and refund.state == Refund.State.DONE:
        return note_refund_returned(refund, truth.error, at=at)
    if truth.state == Back.FAILED:
        # It was on its way: asked for anew.
        return note_refund_failed(refund, truth.error, final=False, at=at)
    return refund


def say(payment: Payment, answer: TestAnswer, *, at: datetime | None = None) -> None:
    """Have the test provider say what became of the payment, as if its message had come."""
    receive(TestProvider.name, message_of(payment, answer), {}, at=at)

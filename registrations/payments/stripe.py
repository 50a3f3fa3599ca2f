"""Stripe: its own page takes the money (Checkout), so that no card ever comes near this site."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from registrations.models import Payment, Refund
from registrations.payments.amounts import amount_of, smallest_units
from registrations.payments.port import (
    SECONDS,
    Back,
    Begun,
    Forged,
    Message,
    ProviderDeclined,
    ProviderSilent,
    RefundTruth,
    State,
    Truth,
    Unreadable,
)

if TYPE_CHECKING:
    from stripe import StripeClient

Answer = TypeVar("Answer")

# Stripe takes a session's end from half an hour to a day ahead; a minute is for clocks that differ.
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23, minutes=59)
# A signature is believed for so many seconds.
TOLERANCE = 300
_TOO_MANY_REQUESTS, _CONFLICT, _SERVER_ERROR = 429, 409, 500
_FAILED = frozenset({"failed", "canceled"})
# After these a delayed payment has failed: a bank that says no leaves its session complete for ever.
_INTENT_IS_OVER = frozenset({"canceled", "requires_payment_method"})


class Stripe:
    """Checkout Sessions, fetched by their id; refunds of their payment intents."""

    name = "stripe"
    label = _("Card or bank, by Stripe")
    origin = "https://checkout.stripe.com"

    def begin(self, payment: Payment, *, success_address: str, cancel_address: str) -> Begun:
        """Open one session for the payment, by its key."""
        order = payment.order
        item = {
            "quantity": 1,
            "price_data": {
                "currency": payment.currency.lower(),
                "unit_amount": smallest_units(payment.amount, payment.currency),
                "product_data": {"name": f"{order.event}: {order.code}"[:250]},
            },
        }
        asked: Any = {
            "mode": "payment",
            "client_reference_id": str(payment.key),
            "line_items": [item],
            "customer_email": order.payer.email,
            "success_url": success_address,
            "cancel_url": cancel_address,
            "expires_at": int(_end_of(payment).timestamp()),
            "locale": (get_language() or "auto").split("-")[0],
            "payment_intent_data": {"metadata": {"payment": str(payment.key), "order": order.code}},
        }
        options: Any = {"idempotency_key": str(payment.key)}
        session = _asked(lambda client: client.v1.checkout.sessions.create(asked, options))
        return Begun(session.id, session.url or "", datetime.fromtimestamp(session.expires_at, UTC))

    def fetch(self, payment: Payment) -> Truth:
        """Read the session: paid is what Stripe has received, not what a page or a message said."""
        session = _asked(lambda client: _session(client, payment))
        currency = (session.currency or payment.currency).upper()
        if session.payment_status == "paid":
            return Truth(State.PAID, amount_of(session.amount_total or 0, currency), currency)
        intent = session.payment_intent
        is_refused = session.status == "complete" and getattr(intent, "status", "") in _INTENT_IS_OVER
        if session.status == "expired" or is_refused:
            return Truth(State.NOT_PAID)
        return Truth(State.OPEN)

    def close(self, payment: Payment) -> None:
        """End the session, unless somebody has just paid, or a bank is still at it."""
        _asked(lambda client: client.v1.checkout.sessions.expire(payment.reference))

    def refund(self, refund: Refund) -> RefundTruth:
        """Give it back by the refund's key; one that Stripe has already, however long ago, is found."""
        session = _asked(lambda client: _session(client, refund.payment))
        intent = getattr(session.payment_intent, "id", session.payment_intent)
        if not intent:
            raise ProviderDeclined(said="there is no payment to give back")
        tries = [each for each in _asked(lambda client: _refunds(client, intent)) if _is_of(each, refund)]
        for known in tries:
            if known.status not in _FAILED:
                return _said_of(known)
        # Stripe would answer an earlier try once more: after one that came to nothing, the next is another request.
        key = f"{refund.key}-{len(tries)}" if tries else str(refund.key)
        try:
            return _said_of(_asked(lambda client: _give_back(client, intent, refund, key)))
        except ProviderDeclined as error:
            if not error.data.get("is_replayed"):
                raise
        # That was the answer of an earlier try, kept by Stripe for a day: it is over, and a new one may differ.
        again = f"{key}-again-{refund.attempts}"
        return _said_of(_asked(lambda client: _give_back(client, intent, refund, again)))

    def fetch_refund(self, refund: Refund) -> RefundTruth:
        """Read it: what succeeded may fail weeks later, when the payer's bank sends it back."""
        return _said_of(_asked(lambda client: client.v1.refunds.retrieve(refund.reference)))

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> Message | None:
        """What the message is about, once its signature, its age and its account are right."""
        _check_signature(body, headers.get("Stripe-Signature", ""))
        try:
            event = json.loads(body)
            about = event["data"]["object"]
            kind, event_id, account = event["type"], event["id"], event.get("account") or ""
            is_ours = about["object"] in ("checkout.session", "refund")
            reference = about["id"] if is_ours else ""
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable from error
        if account not in ("", settings.STRIPE_ACCOUNT):
            raise Forged(gettext("This message is about another account at the payment provider."))
        if not all(isinstance(each, str) for each in (kind, event_id, account, reference)) or not event_id:
            raise Unreadable
        return Message(event_id, kind, reference, account) if is_ours else None


def _end_of(payment: Payment) -> datetime:
    """When nobody can pay any more: the end of what is held, as far as Stripe takes it.

    By the payment's own dates, so that a request that is repeated asks for the same.
    """
    held_until = payment.order.held_until or payment.begun_at + LONGEST
    return min(max(held_until, payment.begun_at + SHORTEST), payment.begun_at + LONGEST)


def _session(client: StripeClient, payment: Payment) -> Any:
    return client.v1.checkout.sessions.retrieve(payment.reference, {"expand": ["payment_intent"]})


def _refunds(client: StripeClient, intent: str) -> list[Any]:
    return client.v1.refunds.list({"payment_intent": intent, "limit": 100}).data


def _is_of(said: Any, refund: Refund) -> bool:
    # Not by its key, which changes when the desk tries a failed one again.
    return bool(said.metadata) and said.metadata.to_dict().get("refund") == str(refund.pk)


def _give_back(client: StripeClient, intent: str, refund: Refund, key: str) -> Any:
    units = smallest_units(refund.amount, refund.payment.currency)
    asked: Any = {"payment_intent": intent, "amount": units, "metadata": {"refund": str(refund.pk)}}
    options: Any = {"idempotency_key": key}
    return client.v1.refunds.create(asked, options)


def _said_of(said: Any) -> RefundTruth:
    if said.status in _FAILED:
        return RefundTruth(Back.FAILED, said.id, said.failure_reason or said.status)
    return RefundTruth(Back.DONE if said.status == "succeeded" else Back.PENDING, said.id)


def _check_signature(body: bytes, header: str) -> None:
    import stripe

    try:
        # It knows no empty secret, and several may be true while one takes the other's place.
        stripe.WebhookSignature.verify_header(body, header, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
        raise Forged from error


def _asked(ask: Callable[[StripeClient], Answer]) -> Answer:
    """What Stripe answers; raises ProviderSilent where it is not known whether it acted, else ProviderDeclined."""
    import stripe

    try:
        return ask(_client(settings.STRIPE_SECRET_KEY, settings.STRIPE_ACCOUNT, settings.STRIPE_API_BASE))
    except stripe.StripeError as error:
        status = error.http_status
        # A server error kept from an earlier try would be answered for a day: asking once more learns nothing.
        is_replayed = (error.headers or {}).get("idempotent-replayed") == "true"
        is_unknown = status is None or status in (_TOO_MANY_REQUESTS, _CONFLICT) or status >= _SERVER_ERROR
        said = str(error.user_message or type(error).__name__)[:500]
        if is_unknown and not is_replayed:
            raise ProviderSilent(said=said) from error
        raise ProviderDeclined(said=said, is_replayed=is_replayed) from error


@functools.lru_cache(maxsize=4)
def _client(key: str, account: str, base: str) -> StripeClient:
    import stripe

    return stripe.StripeClient(
        key,
        stripe_account=account or None,
        base_addresses={"api": base} if base else None,
        # Whoever waits for us is told soon, and the worker tries again.
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=SECONDS),
    )

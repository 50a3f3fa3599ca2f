"""Who is asking a provider about what: rows are lent to one worker at a time, and come back when it dies.

Whoever's conditional update changes the row has it; what each of them does may be done twice without harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from registrations.models import Order, Payment, ProviderEvent, Refund
from registrations.payments.port import ProviderDeclined, ProviderSilent, UnknownProvider

# Longer than the few calls that one look, or one refund, makes.
LEASE = timedelta(minutes=2)
# While nobody has decided, after each look; then every five minutes until the order is over.
_LOOKS = [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5)]
# Once nothing can be decided by asking often: a bank transfer takes days, a provider may be gone for hours.
_SELDOM = timedelta(hours=1)
OFTEN_FOR = timedelta(days=2)
_ON_ITS_WAY = timedelta(hours=6)
# A message whose payment nobody knows stays so long in case its payment is noted still.
UNKNOWN_FOR = timedelta(hours=1)


def lend_payment(pk: int, at: datetime) -> bool:
    """Take the payment for one look, unless another worker has since it was listed."""
    free = Payment.objects.due(at).filter(pk=pk)
    return free.update(leased_until=at + LEASE, looks=F("looks") + 1) == 1


def never_answered(at: datetime) -> QuerySet[Payment]:
    """The payments whose provider's answer was lost for good: nobody was ever sent there, and their order is over."""
    waiting = [Order.State.HELD, Order.State.OWED]
    begun = Payment.objects.filter(state=Payment.State.BEGUN, reference="", begun_at__lte=at - LEASE)
    return begun.exclude(order__state__in=waiting).order_by("id")


def lend_refund(pk: int, at: datetime) -> bool:
    """Take the refund for one try, unless another worker has since it was listed."""
    return Refund.objects.due(at).filter(pk=pk).update(leased_until=at + LEASE) == 1


def wait_for_refund(refund: Refund, reference: str, at: datetime) -> None:
    """The provider has taken it, and the money is on its way: asked for again in some hours, which is no failure."""
    Refund.objects.filter(pk=refund.pk, state=Refund.State.DUE).update(
        reference=reference[:200],
        due_at=at + _ON_ITS_WAY,
        leased_until=None,
        last_error="",
        changed_at=at,
    )


@contextmanager
def looking(payment: Payment, at: datetime) -> Iterator[None]:
    """Have the payment looked at again later where this look decides nothing, and keep what went wrong for the desk.

    Raises what the look raises.
    """
    error = ""
    try:
        yield
    except (ProviderSilent, ProviderDeclined, UnknownProvider) as refusal:
        error = f"{type(refusal).__name__}: {refusal.data.get('said') or refusal}"
        raise
    finally:
        begun = Payment.objects.filter(pk=payment.pk, state=Payment.State.BEGUN)
        begun.update(leased_until=None, next_look_at=_next_look(payment, at), last_error=error[:500])


def _next_look(payment: Payment, at: datetime) -> datetime:
    if at - payment.begun_at > OFTEN_FOR:
        return at + _SELDOM
    pause = at + _LOOKS[min(max(payment.looks, 1), len(_LOOKS)) - 1]
    held_until = Order.objects.values_list("held_until", flat=True).get(pk=payment.order_id)
    # Whoever pays when nothing is held any more is kept from it as soon as it is so.
    return min(pause, max(held_until, at + _LOOKS[0])) if held_until else pause


def note_handled(event: ProviderEvent, outcome: str, at: datetime) -> str:
    """Note what became of the message; it is never handled again."""
    ProviderEvent.objects.filter(pk=event.pk, handled_at=None).update(handled_at=at, outcome=outcome[:40])
    return outcome


def note_unknown(event: ProviderEvent, at: datetime) -> str:
    """The message is about a payment that is not known: handled once it has waited long enough for it."""
    if at - event.received_at < UNKNOWN_FOR:
        return "not known yet"
    return note_handled(event, "unknown payment", at)

"""What is to be paid back: if an event were cancelled, and to people who hold nothing any more for what they paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Sum

from events.models import Event
from registrations.models import EventRegistration, Order, OrderLine, Payment, Refund

State = Order.State


@dataclass(frozen=True)
class RefundsIfCancelled:
    """What cancelling an event would do to its orders: `sums` is the money that goes back, by currency.

    `orders` of them were paid and have money of ours still; the places on `owed` ones were given on trust, their
    invoices are credited; the seats of `held` ones are free again, and nothing was paid for them.
    """

    orders: int
    sums: Mapping[str, Decimal]
    owed: int
    held: int


def refunds_if_cancelled(event: Event) -> RefundsIfCancelled:
    """What would be paid back if the event were cancelled now."""
    kept = kept_by_order(event)
    sums: dict[str, Decimal] = {}
    for currency, amount in kept.values():
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    live = Order.objects.filter(event=event)
    return RefundsIfCancelled(
        orders=len(kept),
        sums=dict(sorted(sums.items())),
        owed=live.filter(state=State.OWED).count(),
        held=live.held().count(),
    )


def kept_by_order(event: Event) -> dict[int, tuple[str, Decimal]]:
    """Currency and amount of what was paid for an order and did not go back, by its id; those with nothing left out."""
    paid = Payment.objects.filter(order__event=event, state=Payment.State.PAID).order_by()
    back = Refund.objects.filter(payment__order__event=event, payment__state=Payment.State.PAID).order_by()
    gone = dict(
        back.exclude(state=Refund.State.FAILED).values_list("payment__order").annotate(sum=Sum("amount"))
    )
    rows = paid.values_list("order", "order__currency").annotate(sum=Sum("amount"))
    left = {pk: (currency, amount - gone.get(pk, 0)) for pk, currency, amount in rows}
    return {pk: (currency, amount) for pk, (currency, amount) in left.items() if amount > 0}


def money_kept() -> Q:
    """True of orders that were paid, or are owed, and of which somebody holds no place any more, while their price is
    not credited: registration gone, money kept. The desk decides what goes back.
    """
    there = EventRegistration.objects.confirmed().filter(pk=OuterRef("registration"))
    given = OrderLine.objects.filter(order=OuterRef("pk"), registration__isnull=False)
    lines = given.filter(credited__lt=F("price"))
    is_asked_for = Q(state__in=[State.PAID, State.OWED], credited__lt=F("total"))
    return is_asked_for & Q(Exists(lines.filter(~Exists(there))))

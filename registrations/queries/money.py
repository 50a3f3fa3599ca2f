"""Whether orders agree with themselves, with the people they registered, and with the money that came and went."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce, Round

from registrations.models import Order, OrderLine, OrderSeat, Payment, Refund
from registrations.queries.asked_once import Rows, Within
from registrations.queries.offences import finds

State = Order.State


@finds("order_line", "line {0} does not say what its order says", where="order line {0}")
def lines_unlike_their_orders(within: Within) -> Rows:
    """Seats are held for the lines of held orders and of no others; whoever is on a paid or owed one was registered."""
    is_held = Q(order__state=State.HELD)
    wrong = Q(is_held=True) & ~is_held | Q(is_held=False) & is_held
    wrong |= Q(order__state__in=[State.PAID, State.OWED], registration=None)
    wrong |= Q(registration__isnull=False) & ~Q(
        registration__event=F("event"), registration__contact=F("contact")
    )
    return within.narrow(OrderLine.objects.filter(wrong)).order_by("pk").values_list("pk", "order_id")


@finds("money", "{1} was received and kept, {2} is its total, and it is {3}", where="order {0}")
def money_astray(within: Within) -> Rows:
    """What was paid and not given back is a paid order's total less what it was credited, and nothing for any other.

    Of an order that was cancelled after it was paid, what its terms keep. Where a refund failed there may be more.
    """
    paid = Payment.objects.filter(order=OuterRef("pk"), state=Payment.State.PAID)
    refunds = Refund.objects.filter(payment__order=OuterRef("pk"), payment__state=Payment.State.PAID)
    failed = refunds.filter(state=Refund.State.FAILED)
    orders = Order.objects.annotate(
        kept=_cents(
            _sum(paid.values("order"))
            - _sum(refunds.exclude(state=Refund.State.FAILED).values("payment__order"))
        ),
        due=_cents(F("total") - F("credited")),
        failed=_sum(failed.values("payment__order")),
    )
    was_paid = Q(state=State.PAID) | Q(state=State.CANCELLED, paid_at__isnull=False)
    more = Q(kept__gt=F("due"), kept__lte=_cents(F("due") + F("failed")))
    wrong = was_paid & ~Q(kept=F("due")) & ~more
    wrong |= ~was_paid & ~Q(kept=0) & ~Q(kept__gt=0, kept__lte=F("failed"))
    return within.narrow(orders.filter(wrong)).order_by("pk").values_list("pk", "kept", "total", "state")


@finds("money", "more than the whole payment is given back", where="payment {0}")
def refunded_twice(within: Within) -> Rows:
    """Of one payment no more goes back than came, and nothing of what never came."""
    back = Refund.objects.filter(payment=OuterRef("pk")).exclude(state=Refund.State.FAILED)
    payments = Payment.objects.annotate(back=_sum(back.values("payment")))
    has_come = Q(state__in=[Payment.State.PAID, Payment.State.WRONG])
    wrong = Q(back__gt=F("amount")) | (~has_come & Q(Exists(back)))
    return within.narrow(payments.filter(wrong), "order__event").order_by("pk").values_list("pk", "amount")


@finds("money", "its lines come to {1} less {2} credited, not to {3} less {4}", where="order {0}")
def sums_astray(within: Within) -> Rows:
    """An order comes to what its lines come to, what was credited as well; one that is given away to nothing."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    orders = Order.objects.exclude(way=Order.Way.COMPLIMENTARY).annotate(
        of_lines=_sum(lines.values("order"), "price"), credited_of=_sum(lines.values("order"), "credited")
    )
    wrong = ~Q(of_lines=F("total")) | ~Q(credited_of=F("credited"))
    rows = within.narrow(orders.filter(wrong)).order_by("pk")
    return rows.values_list("pk", "of_lines", "credited_of", "total", "credited")


@finds("order_line", "a session's seat is held for line {1}, which holds nothing", where="order line {1}")
def seats_unlike_their_lines(within: Within) -> Rows:
    """Seats of sessions are held only with the line with which they were chosen."""
    wrong = OrderSeat.objects.filter(is_held=True, order_line__is_held=False)
    found = within.narrow(wrong, "order_line__event").order_by("pk")
    return found.values_list("pk", "order_line")


def _sum(rows: Rows, of: str = "amount") -> Round:
    return _cents(
        Coalesce(rows.order_by().annotate(sum=Sum(of)).values("sum"), Value(0), output_field=_MONEY)
    )


def _cents(amount: Any) -> Round:
    """SQLite adds amounts as binary fractions: only to the cent are two of them the same."""
    return Round(amount, 2, output_field=_MONEY)


_MONEY = Order._meta.get_field("total")

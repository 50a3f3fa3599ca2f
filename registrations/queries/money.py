"""Whether orders agree with themselves, with the people they registered, and with the money that came and went."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce

from registrations.models import Order, OrderLine, Payment, Refund
from registrations.queries.asked_once import Rows, Within
from registrations.queries.offences import finds

State = Order.State


@finds("order_line", "line {0} does not say what its order says", where="order line {0}")
def lines_unlike_their_orders(within: Within) -> Rows:
    """Seats are held for the lines of held orders and of no others; whoever is on a paid one is registered."""
    is_held = Q(order__state=State.HELD)
    wrong = Q(is_held=True) & ~is_held | Q(is_held=False) & is_held
    wrong |= Q(order__state=State.PAID, registration=None)
    wrong |= Q(registration__isnull=False) & ~Q(
        registration__event=F("event"), registration__contact=F("contact")
    )
    return within.narrow(OrderLine.objects.filter(wrong)).order_by("pk").values_list("pk", "order_id")


@finds("money", "{1} was received and kept, {2} is its total, and it is {3}", where="order {0}")
def money_astray(within: Within) -> Rows:
    """What was paid and not given back is the total of a paid order, and nothing for any other."""
    paid = Payment.objects.filter(order=OuterRef("pk"), state=Payment.State.PAID)
    back = Refund.objects.filter(payment__order=OuterRef("pk")).exclude(state=Refund.State.FAILED)
    orders = Order.objects.annotate(
        kept=_sum(paid.values("order")) - _sum(back.values("payment__order")),
    )
    is_paid = Q(state=State.PAID)
    wrong = is_paid & ~Q(kept=F("total")) | ~is_paid & ~Q(kept=0)
    return within.narrow(orders.filter(wrong)).order_by("pk").values_list("pk", "kept", "total", "state")


@finds("money", "more than the whole payment is given back", where="payment {0}")
def refunded_twice(within: Within) -> Rows:
    """Of one payment no more goes back than came, and nothing of what never came."""
    back = Refund.objects.filter(payment=OuterRef("pk")).exclude(state=Refund.State.FAILED)
    payments = Payment.objects.annotate(back=_sum(back.values("payment")))
    wrong = Q(back__gt=F("amount")) | (~Q(state=Payment.State.PAID) & Q(Exists(back)))
    return within.narrow(payments.filter(wrong), "order__event").order_by("pk").values_list("pk", "amount")


def _sum(rows: Rows) -> Coalesce:
    return Coalesce(rows.order_by().annotate(sum=Sum("amount")).values("sum"), Value(0), output_field=_MONEY)


_MONEY = Order._meta.get_field("total")

"""An invitation for a pass with a price: it leads to an order instead of being accepted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from registrations.actions import order_invitation
from registrations.actions.lines.ordered import order_behind
from registrations.models import Order
from registrations.rules.people import Attendee
from registrations.website import kept
from registrations.website.order_placing import onward
from registrations.website.orders.forms import BillingForm
from registrations.website.orders.purchase import Purchase
from registrations.website.orders.sums import sum_of
from registrations.website.orders.ways import ways_of
from registrations.website.visitor import Visitor
from waitlists.models import WaitlistItem


def placed(item: WaitlistItem) -> Order | None:
    """The order by which the invitation is being paid."""
    ordered = order_behind(item)
    return Order.objects.select_related("event").get(pk=ordered) if ordered else None


def offer_of(request: HttpRequest, visitor: Visitor, item: WaitlistItem) -> Purchase | None:
    """What accepting the invitation would order; None where it costs nothing."""
    offered = item.event_pass
    if offered is None or not offered.price:
        return None
    purchase = Purchase(visitor.event, "", sum=sum_of([offered]), ways=ways_of(visitor.event, [offered]))
    if purchase.ways:
        purchase.billing = BillingForm(kept.data_of(request), ways=purchase.ways)
    return purchase


def order(
    request: HttpRequest, visitor: Visitor, item: WaitlistItem, purchase: Purchase
) -> HttpResponse | None:
    """Order what is offered, and lead to where it is paid; None where something in the form is wrong."""
    registration, bill = visitor.registration, purchase.billing
    if registration is None or bill is None or not bill.is_valid():
        return None
    made = order_invitation(item, Attendee.of(registration), way=bill.way, billing=bill.billing)
    made.event = visitor.event
    return kept.settled(request, onward(request, made))

"""Matters of money that wait for a person: what was paid wrongly, what did not go back, what is overdue."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext_lazy, ngettext

from events.admin.decisions import AtHand, Matter, NeedsDecision
from events.admin.verbs import change_url
from events.models import Event
from registrations.models import Order
from registrations.queries import sales


def _orders(event: Event, status: str) -> str:
    return f"{change_url(event)}?tab=registration&orders-status={status}#panel-event_orders"


class OrdersToLookAt(NeedsDecision):
    """Orders about which only a person can decide: another sum came, a refund failed, a seat was given up."""

    title = gettext_lazy("Orders to look at")
    chip = "clash"
    permission = "registrations.view_order"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        orders = Order.objects.filter(event__in=hand.by_id).order_by()
        counted = dict(sales.to_look_at(orders).values_list("event").annotate(Count("pk")))
        for event in hand.events:
            if number := counted.get(event.pk):
                text = ngettext("%(n)d order", "%(n)d orders", number) % {"n": number}
                yield Matter(text, _orders(event, "look"), event)


class OrdersOverdue(NeedsDecision):
    """Passes that were given on trust, and not paid in time."""

    title = gettext_lazy("Invoices overdue")
    chip = "few"
    permission = "registrations.view_order"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        late = Order.objects.filter(event__in=hand.by_id, state=Order.State.OWED, pay_by__lt=hand.at)
        counted = dict(late.order_by().values_list("event").annotate(Count("pk")))
        for event in hand.events:
            if number := counted.get(event.pk):
                text = ngettext("%(n)d order", "%(n)d orders", number) % {"n": number}
                yield Matter(text, _orders(event, "overdue"), event)

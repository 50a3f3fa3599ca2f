"""Orders that are paid in another way than they were placed with."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.models import Pass, Sale
from events.retrying import action
from registrations.actions.invoicing import within_invoice
from registrations.actions.journal import Journal
from registrations.actions.orders._steps import read_locked
from registrations.actions.telling_payers import Kind, Verb, say
from registrations.models import Order
from registrations.rules.orders import held_until, may_be_invoiced

Way = Order.Way


@action
def change_way(order: Order, way: Order.Way, *, actor: Actor = ATTENDEE, at: datetime | None = None) -> Order:
    """Let an order that is held for a payment online be paid by invoice: it is held as long as one placed so now.

    Its invoice is written and mailed. What was begun online may still be paid, and settles the order; asked again,
    nothing changes. Raises Invalid for another way, OrderOver where passes or event are not sold by invoice, or the
    order waits for no money any more.
    """
    at = at or timezone.now()
    if way != Way.INVOICE:
        raise Invalid(fields={"way": [_("An order can only be changed to one by invoice.")]})
    with transaction.atomic(durable=True):
        fresh = read_locked(order.pk)
        actor.ask_condition()
        if fresh.way == Way.INVOICE:
            return actor.done(fresh)
        passes = list(Pass.objects.filter(order_lines__order=fresh).select_related("event").distinct())
        if not may_be_invoiced(fresh, passes, at):
            raise OrderOver(_("This order cannot be paid by invoice."), state=fresh.state)
        fresh.way = way
        if fresh.held_until is not None:
            fresh.held_until = max(fresh.held_until, held_until(fresh.event, Sale.of(fresh.event), way, at))
        fresh.save(update_fields=["way", "held_until"])
        journal = Journal(actor, at, {})
        say(journal, fresh, Verb.ORDER_EXTENDED, Kind.ORDER_PLACED, way=str(way))
        journal.write()
        within_invoice(journal, fresh)
        return actor.done(fresh)

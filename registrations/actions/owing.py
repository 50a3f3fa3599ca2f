"""Orders of whoever is given a pass with a price that was not paid: owed by invoice, or complimentary with a reason."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from events.errors import Invalid
from events.models import Pass, Sale
from registrations import sql
from registrations.actions.invoicing import within_invoice
from registrations.actions.journal import Journal
from registrations.actions.telling_payers import Kind, Verb, say
from registrations.models import Activity, EventRegistration, Order, OrderLine
from registrations.rules.orders import frozen_terms, vat_of

State = Order.State
Way = Order.Way


class Owed(NamedTuple):
    """One order of one pass, to be written with the journal that gives it."""

    order: Order
    line: OrderLine
    said: list[Activity]


def check_complimentary(reason: str, *, is_attendee: bool) -> None:
    """Raise Invalid where an attendee would give a pass away."""
    if reason and is_attendee:
        raise Invalid(fields={"complimentary": [_("Only staff give passes away.")]})


def owe(journal: Journal, registration: EventRegistration, event_pass: Pass) -> None:
    """Note an order of the pass that its holder pays by invoice, or that is complimentary where the act says why.

    Needs: the contact. The rows are written with the journal, so that a forecast writes none.
    """
    if not journal.owed:
        journal.before_ledger.append(partial(_write, journal))
    order = _order_of(journal, registration, event_pass)
    line = OrderLine(
        order=order,
        event=registration.event,
        event_pass=event_pass,
        contact=registration.contact,
        first_name=registration.first_name,
        last_name=registration.last_name,
        price=event_pass.price,
        vat_rate=event_pass.vat_rate,
        vat=vat_of(event_pass.price, event_pass.vat_rate, event_pass.currency),
        is_held=False,
        registration=registration,
    )
    kind = Kind.ORDER_PLACED if order.total else None
    said = [say(journal, order, Verb.ORDER_PLACED, kind, reason=order.reason)]
    if not order.total:
        said.append(say(journal, order, Verb.ORDER_PAID))
    journal.owed.append(Owed(order, line, said))


def _order_of(journal: Journal, registration: EventRegistration, event_pass: Pass) -> Order:
    reason = journal.complimentary.strip()[:300]
    return Order(
        event=registration.event,
        payer=registration.contact,
        way=Way.COMPLIMENTARY if reason else Way.INVOICE,
        state=State.PAID if reason else State.OWED,
        paid_at=journal.at if reason else None,
        reason=reason,
        currency=event_pass.currency,
        total=0 if reason else event_pass.price,
        placed_at=journal.at,
        placed_by=journal.actor.user,
    )


def _write(journal: Journal) -> None:
    """Write the orders, in sets, and tell what was noted of each under which id it is stored."""
    owed: list[Owed] = journal.owed
    sales = {
        pk: Sale.of(event) for pk, event in {one.order.event_id: one.order.event for one in owed}.items()
    }
    for order, _line, _said in owed:
        sale = sales[order.event_id]
        order.terms = frozen_terms(order.event, sale)
        if order.state == State.OWED:
            order.pay_by = journal.at + timedelta(days=sale.invoice_days)
    sql.insert([one.order for one in owed])
    for order, line, said in owed:
        line.order_id, line.registration_id = order.pk, line.registration.pk if line.registration else None
        for activity in said:
            activity.detail["order"] = order.pk
            activity.detail["then"]["pay_by"] = order.pay_by and order.pay_by.isoformat()
    _name_in_mails(journal, owed)
    sql.insert([one.line for one in owed])
    for order, _line, _said in owed:
        within_invoice(journal, order)


def _name_in_mails(journal: Journal, owed: list[Owed]) -> None:
    """Let each mail about one of these orders name it, which had no id when the mail was noted."""
    named: dict[int, Any] = {id(activity): one.order.pk for one in owed for activity in one.said}
    for message in journal.messages:
        if id(message.activity) in named:
            message.payload["order"] = named[id(message.activity)]

"""An event whose passes are sold: orders in every state, by a provider of the demo's own, which moves no money."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from events.actors import ATTENDEE, Actor
from events.models import Event, Pass, Sale
from registrations import actions
from registrations.demo.crowd import GRETA
from registrations.demo.names import people, person
from registrations.models import Order
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee

DAY = timedelta(days=1)
EARLY, DECK, BRIDGE, STUDENT, GALLEY = (
    "Early deck pass",
    "Deck pass",
    "Bridge pass",
    "Student pass",
    "Galley pass",
)
# Who buys for whom, the first ones first: so many days ago, which passes.
PAID_ONLINE = (
    (20, [EARLY] * 5),
    (17, [EARLY, GALLEY]),
    (15, [BRIDGE] * 6),
    (12, [DECK] * 6),
    (9, [BRIDGE] * 4),
    (5, [DECK, GALLEY]),
    (3, [DECK] * 4),
)
PAID_BY_INVOICE = ((14, [DECK] * 3), (8, [BRIDGE, DECK]))
# Given by staff on trust: one overdue for days, one not yet due.
OWED = ((21, [DECK] * 2), (2, [DECK, GALLEY]))
COMPANY = {
    "name": "Wil de Graaf",
    "company": "Maasvlakte Tugs",
    "street": "Sleepbootkade 3",
    "postcode": "3011 HX",
    "city": "Rotterdam",
    "country": "Netherlands",
    "reference": "PO 2207",
}
WAITING = (person("Femke", "Dijkstra"), person("Oke", "Harms"))


def put_on_sale(event: Event, row: dict[str, Any], at: datetime) -> None:
    """Say how the event sells its passes, which VAT they contain, and which are sold no more."""
    Sale.objects.create(event=event, refunds_until=event.starts_at - 7 * DAY, **row["sale"])
    said = {one["name"]: one for one in row["pass"]}
    for each in Pass.objects.filter(event=event):
        each.vat_rate = Decimal(said[each.name].get("vat_rate", 0))
        ago = said[each.name].get("sale_ended_days_ago")
        each.on_sale_until = None if ago is None else at - ago * DAY
        each.save(update_fields=["vat_rate", "on_sale_until"])


def sell_passes(event: Event, staff: Actor, at: datetime) -> None:
    """Sell the passes over three weeks: all for the bridge, the last of it to Greta; then two wait for one."""
    shop = _Shop(event, staff, at, people(60, random.Random(1953)))
    for days, names in PAID_ONLINE:
        shop.paid_online(shop.buyers(names), at - days * DAY)
    for days, names in PAID_BY_INVOICE:
        order = shop.placed(shop.buyers(names), at - days * DAY, way=Order.Way.INVOICE, billing=COMPANY)
        actions.mark_paid(order, note="Statement 17", actor=staff, at=at - (days - 4) * DAY)
    for days, names in OWED:
        shop.placed(
            shop.buyers(names),
            at - days * DAY,
            by_staff=True,
            way=Order.Way.INVOICE,
            owed=True,
            billing=COMPANY,
        )
    shop.placed(
        shop.buyers([DECK]),
        at - 6 * DAY,
        by_staff=True,
        way=Order.Way.COMPLIMENTARY,
        reason="Teaches the knots",
    )
    for _number in range(3):
        who = next(shop.crowd)
        actions.register_for_event(event, who, shop.passes[STUDENT], notify=False, at=at - 4 * DAY)
    shop.paid_online([(GRETA, BRIDGE)], at - DAY)
    _with_trouble(shop)
    for who in WAITING:
        actions.register_for_event(event, who, shop.passes[BRIDGE], wait=True, notify=False, at=at)


def _with_trouble(shop: _Shop) -> None:
    """One is given back in part, one came with another sum, one ran out, one was cancelled, one is being paid."""
    at, staff = shop.at, shop.staff
    order = shop.paid_online(shop.buyers([DECK, DECK]), at - 7 * DAY)
    line = order.order_lines.order_by("-position")[:1]
    [refund] = actions.refund_order(order, lines=list(line), reason="Ill", actor=staff, at=at - 2 * DAY)
    actions.note_refunded(refund, f"test-back-{refund.pk}", at=at - 2 * DAY + timedelta(minutes=1))
    order = shop.placed(shop.buyers([DECK]), at - 3 * DAY, way=Order.Way.INVOICE)
    actions.mark_paid(order, amount=Decimal(80), note="Ten short", actor=staff, at=at - DAY)
    shop.placed(shop.buyers([GALLEY]), at - 5 * DAY)
    actions.expire_orders(at - 4 * DAY)
    order = shop.placed(shop.buyers([GALLEY]), at - 11 * DAY, way=Order.Way.INVOICE)
    actions.cancel_by_payer(order, at=at - 10 * DAY)
    shop.placed(shop.buyers([DECK, DECK]), at - timedelta(minutes=8))


@dataclass
class _Shop:
    """The event's passes by name, and whoever comes next."""

    event: Event
    staff: Actor
    at: datetime
    names: list[Attendee]

    def __post_init__(self) -> None:
        self.passes = {one.name: one for one in Pass.objects.filter(event=self.event).select_related("seats")}
        self.crowd: Iterator[Attendee] = iter(self.names)

    def buyers(self, names: list[str]) -> list[tuple[Attendee, str]]:
        """Somebody for each of these passes; the first of them pays."""
        return [(next(self.crowd), name) for name in names]

    def placed(
        self, buyers: list[tuple[Attendee, str]], at: datetime, *, by_staff: bool = False, **how: Any
    ) -> Order:
        """The order of these passes."""
        bought = [Bought(who, self.passes[name]) for who, name in buyers]
        actor = self.staff if by_staff else ATTENDEE
        return actions.place_order(self.event, buyers[0][0], bought, actor=actor, at=at, **how)

    def paid_online(self, buyers: list[tuple[Attendee, str]], at: datetime) -> Order:
        """The order, paid six minutes after it was placed."""
        order, then = self.placed(buyers, at), at + timedelta(minutes=6)
        payment = actions.begin_payment(order, "test", reference=f"demo-{order.pk}", at=at)
        actions.settle_payment(payment, amount=order.total, currency=order.currency, at=then)
        return order

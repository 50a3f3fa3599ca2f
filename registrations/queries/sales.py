"""What was sold of an event's passes, what was received for it and is still to come, and which orders need somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round

from events.models import Event, Pass
from registrations.models import Invoice, Order, OrderLine, Payment, Refund
from registrations.queries.refunds import money_kept
from registrations.rules.invoices import part_of_vat

State = Order.State
# The provider of what staff mark as paid: what goes back of it is sent by a person.
BY_HAND = "manual"
NOTHING = Decimal(0)
_MONEY: DecimalField[Any, Any] = DecimalField(max_digits=12, decimal_places=2)


@dataclass
class SoldPass:
    """One pass with what was sold of it: how many by what became of their orders, and what they brought."""

    event_pass: Pass
    paid: int = 0
    owed: int = 0
    held: int = 0
    complimentary: int = 0
    received: Decimal = NOTHING
    open: Decimal = NOTHING


@dataclass
class OfRate:
    """What was received and kept for lines of one VAT rate, and what of that is VAT."""

    rate: Decimal
    currency: str
    gross: Decimal = NOTHING
    vat: Decimal = NOTHING

    @property
    def net(self) -> Decimal:
        """What is left of it without the VAT."""
        return self.gross - self.vat


@dataclass
class Sums:
    """All orders of an event in one currency: how many, and what was received, is open, overdue and going back."""

    currency: str
    orders: int = 0
    received: Decimal = NOTHING
    open: Decimal = NOTHING
    overdue: Decimal = NOTHING
    given_back: Decimal = NOTHING


@dataclass
class Kept:
    """What was paid for one order, and what of it went back or is on its way; where that failed it is still here."""

    paid: Decimal = NOTHING
    back: Decimal = NOTHING
    passes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def received(self) -> Decimal:
        """What is left here."""
        return self.paid - self.back


def sells(event: Event) -> bool:
    """True where the event has a pass with a price, or ever had an order; read once for each event."""
    if "_sells" not in vars(event):
        found = Pass.objects.filter(event=event, price__gt=0).exists() or (
            Pass.objects.filter(event=event).exists() and Order.objects.filter(event=event).exists()
        )
        vars(event)["_sells"] = found
    return bool(vars(event)["_sells"])


def sold_passes(event: Event) -> list[SoldPass]:
    """The event's passes that are offered or were ordered, with what was sold of each."""
    lines = OrderLine.objects.filter(event=event).order_by()
    counted = lines.values("event_pass", "order__state", "order__way").annotate(
        number=Count("pk", filter=Q(credited__lt=F("price")) | Q(price=0)),
        worth=Sum(F("price") - F("credited")),
    )
    by_pass: dict[int, list[Any]] = defaultdict(list)
    for row in counted:
        by_pass[row["event_pass"]].append(row)
    passes = Pass.objects.filter(Q(archived_at=None) | Q(pk__in=by_pass), event=event)
    found = []
    for each in passes.select_related("seats"):
        each.event = event
        sold = SoldPass(each)
        for of_state in by_pass[each.pk]:
            _count(sold, of_state)
        found.append(sold)
    return found


def _count(sold: SoldPass, row: Any) -> None:
    state, number, worth = row["order__state"], row["number"], row["worth"] or NOTHING
    if row["order__way"] == Order.Way.COMPLIMENTARY:
        sold.complimentary += number if state == State.PAID else 0
    elif state == State.PAID:
        sold.paid, sold.received = sold.paid + number, sold.received + worth
    elif state == State.CANCELLED:
        # What the terms kept of it; of one that was not paid all was credited.
        sold.received += worth
    elif state == State.OWED:
        sold.owed, sold.open = sold.owed + number, sold.open + worth
    elif state == State.HELD:
        sold.held, sold.open = sold.held + number, sold.open + worth


def by_rate(event: Event) -> list[OfRate]:
    """What paid orders brought, by the VAT rate of their lines, as their invoices and credit notes say it.

    What the terms kept of one that its payer cancelled was brought, too.
    """
    brought = {"order__state__in": [State.PAID, State.CANCELLED], "order__paid_at__isnull": False}
    lines = OrderLine.objects.filter(event=event, **brought).order_by()
    lines = lines.exclude(order__way=Order.Way.COMPLIMENTARY)
    alike = lines.values("vat_rate", "order__currency", "price", "vat", "credited").annotate(n=Count("pk"))
    found: dict[tuple[Decimal, str], OfRate] = {}
    for row in alike:
        key = row["vat_rate"], row["order__currency"]
        of_rate = found.setdefault(key, OfRate(*key))
        of_rate.gross += (row["price"] - row["credited"]) * row["n"]
        back = part_of_vat(row["price"], row["vat"], before=NOTHING, part=row["credited"])
        of_rate.vat += (row["vat"] - back) * row["n"]
    return [found[key] for key in sorted(found) if found[key].gross]


def sums_of(event: Event, at: datetime) -> list[Sums]:
    """The event's orders summed, by currency; in three statements, however many there are."""
    orders = Order.objects.filter(event=event).order_by()
    overdue = Q(state=State.OWED, pay_by__lt=at)
    is_open = Q(state__in=[State.HELD, State.OWED])
    still = F("total") - F("credited")
    found: dict[str, Sums] = {}
    for row in orders.values("currency").annotate(
        n=Count("pk"), to_pay=_sum(still, is_open), late=_sum(still, overdue)
    ):
        found[row["currency"]] = Sums(row["currency"], row["n"], open=row["to_pay"], overdue=row["late"])
    paid = Payment.objects.filter(order__event=event, state=Payment.State.PAID).order_by()
    for currency, amount in paid.values_list("order__currency").annotate(Sum("amount")):
        found[currency].received = amount
    back = _going_back().filter(payment__order__event=event, payment__state=Payment.State.PAID).order_by()
    for currency, amount in back.values_list("payment__order__currency").annotate(Sum("amount")):
        sums = found[currency]
        sums.given_back, sums.received = amount, sums.received - amount
    return [found[currency] for currency in sorted(found)]


def _sum(what: Any, where: Q) -> Coalesce:
    return Coalesce(Sum(what, filter=where), Value(NOTHING), output_field=_MONEY)


def _going_back() -> QuerySet[Refund]:
    return Refund.objects.exclude(state=Refund.State.FAILED)


def kept_of(ids: Collection[int]) -> dict[int, Kept]:
    """What was paid for each of these orders and went back; in two statements."""
    found = {pk: Kept() for pk in ids}
    paid = Payment.objects.filter(order__in=ids, state=Payment.State.PAID).order_by()
    for pk, amount in paid.values_list("order").annotate(Sum("amount")):
        found[pk].paid = amount
    back = _going_back().filter(payment__order__in=ids, payment__state=Payment.State.PAID).order_by()
    for pk, amount in back.values_list("payment__order").annotate(Sum("amount")):
        found[pk].back = amount
    return found


def is_invoiced(order: Order) -> bool:
    """True while an invoice of the order stands, at least in part."""
    sums: dict[str, Decimal] = dict(order.invoices.order_by().values_list("kind").annotate(Sum("total")))
    return sums.get(Invoice.Kind.INVOICE, NOTHING) > sums.get(Invoice.Kind.CREDIT_NOTE, NOTHING)


def kept_with_passes_of(ids: Collection[int]) -> dict[int, Kept]:
    """What was paid for each of these orders and went back, for whom they are, with which passes."""
    found = kept_of(ids)
    lines = OrderLine.objects.filter(order__in=ids).order_by("order", "position")
    for pk, first, last, name in lines.values_list("order", "first_name", "last_name", "event_pass__name"):
        found[pk].passes.append((f"{first} {last}".strip(), name))
    return found


def _refunds(**conditions: Any) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__order=OuterRef("pk"), **conditions)


def is_still_here() -> Q:
    """True of refunds that failed, where so much of their payment is left here."""
    back = _going_back().filter(payment=OuterRef("payment")).order_by()
    gone = Subquery(back.values("payment").annotate(sum=Sum("amount")).values("sum"), output_field=_MONEY)
    left = F("payment__amount") - Coalesce(gone, Value(NOTHING), output_field=_MONEY)
    return Q(state=Refund.State.FAILED, amount__lte=Round(left, 2, output_field=_MONEY))


def looked_at() -> dict[str, Any]:
    """Why somebody has to look at an order, by word: each is true of the orders that it is about.

    `wrong`: another sum than asked for came, and is still here. `failed`: what was to go back did not, nor by another
    refund since. `by_hand`: a person has to send it back. `late`: it came once the order had ended, and goes back by
    itself. `gone`: whoever it was ordered for has no seat any more, and the money is here or still asked for.
    """
    unreturned = ~Exists(_going_back().filter(payment=OuterRef("pk")))
    late = Payment.objects.filter(
        order=OuterRef("pk"), state=Payment.State.PAID, refunds__state=Refund.State.DUE
    )
    return {
        "wrong": Exists(Payment.objects.filter(unreturned, order=OuterRef("pk"), state=Payment.State.WRONG)),
        "failed": Exists(Refund.objects.filter(is_still_here(), payment__order=OuterRef("pk"))),
        "by_hand": Exists(_refunds(state=Refund.State.DUE, payment__provider=BY_HAND)),
        "late": Exists(late.filter(order__ended_at__lte=F("paid_at")).exclude(provider=BY_HAND)),
        "gone": money_kept(),
    }


def to_look_at(orders: QuerySet[Order]) -> QuerySet[Order]:
    """The orders that somebody has to look at, for whichever reason."""
    any_of = Q()
    for each in looked_at().values():
        any_of |= Q(each)
    return orders.filter(any_of)


def reasons_to_look(ids: Collection[int]) -> dict[int, list[str]]:
    """Why somebody has to look at each of these orders, by the words of `looked_at`; only those where there is one."""
    found: dict[int, list[str]] = defaultdict(list)
    for word, condition in looked_at().items():
        for pk in Order.objects.filter(condition, pk__in=ids).order_by().values_list("pk", flat=True):
            found[pk].append(word)
    return dict(found)

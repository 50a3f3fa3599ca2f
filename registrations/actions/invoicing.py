"""Write invoices and credit notes: numbered in one row without gaps, in the transaction of what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from registrations import locks
from registrations.actions.invoice_content import content_of, line_of
from registrations.actions.journal import Journal
from registrations.models import Invoice, Order, OrderLine
from registrations.rules.invoices import part_of_vat, spread, total_of

Kind = Invoice.Kind
Lines = list[dict[str, Any]]


@dataclass
class Papers:
    """The invoice that an order stands by now, and what its credit notes took back of each line."""

    invoice: Invoice
    gone: dict[int, Decimal]

    @property
    def left(self) -> dict[int, Decimal]:
        """What is invoiced of each line and not credited, by the line's id."""
        lines = self.invoice.content["lines"]
        there = {line["line"]: Decimal(line["price"]) - self.gone[line["line"]] for line in lines}
        return {pk: price for pk, price in there.items() if price > 0}


def within_invoice(journal: Journal, order: Order) -> Invoice | None:
    """The order's invoice, with the next number, where one is to be written now; None where none is.

    One is written when an order by invoice is placed or given, and when one paid online is paid; not where nothing is
    to be paid, and not a second one unless the first was credited in full and the order is paid after all. Needs: the
    order's locks, everything else locked already, as numbers are taken last.
    """
    due = order.total - order.credited
    has_ended = order.state in (Order.State.EXPIRED, Order.State.CANCELLED)
    waits = order.state == Order.State.HELD and order.way != Order.Way.INVOICE
    if due <= 0 or has_ended or waits or _papers(order) is not None:
        return None
    return _numbered(journal, order, _lines_due(order, due))


def within_credit(
    journal: Journal, order: Order, amount: Decimal, lines: Mapping[int, Decimal], reason: str
) -> Invoice | None:
    """The credit note that takes back so much of the order's invoice; None where nothing of it is invoiced any more.

    `lines` says how much falls on each of the order's lines, by their ids; what they do not cover is spread over all
    that is left. Never more is credited than was invoiced. Needs: as `within_invoice`.
    """
    papers = _papers(order)
    if papers is None or amount <= 0:
        return None
    parts = _parts(papers.left, amount, lines)
    written = [_credited(line, papers, parts) for line in papers.invoice.content["lines"]]
    content = [line for line in written if line is not None]
    return _numbered(journal, order, content, papers.invoice, reason)


def within_reissue(journal: Journal, order: Order, reason: str) -> Invoice | None:
    """A new invoice over what is left of the order's one, with the billing details of now; None where none stands.

    The old one is taken back by a credit note. Needs: as `within_invoice`.
    """
    papers = _papers(order)
    if papers is None:
        return None
    left = papers.left
    lines = [_left(line, left) for line in papers.invoice.content["lines"] if line["line"] in left]
    within_credit(journal, order, sum(left.values(), Decimal(0)), left, reason)
    return _numbered(journal, order, lines)


def _left(line: Mapping[str, Any], left: Mapping[int, Decimal]) -> dict[str, Any]:
    """What is left of a line, as a line of a new invoice."""
    price, part = Decimal(line["price"]), left[line["line"]]
    vat = part_of_vat(price, Decimal(line["vat"]), before=price - part, part=part)
    return {**line, "price": str(part), "vat": str(vat)}


def _papers(order: Order) -> Papers | None:
    """What is invoiced of the order now; None before its invoice, and once that was credited in full."""
    written = list(Invoice.objects.filter(order=order).order_by("pk"))
    invoice = next((each for each in reversed(written) if each.kind == Kind.INVOICE), None)
    if invoice is None:
        return None
    gone: dict[int, Decimal] = defaultdict(Decimal)
    for note in written:
        if note.credits_id == invoice.pk:
            for line in note.content["lines"]:
                gone[line["line"]] += Decimal(line["price"])
    papers = Papers(invoice, gone)
    return papers if papers.left else None


def _lines_due(order: Order, due: Decimal) -> Lines:
    """The lines of an invoice over what is due: their prices, less what was credited before it."""
    rows = list(order.order_lines.select_related("event_pass").order_by("position"))
    left = {row.pk: row.price - row.credited for row in rows}
    if sum(left.values()) != due:
        left = spread(due, {row.pk: row.price for row in rows})
    return [line_of(row, left[row.pk], _vat_of(row, left[row.pk])) for row in rows]


def _vat_of(row: OrderLine, price: Decimal) -> Decimal:
    return part_of_vat(row.price, row.vat, before=Decimal(0), part=price)


def _parts(left: dict[int, Decimal], amount: Decimal, lines: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """How much of what is left of each line goes back."""
    amount = min(amount, sum(left.values(), Decimal(0)))
    parts = {pk: min(part, left[pk]) for pk, part in lines.items() if pk in left}
    named = sum(parts.values(), Decimal(0))
    if named > amount:
        return spread(amount, parts)
    others = {pk: there - parts.get(pk, Decimal(0)) for pk, there in left.items()}
    return {pk: parts.get(pk, Decimal(0)) + more for pk, more in spread(amount - named, others).items()}


def _credited(line: Mapping[str, Any], papers: Papers, parts: Mapping[int, Decimal]) -> dict[str, Any] | None:
    """The line of a credit note for a line of its invoice; None where nothing of it goes back."""
    part = parts.get(line["line"], Decimal(0))
    if not part:
        return None
    price, vat = Decimal(line["price"]), Decimal(line["vat"])
    back = part_of_vat(price, vat, before=papers.gone[line["line"]], part=part)
    return {**line, "price": str(part), "vat": str(back)}


def _numbered(
    journal: Journal,
    order: Order,
    lines: Sequence[dict[str, Any]],
    credits: Invoice | None = None,
    reason: str = "",
) -> Invoice:
    """Write it with the next number of the row, which stays locked until the transaction ends: none is left out."""
    series = locks.lock_series(order.terms.get("series") or f"{order.event_id}-")
    invoice = Invoice(
        series=series,
        number=series.next_number,
        kind=Kind.CREDIT_NOTE if credits else Kind.INVOICE,
        order=order,
        credits=credits,
        issued_at=journal.at,
        due_at=None if credits or order.paid_at else order.pay_by or order.held_until,
        total=total_of(lines),
        currency=order.currency,
    )
    invoice.content = content_of(invoice, lines, reason)
    invoice.save()
    series.next_number += 1
    series.save(update_fields=["next_number"])
    return invoice

"""Columns of the bookkeeper's files: orders, their lines, payments, refunds and invoices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.verbs.orders_said import billing_words
from registrations.models import Invoice, Order, Payment, Refund
from registrations.queries import sales
from registrations.rules.invoices import CENT


def of_orders(zone: ZoneInfo) -> list[Column]:
    """One row for each order."""
    return [
        Column("code", _("Order code"), "code"),
        columns.moment("placed", _("Placed"), zone, "placed_at"),
        columns.choice("state", _("State"), Order),
        columns.choice("way", _("Way of payment"), Order),
        *columns.person("payer__", "payer__email"),
        *billing("billing"),
        Column("total", _("Total"), "total"),
        Column("credited", _("Credited"), "credited"),
        *_money(),
        Column("currency", _("Currency"), "currency"),
        columns.moment("held_until", _("Held until"), zone),
        columns.moment("pay_by", _("To be paid by"), zone),
        columns.moment("paid", _("Paid"), zone, "paid_at"),
        columns.moment("ended", _("Ended"), zone, "ended_at"),
        Column("reason", _("Reason"), "reason"),
        Column("placed_by", _("Placed by"), "placed_by__email"),
    ]


def _money() -> tuple[Column, Column]:
    """What was received and kept, and what went back: both are read once for the same rows."""
    read: dict[str, Any] = {"of": None}

    def kept(ids: Sequence[int]) -> dict[int, sales.Kept]:
        if read["of"] is not ids:
            read.update(of=ids, kept=sales.kept_of(ids))
        found: dict[int, sales.Kept] = read["kept"]
        return found

    return (
        columns.figure(
            "received",
            _("Received"),
            lambda ids: {pk: o.received.quantize(CENT) for pk, o in kept(ids).items()},
        ),
        columns.figure(
            "refunded", _("Refunded"), lambda ids: {pk: o.back.quantize(CENT) for pk, o in kept(ids).items()}
        ),
    )


def billing(path: str) -> list[Column]:
    """Who gets the invoice, a column for each detail."""
    return [Column(f"billing_{name}", title, path, _detail(name)) for name, title in billing_words().items()]


def _detail(name: str) -> Callable[[Sequence[Any]], Iterable[Any]]:
    return lambda values: [(value or {}).get(name, "") for value in values]


def of_lines(zone: ZoneInfo) -> list[Column]:
    """One row for each pass that was ordered."""
    return [
        Column("code", _("Order code"), "order__code"),
        columns.moment("placed", _("Placed"), zone, "order__placed_at"),
        columns.choice("state", _("State"), Order, "order__state"),
        columns.choice("way", _("Way of payment"), Order, "order__way"),
        Column("pass", _("Pass"), "event_pass__name"),
        *columns.person("", "contact__email"),
        Column("price", _("Price"), "price"),
        Column("vat_rate", _("VAT (%)"), "vat_rate"),
        Column("vat", _("VAT"), "vat"),
        Column("credited", _("Credited"), "credited"),
        Column("currency", _("Currency"), "order__currency"),
        columns.moment("paid", _("Paid"), zone, "order__paid_at"),
        Column("payer", _("Paid by"), "order__payer__email"),
    ]


def of_payments(zone: ZoneInfo) -> list[Column]:
    """One row for each payment."""
    return [
        Column("code", _("Order code"), "order__code"),
        columns.choice("state", _("State"), Payment),
        Column("provider", _("Provider"), "provider"),
        Column("reference", _("Reference"), "reference"),
        Column("amount", _("Amount"), "amount"),
        Column("currency", _("Currency"), "currency"),
        columns.moment("begun", _("Begun"), zone, "begun_at"),
        columns.moment("paid", _("Paid"), zone, "paid_at"),
        Column("payer", _("Paid by"), "order__payer__email"),
        Column("noted_by", _("Marked as paid by"), "noted_by__email"),
        Column("note", _("Note"), "note"),
    ]


def of_refunds(zone: ZoneInfo) -> list[Column]:
    """One row for each sum that goes back."""
    return [
        Column("code", _("Order code"), "payment__order__code"),
        columns.choice("state", _("State"), Refund),
        Column("provider", _("Provider"), "payment__provider"),
        Column("reference", _("Reference"), "reference"),
        Column("amount", _("Amount"), "amount"),
        Column("currency", _("Currency"), "payment__currency"),
        Column("reason", _("Reason"), "reason"),
        columns.moment("due", _("Due"), zone, "due_at"),
        columns.moment("refunded", _("Refunded"), zone, "done_at"),
        Column("payer", _("Paid by"), "payment__order__payer__email"),
        Column("asked_by", _("Asked for by"), "asked_by__email"),
        Column("last_error", _("Last error"), "last_error"),
    ]


def of_invoices(zone: ZoneInfo) -> list[Column]:
    """One row for each invoice and credit note."""
    return [
        columns.figure("number", _("Number"), _numbers),
        columns.choice("kind", _("Kind"), Invoice),
        columns.figure("about", _("About"), _numbers, "credits"),
        Column("code", _("Order code"), "order__code"),
        columns.moment("issued", _("Issued"), zone, "issued_at"),
        columns.moment("due", _("Due"), zone, "due_at"),
        Column("total", _("Total"), "total"),
        Column("currency", _("Currency"), "currency"),
        Column("payer", _("Paid by"), "order__payer__email"),
        *billing("order__billing"),
    ]


def _numbers(ids: Sequence[Any]) -> dict[Any, str]:
    rows = Invoice.objects.filter(pk__in=[pk for pk in ids if pk]).select_related("series")
    return {row.pk: str(row) for row in rows.defer("content")}

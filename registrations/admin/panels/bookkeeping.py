"""Lists for whoever keeps the books, to be taken along as files: lines of orders, payments, refunds, invoices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from registrations.admin.files.columns import Column
from registrations.admin.orders import columns_of_orders
from registrations.admin.panels.base import Panel
from registrations.models import Invoice, OrderLine, Payment, Refund
from registrations.queries import sales


class _OfMoney(Panel):
    """A list of an event that sells passes, the oldest first."""

    view_permission = "registrations.view_order"
    ordering = ["id"]

    def is_shown(self) -> bool:
        return super().is_shown() and sales.sells(self.event)


class EventOrderLines(_OfMoney):
    """Every pass that was ordered, with its price and VAT."""

    rows_of = OrderLine
    key = "event_order_lines"
    prefix = "lines"
    title = gettext_lazy("Orders, pass by pass")

    def rows(self) -> QuerySet[OrderLine]:
        return OrderLine.objects.filter(event=self.event)

    def get_ordering(self, request: Any) -> list[Any]:
        return ["order_id", "position", "id"]

    def file_columns(self) -> list[Column]:
        return columns_of_orders.of_lines(self.zone)


class EventPayments(_OfMoney):
    """Every payment, with the provider's reference."""

    rows_of = Payment
    key = "event_payments"
    prefix = "payments"
    title = gettext_lazy("Payments")

    def rows(self) -> QuerySet[Payment]:
        return Payment.objects.filter(order__event=self.event)

    def file_columns(self) -> list[Column]:
        return columns_of_orders.of_payments(self.zone)


class EventRefunds(_OfMoney):
    """Every sum that went back, or is to."""

    rows_of = Refund
    key = "event_refunds"
    prefix = "refunds"
    title = gettext_lazy("Refunds")

    def rows(self) -> QuerySet[Refund]:
        return Refund.objects.filter(payment__order__event=self.event)

    def file_columns(self) -> list[Column]:
        return columns_of_orders.of_refunds(self.zone)


class EventInvoices(_OfMoney):
    """Every invoice and credit note."""

    rows_of = Invoice
    key = "event_invoices"
    prefix = "invoices"
    title = gettext_lazy("Invoices and credit notes")

    def rows(self) -> QuerySet[Invoice]:
        return Invoice.objects.filter(order__event=self.event)

    def file_columns(self) -> list[Column]:
        return columns_of_orders.of_invoices(self.zone)


BOOKKEEPING = (EventOrderLines, EventPayments, EventRefunds, EventInvoices)

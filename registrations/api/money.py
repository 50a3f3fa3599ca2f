"""Payments, refunds and invoices: listed and read; a payment of a wrong sum goes back, a refund is tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.text import slugify
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet, NumberFilter, TextFilter
from events.api.idempotency import Answering, by_action
from events.api.views import ApiViewSet
from registrations import actions
from registrations.api.base import RegistrationsView
from registrations.api.order_reading import invoices_at, money_changed_since, payments_at, refunds_at
from registrations.api.order_record import PDF, InvoiceSerializer, PaymentSerializer, RefundSerializer
from registrations.api.order_requests import ReturnRequest
from registrations.invoices import file_of
from registrations.models import Invoice, Payment, Refund


class PaymentFilters(ApiFilterSet):
    """Narrow a list of payments."""

    event_id = NumberFilter(field_name="order__event_id")
    order_id = NumberFilter(field_name="order_id")
    state = django_filters.ChoiceFilter(choices=Payment.State.choices)
    provider = TextFilter()
    reference = TextFilter()

    class Meta:
        model = Payment
        fields: list[str] = []


class PaymentViewSet(RegistrationsView, ApiViewSet):
    """One payment is for one order at one provider; no reference of a provider is counted twice."""

    http_method_names = ["get", "head", "post"]
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilters
    sort_fields = {name: name for name in ("id", "begun_at", "paid_at", "amount")}
    has_changes = True

    def rows(self) -> QuerySet[Payment]:
        """The payments at the events that the client sees."""
        return payments_at(self.events)

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The payments begun, paid or changed otherwise since then."""
        return money_changed_since(rows, since, "begun_at", "paid_at", "changed_at")

    @by_action
    @action(detail=True, methods=["post"])
    def refunds(self, request: Request, pk: str) -> Response:
        """Let a payment of a wrong sum go back whole."""
        payment, asked = self.get_object(), self.read(ReturnRequest)
        answering: Answering[Refund] = self.act(lambda _refund: self.record(payment.pk))
        return answering.response_to(
            actions.refund_payment(payment, reason=asked["reason"], actor=answering.actor)
        )


class RefundFilters(ApiFilterSet):
    """Narrow a list of refunds."""

    event_id = NumberFilter(field_name="payment__order__event_id")
    order_id = NumberFilter(field_name="payment__order_id")
    payment_id = NumberFilter(field_name="payment_id")
    state = django_filters.ChoiceFilter(choices=Refund.State.choices)

    class Meta:
        model = Refund
        fields: list[str] = []


class RefundViewSet(RegistrationsView, ApiViewSet):
    """One refund is one sum of one payment that goes back; the worker asks the provider for it."""

    http_method_names = ["get", "head", "post"]
    serializer_class = RefundSerializer
    filterset_class = RefundFilters
    sort_fields = {name: name for name in ("id", "due_at", "done_at", "amount")}
    has_changes = True

    def rows(self) -> QuerySet[Refund]:
        """The refunds at the events that the client sees."""
        return refunds_at(self.events)

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The refunds that became due, were done, or changed otherwise, since then."""
        return money_changed_since(rows, since, "due_at", "done_at", "changed_at")

    @by_action
    @action(detail=True, methods=["post"])
    def repetition(self, request: Request, pk: str) -> Response:
        """Try a refund again that failed at its provider."""
        refund = self.get_object()
        answering: Answering[Refund] = self.act(lambda _refund: self.record(refund.pk))
        return answering.response_to(actions.try_refund_again(refund, actor=answering.actor))


class InvoiceFilters(ApiFilterSet):
    """Narrow a list of invoices."""

    event_id = NumberFilter(field_name="order__event_id")
    order_id = NumberFilter(field_name="order_id")
    kind = django_filters.ChoiceFilter(choices=Invoice.Kind.choices)

    class Meta:
        model = Invoice
        fields: list[str] = []


class InvoiceViewSet(ApiViewSet):
    """One invoice, or credit note, of one order; what it says never changes."""

    http_method_names = ["get", "head"]
    # Read by the description of the API alone.
    queryset = Invoice.objects.none()
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilters
    sort_fields = {name: name for name in ("id", "issued_at", "due_at", "total")}
    has_changes = True

    def rows(self) -> QuerySet[Invoice]:
        """The invoices at the events that the client sees."""
        return invoices_at(self.events)

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The invoices issued since then."""
        return money_changed_since(rows, since, "issued_at")

    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """Read the PDF as it was sent; it is made now where nobody has asked for it yet."""
        invoice = self.get_object()
        response = HttpResponse(bytes(file_of(invoice).content), content_type=PDF)
        response["Content-Disposition"] = f'attachment; filename="{slugify(str(invoice))}.pdf"'
        return response

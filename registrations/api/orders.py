"""Orders: listed and read with their money; placed, marked as paid, extended, cancelled, given back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet, FlagFilter, NumberFilter, TextFilter
from events.api.idempotency import by_action
from events.api.searching import Address, Moment, Number, Text, Word
from events.api.views import ApiViewSet
from events.errors import Invalid
from events.models import normalise_email
from registrations import actions
from registrations.api.base import RegistrationsView
from registrations.api.order_reading import changed_since, describe, orders_at, overdue
from registrations.api.order_record import OrderSerializer
from registrations.api.order_requests import (
    ExtensionRequest,
    OrderCancellationRequest,
    OrderRequest,
    PaidRequest,
    RefundRequest,
)
from registrations.api.placing import Placing
from registrations.models import Order


class OrderFilters(ApiFilterSet):
    """Narrow a list of orders."""

    event_id = NumberFilter(field_name="event_id")
    state = django_filters.ChoiceFilter(choices=Order.State.choices)
    way = django_filters.ChoiceFilter(choices=Order.Way.choices)
    overdue = FlagFilter(method="past_pay_by", help_text="1: owed, and not paid by pay_by.")
    payer = django_filters.CharFilter(method="of_payer", help_text="The address of whoever pays.")
    payer_id = NumberFilter(field_name="payer_id")
    registrant_id = NumberFilter(method="of_registrant", help_text="Orders with this registrant on them.")
    code = TextFilter(lookup_expr="iexact")

    class Meta:
        model = Order
        fields: list[str] = []

    def past_pay_by(self, rows: QuerySet[Order], name: str, value: str) -> Any:
        """The orders that are overdue now, or all others."""
        late = overdue(timezone.now())
        return rows.filter(late) if value in {"1", "true"} else rows.exclude(late)

    def of_payer(self, rows: QuerySet[Order], name: str, value: str) -> Any:
        """The orders of the person with this address, however it is written."""
        return rows.filter(payer__email=normalise_email(value))

    def of_registrant(self, rows: QuerySet[Order], name: str, value: Any) -> Any:
        """The orders by which this registrant came."""
        return rows.filter(order_lines__registration_id=value)


class OrderViewSet(RegistrationsView, ApiViewSet):
    """One order is one purchase of passes at one event; whoever is on it is registered once it is paid, or owed."""

    http_method_names = ["get", "head", "post", "delete"]
    options_of = {"create": {"validate_only"}, "destroy": {"reason"}}
    serializer_class = OrderSerializer
    filterset_class = OrderFilters
    search_fields = ["code", "payer__first_name", "payer__last_name", "payer__email"]
    searchable = {
        **{name: Number(name) for name in ("id", "event_id", "payer_id")},
        "email": Address("payer__email"),
        **{name: Text(f"payer__{name}") for name in ("first_name", "last_name")},
        **{name: Text(name) for name in ("code", "reason", "currency")},
        "state": Word("state", Order.State.values),
        "way": Word("way", Order.Way.values),
        **{name: Moment(name) for name in ("placed_at", "held_until", "pay_by", "paid_at", "ended_at")},
    }
    sort_fields = {name: name for name in ("id", "placed_at", "pay_by", "paid_at", "total")}
    # They never go away, so there are no tombstones.
    has_changes = True

    def rows(self) -> QuerySet[Order]:
        """The orders at the events that the client sees."""
        return orders_at(self.events)

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The orders of which anything changed since then."""
        return changed_since(rows, since)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The orders with their lines, payments, refunds and invoices."""
        return describe(rows, timezone.now())

    @by_action
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give passes to several people by one order; all of it or nothing. The payer gets the invoice."""
        asked = self.asked(OrderRequest)
        event = self.event_named(asked["event_id"])
        named = [pk for row in asked["lines"] for pk in row["session_ids"]]
        placing = Placing(event, asked, self.sessions_named(event, named))
        answering = self.act(self._made)
        if asked["validate_only"]:
            return Response(placing.preview(answering.actor))
        return answering.response_to(placing.place(answering.actor))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel the order with everybody on it; what was paid goes back. Repeating is harmless."""
        reason = self.asked(OrderCancellationRequest)["reason"]
        actions.cancel_order(self.get_object(), reason=reason, actor=self.actor)
        return Response(status=204)

    @by_action
    @action(detail=True, methods=["post"])
    def payment(self, request: Request, pk: str) -> Response:
        """Mark the order as paid, by money that came another way; whoever it holds seats for is registered."""
        order, asked = self.get_object(), self.read(PaidRequest)
        answering = self.act(self._as_it_is(order))
        paid = actions.mark_paid(order, amount=asked.get("amount"), note=asked["note"], actor=answering.actor)
        return answering.response_to(paid)

    @by_action
    @action(detail=True, methods=["post"])
    def extension(self, request: Request, pk: str) -> Response:
        """Give more time to pay."""
        order, asked = self.get_object(), self.read(ExtensionRequest)
        answering = self.act(self._as_it_is(order))
        return answering.response_to(actions.extend_order(order, asked["until"], actor=answering.actor))

    @by_action
    @action(detail=True, methods=["post"])
    def refunds(self, request: Request, pk: str) -> Response:
        """Credit lines of the order, or an amount; what was paid for it goes back, asked for by the worker."""
        order, asked = self.get_object(), self.read(RefundRequest)
        lines = list(order.order_lines.filter(pk__in=asked["line_ids"]))
        if len(lines) < len(set(asked["line_ids"])):
            raise Invalid(fields={"line_ids": [_("Choose lines of this order.")]})
        answering = self.act(self._as_it_is(order))
        refunds = actions.refund_order(
            order,
            lines=lines,
            amount=asked.get("amount"),
            keep_seats=asked["keep_seats"],
            reason=asked["reason"],
            actor=answering.actor,
        )
        return answering.response_to(refunds)

    def _made(self, order: Order) -> Response:
        return self.record(order.pk, 201)

    def _as_it_is(self, order: Order) -> Callable[[Any], Response]:
        return lambda _result: self.record(order.pk)

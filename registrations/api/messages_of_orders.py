"""The shapes of messages about orders, payments and refunds."""

from __future__ import annotations

from rest_framework import serializers

from events.api.serializers import ApiSerializer
from registrations.api.order_record import money
from registrations.api.told import Told, cause_field, erased_field, type_of
from registrations.models import Order, Payment, Refund


class OrderLineThen(ApiSerializer):
    """One pass for one person; who they are is told with the registrant."""

    id = serializers.IntegerField()
    pass_id = serializers.IntegerField()
    contact_id = serializers.IntegerField()
    price = money()
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    vat = money()
    registrant_id = serializers.IntegerField(allow_null=True)


class OrderThen(ApiSerializer):
    """An order as it was; its payments, refunds and invoices are asked of /orders."""

    may_lack = frozenset({"erased_at"})

    id = serializers.IntegerField()
    secure_id = serializers.UUIDField()
    code = serializers.CharField()
    event_id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Order.State.choices)
    way = serializers.ChoiceField(choices=Order.Way.choices)
    currency = serializers.CharField()
    total = money()
    credited = money()
    received = money()
    payer_id = serializers.IntegerField()
    email = serializers.EmailField(allow_blank=True)
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    placed_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True)
    pay_by = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    lines = OrderLineThen(many=True)
    cause = cause_field()
    erased_at = erased_field()


class PaymentThen(ApiSerializer):
    """A payment as it was."""

    may_lack = frozenset({"erased_at"})

    id = serializers.IntegerField()
    order_id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    provider = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=Payment.State.choices)
    amount = money()
    currency = serializers.CharField()
    begun_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField()
    cause = cause_field()
    erased_at = erased_field()


class RefundThen(ApiSerializer):
    """A refund as it was."""

    may_lack = frozenset({"erased_at"})

    id = serializers.IntegerField()
    order_id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    payment_id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Refund.State.choices)
    amount = money()
    currency = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    cause = cause_field()
    erased_at = erased_field()


class OrderMessage(Told):
    """An order was placed, changed or paid, or has ended."""

    type = type_of("order")
    data = OrderThen()  # type: ignore[assignment]


class PaymentMessage(Told):
    """Money came, or another sum than was asked for."""

    type = type_of("payment")
    data = PaymentThen()  # type: ignore[assignment]


class RefundMessage(Told):
    """Something is to go back, went, or could not."""

    type = type_of("refund")
    data = RefundThen()  # type: ignore[assignment]

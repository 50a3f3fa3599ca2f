"""Orders, payments, refunds and invoices as the API says them; amounts are decimal strings, gross."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.api.serializers import ApiSerializer
from registrations.models import Invoice, Order, Payment, Refund
from registrations.rules.orders import BILLING_FIELDS

# What an invoice is sent as.
PDF = "application/pdf"
_TEXT = {"type": "string"}


def money(**said: Any) -> serializers.DecimalField:
    """An amount: "119.00"."""
    return serializers.DecimalField(max_digits=10, decimal_places=2, **said)


class OrderLineSerializer(ApiSerializer):
    """One pass for one person."""

    id = serializers.IntegerField()
    pass_id = serializers.IntegerField(source="event_pass_id")
    contact_id = serializers.IntegerField()
    email = serializers.EmailField(source="contact.email")
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    price = money(help_text="With VAT.")
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=2, help_text="Percent, when ordered.")
    vat = money(help_text="How much of the price it is.")
    credited = money(help_text="What of the price need not be paid after all, or was given back.")
    held = serializers.BooleanField(source="is_held", help_text="Seats are held for it while somebody pays.")
    session_ids = serializers.ListField(
        child=serializers.IntegerField(),
        source="session_ids_chosen",
        help_text="Sessions chosen with it, where passes and own agendas go together.",
    )
    registrant_id = serializers.IntegerField(
        source="registration_id", allow_null=True, help_text="Whom it registered; null: nobody yet."
    )


class PaymentSerializer(ApiSerializer):
    """What was paid for an order at one provider, or is being paid."""

    id = serializers.IntegerField()
    order_id = serializers.IntegerField()
    event_id = serializers.IntegerField(source="order.event_id")
    provider = serializers.CharField(help_text="manual: marked as paid by hand or by another system.")
    reference = serializers.CharField(help_text="The provider's own; empty until it has answered.")
    state = serializers.ChoiceField(
        choices=Payment.State.choices, help_text="wrong: another sum than asked for, which seats nobody."
    )
    amount = money()
    currency = serializers.CharField()
    begun_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when the provider takes it.")
    paid_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(help_text="Of whoever marked it as paid.")


class RefundSerializer(ApiSerializer):
    """One sum that goes back to whoever paid it."""

    id = serializers.IntegerField()
    order_id = serializers.IntegerField(source="payment.order_id")
    event_id = serializers.IntegerField(source="payment.order.event_id")
    payment_id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Refund.State.choices)
    amount = money()
    currency = serializers.CharField(source="payment.currency")
    reason = serializers.CharField()
    reference = serializers.CharField(help_text="The provider's own, once it has taken it.")
    attempts = serializers.IntegerField()
    last_error = serializers.CharField(help_text="Why the last attempt came to nothing.")
    due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)


class InvoiceSerializer(ApiSerializer):
    """One invoice, or a credit note that takes back a part of one; neither is ever changed."""

    id = serializers.IntegerField()
    secure_id = serializers.UUIDField(source="uuid", help_text="An id that nobody can guess.")
    order_id = serializers.IntegerField()
    event_id = serializers.IntegerField(source="order.event_id")
    number = serializers.SerializerMethodField(help_text="As it is printed: without gaps in its series.")
    kind = serializers.ChoiceField(choices=Invoice.Kind.choices)
    credits_id = serializers.IntegerField(
        allow_null=True, help_text="The invoice that a credit note is about."
    )
    total = money(help_text="Above zero on both kinds: a credit note says how much goes back.")
    currency = serializers.CharField()
    issued_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    file = serializers.SerializerMethodField(help_text="The address of the PDF, for the same token.")

    def get_number(self, row: Invoice) -> str:
        """The number as it is printed."""
        return str(row)

    @extend_schema_field(serializers.URLField())
    def get_file(self, row: Invoice) -> str:
        """The address of the PDF."""
        return settings.SITE_URL + reverse("invoice-file", args=[row.pk])


@extend_schema_field(
    {"type": "object", "properties": dict.fromkeys(BILLING_FIELDS, _TEXT), "additionalProperties": False}
)
class BillingField(serializers.DictField):
    """Who gets the invoice."""


_TERMS = {
    "text": _TEXT,
    "refunds_until": {"type": ["string", "null"], "format": "date-time"},
    "refund_percent": {"type": "integer"},
    **dict.fromkeys(("seller", "seller_tax_id", "series", "footer", "how_to_pay"), _TEXT),
}


@extend_schema_field({"type": "object", "properties": _TERMS, "additionalProperties": True})
class TermsField(serializers.DictField):
    """The terms of sale as they were when it was placed."""


class OrderSerializer(ApiSerializer):
    """One purchase of passes at one event. Needs `prepare` of `registrations.api.orders`."""

    # Moves with the clock.
    moved_by_others = frozenset({"overdue"})

    id = serializers.IntegerField()
    secure_id = serializers.UUIDField(source="uuid", help_text="An id that nobody can guess.")
    code = serializers.CharField(help_text="What whoever pays writes into a bank transfer.")
    event_id = serializers.IntegerField()
    state = serializers.ChoiceField(
        choices=Order.State.choices,
        help_text="held: seats are held and nobody is registered yet; owed: everybody on it is registered, and the "
        "money is still to come.",
    )
    way = serializers.ChoiceField(choices=Order.Way.choices)
    overdue = serializers.BooleanField(help_text="Owed, and not paid by pay_by.")
    currency = serializers.CharField()
    total = money(help_text="With VAT; nothing where it is complimentary.")
    credited = money(help_text="What of the total need not be paid after all, or was given back.")
    received = money(help_text="What was paid, less what goes back.")
    open = money(help_text="What is still to be paid; nothing once it has ended.")
    payer_id = serializers.IntegerField(help_text="The contact who pays.")
    email = serializers.EmailField(source="payer.email", help_text="Of whoever pays.")
    first_name = serializers.CharField(source="payer.first_name")
    last_name = serializers.CharField(source="payer.last_name")
    billing = BillingField()
    terms = TermsField()
    reason = serializers.CharField(help_text="Why it is complimentary, or why it ended.")
    placed_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(
        allow_null=True,
        help_text="Until when its seats are held; null: until staff decide, or none are held.",
    )
    pay_by = serializers.DateTimeField(allow_null=True, help_text="By when what is owed should be paid.")
    paid_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is over without having been paid, or although it was."
    )
    updated_at = serializers.DateTimeField(source="changed_at")
    lines = OrderLineSerializer(many=True, source="shown_lines")
    payments = PaymentSerializer(many=True, source="shown_payments")
    refunds = RefundSerializer(many=True, source="shown_refunds")
    invoices = InvoiceSerializer(many=True, source="shown_invoices")


class Owed(serializers.Serializer):
    """What is owed in one currency by the orders that rows make."""

    currency = serializers.CharField()
    orders = serializers.IntegerField(help_text="How many.")
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)

"""Shapes of what is asked of orders. Whether it may be had, the actions say."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from events.api.serializers import ApiSerializer, FlagField, IdField, TextField
from registrations.api.custom_fields import AnswersField
from registrations.api.order_record import money
from registrations.api.requests import LONGEST_REASON, MOST_SESSIONS
from registrations.models import Order
from registrations.rules.orders import LONGEST_BILLING, MOST_LINES

# Other systems have nobody at hand who could be led to a bank.
WAYS = ("invoice", "complimentary")


class BillingRequest(ApiSerializer):
    """Who gets the invoice; each at most 200 characters."""

    name = TextField(required=False, max_length=LONGEST_BILLING)
    company = TextField(required=False, max_length=LONGEST_BILLING)
    street = TextField(required=False, max_length=LONGEST_BILLING)
    postcode = TextField(required=False, max_length=LONGEST_BILLING)
    city = TextField(required=False, max_length=LONGEST_BILLING)
    country = TextField(required=False, max_length=LONGEST_BILLING)
    vat_id = TextField(required=False, max_length=LONGEST_BILLING)
    reference = TextField(
        required=False, max_length=LONGEST_BILLING, help_text="The buyer's own, such as an order number."
    )


class OrderLineRequest(ApiSerializer):
    """One pass for one person."""

    pass_id = IdField()
    email = serializers.EmailField(max_length=254)
    first_name = TextField(default="", max_length=100, help_text="One name is enough, first or last.")
    last_name = TextField(default="", max_length=100)
    company = TextField(max_length=200, required=False)
    job_title = TextField(max_length=200, required=False)
    phone = TextField(max_length=50, required=False)
    session_ids = serializers.ListField(
        child=IdField(),
        default=list,
        max_length=MOST_SESSIONS,
        help_text="Where passes and own agendas go together.",
    )
    custom_fields = AnswersField(default=dict)


class OrderRequest(ApiSerializer):
    """Passes for one or several people, paid by one of them or by somebody else."""

    event_id = IdField()
    email = serializers.EmailField(max_length=254, help_text="Of whoever pays.")
    first_name = TextField(default="", max_length=100)
    last_name = TextField(default="", max_length=100)
    language = serializers.ChoiceField(
        settings.LANGUAGES,
        default="",
        allow_blank=True,
        help_text="Of the payer's mails, where they are new; whoever is known keeps theirs.",
    )
    way = serializers.ChoiceField(
        [(way, way) for way in WAYS],
        default=Order.Way.INVOICE.value,
        help_text="complimentary: nothing is paid, for a `reason`.",
    )
    reason = TextField(default="", max_length=LONGEST_REASON, help_text="Why nothing is paid.")
    hold = FlagField(
        default=False,
        help_text="1: seats are held until the invoice is paid, and people registered then. 0: everybody is "
        "registered at once, and the invoice is open.",
    )
    billing = BillingRequest(required=False)
    lines = serializers.ListField(child=OrderLineRequest(), min_length=1, max_length=MOST_LINES)
    validate_only = FlagField(default=False, help_text="Answer what would happen, change nothing.")


class PaidRequest(ApiSerializer):
    """Money that came by another way than a provider of this site."""

    amount = money(required=False, min_value=0, help_text="Left out: what is open.")
    note = TextField(default="", max_length=300, help_text="Such as the line of the bank's statement.")


class OrderCancellationRequest(ApiSerializer):
    """Cancelling an order with everybody on it."""

    reason = TextField(default="", max_length=LONGEST_REASON, help_text="Everybody on it is told.")


class ExtensionRequest(ApiSerializer):
    """More time to pay."""

    until = serializers.DateTimeField(
        help_text="Of a held order: so long its seats are held. Of an owed one: by then it should be paid."
    )


class RefundRequest(ApiSerializer):
    """What of an order need not be paid after all, or goes back."""

    line_ids = serializers.ListField(
        child=IdField(), default=list, max_length=MOST_LINES, help_text="Lines to be cancelled and credited."
    )
    amount = money(
        required=False,
        min_value=0,
        help_text="So much of these lines, left out: all of it; without lines as goodwill, and everybody stays.",
    )
    keep_seats = FlagField(default=False, help_text="1: whoever is on these lines stays registered.")
    reason = TextField(required=True, max_length=LONGEST_REASON, help_text="The payer is told.")


class ReturnRequest(ApiSerializer):
    """A payment of a wrong sum that goes back whole."""

    reason = TextField(required=True, max_length=LONGEST_REASON, help_text="The payer is told.")


class PreviewedLine(serializers.Serializer):
    """One pass for one person, as it would be."""

    pass_id = serializers.IntegerField(source="event_pass_id")
    email = serializers.EmailField(source="contact.email")
    price = money()
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    vat = money()


class OrderPreview(serializers.Serializer):
    """What an order would be (`validate_only`)."""

    validate_only = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Order.State.choices)
    way = serializers.ChoiceField(choices=Order.Way.choices)
    currency = serializers.CharField()
    total = money()
    held_until = serializers.DateTimeField(allow_null=True)
    pay_by = serializers.DateTimeField(allow_null=True)
    lines = PreviewedLine(many=True)

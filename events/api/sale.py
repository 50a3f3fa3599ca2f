"""`/events/{id}/sale`: how an event sells its passes, as it is and as other systems set it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from events.actors import Actor
from events.api.fields import MomentField, Record
from events.api.saving import hold, save_checked
from events.api.serializers import ApiSerializer, NumberField, TextField
from events.api.views import ApiView
from events.errors import Invalid
from events.models import Event, Sale
from events.models.sales import MOST_HOLD_MINUTES, MOST_INVOICE_DAYS
from events.retrying import action as within_the_door
from events.zones import to_instant
from registrations.actions import within_form_note_edited

_LONGEST = 10_000


class SaleRecord(Record):
    """How one event sells its passes, as the API says it."""

    zone = property(lambda self: self.row.event.zone)


class SaleSerializer(ApiSerializer):
    """How passes are paid, for how long seats are held, who sells, and what can be given back."""

    also_sent = frozenset({"event_id"})

    event_id = serializers.IntegerField(read_only=True)
    provider = TextField(
        required=False, max_length=20, help_text="A provider of this site; empty: by invoice only."
    )
    hold_minutes = NumberField(
        required=False,
        min_value=5,
        max_value=MOST_HOLD_MINUTES,
        help_text="For so long seats are held while somebody pays online.",
    )
    invoice_days = NumberField(
        required=False, min_value=1, max_value=MOST_INVOICE_DAYS, help_text="So many days to pay an invoice."
    )
    seller = TextField(required=False, max_length=_LONGEST, help_text="As it stands on invoices.")
    seller_tax_id = TextField(required=False, max_length=60)
    invoice_series = TextField(
        required=False,
        max_length=20,
        help_text="What invoice numbers begin with; empty: a row for this event.",
    )
    invoice_footer = TextField(required=False, max_length=_LONGEST, help_text="Such as the bank account.")
    terms = TextField(required=False, max_length=_LONGEST, help_text="Kept with each order as they are then.")
    refunds_until = MomentField(
        required=False, allow_null=True, help_text="Until then payers may cancel; null: only staff do."
    )
    refund_percent = NumberField(
        required=False, min_value=0, max_value=100, help_text="Of the price they get back."
    )


class SaleView(ApiView):
    """How one event sells its passes; `how_to_pay` is the event's own field."""

    def get(self, request: Request, id: int) -> Response:
        """Read how the event sells its passes; where nothing was said, the defaults."""
        return _said(self._event(id))

    def put(self, request: Request, id: int) -> Response:
        """Change the named fields; the rest stays. Orders keep the terms with which they were placed."""
        event, serializer = (
            self._event(id),
            SaleSerializer(data=request.data, context={"data_is_written": True}),
        )
        serializer.is_valid(raise_exception=True)
        _save(event, dict(serializer.validated_data), self.actor)
        return _said(event)

    def patch(self, request: Request, id: int) -> Response:
        """Change the named fields; the rest stays."""
        return self.put(request, id)

    def _event(self, pk: int) -> Event:
        return get_object_or_404(self.events, pk=pk)


def _said(event: Event) -> Response:
    sale = Sale.of(event)
    sale.event = event
    return Response(SaleSerializer(SaleRecord(sale)).data)


@within_the_door
def _save(event: Event, values: dict[str, Any], actor: Actor) -> None:
    with transaction.atomic():
        sale = Sale.of(event)
        sale.event = event
        _check_provider(sale, values)
        until = values.get("refunds_until")
        if until is not None and until.tzinfo is None:
            values["refunds_until"] = to_instant(until, event.zone)
        if hold(sale, values) or sale._state.adding:
            save_checked(sale)
            within_form_note_edited([Event.objects.select_related("seats").get(pk=event.pk)], actor=actor)


def _check_provider(sale: Sale, values: dict[str, Any]) -> None:
    """Raise Invalid for another provider than this site has; one that it had once may stay."""
    name, known = values.get("provider", ""), settings.PAYMENT_PROVIDERS
    if name and name != sale.provider and name not in known:
        words = _("This site has no provider of that name. It has: %(names)s.") % {
            "names": ", ".join(sorted(known)) or "–"
        }
        raise Invalid(fields={"provider": [words]})

"""Webhooks: where this client wants to be told what happens, and what it was told."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet
from events.api.idempotency import Answering, by_action
from events.api.serializers import ApiSerializer, IdField, TextField
from events.api.views import ApiViewSet
from events.errors import Invalid
from registrations.actions.sending.webhooks import create_webhook, delete_webhook, resend
from registrations.models import Webhook, WebhookDelivery, WebhookEvent

DELIVERY_STATES: dict[str, dict[str, Any]] = {
    "pending": {"delivered_at": None, "given_up_at": None},
    "delivered": {"delivered_at__isnull": False},
    "given_up": {"given_up_at__isnull": False},
}


class WebhookSerializer(ApiSerializer):
    """One address that is told what happens."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(WebhookEvent.choices), source="names")
    event_id = serializers.IntegerField(
        allow_null=True, help_text="Told of this event only; null: of every event that the client sees."
    )
    active = serializers.BooleanField(source="is_active")
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when no message was taken.")
    switched_off_at = serializers.DateTimeField(allow_null=True)
    switched_off_reason = serializers.CharField(allow_blank=True)


class NewWebhookSerializer(WebhookSerializer):
    """A new webhook, with the secret that signs each message: shown this once."""

    secret = serializers.CharField(help_text="Begins with whsec_; give it to your Standard Webhooks library.")


class WebhookRequest(ApiSerializer):
    """A webhook as asked for: its address, its event, and what it is told of."""

    url = TextField(
        required=True,
        max_length=500,
        help_text="https, and on the public internet; no redirects are followed.",
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(WebhookEvent.choices), min_length=1, max_length=len(WebhookEvent)
    )
    event_id = IdField(allow_null=True, default=None)


class WebhookDeliverySerializer(ApiSerializer):
    """One message, and how far it has come. Needs `webhook`."""

    id = serializers.IntegerField()
    webhook_id = serializers.IntegerField()
    message_id = serializers.UUIDField(source="uuid", help_text="The header webhook-id of each attempt.")
    type = serializers.ChoiceField(WebhookEvent.choices, source="name")
    event_id = serializers.IntegerField()
    payload = serializers.DictField(
        help_text="`type`, `timestamp`, `seq` and `data`: the record as the API said it when that happened, without "
        "places in line, which others change, with `cause`. Of two messages about one object the higher `seq` is "
        "the later."
    )
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it is tried next, while it is pending.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    given_up_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField(allow_blank=True)


class WebhookViewSet(ApiViewSet):
    """A client sees its own webhooks only, whatever events it may see."""

    # Read by the description of the API alone.
    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    sort_fields = {"id": "id", "created_at": "created_at"}

    def rows(self) -> QuerySet[Webhook]:
        """This client's webhooks, deleted ones left out."""
        return Webhook.objects.not_deleted().filter(client=self.client)

    @by_action
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell this address, from now on. The answer carries the secret, which is shown this once."""
        asked = self.read(WebhookRequest)
        event = None
        if asked["event_id"] is not None:
            event = self.events.filter(pk=asked["event_id"]).first()
            if event is None:
                raise Invalid(fields={"event_id": [_("There is no such event.")]})
        answering: Answering[Webhook] = Answering(self, self.client, self._created)
        webhook = create_webhook(
            self.client, asked["url"], asked["events"], event=event, actor=answering.actor
        )
        return answering.response_to(webhook)

    def _created(self, webhook: Webhook) -> Response:
        return Response(NewWebhookSerializer(webhook).data, status=201)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell this address nothing more, not even what is on its way."""
        delete_webhook(self.get_object())
        return Response(status=204)


class DeliveryFilters(ApiFilterSet):
    """Narrow a list of messages."""

    type = django_filters.ChoiceFilter(field_name="name", choices=WebhookEvent.choices)
    state = django_filters.ChoiceFilter(
        method="in_state", choices=[(state, state) for state in DELIVERY_STATES]
    )

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []

    def in_state(self, rows: QuerySet[WebhookDelivery], name: str, value: str) -> Any:
        """The messages that have come so far."""
        return rows.filter(**DELIVERY_STATES[value])


class WebhookDeliveryViewSet(ApiViewSet):
    """The messages of one webhook, the last 30 days of them."""

    queryset = WebhookDelivery.objects.none()
    serializer_class = WebhookDeliverySerializer
    filterset_class = DeliveryFilters
    sort_fields = {"id": "id", "created_at": "created_at", "due_at": "due_at"}

    def rows(self) -> QuerySet[WebhookDelivery]:
        """The messages of the webhook in the address, which has to be this client's."""
        own = Webhook.objects.not_deleted().filter(client=self.client)
        webhook = get_object_or_404(own, pk=self.kwargs["webhook_id"])
        return WebhookDelivery.objects.filter(webhook=webhook)

    @action(detail=True, methods=["post"])
    def repetition(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send the message once more, delivered before or not; it keeps its webhook-id."""
        delivery = self.get_object()
        resend(delivery, at=timezone.now())
        return self.record(delivery.pk)

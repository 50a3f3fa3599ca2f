"""Webhooks: where this client wants to be told what happens, and what it was told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.db import transaction
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
from events.api.serializers import ApiSerializer, FlagField, IdField, NumberField, TextField
from events.api.views import ApiViewSet
from events.errors import Invalid
from events.models import Event
from registrations.actions.sending.webhooks import (
    LONGEST_OVERLAP,
    OVERLAP,
    change_webhook,
    create_webhook,
    delete_webhook,
    renew_secret,
    resend,
    send_test,
    switch_off,
    switch_on,
)
from registrations.api.messages import MessageField
from registrations.models import Webhook, WebhookDelivery, WebhookEvent
from registrations.models.webhooks import SUBSCRIPTIONS, TEST

HOUR = timedelta(hours=1)

DELIVERY_STATES: dict[str, dict[str, Any]] = {
    "pending": {"delivered_at": None, "given_up_at": None},
    "delivered": {"delivered_at__isnull": False},
    "given_up": {"given_up_at__isnull": False},
}


class WebhookSerializer(ApiSerializer):
    """One address that is told what happens."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    events = serializers.ListField(
        child=serializers.ChoiceField(SUBSCRIPTIONS),
        source="names",
        help_text="`session.*`: all of one kind; `*`: all.",
    )
    event_id = serializers.IntegerField(
        allow_null=True, help_text="Told of this event only; null: of every event that the client sees."
    )
    active = serializers.BooleanField(source="is_active")
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when no message was taken.")
    switched_off_at = serializers.DateTimeField(allow_null=True)
    switched_off_reason = serializers.CharField(allow_blank=True)
    previous_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then messages are signed with the secret before as well."
    )


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
        child=serializers.ChoiceField(SUBSCRIPTIONS), min_length=1, max_length=len(SUBSCRIPTIONS)
    )
    event_id = IdField(allow_null=True, default=None)


class WebhookChange(ApiSerializer):
    """What a webhook is to be from now on; what is left out stays."""

    url = TextField(max_length=500)
    events = serializers.ListField(
        child=serializers.ChoiceField(SUBSCRIPTIONS), min_length=1, max_length=len(SUBSCRIPTIONS)
    )
    event_id = IdField(allow_null=True)
    active = FlagField(
        help_text="0: nothing is sent until it is 1 again; what happens meanwhile is never told."
    )


class SecretRequest(ApiSerializer):
    """How long the secret before is good for as well."""

    overlap_hours = NumberField(
        default=OVERLAP // HOUR,
        min_value=0,
        max_value=LONGEST_OVERLAP // HOUR,
        help_text="For so many hours each message is signed with both secrets; 0: the one before ends now.",
    )


class WebhookDeliverySerializer(ApiSerializer):
    """One message, and how far it has come. Needs `webhook`."""

    id = serializers.IntegerField()
    webhook_id = serializers.IntegerField()
    message_id = serializers.UUIDField(source="uuid", help_text="The header webhook-id of each attempt.")
    type = serializers.ChoiceField([*WebhookEvent.choices, (TEST, TEST)], source="name")
    event_id = serializers.IntegerField(allow_null=True, help_text="null: a test message, about no event.")
    payload = MessageField(
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
        event = None if asked["event_id"] is None else self._event(asked["event_id"])
        answering: Answering[Webhook] = Answering(self, self.client, self._created)
        webhook = create_webhook(
            self.client, asked["url"], asked["events"], event=event, actor=answering.actor
        )
        return answering.response_to(webhook)

    def _event(self, pk: int) -> Event:
        event = self.events.filter(pk=pk).first()
        if event is None:
            raise Invalid(fields={"event_id": [_("There is no such event.")]})
        return event

    def _created(self, webhook: Webhook) -> Response:
        return Response(NewWebhookSerializer(webhook).data, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the address, what it is told of, or whether anything is sent; the secret stays."""
        webhook, asked = self.get_object(), self.read(WebhookChange, partial=True)
        event = self._event(asked["event_id"]) if asked.get("event_id") is not None else None
        with transaction.atomic():
            self.actor.ask_condition()
            change_webhook(
                webhook,
                url=asked.get("url"),
                names=asked.get("events"),
                event=event,
                of_every_event="event_id" in asked and event is None,
            )
            if "active" in asked:
                self._switch(webhook, on=asked["active"])
        return self.record(webhook.pk)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the named fields; the rest stays."""
        return self.partial_update(request)

    def _switch(self, webhook: Webhook, *, on: bool) -> None:
        if on:
            switch_on(webhook)
        else:
            switch_off(webhook, reason=_("By the client."))

    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Send a message that tells of nothing; the answer is that message, whose state says whether it arrived."""
        return Response(WebhookDeliverySerializer(send_test(self.get_object())).data, status=202)

    @action(detail=True, methods=["post"])
    def secret(self, request: Request, pk: str) -> Response:
        """Give the webhook a new secret, shown this once; for a while messages are signed with the one before too."""
        webhook, asked = self.get_object(), self.read(SecretRequest)
        renew_secret(webhook, overlap=asked["overlap_hours"] * HOUR)
        return Response(NewWebhookSerializer(self.get_object()).data)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell this address nothing more, not even what is on its way."""
        webhook = self.get_object()
        with transaction.atomic():
            self.actor.ask_condition()
            delete_webhook(webhook)
        return Response(status=204)


class DeliveryFilters(ApiFilterSet):
    """Narrow a list of messages."""

    type = django_filters.ChoiceFilter(field_name="name", choices=[*WebhookEvent.choices, (TEST, TEST)])
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

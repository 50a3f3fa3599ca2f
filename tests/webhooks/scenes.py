"""What happens in the webhooks' tests."""

from __future__ import annotations

from typing import Any

from events.models import ApiClient
from registrations.models import WebhookDelivery
from sessions_app.models import Session
from tests.api.agreeing import description, wrong_in
from tests.factories import EventFactory, SessionFactory

EVERYTHING = [
    "registrant.created",
    "registrant.updated",
    "registrant.cancelled",
    "session_registration.created",
    "session_registration.cancelled",
    "waitlist_item.created",
    "waitlist_item.updated",
    "waitlist_item.invited",
    "waitlist_item.promoted",
    "waitlist_item.declined",
    "waitlist_item.expired",
    "waitlist_item.removed",
    "check_in.created",
    "session.updated",
    "session.cancelled",
    "session.deleted",
    "event.updated",
    "event.cancelled",
    "event.deleted",
]


def new_client(name: str, *events: Any) -> ApiClient:
    """One system with credentials, limited to these events if any are given."""
    client = ApiClient.objects.create(
        name=name,
        sees_every_event=not events,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    client.events.set(events)
    return client


def a_session(capacity: int = 10, **more: Any) -> Session:
    """A live session of an event with a waitlist."""
    event = EventFactory(waitlist_enabled=True, **more)
    return SessionFactory(event=event, capacity=capacity)


def planned(**narrowed: Any) -> list[str]:
    """The names of the deliveries, in the order in which they were planned."""
    return [str(name) for name in deliveries(**narrowed).values_list("name", flat=True)]


def deliveries(**narrowed: Any) -> Any:
    """The deliveries, the first planned first."""
    return WebhookDelivery.objects.filter(**narrowed).order_by("id")


def undescribed() -> list[str]:
    """What messages say that the API's description does not, or the other way round."""
    found = []
    for delivery in WebhookDelivery.objects.all():
        sent = description()["webhooks"][delivery.payload["type"]]["post"]["requestBody"]
        said = wrong_in(delivery.payload, sent["content"]["application/json"]["schema"], strict=True)
        found += [f"{delivery.name}: {said}"] if said else []
    return found

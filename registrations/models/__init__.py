"""Floor 3: who has a seat, what happened, and what is to be told."""

from registrations.models.answers import IdempotencyKey
from registrations.models.doors import CheckIn
from registrations.models.drafts import AgendaDraft, AgendaDraftLine
from registrations.models.records import Activity, Notification
from registrations.models.registrations import (
    AttendeePass,
    EventRegistration,
    RegistrationResponse,
    SessionRegistration,
    Source,
)
from registrations.models.webhooks import LedgerCursor, Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "Activity",
    "AgendaDraft",
    "AgendaDraftLine",
    "AttendeePass",
    "CheckIn",
    "EventRegistration",
    "IdempotencyKey",
    "LedgerCursor",
    "Notification",
    "RegistrationResponse",
    "SessionRegistration",
    "Source",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]

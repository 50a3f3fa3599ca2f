"""Webhooks of other systems, and how far each message to them has come."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import ApiClient, Event
from registrations.models.ledger import Activity

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh key for signing, as Standard Webhooks writes them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class WebhookEvent(models.TextChoices):
    """What another system may ask to be told of."""

    REGISTRANT_CREATED = "registrant.created", _("Registrant created")
    REGISTRANT_UPDATED = "registrant.updated", _("Registrant got the event's seat, or other details")
    REGISTRANT_CANCELLED = "registrant.cancelled", _("Registrant cancelled")
    SESSION_REGISTRATION_CREATED = "session_registration.created", _("Session registration created")
    SESSION_REGISTRATION_UPDATED = "session_registration.updated", _("Did not come to the session, or did")
    SESSION_REGISTRATION_CANCELLED = "session_registration.cancelled", _("Session registration cancelled")
    WAITLIST_ITEM_CREATED = "waitlist_item.created", _("Joined a waitlist")
    WAITLIST_ITEM_UPDATED = "waitlist_item.updated", _("Moved in line, passed over or back in line")
    WAITLIST_ITEM_INVITED = "waitlist_item.invited", _("Invited from a waitlist")
    WAITLIST_ITEM_PROMOTED = "waitlist_item.promoted", _("Registered from a waitlist")
    WAITLIST_ITEM_DECLINED = "waitlist_item.declined", _("Declined an invitation")
    WAITLIST_ITEM_EXPIRED = "waitlist_item.expired", _("Invitation expired")
    WAITLIST_ITEM_REMOVED = "waitlist_item.removed", _("Left or was removed from a waitlist")
    CHECK_IN_CREATED = "check_in.created", _("Checked in")
    CHECK_IN_UPDATED = "check_in.updated", _("Left again, or had come in earlier")
    CHECK_IN_UNDONE = "check_in.undone", _("Check-in undone")
    CONTACT_ERASED = "contact.erased", _("Person erased")
    SESSION_CREATED = "session.created", _("Session planned")
    SESSION_UPDATED = "session.updated", _("Session edited, moved, opened, closed or resized")
    SESSION_CANCELLED = "session.cancelled", _("Session cancelled")
    SESSION_DELETED = "session.deleted", _("Session deleted")
    EVENT_CREATED = "event.created", _("Event planned")
    EVENT_UPDATED = "event.updated", _("Event edited, opened, closed or resized")
    EVENT_CANCELLED = "event.cancelled", _("Event cancelled")
    EVENT_DELETED = "event.deleted", _("Event deleted")
    DRAW_FROZEN = "draw.frozen", _("Wishes of a draw frozen")
    DRAW_DRAWN = "draw.drawn", _("Draw drawn")
    DRAW_PUBLISHED = "draw.published", _("Draw published")
    DRAW_CANCELLED = "draw.cancelled", _("Draw cancelled")
    ORDER_PLACED = "order.placed", _("Order placed")
    ORDER_UPDATED = "order.updated", _("Order given more time, or partly credited")
    ORDER_PAID = "order.paid", _("Order paid")
    ORDER_EXPIRED = "order.expired", _("Order not paid in time")
    ORDER_CANCELLED = "order.cancelled", _("Order cancelled")
    PAYMENT_RECEIVED = "payment.received", _("Payment received")
    PAYMENT_WRONG = "payment.wrong", _("Payment of another sum received")
    REFUND_DUE = "refund.due", _("To be refunded")
    REFUND_DONE = "refund.done", _("Refunded")
    REFUND_FAILED = "refund.failed", _("Refund failed")


# A message that nobody subscribes to: sent when somebody asks for it, to see whether it arrives.
TEST = "webhook.test"
# What may be subscribed to: each name, all of one kind (session.*), or all.
EVERYTHING = "*"
SUBSCRIPTIONS = [
    EVERYTHING,
    *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in WebhookEvent.values),
    *WebhookEvent.values,
]


def is_wanted(name: str, subscribed: Collection[str]) -> bool:
    """True for a name that is among those subscribed to, by itself or with its kind."""
    return bool({EVERYTHING, f"{name.partition('.')[0]}.*", name} & set(subscribed))


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Words for sets of webhooks."""

    def not_deleted(self) -> Self:
        """The webhooks that their client still knows."""
        return self.filter(deleted_at=None)

    def active(self) -> Self:
        """The webhooks to which messages are sent."""
        return self.not_deleted().filter(switched_off_at=None)


class Webhook(models.Model):
    """One address of another system that wants to be told, of one event or of all that its client may see.

    A deleted one stays as long as its messages do. The secret signs each message, so it is stored as it is; it is
    shown once, to whoever registers the address.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="webhooks", verbose_name=_("API client")
    )
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webhooks",
        verbose_name=_("event"),
        help_text=_("Empty: every event that the client may see."),
    )
    url = models.CharField(_("address"), max_length=500)
    names = models.JSONField(_("told of"), help_text=_("Names such as session_registration.created."))
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    # The secret before, with which messages are signed as well until the receiver has had time to learn the new one.
    previous_secret = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    previous_secret_until = models.DateTimeField(
        _("signed with the previous secret too, until"), null=True, blank=True, editable=False
    )
    # Nothing that happened before is told, whenever the worker gets to read it.
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    # Since when each attempt fails, and until when the address is left alone.
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    switched_off_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    switched_off_reason = models.CharField(_("why switched off"), max_length=300, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(switched_off_at__isnull=True) | ~Q(switched_off_reason=""),
                name="webhook_switched_off_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    def secrets_at(self, at: datetime) -> list[str]:
        """The secrets with which messages are signed at that time, the newest first."""
        has_previous = self.previous_secret_until is not None and self.previous_secret_until > at
        return [self.secret, *([self.previous_secret] if has_previous else [])]

    @property
    def is_active(self) -> bool:
        """True while messages are sent to the webhook."""
        return self.switched_off_at is None and self.deleted_at is None


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """Words for sets of deliveries."""

    def pending(self) -> Self:
        """The deliveries neither delivered nor given up."""
        return self.filter(delivered_at=None, given_up_at=None)

    def due(self, at: datetime) -> Self:
        """The deliveries to be sent now: not being sent by another worker, to an address that is on and not resting."""
        webhooks = Webhook.objects.active().filter(Q(resting_until=None) | Q(resting_until__lte=at))
        return (
            self.pending()
            .filter(due_at__lte=at, webhook__in=webhooks)
            .filter(Q(leased_until=None) | Q(leased_until__lt=at))
        )


class WebhookDelivery(models.Model):
    """One message to one address: what happened, as it was then, sent until it is taken.

    A test message is about no line of the ledger and no event. `uuid` is the `webhook-id` of each attempt, so that a
    receiver that gets it twice can tell.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ledger entry")
    )
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("event")
    )
    name = models.CharField(_("told"), max_length=40, choices=WebhookEvent)
    payload = models.JSONField(_("message"))
    created_at = models.DateTimeField(_("planned"))
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(_("last status"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(
                fields=["webhook", "due_at"],
                condition=Q(delivered_at=None, given_up_at=None),
                name="webhookdelivery_to_send",
            ),
            models.Index(fields=["created_at"], name="webhookdelivery_by_age"),
        ]
        constraints = [
            # Several workers read the same ledger rows, and each row is read more than once: it is told once.
            models.UniqueConstraint(
                fields=["webhook", "activity", "name"], name="webhookdelivery_once_per_ledger_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} to {self.webhook}"

"""The outbox: what is to be told, to whom, and whether it has left."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Contact, Event
from events.models.in_words import InWords
from registrations.models.ledger import Activity
from registrations.models.registrations import EventRegistration
from sessions_app.models import Session


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Words for sets of notifications."""

    def due(self, at: datetime) -> Self:
        """The notifications to be sent now and not being sent by another worker."""
        return self.filter(sent_at=None, given_up_at=None, due_at__lte=at).filter(
            Q(leased_until=None) | Q(leased_until__lt=at)
        )


class Notification(InWords, models.Model):
    """One mail to one person, written in the transaction that caused it and sent by the worker afterwards."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITLISTED = "waitlisted", _("Waitlisted")
        PROMOTED = "promoted", _("Registered from the waitlist")
        INVITED = "invited", _("Invited")
        INVITATION_TAKEN = "invitation_taken", _("Invitation taken by somebody else")
        INVITATION_EXPIRED = "invitation_expired", _("Invitation expired")
        DRAWN = "drawn", _("Result of a draw")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")
        SESSION_CHANGED = "session_changed", _("Session changed")
        SESSION_CANCELLED = "session_cancelled", _("Session cancelled")
        EVENT_CANCELLED = "event_cancelled", _("Event cancelled")
        LINK_REQUESTED = "link_requested", _("Link requested")
        ADDRESS_CODE = "address_code", _("Code for another address")
        ORDER_PLACED = "order_placed", _("Order placed")
        ORDER_PAID = "order_paid", _("Order paid")
        ORDER_EXPIRED = "order_expired", _("Order not paid in time")
        ORDER_CANCELLED = "order_cancelled", _("Order cancelled")
        ORDER_REMINDER = "order_reminder", _("Order still to be paid")
        PAYMENT_WRONG = "payment_wrong", _("Payment of another sum received")
        REFUND_DUE = "refund_due", _("Refund on its way")
        REMINDER = "reminder", _("Reminder")
        MESSAGE = "message", _("Message")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # Unique by a constraint: `unique=True` would make a second index, for searching by a beginning.
    dedup_key = models.CharField(max_length=200, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("event")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("contact")
    )
    # Mails are looked for by their contact; registrations are never deleted.
    event_registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("session"),
        db_index=False,
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
    )
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="notification_to_send"
            ),
            models.Index(
                fields=["session"], condition=Q(session__isnull=False), name="notification_of_session"
            ),
            # The desk's first page asks for those that were given up, which are few.
            models.Index(
                fields=["event"],
                condition=Q(sent_at=None, given_up_at__isnull=False),
                name="notification_given_up",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dedup_key"], name="notification_once_per_dedup_key"),
            models.UniqueConstraint(
                fields=["activity", "kind", "contact"],
                condition=Q(activity__isnull=False),
                name="notification_once_per_move_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.contact.email}"

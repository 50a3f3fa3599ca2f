"""Payments at a provider, what goes back of them, and what providers told us."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registrations.models.orders import Order


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Words for sets of payments."""

    def due(self, at: datetime) -> Self:
        """The payments whose truth is to be fetched now, and not being fetched by another worker."""
        return self.filter(state=Payment.State.BEGUN, next_look_at__lte=at).filter(
            Q(leased_until=None) | Q(leased_until__lt=at)
        )


class Dated(models.Model):
    """A row that says when it was last saved; empty in what a version without this column wrote."""

    changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store the row, or these of its columns, and that it was now."""
        self.changed_at = timezone.now()
        named = update_fields and {*update_fields, "changed_at"}
        super().save(*args, update_fields=named, **kwargs)


class Payment(Dated):
    """One payment at one provider for an order, by the provider's own reference; no reference is counted twice.

    It is written before the provider is asked, with a key by which the provider knows a repeated request.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("Begun")
        PAID = "paid", _("Paid")
        # Another sum or currency than asked for: it seats nobody, and somebody has to look at it.
        WRONG = "wrong", _("Wrong amount")
        NOT_PAID = "not_paid", _("Not paid")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order")
    )
    provider = models.CharField(_("provider"), max_length=20)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Empty until the provider has answered.
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    # Where the payer goes to pay, while it is begun.
    address = models.CharField(max_length=2000, blank=True, default="", editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.BEGUN)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    begun_at = models.DateTimeField(_("begun"))
    # Until when the provider takes it.
    expires_at = models.DateTimeField(_("can be paid until"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    # When a worker asks the provider again; None where nobody needs to.
    next_look_at = models.DateTimeField(null=True, blank=True, editable=False)
    looks = models.PositiveIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, default="")
    # Who marked it as paid.
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marked as paid by"),
        db_index=False,
    )
    note = models.CharField(_("note"), max_length=300, blank=True, default="")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["next_look_at"], condition=Q(state="begun"), name="payment_to_look_at"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reference"],
                condition=~Q(reference=""),
                name="payment_once_per_reference",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["begun", "not_paid"], paid_at=None)
                | (Q(state__in=["paid", "wrong"]) & Q(paid_at__isnull=False)),
                name="payment_paid_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class RefundQuerySet(models.QuerySet["Refund"]):
    """Words for sets of refunds."""

    def due(self, at: datetime) -> Self:
        """The refunds to be asked for now, and not being asked for by another worker."""
        return self.filter(state=Refund.State.DUE, due_at__lte=at).filter(
            Q(leased_until=None) | Q(leased_until__lt=at)
        )


class Refund(Dated):
    """One sum that goes back to whoever paid it; its key lets a provider know the same request again."""

    class State(models.TextChoices):
        DUE = "due", _("To be refunded")
        DONE = "done", _("Refunded")
        FAILED = "failed", _("Failed")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The provider's own, once it has taken it.
    reference = models.CharField(_("reference"), max_length=200, blank=True, default="")
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=300)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("refunded"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
        db_index=False,
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-id"]
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [models.Index(fields=["due_at"], condition=Q(state="due"), name="refund_due")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
                name="refund_done_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.payment.currency}"


class ProviderEvent(models.Model):
    """One message of a provider, by its own id: a message that comes again, signed or not, is known again."""

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("message"), max_length=200)
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"))
    # Once its payment was asked for and settled; a message that never was is tried again by the worker.
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("message of a provider")
        verbose_name_plural = _("messages of providers")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="providerevent_once_per_message")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

"""Orders: passes that are held while somebody pays for them, and what was paid and given back."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Contact, Event, Pass
from events.models.names import PersonNameField
from registrations.models.registrations import EventRegistration


class OrderQuerySet(models.QuerySet["Order"]):
    """Words for sets of orders."""

    def held(self) -> Self:
        """The orders that hold seats and wait for money."""
        return self.filter(state=Order.State.HELD)


class Order(models.Model):
    """One purchase of passes at one event: while it is held, seats of the event and passes are held for its lines."""

    class State(models.TextChoices):
        HELD = "held", _("Waits for payment")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Not paid in time")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")

    class Way(models.TextChoices):
        ONLINE = "online", _("Online")
        INVOICE = "invoice", _("By invoice")
        COMPLIMENTARY = "complimentary", _("Complimentary")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="orders", verbose_name=_("event"), db_index=False
    )
    # Whoever pays. Nobody's name: those of the attendees stand on the lines.
    payer = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+", verbose_name=_("paid by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    way = models.CharField(_("way of payment"), max_length=13, choices=Way, default=Way.ONLINE)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=10, decimal_places=2)
    placed_at = models.DateTimeField(_("placed"))
    # Until when the seats are held; none where they are held until staff decide, and once they are given or free again.
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    # Since when it is over without having been paid, or although it was.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("placed by"),
        db_index=False,
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-id"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["event", "-placed_at", "-id"], name="order_newest"),
            # What the worker looks for every second: few are held.
            models.Index(fields=["held_until"], condition=Q(state="held"), name="order_held_until"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(state="held", paid_at=None, ended_at=None)
                | Q(state="paid", held_until=None, paid_at__isnull=False, ended_at=None)
                | Q(state="expired", held_until=None, paid_at=None, ended_at__isnull=False)
                | Q(state="cancelled", held_until=None, ended_at__isnull=False),
                name="order_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=~Q(way="complimentary") | (Q(total=0) & ~Q(reason="")),
                name="order_complimentary_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.currency}, {self.event}"

    @property
    def received(self) -> Decimal:
        """What was paid for it, less what was given back or is about to be."""
        paid = self.payments.filter(state=Payment.State.PAID).aggregate(sum=Sum("amount"))["sum"] or 0
        given_back = Refund.objects.filter(payment__order=self).exclude(state=Refund.State.FAILED)
        return Decimal(paid) - Decimal(given_back.aggregate(sum=Sum("amount"))["sum"] or 0)


class OrderLine(models.Model):
    """One pass for one person in an order; a seat of the event and one of the pass are held for it, or given by it."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="order_lines", verbose_name=_("order")
    )
    # The order's event.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"))
    event_pass = models.ForeignKey(
        Pass, on_delete=models.PROTECT, related_name="order_lines", verbose_name=_("pass")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="order_lines", verbose_name=_("attendee")
    )
    first_name = PersonNameField(_("first name"), max_length=100, blank=True)
    last_name = PersonNameField(_("last name"), max_length=100, blank=True)
    # Answers to the event's own questions by field id, and what other systems know, until the person is registered.
    details = models.JSONField(default=dict, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    position = models.PositiveSmallIntegerField(default=0)
    # True while seats are held for it.
    is_held = models.BooleanField(default=True, editable=False)
    registration = models.OneToOneField(
        EventRegistration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="order_line",
        verbose_name=_("registration"),
    )

    class Meta:
        ordering = ["order", "position"]
        verbose_name = _("line of an order")
        verbose_name_plural = _("lines of orders")
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="orderline_price_not_negative"),
            models.CheckConstraint(
                condition=Q(is_held=False) | Q(registration=None), name="orderline_held_or_given"
            ),
            models.UniqueConstraint(
                fields=["event", "contact"],
                condition=Q(is_held=True),
                name="orderline_held_once_per_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_pass}: {self.first_name} {self.last_name}".strip()


class Payment(models.Model):
    """One payment at one provider for an order, by the provider's own reference; no reference is counted twice."""

    class State(models.TextChoices):
        BEGUN = "begun", _("Begun")
        PAID = "paid", _("Paid")
        # Another sum or currency than asked for: it seats nobody, and somebody has to look at it.
        WRONG = "wrong", _("Wrong amount")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order")
    )
    provider = models.CharField(_("provider"), max_length=20)
    reference = models.CharField(_("reference"), max_length=200)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.BEGUN)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    begun_at = models.DateTimeField(_("begun"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    class Meta:
        ordering = ["-begun_at", "-id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_once_per_reference"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="begun", paid_at=None) | (~Q(state="begun") & Q(paid_at__isnull=False)),
                name="payment_paid_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Refund(models.Model):
    """One sum that goes back to whoever paid it; its key lets a provider know the same request again."""

    class State(models.TextChoices):
        DUE = "due", _("To be refunded")
        DONE = "done", _("Refunded")
        FAILED = "failed", _("Failed")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=300)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("refunded"), null=True, blank=True)

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

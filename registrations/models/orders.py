"""Orders: passes that are held while somebody pays for them, or given to whoever pays by invoice."""

from __future__ import annotations

import secrets
import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Contact, Event, Pass
from events.models.in_words import InWords
from events.models.names import PersonNameField
from registrations.models.registrations import EventRegistration
from sessions_app.models import Session

# Read aloud at a counter, typed into a bank transfer: no letter looks like a digit.
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 8


def new_code() -> str:
    """Return a fresh code for an order; a trillion are possible."""
    return "".join(secrets.choice(_CODE_LETTERS) for _each in range(_CODE_LENGTH))


class OrderQuerySet(models.QuerySet["Order"]):
    """Words for sets of orders."""

    def held(self) -> Self:
        """The orders that hold seats and wait for money."""
        return self.filter(state=Order.State.HELD)


class Order(InWords, models.Model):
    """One purchase of passes at one event: while it is held, seats of the event and passes are held for its lines.

    Once it is paid, what was received and kept is its total less what was credited.
    """

    class State(models.TextChoices):
        HELD = "held", _("Waits for payment")
        # Given on trust, by invoice: everybody on it is registered, and the money is still to come.
        OWED = "owed", _("Invoice open")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Not paid in time")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")

    class Way(models.TextChoices):
        ONLINE = "online", _("Online")
        INVOICE = "invoice", _("By invoice")
        COMPLIMENTARY = "complimentary", _("Complimentary")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What whoever pays writes into a bank transfer, and says on the phone.
    code = models.CharField(_("order code"), max_length=8, unique=True, default=new_code, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="orders", verbose_name=_("event"), db_index=False
    )
    # Whoever pays. Nobody's name: those of the attendees stand on the lines.
    payer = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+", verbose_name=_("paid by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    way = models.CharField(_("way of payment"), max_length=13, choices=Way, default=Way.ONLINE)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=10, decimal_places=2)
    # What of the total need not be paid after all, or was given back: its credit notes, summed.
    credited = models.DecimalField(_("credited"), max_digits=10, decimal_places=2, default=0)
    # As they were when it was placed: see `Frozen`.
    terms = models.JSONField(_("terms"), default=dict, blank=True)
    # Who gets the invoice, by the names of `BILLING_FIELDS`.
    billing = models.JSONField(_("billing details"), default=dict, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    # Until when the seats are held; none where they are held until staff decide, and once they are given or free again.
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    # By when it should be paid where nothing is held for it; after that it is overdue.
    pay_by = models.DateTimeField(_("to be paid by"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    # Since when it is over without having been paid, or although it was.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Raised to make every link to its page worthless that was mailed before.
    link_version = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
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
            # Who has an invoice to pay is reminded; most orders are paid.
            models.Index(fields=["pay_by"], condition=Q(state="owed"), name="order_pay_by"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(credited__gte=0, credited__lte=F("total")), name="order_credited_at_most_total"
            ),
            models.CheckConstraint(
                condition=Q(state="held", paid_at=None, ended_at=None)
                | Q(state="owed", held_until=None, paid_at=None, ended_at=None)
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
    def payer_name(self) -> str:
        """Whoever pays, by the name said with the order where they are on it.

        What else is known of them, by their address, is not for whoever typed that address.
        """
        own = self.order_lines.filter(contact=self.payer_id).first()
        said = f"{own.first_name} {own.last_name}".strip() if own else ""
        return said or self.payer.full_name

    @property
    def received(self) -> Decimal:
        """What was paid for it, less what was given back or is about to be."""
        kept = [payment for payment in self.payments.all() if payment.state == "paid"]
        back = [refund for payment in kept for refund in payment.refunds.all() if refund.state != "failed"]
        return sum((each.amount for each in kept), Decimal(0)) - sum(
            (each.amount for each in back), Decimal(0)
        )

    @property
    def open(self) -> Decimal:
        """What is still to be paid for it; nothing once it has ended."""
        if self.state not in (self.State.HELD, self.State.OWED):
            return Decimal(0)
        return self.total - self.credited - self.received


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
    # What of the price is VAT, by the pass's rate when it was ordered; each line is rounded by itself.
    vat_rate = models.DecimalField(_("VAT contained (%)"), max_digits=5, decimal_places=2, default=0)
    vat = models.DecimalField(_("VAT"), max_digits=10, decimal_places=2, default=0)
    credited = models.DecimalField(_("credited"), max_digits=10, decimal_places=2, default=0)
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
                condition=Q(vat__gte=0, vat__lte=F("price")), name="orderline_vat_within_price"
            ),
            models.CheckConstraint(
                condition=Q(credited__gte=0, credited__lte=F("price")),
                name="orderline_credited_at_most_price",
            ),
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


class OrderSeat(models.Model):
    """One session chosen with a line of an order, where passes and own agendas go together; a seat is held with it."""

    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="chosen", verbose_name=_("line of an order")
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("session")
    )
    # False where the person waits for it once they are registered, and when nothing is held any more.
    is_held = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("session of an order")
        verbose_name_plural = _("sessions of orders")
        constraints = [
            models.UniqueConstraint(fields=["order_line", "session"], name="orderseat_once_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.session}"

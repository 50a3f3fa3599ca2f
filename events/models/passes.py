"""Passes: what an event offers at event level."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.names import TitleField
from events.models.seats import SeatCount


class PassQuerySet(models.QuerySet["Pass"]):
    """Words for sets of passes."""

    def offered(self) -> Self:
        """The passes that were not deleted."""
        return self.filter(archived_at=None)


class Pass(models.Model):
    """One kind of admission to an event, with its preset sessions; its seat count holds what is allocated."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="passes", verbose_name=_("event"))
    name = TitleField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    price = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    # Prices contain it.
    vat_rate = models.DecimalField(
        _("VAT contained (%)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        db_default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    pay_online = models.BooleanField(_("may be paid online"), default=True, db_default=True)
    pay_by_invoice = models.BooleanField(_("may be paid by invoice"), default=True, db_default=True)
    on_sale_from = models.DateTimeField(_("on sale from"), null=True, blank=True)
    on_sale_until = models.DateTimeField(_("on sale until"), null=True, blank=True)
    most_sessions = models.PositiveSmallIntegerField(
        _("sessions to choose at most"),
        null=True,
        blank=True,
        help_text=_("Where passes and own agendas go together. Empty: any number."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    seats = models.OneToOneField(SeatCount, on_delete=models.PROTECT, related_name="+", editable=False)
    archived_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PassQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("pass")
        verbose_name_plural = _("passes")
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="pass_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(vat_rate__gte=0, vat_rate__lte=100), name="pass_vat_rate_is_a_share"
            ),
            models.UniqueConstraint(
                fields=["event", "name"],
                condition=models.Q(archived_at=None),
                name="pass_name_once_per_event",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_paid_by_invoice(self) -> bool:
        """True where whoever buys it may ask for an invoice, as the organizer has said how to pay one."""
        return self.pay_by_invoice and bool(self.event.how_to_pay.strip())

    @property
    def is_paid_online(self) -> bool:
        """True where it may be paid online, by a provider that the event has chosen and this site knows."""
        if not self.pay_online:
            return False
        sale = getattr(self.event, "sale", None)
        return sale is not None and sale.provider in getattr(settings, "PAYMENT_PROVIDERS", ())

    @property
    def can_be_paid(self) -> bool:
        """True for what is free, and for what can be paid in at least one way."""
        return not self.price or self.is_paid_by_invoice or self.is_paid_online

    @property
    def has_line(self) -> bool:
        """True where whoever finds it sold out may wait: people who choose their own sessions wait for those alone."""
        return self.event.waitlist_enabled and not self.event.allow_custom_agenda

    def is_on_sale(self, at: datetime) -> bool:
        """True when `at` lies within the sale."""
        begun = self.on_sale_from is None or self.on_sale_from <= at
        over = self.on_sale_until is not None and self.on_sale_until <= at
        return begun and not over

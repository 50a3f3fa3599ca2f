"""How an event sells its passes: who sells, how it is paid, for how long seats are held, and what can be given back."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event

HOLD_MINUTES = 50
INVOICE_DAYS = 14
# Longer than any bank takes over an online payment; seats held longer than that are sold by invoice.
MOST_HOLD_MINUTES = 24 * 60
MOST_INVOICE_DAYS = 120


class Sale(models.Model):
    """What an organizer says once about selling an event's passes; an event without one sells as the defaults say."""

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="sale", verbose_name=_("event")
    )
    # The name of an online provider that this site knows; empty: only by invoice.
    provider = models.CharField(_("paid online by"), max_length=20, blank=True, default="")
    hold_minutes = models.PositiveSmallIntegerField(
        _("seats are held while somebody pays (minutes)"),
        default=HOLD_MINUTES,
        validators=[MinValueValidator(5), MaxValueValidator(MOST_HOLD_MINUTES)],
    )
    invoice_days = models.PositiveSmallIntegerField(
        _("days to pay an invoice"),
        default=INVOICE_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_INVOICE_DAYS)],
    )
    seller = models.TextField(
        _("seller"),
        blank=True,
        default="",
        help_text=_("Name and address, as they stand on invoices, each on a line of its own."),
    )
    seller_tax_id = models.CharField(_("seller's VAT or tax number"), max_length=60, blank=True, default="")
    invoice_series = models.CharField(
        _("invoice numbers begin with"),
        max_length=20,
        blank=True,
        default="",
        help_text=_(
            "Such as 2027-. Invoices that begin alike are numbered in one row without gaps. "
            "Empty: a row for this event."
        ),
    )
    invoice_footer = models.TextField(
        _("at the foot of invoices"), blank=True, default="", help_text=_("Such as the bank account.")
    )
    terms = models.TextField(
        _("terms of sale"),
        blank=True,
        default="",
        help_text=_("Shown before somebody buys, and kept with each order as they were then."),
    )
    refunds_until = models.DateTimeField(
        _("payers may cancel until"),
        null=True,
        blank=True,
        help_text=_("Empty: only staff cancel what was paid."),
    )
    refund_percent = models.PositiveSmallIntegerField(
        _("of the price they get back (%)"), default=100, validators=[MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("sale of passes")
        verbose_name_plural = _("sales of passes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refund_percent__lte=100), name="sale_refund_at_most_all"
            ),
            models.CheckConstraint(condition=models.Q(hold_minutes__gte=1), name="sale_holds_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.event}"

    @classmethod
    def of(cls, event: Event) -> Self:
        """The event's sale; where nothing was said, one with the defaults, not saved."""
        return cls.objects.filter(event=event).first() or cls(event=event)

"""Invoices and credit notes: numbered without gaps, never changed, stored as they were sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.orders import Order


class InvoiceSeries(models.Model):
    """One row of invoice numbers; whoever takes the next one holds the row until they commit, so none is left out."""

    name = models.CharField(_("invoice numbers begin with"), max_length=20, unique=True)
    next_number = models.PositiveIntegerField(_("next number"), default=1)

    class Meta:
        verbose_name = _("row of invoice numbers")
        verbose_name_plural = _("rows of invoice numbers")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name


class Invoice(models.Model):
    """One invoice, or one credit note that takes back a part of it or all; what it says is frozen in it."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(
        InvoiceSeries, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("series")
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=11, choices=Kind, default=Kind.INVOICE)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("order")
    )
    # The invoice that a credit note is about.
    credits = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_notes",
        verbose_name=_("credits"),
    )
    issued_at = models.DateTimeField(_("issued"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # Above zero on both kinds: a credit note says how much goes back.
    total = models.DecimalField(_("total"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    # Everything that the file says: seller, buyer, lines, VAT by rate, language, dates.
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="invoice_number_once_per_series"),
            models.CheckConstraint(condition=Q(total__gt=0), name="invoice_total_positive"),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits=None) | Q(kind="credit_note", credits__isnull=False),
                name="invoice_credit_note_names_its_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}{self.number:05d}"


class InvoiceFile(models.Model):
    """An invoice as it was sent: made once by the worker, or by whoever asks first."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="file", verbose_name=_("invoice")
    )
    content = models.BinaryField()
    # SHA-256 in hex of the content.
    digest = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("file of an invoice")
        verbose_name_plural = _("files of invoices")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.invoice}"

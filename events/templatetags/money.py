"""Sums of money and shares, as pages and mails say them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """“EUR 40.00”; “EUR 40,00” where the language writes it so."""
    return f"{currency}\N{NO-BREAK SPACE}{number_format(amount, 2, use_l10n=True, force_grouping=True)}"


@register.filter
def rate(percent: Decimal) -> str:
    """“19”, “5.5”: as many digits as it has."""
    return number_format(percent.normalize() if percent % 1 else percent.quantize(Decimal(1)), use_l10n=True)

"""Money as card networks count it: whole numbers of each currency's smallest unit."""

from __future__ import annotations

from decimal import Decimal

from events.currencies import WHOLE
from registrations.payments.port import ProviderDeclined

# Those that Stripe counts in thousandths. The króna of Iceland and the shilling of Uganda have no smaller unit, and are
# counted in hundredths all the same, as all others are.
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_WHOLE_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})


def smallest_units(amount: Decimal, currency: str) -> int:
    """The amount in the currency's smallest unit; raises ProviderDeclined for a part of it that does not exist."""
    currency = currency.upper()
    units = amount * _per_unit(currency)
    is_whole = units == int(units) and (currency not in _WHOLE_IN_HUNDREDTHS or amount == int(amount))
    if not is_whole:
        raise ProviderDeclined(said=f"{amount} {currency} cannot be paid exactly")
    return int(units)


def amount_of(units: int, currency: str) -> Decimal:
    """The amount that so many of the currency's smallest units are."""
    return Decimal(units) / _per_unit(currency.upper())


def _per_unit(currency: str) -> int:
    if currency in WHOLE - _WHOLE_IN_HUNDREDTHS:
        return 1
    return 1000 if currency in _THOUSANDTHS else 100

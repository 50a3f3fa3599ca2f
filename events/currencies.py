"""What a currency's smallest part is."""

from __future__ import annotations

from decimal import Decimal

# Currencies without a smaller unit.
WHOLE = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "MGA"}
    | {"PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)


def smallest_part(currency: str) -> Decimal:
    """The smallest sum that can be paid in the currency; a hundredth where a coin is smaller still."""
    return Decimal(1) if currency.upper() in WHOLE else Decimal("0.01")

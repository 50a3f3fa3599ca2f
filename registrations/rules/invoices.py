"""The figures of invoices: what falls on each line, and what of it is VAT; whatever is split adds up to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def part_of_vat(price: Decimal, vat: Decimal, *, before: Decimal, part: Decimal) -> Decimal:
    """What of `vat`, contained in `price`, goes back with `part` of the price, where `before` went back already.

    However often a price is given back in parts, the VAT of all parts together is that of the price.
    """
    if not price:
        return Decimal(0)
    until_now, until_then = (_cents(vat * gone / price) for gone in (before, before + part))
    return until_then - until_now


def spread(amount: Decimal, over: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The amount, in cents, in proportion over what there is at each key; nothing gets more than there is there.

    What there is at all keys together is at least the amount.
    """
    whole, shares, given = sum(over.values(), Decimal(0)), {}, Decimal(0)
    seen = Decimal(0)
    for key, there in over.items():
        # By the running sum: each share is rounded, and what was given until here never strays by a cent.
        seen += there
        until_here = _cents(amount * seen / whole) if whole else Decimal(0)
        shares[key] = until_here - given
        given = until_here
    return shares


def sums_by_rate(lines: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Net, VAT and gross of the lines by their rates, the highest first; the gross sums add up to the lines' prices."""
    gross: dict[Decimal, Decimal] = defaultdict(Decimal)
    vat: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        rate = Decimal(line["vat_rate"])
        gross[rate] += Decimal(line["price"])
        vat[rate] += Decimal(line["vat"])
    return [
        {
            "rate": str(rate),
            "net": str(gross[rate] - vat[rate]),
            "vat": str(vat[rate]),
            "gross": str(gross[rate]),
        }
        for rate in sorted(gross, reverse=True)
    ]


def total_of(lines: Iterable[Mapping[str, str]]) -> Decimal:
    """What the lines of an invoice come to."""
    return sum((Decimal(line["price"]) for line in lines), Decimal(0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)

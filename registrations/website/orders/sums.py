"""What an order comes to: its lines, its total, and the VAT that is contained, by rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from events.models import Pass
from registrations.rules.orders import offer_of, vat_of


@dataclass(frozen=True)
class Contained:
    """The VAT of one rate."""

    rate: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Sum:
    """What several passes cost together; prices contain their VAT."""

    currency: str
    total: Decimal
    # How many of each pass, in the order chosen.
    passes: list[tuple[Pass, int, Decimal]]
    vat: list[Contained]

    @property
    def agreed(self) -> str:
        """The sum as a form carries it: nobody pays another one than the button said."""
        return f"{self.total} {self.currency}"


def sum_of(passes: Sequence[Pass]) -> Sum:
    """The sum of these passes, one of them for each person; raises Invalid where they are of several currencies."""
    offer = offer_of(passes)
    counted: dict[int, tuple[Pass, int]] = {}
    for each in passes:
        counted[each.pk] = each, counted.get(each.pk, (each, 0))[1] + 1
    rows = [(each, number, each.price * number) for each, number in counted.values()]
    vat = contained((each.vat_rate, vat_of(each.price, each.vat_rate, each.currency)) for each in passes)
    return Sum(offer.currency, offer.total, rows, vat)


def contained(lines: Iterable[tuple[Decimal, Decimal]]) -> list[Contained]:
    """The VAT of lines, each with its rate, summed by rate; the lowest rate first, and none of nothing."""
    found: dict[Decimal, Decimal] = {}
    for rate, vat in lines:
        if rate:
            found[rate.normalize()] = found.get(rate.normalize(), Decimal(0)) + vat
    return [Contained(rate, found[rate]) for rate in sorted(found)]

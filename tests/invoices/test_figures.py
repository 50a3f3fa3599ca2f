"""Whatever is split on invoices adds up to the cent, however it is split."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

import pytest

from registrations.rules.invoices import part_of_vat, spread, sums_by_rate, total_of

CENTS = [Decimal(each) / 100 for each in (1, 2, 3, 99, 100, 333, 1999, 23800, 99999)]


@pytest.mark.parametrize("price", CENTS)
@pytest.mark.parametrize("rate", [Decimal(each) for each in ("0", "5.5", "7", "19", "25")])
def test_vat_of_all_parts_is_that_of_the_price(price: Decimal, rate: Decimal) -> None:
    vat = (price * rate / (100 + rate)).quantize(Decimal("0.01"))
    third = (price / 3).quantize(Decimal("0.01"))
    parts = [third, third, price - 2 * third]
    befores = [Decimal(0), *accumulate(parts)]
    shares = [
        part_of_vat(price, vat, before=before, part=part)
        for before, part in zip(befores, parts, strict=False)
    ]
    assert sum(shares) == vat
    assert all(Decimal(0) <= share <= part for share, part in zip(shares, parts, strict=True))


@pytest.mark.parametrize("amount", CENTS)
def test_spread_adds_up_and_takes_from_nobody_more_than_there_is(amount: Decimal) -> None:
    there = dict(enumerate([amount, Decimal("0.01"), Decimal(0), Decimal("19.99"), amount]))
    shares = spread(amount, there)
    assert sum(shares.values()) == amount
    assert all(Decimal(0) <= shares[key] <= there[key] for key in there)


def test_sums_by_rate_are_those_of_the_lines() -> None:
    lines = [
        {"price": "238.00", "vat_rate": "19.00", "vat": "38.00"},
        {"price": "10.00", "vat_rate": "0.00", "vat": "0.00"},
        {"price": "0.99", "vat_rate": "19.00", "vat": "0.16"},
    ]
    assert sums_by_rate(lines) == [
        {"rate": "19.00", "net": "200.83", "vat": "38.16", "gross": "238.99"},
        {"rate": "0.00", "net": "10.00", "vat": "0.00", "gross": "10.00"},
    ]
    assert sum(Decimal(each["gross"]) for each in sums_by_rate(lines)) == total_of(lines) == Decimal("248.99")

"""The figures of sold passes: sums per pass, and per VAT rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from registrations.admin.overview.base import Figure
from registrations.queries import sales

MAY_SEE = "registrations.view_order"


class _OfMoney(Figure):
    """A table and a file; what is drawn of it stands in the panel of the sale."""

    permission = MAY_SEE
    empty = gettext_lazy("Nothing was sold yet.")

    def drawing(self) -> SafeString:
        return SafeString("")


class SoldPasses(_OfMoney):
    """What was sold of each pass, and what it brought."""

    key = "sold_passes"
    title = gettext_lazy("Sums per pass")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("Pass"), gettext_lazy("Price"), gettext_lazy("Currency"), gettext_lazy("VAT (%)")),
        *(gettext_lazy("Allocated"), gettext_lazy("Given"), gettext_lazy("Held")),
        *(gettext_lazy("Paid"), gettext_lazy("Invoice open"), gettext_lazy("Complimentary")),
        *(gettext_lazy("Received"), gettext_lazy("Open")),
    )

    def rows(self) -> list[Sequence[Any]]:
        return [
            (
                *(each.event_pass.name, each.event_pass.price, each.event_pass.currency),
                each.event_pass.vat_rate,
                *(_or_empty(each.event_pass.seats.capacity), each.event_pass.seats.taken),
                *(each.event_pass.seats.held, each.paid, each.owed, each.complimentary),
                *(each.received, each.open),
            )
            for each in sales.sold_passes(self.event)
        ]


class VatRates(_OfMoney):
    """What was received and kept, by VAT rate."""

    key = "vat_rates"
    title = gettext_lazy("Sums per VAT rate")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("VAT (%)"), gettext_lazy("Currency")),
        *(gettext_lazy("Net"), gettext_lazy("VAT"), gettext_lazy("Received")),
    )

    def rows(self) -> list[Sequence[Any]]:
        return [
            (each.rate, each.currency, each.net, each.vat, each.gross) for each in sales.by_rate(self.event)
        ]


def _or_empty(number: int | None) -> int | str:
    return "" if number is None else number

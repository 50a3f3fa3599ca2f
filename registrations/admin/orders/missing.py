"""What is missing before an event's passes can be sold well, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from events.models import Event, Pass, Sale
from registrations.payments.providers import online_providers


def providers() -> list[tuple[str, Any]]:
    """The online providers that this site knows, with their words."""
    return [(each.name, each.label) for each in online_providers()]


def missing_in(event: Event) -> Iterator[str]:
    """What keeps priced passes from being on offer, or invoices from saying what they should."""
    sale = Sale.of(event)
    priced = list(Pass.objects.offered().filter(event=event, price__gt=0))
    for each in priced:
        each.event = event
    if not priced:
        return
    unpayable = [each for each in priced if not each.can_be_paid]
    if len(unpayable) == len(priced):
        yield _(
            "No way to pay: priced passes are not on offer. Choose an online provider, or say how to pay."
        )
    else:
        for each in unpayable:
            yield _("“%(name)s” is not on offer: neither of its ways to pay is set up.") % {"name": each.name}
    if sale.provider and sale.provider not in dict(providers()):
        named = {"name": sale.provider}
        yield _("“%(name)s” is not set up on this site, so nobody can pay online.") % named
    if not sale.seller.strip():
        yield _("Invoices say no seller yet: enter name and address.")
    elif not sale.seller_tax_id.strip() and any(each.vat_rate for each in priced):
        yield _("Prices contain VAT, and invoices say no VAT or tax number yet.")
    if len({each.currency for each in priced}) > 1:
        yield _("Passes are sold in several currencies: one order can hold those of one currency only.")

"""In which ways several passes may be paid together."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event, Pass, Sale
from registrations.models import Order
from registrations.payments.port import Provider
from registrations.payments.providers import online_providers

Way = Order.Way


def ways_of(event: Event, passes: Sequence[Pass]) -> list[Order.Way]:
    """How all of the passes with a price may be paid; the quickest way first."""
    ways = []
    if provider_for(event, passes) is not None:
        ways.append(Way.ONLINE)
    if all(each.is_paid_by_invoice for each in _priced(event, passes)):
        ways.append(Way.INVOICE)
    return ways


def provider_for(event: Event, passes: Sequence[Pass]) -> Provider | None:
    """Who takes the money for all of these passes online; None where one of them is not paid so."""
    if not all(each.pay_online for each in _priced(event, passes)):
        return None
    name = Sale.of(event).provider
    return next((each for each in online_providers() if name and each.name == name), None)


def _priced(event: Event, passes: Sequence[Pass]) -> list[Pass]:
    for each in passes:
        each.event = event
    return [each for each in passes if each.price]

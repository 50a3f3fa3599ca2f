"""What an order asks for, before anything is locked or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from events.errors import Invalid
from events.models import Pass
from registrations.rules.people import Attendee

# How long seats are held while somebody pays, where nobody says otherwise.
HELD_FOR = timedelta(minutes=50)
MOST_LINES = 100


@dataclass(frozen=True)
class Bought:
    """One pass for one person."""

    attendee: Attendee
    event_pass: Pass


@dataclass(frozen=True)
class Offer:
    """What an order comes to."""

    total: Decimal
    currency: str


def offer_of(passes: Sequence[Pass]) -> Offer:
    """What these passes, one of them for each line, cost together.

    Raises Invalid where they are priced in several currencies: a payment has one.
    """
    currencies = {each.currency for each in passes if each.price} or {passes[0].currency}
    if len(currencies) > 1:
        raise Invalid(fields={"passes": [_("Choose passes of one currency for one order.")]})
    return Offer(sum((each.price for each in passes), Decimal(0)), currencies.pop())


def check_bought(bought: Sequence[Bought]) -> None:
    """Raise Invalid unless there is something, not too much, for people who can be written to, one pass for each."""
    if not bought:
        raise Invalid(fields={"passes": [_("Choose a pass.")]})
    if len(bought) > MOST_LINES:
        raise Invalid(fields={"passes": [_("An order has at most 100 passes. Please make several orders.")]})
    seen: set[str] = set()
    for one in bought:
        one.attendee.check()
        one.attendee.check_named()
        if one.attendee.email in seen:
            raise Invalid(fields={"email": [_("Each person needs an address of their own.")]})
        seen.add(one.attendee.email)

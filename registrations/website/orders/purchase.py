"""What a form of registration orders: everybody's pass, what they come to, and how that is paid."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.errors import Full, Invalid, Refusal
from events.models import Event, Pass, Sale
from events.names import isolated
from events.templatetags.money import money
from registrations.forms import filled
from registrations.models import Order
from registrations.website.orders.forms import BillingForm, PersonPassForm, button_of
from registrations.website.orders.sums import Sum, sum_of
from registrations.website.orders.ways import ways_of

_SIGNER = signing.Signer(sep=".", salt="registrations.order-form")


@dataclass
class Purchase:
    """The part of a form that orders passes, where the event sells some."""

    event: Event
    # By which the same form posted twice is known.
    key: str
    persons: list[PersonPassForm] = field(default_factory=list)
    # What everybody's passes come to; None while somebody has not chosen, and where they wait instead.
    sum: Sum | None = None
    ways: list[Order.Way] = field(default_factory=list)
    billing: BillingForm | None = None
    # The sum that the form was sent for; empty where it showed none.
    agreed: str = ""
    # True where the visitor chose a pass that is sold out, and wants to wait for it.
    is_waiting: bool = False
    problem: Refusal | None = None
    # True where the form was sent for another sum than is asked by now.
    has_changed: bool = False

    @property
    def costs(self) -> bool:
        """True where something is to be paid."""
        return self.sum is not None and self.sum.total > 0

    @property
    def is_order(self) -> bool:
        """True where the form places an order: whoever registers alone for nothing needs none."""
        return self.costs or bool(self.persons)

    @property
    def is_agreed(self) -> bool:
        """True where the form was sent for the sum that is asked now, or for nothing."""
        return not self.costs or (self.sum is not None and self.agreed == self.sum.agreed)

    @property
    def problem_words(self) -> str:
        """Why these passes cannot be ordered together; empty where they can."""
        if self.problem is None:
            return ""
        said = [each for found in self.problem.data.get("fields", {}).values() for each in found]
        return str(said[0] if said else self.problem)

    @property
    def passes(self) -> list[Pass]:
        """Each kind of pass that is ordered."""
        return [each for each, _number, _price in self.sum.passes] if self.sum else []

    @property
    def sale(self) -> Sale:
        """How the event sells: its terms."""
        return Sale.of(self.event)

    @property
    def button(self) -> str:
        """What the button does where something is to be paid."""
        assert self.sum is not None
        return button_of(self.sum, self.ways, money(self.sum.total, self.sum.currency))

    def check_seats(self) -> None:
        """Raise Full where there are fewer passes than the form asks for: the same for known and unknown people."""
        assert self.sum is not None
        for each, number, _price in self.sum.passes:
            left = each.seats.available
            if left is not None and left < number:
                words = _("“%(name)s”: only %(left)d left. Choose another pass for somebody.")
                gone = _("“%(name)s” is sold out. Choose another pass.")
                raise Full((words if left else gone) % {"name": isolated(each.name), "left": left})


def new_key(event: Event) -> str:
    """A key for one form, by which its order is known again."""
    return _SIGNER.sign(f"{uuid.uuid4().hex}.{event.pk}")


def identity_in(event: Event, key: str) -> uuid.UUID | None:
    """The identity that the key gives the form's order; None for a forged one, or another event's."""
    try:
        identity, at_event = _SIGNER.unsign(key).split(".")
        return uuid.UUID(identity) if at_event == str(event.pk) else None
    except (signing.BadSignature, ValueError):
        return None


def purchase_of(
    event: Event,
    offered: Sequence[Pass],
    numbers: Sequence[int],
    judged: QueryDict | None,
    typed: QueryDict | None,
    mine: str,
    at: datetime,
) -> Purchase | None:
    """What the form orders; None where the event sells no pass.

    `judged` is what was sent, or `typed` what is not to be judged yet; `mine` the visitor's own pass as chosen.
    """
    if not any(each.price and each.can_be_paid for each in offered):
        return None
    data = judged if judged is not None else typed
    key = data.get("order", "") if data else ""
    purchase = Purchase(event, key if identity_in(event, key) else new_key(event))
    purchase.agreed = data.get("agreed", "") if data else ""
    purchase.has_changed = typed is not None and "changed" in typed
    for number in numbers:
        each = PersonPassForm(judged, number=number, offered=offered, at=at)
        name = each.add_prefix("event_pass")
        each.initial["event_pass"] = typed.get(name, mine) if typed else mine
        purchase.persons.append(each)
    by_value = {str(each.uuid): each for each in offered}
    wanted = [mine, *(str(each["event_pass"].value() or mine) for each in purchase.persons)]
    chosen = [by_value[value] for value in wanted if value in by_value]
    if len(chosen) == len(wanted):
        _reckon(purchase, chosen, judged, typed)
    return purchase


def _reckon(
    purchase: Purchase, chosen: list[Pass], judged: QueryDict | None, typed: QueryDict | None
) -> None:
    event = purchase.event
    if len(chosen) == 1 and _is_waited_for(event, chosen[0]):
        purchase.is_waiting = True
        return
    try:
        purchase.sum = sum_of(chosen)
    except Invalid as refusal:
        purchase.problem = refusal
        return
    if not purchase.costs:
        return
    purchase.ways = ways_of(event, chosen)
    if not purchase.ways:
        words = _("These passes cannot be paid in one way. Order them one after the other.")
        purchase.problem = Invalid(words)
        return
    # A form that showed no sum asked for no invoice either.
    asked = judged if purchase.agreed else None
    purchase.billing = BillingForm(asked, ways=purchase.ways)
    if typed is not None and purchase.agreed:
        filled(purchase.billing, typed)
        purchase.billing.initial["way"] = typed.get("billing-way") or purchase.ways[0].value


def _is_waited_for(event: Event, each: Pass) -> bool:
    """True where a newcomer with this pass waits: for a seat of the event, or for the pass."""
    if not event.seats.has_seat_for_newcomer:
        return event.waitlist_enabled
    return each.has_line and not each.seats.has_seat_for_newcomer

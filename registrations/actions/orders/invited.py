"""An order for a pass to which somebody in line was invited: what the invitation holds is the order's, never free."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, InvitationGone
from events.models import Contact, Event, Sale
from events.retrying import action
from registrations import locks, rules
from registrations.actions.invoicing import within_invoice
from registrations.actions.journal import Journal
from registrations.actions.lines.answered import gone
from registrations.actions.lines.hindrances import refusals_of
from registrations.actions.lines.invitations import decline_offer
from registrations.actions.lines.joining import leave_line
from registrations.actions.lines.ordered import order_behind
from registrations.actions.lines.serving import attach_passes, step_back, tell_taken
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.orders.ending import cancel_held
from registrations.actions.orders.placing import line_of
from registrations.actions.targets import fresh, reread, seats_for
from registrations.actions.telling_payers import say_placed
from registrations.models import Activity, Order
from registrations.queries import standing_of
from registrations.rules.doors import ORDER_INVITATION
from registrations.rules.orders import checked_billing, frozen_terms, held_until, offer_of
from registrations.rules.people import Attendee
from waitlists.models import WaitlistItem

Way = Order.Way
_WAYS = (Way.ONLINE, Way.INVOICE)


@action
def order_invitation(
    item: WaitlistItem,
    payer: Attendee,
    *,
    way: Order.Way = Way.ONLINE,
    billing: Mapping[str, object] | None = None,
    key: uuid.UUID | None = None,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Order:
    """Order the pass to which somebody was invited; the seat and the pass held for them are held for the order now.

    They are held as long as those of any order, never beyond the event's start, and in no moment anybody else's. Others
    invited for the same seat are told, and are first in line again. Once it is paid the person is registered, and their
    place in line ends; an order that is over without being paid ends the place as a declined or expired invitation, and
    the next in line are invited. Ordered again while it is held, the same order is returned.
    Raises InvitationGone when the invitation was answered or its deadline has passed, Invalid where nothing has to be
    paid or for a way that is none, and what the one list says: Full where a pass that has got its price only since is
    sold out, NotLive for an event that was stopped.
    """
    at = at or timezone.now()
    payer.check()
    order = Order(way=way, placed_at=at, placed_by=actor.user, billing=checked_billing(billing))
    order.uuid = key or order.uuid
    if way not in _WAYS:
        raise Invalid(fields={"way": [_("Choose to pay online or by invoice.")]})
    with transaction.atomic(durable=True):
        people = locks.lock_attendees([payer, Attendee.of_contact(item.contact)])
        journal = Journal(actor, at, locks.lock_seats(seats_for([item])))
        mine = _invited(item, at)
        if ordered := order_behind(mine):
            return Order.objects.select_related("event", "payer").get(pk=ordered)
        order.payer = people[payer.email]
        _turn(journal, mine, order)
        journal.write()
        actor.done(order)
    settle_after_commit([mine.seats_id], [], at)
    return order


def _invited(item: WaitlistItem, at: datetime) -> WaitlistItem:
    """The invitation as it is under its locks, while it can be answered."""
    for mine in reread([item]):
        slot = mine.invitation_slot
        is_open = slot is not None and (slot.ordered_at is not None or slot.expires_at > at)
        if mine.session_id is None and is_open and not rules.has_begun(mine.event, at):
            return mine
    refused: InvitationGone = gone(WaitlistItem.objects.get(pk=item.pk))
    raise refused


def _turn(journal: Journal, item: WaitlistItem, order: Order) -> None:
    """Let the order hold what the invitation held. Needs: contacts, and the seat counts of event and pass."""
    event = fresh(item.event, journal.seats)
    assert isinstance(event, Event)
    assert item.invitation_slot is not None
    attach_passes(journal, [item])
    to_pay = rules.priced_pass_of(item)
    if to_pay is None:
        raise Invalid(_("Nothing has to be paid for this invitation. Accept it."))
    standing = standing_of(item.contact, event)
    rules.check(refusals_of(event, item, standing, journal.at, ORDER_INVITATION.seats), ORDER_INVITATION)
    sale, offer = Sale.of(event), offer_of([to_pay])
    order.event, order.currency, order.total = event, offer.currency, Decimal(offer.total)
    order.terms = frozen_terms(event, sale)
    order.held_until = min(held_until(event, sale, Way(order.way), journal.at), event.starts_at)
    order.save()
    others = step_back(journal, item, event)
    if item.invitation_slot.pass_seats_id is None:
        journal.move(Activity.Verb.RESERVED, to_pay, item.contact, held=1, detail={"order": order.pk})
    slot = item.invitation_slot
    slot.ordered_at, slot.expires_at = journal.at, order.held_until
    slot.save(update_fields=["ordered_at", "expires_at"])
    who = standing.registration
    assert who is not None
    attendee = Attendee(item.contact.email, who.first_name, who.last_name, language=item.contact.language)
    line_of(order, to_pay, attendee, item.contact).save()
    tell_taken(journal, others, event)
    say_placed(journal, order)
    within_invoice(journal, order)


def decline_invitation(
    item: WaitlistItem, *, contact: Contact, actor: Actor = ATTENDEE, at: datetime | None = None
) -> None:
    """End the contact's invitation; once nobody is left who was invited for the seat, the next in line are served.

    An order that was placed for it is cancelled with it, as long as nothing was paid. The ledger names whoever declined
    for them. Declining again is harmless. Raises NotYours for anybody else's, InvitationGone when it was answered or
    has expired.
    """
    ordered = _order_of(item)
    decline_offer(item, contact=contact, actor=actor, at=at)
    _cancel(ordered, actor, at)


def leave_waitlist(
    item: WaitlistItem, *, contact: Contact, actor: Actor = ATTENDEE, at: datetime | None = None
) -> None:
    """End the contact's own place in line, or their invitation; a seat held for them goes to the next.

    An order that was placed for the invitation is cancelled, as long as nothing was paid. Repeating is harmless. Raises
    NotYours for anybody else's item.
    """
    ordered = _order_of(item)
    leave_line(item, contact=contact, actor=actor, at=at)
    _cancel(ordered, actor, at)


def _order_of(item: WaitlistItem) -> int | None:
    return order_behind(WaitlistItem.objects.select_related("invitation_slot").get(pk=item.pk))


@action
def _cancel(order_id: int | None, actor: Actor, at: datetime | None) -> None:
    """Cancel the order that held what the invitation did; where that is killed, it ends when its time is over."""
    if order_id is not None:
        cancel_held(order_id, actor, at or timezone.now())

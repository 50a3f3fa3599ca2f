"""Invitations for a pass that is to be paid: while an order holds the seat, the invitation ends with the order."""

from __future__ import annotations

from collections.abc import Collection

from events.models import Contact, Event
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.models import OrderLine
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status


def within_order_over(
    journal: Journal, event: Event, contacts: Collection[Contact], *, has_expired: bool, payer_id: int
) -> None:
    """End the places in line from which an order came that is over without being paid; those behind are next.

    An order that ran out ends them as an invitation does that ran out, one that was cancelled as one that was declined.
    The payer is told of the order; whoever else it was for hears that the invitation has expired. Needs: the contacts,
    and the seat counts of the event and the passes.
    """
    ordered = WaitlistItem.objects.invited().filter(
        event=event, session=None, contact__in=contacts, invitation_slot__ordered_at__isnull=False
    )
    for item in ordered.select_related("contact", "event", "invitation_slot", "event_pass").in_line():
        status = Status.EXPIRED if has_expired else Status.DECLINED
        is_told = has_expired and item.contact_id != payer_id
        steps.end_invited(journal, item, event, status, event, is_told=is_told)


def order_behind(item: WaitlistItem) -> int | None:
    """The id of the order that holds what this invitation held; None while none was placed, or once it is over."""
    slot = item.invitation_slot
    if slot is None or slot.ordered_at is None:
        return None
    held = OrderLine.objects.filter(event=item.event_id, contact=item.contact_id, is_held=True)
    return held.values_list("order", flat=True).first()

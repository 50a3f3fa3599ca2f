"""An invitation that was answered already: by the same person, or by somebody who was quicker."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from events.errors import InvitationGone
from registrations.models import EventRegistration, SessionRegistration
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status


def seat_had_already(item: WaitlistItem) -> SessionRegistration | EventRegistration:
    """The seat that this place in line became, for a second click; raises InvitationGone, with what is true instead."""
    fresh = WaitlistItem.objects.get(pk=item.pk)
    if fresh.status == Status.REGISTERED and (seat := _seat(fresh)):
        return seat
    raise gone(fresh)


def gone(item: WaitlistItem) -> InvitationGone:
    """The refusal to somebody whose invitation has ended; whoever was beaten to the seat is in line still."""
    if item.status in {Status.WAITING, Status.ON_HOLD}:
        return InvitationGone(
            _("Somebody else was quicker. You keep your place in line, and need do nothing.")
        )
    return InvitationGone()


def _seat(item: WaitlistItem) -> SessionRegistration | EventRegistration | None:
    if item.session_id:
        seats = SessionRegistration.objects.active()
        return seats.filter(session=item.session_id, contact=item.contact_id).first()
    return EventRegistration.objects.confirmed().filter(event=item.event_id, contact=item.contact_id).first()

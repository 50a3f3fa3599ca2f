"""In which state a draw is, and what its acts read of it under their locks."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from events.errors import Closed, Invalid, NotOpenYet, RegistrationCancelled
from registrations import locks
from registrations.models import Draw, EventRegistration


def locked_draw(draw: Draw) -> Draw:
    """The draw as it is under its lock, without its file."""
    locks.lock_draw(draw.pk)
    return Draw.objects.without_file().select_related("event").get(pk=draw.pk)


def check_open(draw: Draw, at: datetime) -> None:
    """Raise NotOpenYet or Closed unless wishes may be said now."""
    data = {"opens_at": draw.opens_at, "closes_at": draw.closes_at}
    if draw.is_planned(at):
        raise NotOpenYet(_("Wishes for this draw cannot be said yet."), **data)
    if not draw.is_open(at):
        raise Closed(_("The wishes of this draw are closed: nothing can be changed any more."), **data)


def shared_open(draw_id: int, at: datetime) -> Draw:
    """The draw, kept open until the transaction ends. Needs: the contact. Raises what `check_open` raises."""
    locks.share_draws([draw_id])
    draw = Draw.objects.without_file().select_related("event").get(pk=draw_id)
    check_open(draw, at)
    return draw


def locked_registration(registration: EventRegistration, draw: Draw) -> EventRegistration:
    """The registration as it is once its contact is locked.

    Raises RegistrationCancelled where it has ended, Invalid where it is of another event or still waits for its seat.
    """
    locks.lock_contacts([registration.contact_id])
    fresh = EventRegistration.objects.select_related("contact", "event").get(pk=registration.pk)
    if fresh.is_cancelled:
        raise RegistrationCancelled
    if fresh.event_id != draw.event_id:
        raise Invalid(_("This draw is of another event."))
    if fresh.status != EventRegistration.Status.CONFIRMED:
        raise Invalid(_("You wait for a seat at the event itself. Wishes can be said once you have it."))
    return fresh

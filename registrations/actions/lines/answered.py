"""An invitation that was answered already: by the same person, or by somebody who was quicker."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import InvitationGone
from events.models import Event
from registrations import rules
from registrations.models import EventRegistration, SessionRegistration
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
_NOTHING_TO_JOIN = _("This invitation is no longer open, and its waitlist takes nobody any more.")


def seat_had_already(item: WaitlistItem) -> SessionRegistration | EventRegistration:
    """The seat that this place in line became, for a second click; raises InvitationGone, with what is true instead."""
    fresh = WaitlistItem.objects.get(pk=item.pk)
    if fresh.status == Status.REGISTERED and (seat := _seat(fresh)):
        return seat
    raise gone(fresh)


def gone(item: WaitlistItem) -> InvitationGone:
    """The refusal to somebody whose invitation has ended: what they have instead, or may do now."""
    now = timezone.now()
    if _seat(item):
        return InvitationGone(_("You have this seat already, and need do nothing."))
    if item.status in {Status.WAITING, Status.ON_HOLD}:
        return InvitationGone(
            _("Somebody else was quicker. You keep your place in line, and need do nothing.")
        )
    for other in _in_line_again(item):
        if other.status != Status.INVITED:
            return InvitationGone(
                _("This invitation is no longer open. You wait in line again, and need do nothing.")
            )
        if other.expires_at and other.expires_at > now:
            return InvitationGone(_("This invitation is no longer open. A newer one holds a seat for you."))
    return InvitationGone() if may_join(item.target, now) else InvitationGone(_NOTHING_TO_JOIN)


def may_join(target: Event | Session, at: datetime) -> bool:
    """True where whoever has lost an invitation may stand in line again: a line is kept, and nothing has closed."""
    refused = (
        rules.refusals_of_session(target, at=at)
        if isinstance(target, Session)
        else rules.refusals_to_open(target, at)
    )
    return target.waitlist_enabled and not any(refused)


def _in_line_again(item: WaitlistItem) -> QuerySet[WaitlistItem]:
    """What the person waits for in the same line since."""
    rows = WaitlistItem.objects.open().filter(contact=item.contact_id, event=item.event_id)
    return rows.filter(session=item.session_id).exclude(pk=item.pk)


def _seat(item: WaitlistItem) -> SessionRegistration | EventRegistration | None:
    if item.session_id:
        seats = SessionRegistration.objects.active()
        return seats.filter(session=item.session_id, contact=item.contact_id).first()
    return EventRegistration.objects.confirmed().filter(event=item.event_id, contact=item.contact_id).first()

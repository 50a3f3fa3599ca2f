"""Why a session cannot be had now, in the words that stand beside it."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.rules import SeatButton, refusals_to_drop
from registrations.rules.doors import Why
from registrations.rules.outcomes import names_at
from registrations.website.visitor import Visitor
from sessions_app.models import Session


def why_closed(button: SeatButton, visitor: Visitor) -> str:
    """One sentence about why the visitor may not claim this session now."""
    session, reason = button.session, button.reason
    if session.cancelled_at:
        return _("Cancelled")
    if session.has_started(visitor.at):
        return _("Has begun")
    if reason is None or reason.why not in _WHY_CLOSED:
        return reason.words.rstrip(".") if reason else _("Registration is closed")
    return str(_WHY_CLOSED[reason.why])


# Shorter, and to the visitor: the words beside a session of a list.
_WHY_CLOSED = {
    Why.NOT_IN_PASS: gettext_lazy("Not included in your pass"),
    Why.CAPACITY_MISSING: gettext_lazy("Not open yet"),
    Why.NOT_LIVE: gettext_lazy("Registration is closed"),
}


def clash_words(event_id: int, others: Collection[Session], *, may_drop: bool) -> tuple[str, str]:
    """What a session clashes with, in words; and why that cannot be given up here, where it cannot.

    `may_drop`: nobody holds a seat yet, so whatever is chosen may go.
    """
    words = _("Clashes with %(names)s") % {"names": names_at(event_id, others)}
    if any(other.event_id != event_id for other in others):
        return words, _("That seat is at another event. Give it up there first.")
    if any(any(refusals_to_drop(other, by_staff=False)) for other in others if not may_drop):
        return words, _("Only the organizer can change that one.")
    return words, ""

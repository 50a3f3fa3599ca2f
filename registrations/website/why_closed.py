"""Why a session cannot be had now, in the words that stand beside it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.rules import SeatButton
from registrations.rules.doors import Why
from registrations.website.visitor import Visitor


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

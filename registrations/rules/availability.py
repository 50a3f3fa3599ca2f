"""How a session stands to somebody new: one word, by the same list that every door asks."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.rules.refusals import refusals_of_session
from sessions_app.models import Session


class Availability(models.TextChoices):
    """What somebody new may expect of a session; the words of refusals are those of the outcomes."""

    OPEN = "open", _("There is a seat")
    WAITLIST = "waitlist", _("Fully booked, with a waitlist")
    FULL = "full", _("Fully booked")
    CLOSED = "closed", _("Registration is closed")
    NOT_OPEN_YET = "not_open_yet", _("Registration has not opened yet")
    NOT_LIVE = "not_live", _("Not open for registration")
    IN_DRAW = "in_draw", _("Its seats are drawn")
    CAPACITY_MISSING = "capacity_missing", _("Its capacity is not set")


def availability_of(session: Session, at: datetime) -> Availability:
    """The word for the session now. It carries its event and its seat count."""
    refused = next(refusals_of_session(session, at=at), None)
    if refused is not None:
        return Availability(refused.outcome.value)
    if session.seats.has_seat_for_newcomer:
        return Availability.OPEN
    return Availability.WAITLIST if session.waitlist_enabled else Availability.FULL

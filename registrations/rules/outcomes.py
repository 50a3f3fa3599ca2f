"""What became of each wish: the words that pages, API and imports share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from events.names import isolated
from sessions_app.models import Session


class Outcome(models.TextChoices):
    """What became of one line of an agenda."""

    REGISTERED = "registered", _("You have a seat")
    WAITLISTED = "waitlisted", _("You are on the waitlist")
    ON_HOLD = "on_hold", _("On hold until the event has a seat for you")
    ALREADY = "already", _("Nothing to change")
    DROPPED = "dropped", _("Given up")
    FULL = "full", _("Fully booked")
    CONFLICT = "conflict", _("Overlaps another session of yours")
    NOT_LIVE = "not_live", _("Not open for registration")
    NOT_OPEN_YET = "not_open_yet", _("Registration has not opened yet")
    CLOSED = "closed", _("Registration is closed")
    IN_DRAW = "in_draw", _("Its seats are drawn")
    CAPACITY_MISSING = "capacity_missing", _("Not open yet: its capacity is not set")
    NOT_IN_PASS = "not_in_pass", _("Not included in the pass")
    TRACK_LIMIT = "track_limit", _("As many of this track as one person may choose")
    SESSION_LIMIT = "session_limit", _("As many sessions as one person may choose")
    LOCKED = "locked", _("Only the organizer can change this")
    HARD_LIMIT = "hard_limit", _("The room's hard limit is reached")
    PAYMENT_REQUIRED = "payment_required", _("To be paid first")


SUCCESSES = frozenset(
    {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD, Outcome.ALREADY, Outcome.DROPPED}
)


class Mode(StrEnum):
    """What happens to the other lines when one is refused."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"


def names_at(event_id: int | None, sessions: Iterable[Session]) -> str:
    """The sessions' names for a sentence; what somebody holds at another event is nobody's business here."""
    every = list(sessions)
    found = [isolated(session.name) for session in every if session.event_id == event_id]
    return ", ".join(found if len(found) == len(every) else [*found, _t("a session at another event")])

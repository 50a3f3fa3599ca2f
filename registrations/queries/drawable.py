"""Sessions that a draw may take up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.models import Event
from registrations.models import Draw, DrawSession
from sessions_app.models import Session


def changes_to(draw: Draw, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of these values the draw has not yet: a record that is sent back as it was read changes nothing.

    A name that was left empty stays what it was.
    """
    values = {
        name: value for name, value in wanted.items() if name != "sessions" and (name, value) != ("name", "")
    }
    changes = {name: value for name, value in values.items() if getattr(draw, name) != value}
    sessions = wanted.get("sessions")
    if sessions is not None:
        own = set(draw.draw_sessions.values_list("session_id", flat=True))
        if own != {session.pk for session in sessions}:
            changes["sessions"] = sessions
    return changes


def may_be_drawn(event: Event, draw: Draw | None = None, at: datetime | None = None) -> QuerySet[Session]:
    """The event's sessions that people choose, that are ahead, and that are in no other draw which goes on.

    In the order of the programme, with their seats, places and tracks.
    """
    at = at or timezone.now()
    elsewhere = DrawSession.objects.filter(draw__event=event, is_running=True)
    if draw is not None:
        elsewhere = elsewhere.exclude(draw=draw)
    chosen = Session.objects.not_archived().filter(event=event, cancelled_at=None)
    chosen = chosen.exclude(selection_control=Session.SelectionControl.INCLUDED)
    ahead = chosen.filter(Q(starts_at=None) | Q(starts_at__gt=at)).exclude(pk__in=elsewhere.values("session"))
    return ahead.select_related("seats", "track", "room", "building").in_programme_order()

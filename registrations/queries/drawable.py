"""Sessions that a draw may take up."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.models import Event
from registrations.models import Draw, DrawSession
from sessions_app.models import Session


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

"""Rooms in which two sessions are at once."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from django.utils.translation import gettext as _

from events.models import Event
from sessions_app.models import Session


def rooms_used_twice(event: Event) -> list[str]:
    """Return a sentence for each pair of sessions that follow one another in a room before the first has ended.

    Other events in the same rooms count too; pairs that do not concern this event are left out.
    """
    rooms = Session.objects.filter(event=event, room__isnull=False).values("room")
    found = Session.objects.filter(
        room__in=rooms,
        starts_at__lt=event.ends_at,
        ends_at__gt=event.starts_at,
        cancelled_at=None,
        archived_at=None,
    ).select_related("room")
    by_room: dict[int | None, list[Session]] = defaultdict(list)
    for session in found.order_by("starts_at", "id"):
        by_room[session.room_id].append(session)
    return [
        _("%(room)s: “%(second)s” begins before “%(first)s” has ended.")
        % {"room": first.room, "first": first.name, "second": second.name}
        for sessions in by_room.values()
        for first, second in pairwise(sessions)
        if first.overlaps(second) and event.pk in (first.event_id, second.event_id)
    ]

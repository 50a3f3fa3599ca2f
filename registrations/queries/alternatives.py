"""What may be offered instead of a session that was refused (requirements D4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from sessions_app.models import Session

MOST_OFFERED = 3
LOOKED_AT = 40


def alternatives_to(
    session: Session, *, held: Collection[Session], at: datetime, leave_out: Collection[int] = ()
) -> list[Session]:
    """Up to three live sessions with a free seat that are not in `held` and clash with nothing there.

    Those of `leave_out` (ids) are not offered: what was asked for, or given up, in the same breath is no news.
    A repeat of the same session comes first, then the same track, then what is nearest in the programme.
    """
    known = {*leave_out, *(mine.pk for mine in held)}
    rows = _candidates(session, at).exclude(pk__in=known)
    candidates = rows.select_related("seats", "room", "track")[:LOOKED_AT]
    fitting = [other for other in candidates if not any(other.blocks(mine) for mine in held)]
    return fitting[:MOST_OFFERED]


def _candidates(session: Session, at: datetime) -> QuerySet[Session]:
    has_seat = Q(seats__capacity__gt=F("seats__taken") + F("seats__held") + F("seats__waiting"))
    unlimited = Q(seats__capacity=None, format=Session.Format.WEBINAR)
    rows = (
        Session.objects.live()
        .filter(has_seat | unlimited, event_id=session.event_id)
        .filter(Q(starts_at=None) | Q(starts_at__gt=at))
    )
    return rows.exclude(id=session.pk).order_by(_likeness(session), _nearness(session), "starts_at", "id")


def _likeness(session: Session) -> Case:
    return Case(
        When(name=session.name, then=Value(0)),
        When(track_id=session.track_id, track__isnull=False, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _nearness(session: Session) -> Case:
    """The same day before other days: sorting by distance would need arithmetic both databases do differently."""
    if session.starts_at is None:
        return Case(default=Value(0), output_field=IntegerField())
    start = cast(datetime, session.starts_at)
    near = Q(starts_at__range=(start - timedelta(hours=4), start + timedelta(hours=4)))
    same_day = Q(date=session.date)
    return Case(
        When(near, then=Value(0)),
        When(same_day, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )

"""A room cannot host two sessions at once without somebody noticing."""

from __future__ import annotations

from django.db.models import QuerySet

from sessions_app.models import Session


def double_bookings(session: Session) -> QuerySet[Session]:
    """Other sessions in the same room at the same time, of any event."""
    if session.room_id is None or session.starts_at is None or session.ends_at is None:
        return Session.objects.none()
    others = (
        Session.objects.not_archived()
        .filter(room_id=session.room_id, cancelled_at=None)
        .exclude(pk=session.pk)
    )
    return others.filter(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)

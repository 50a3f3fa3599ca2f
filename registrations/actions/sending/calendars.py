"""What a person's calendar was told, remembered so that every later mail can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from events.models import Contact
from registrations.models import CalendarEntry
from sessions_app.models import Session


def note_told(
    contact: Contact, sessions: Iterable[Session], *, is_cancelled: bool, at: datetime | None = None
) -> None:
    """Remember that a mail has put these sessions into the person's calendar, or taken them out."""
    told = [
        CalendarEntry(
            contact=contact,
            session=session,
            sequence=session.calendar_sequence,
            is_cancelled=is_cancelled,
            told_at=at or timezone.now(),
        )
        for session in sessions
    ]
    CalendarEntry.objects.bulk_create(
        told,
        update_conflicts=True,
        unique_fields=["contact", "session"],
        update_fields=["sequence", "is_cancelled", "told_at"],
    )

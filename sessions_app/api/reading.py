"""Sessions as the API reads them: few fixed statements, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from events.api.event_record import EventRecord
from events.models import Room
from registrations import sql
from registrations.rules.availability import availability_of
from sessions_app.api.session_record import SessionRecord
from sessions_app.models import SessionTrack, Speaker


def records_of(ids: Sequence[int], expanded: Collection[str], at: datetime) -> list[SessionRecord]:
    """The records of the sessions with these ids, in this order, with what these words of `expand` name."""
    records = [SessionRecord(session) for session in sql.sessions_listed(ids)]
    linked = sql.linked_to(ids)
    for record in records:
        record.availability = availability_of(record.row, at)
        record.speaker_ids, record.pass_ids, waiting = linked[record.id]
        record.waitlist_count = sum(waiting)
    for word in expanded:
        if word in _EXPAND:
            _EXPAND[word](records)
    return records


def _events(records: Sequence[SessionRecord]) -> None:
    known = {record.event_id: EventRecord(record.row.event) for record in records}
    for record in records:
        record.event_record = known[record.event_id]


def _tracks(records: Sequence[SessionRecord]) -> None:
    found = SessionTrack.objects.in_bulk({record.track_id for record in records if record.track_id})
    for record in records:
        record.track = found.get(record.track_id)


def _locations(records: Sequence[SessionRecord]) -> None:
    rooms = Room.objects.select_related("building").prefetch_related("layouts")
    found = rooms.in_bulk({record.room_id for record in records if record.room_id})
    for record in records:
        record.location = found.get(record.room_id)


def _speakers(records: Sequence[SessionRecord]) -> None:
    """Whole, in the order in which programmes name them."""
    ids = {pk for record in records for pk in record.speaker_ids}
    found = list(Speaker.objects.filter(pk__in=ids))
    for record in records:
        record.speakers = [speaker for speaker in found if speaker.pk in record.speaker_ids]


_EXPAND = {"event": _events, "track": _tracks, "location": _locations, "speakers": _speakers}

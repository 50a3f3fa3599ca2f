"""An event's programme by the names of schedule.json; `write_json` and `write_xml` put it into a file.

Reading an export back changes nothing: whatever is made up here for a session that has none of its own
(`default_data`) is known to the import and not taken for news.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.text import slugify

from events.models import Event, Room
from sessions_app.models import Session, SessionTrack, Speaker
from sessions_app.models.sessions import SessionQuerySet
from sessions_app.schedule.occurrences import MARK

GENERATOR = {"name": "Seatwise", "version": "0.1.0"}
# In `Session.external_data`, beside what the file says: what the import notes for itself.
OWN_NOTES = "_import"
_EMPTY_DATA: dict[str, Any] = {
    **dict.fromkeys(("logo", "subtitle", "language", "recording_license"), ""),
    "do_not_record": False,
    "links": [],
    "attachments": [],
}


def exportable(event: Event) -> SessionQuerySet:
    """Return the sessions that belong into a programme: with a time, neither cancelled nor deleted."""
    return Session.objects.filter(event=event, starts_at__isnull=False, cancelled_at=None, archived_at=None)


def programme(event: Event, sessions: SessionQuerySet, *, with_custom_fields: bool = False) -> dict[str, Any]:
    """Return the whole programme; runs three queries however many sessions there are.

    Custom fields are the desk's: they belong into no file that everybody can read.
    """
    found = list(
        sessions.select_related("room", "track")
        .prefetch_related("speakers")
        .order_by("starts_at", "name", "id")
    )
    for session in found:
        session.event = event
        if not with_custom_fields:
            session.custom_fields = {}
    by_day: dict[date, list[Session]] = {}
    for session in found:
        assert session.starts_at is not None
        by_day.setdefault(session.starts_at.astimezone(event.zone).date(), []).append(session)
    return {
        "url": _page("event_page", event.slug),
        "version": _version(event, found),
        "base_url": _page("event_page", event.slug),
        "conference": {
            **_conference(event),
            "daysCount": len(by_day),
            "tracks": [_track(track) for track in SessionTrack.objects.filter(event=event)],
            "rooms": _rooms(event, found),
            "days": [_day(event, index, *item) for index, item in enumerate(by_day.items(), start=1)],
        },
    }


def default_data(session: Session) -> dict[str, Any]:
    """Return what an export says about a session whose file said nothing about it."""
    return {
        "id": str(session.pk),
        "slug": f"{session.event.slug}-{session.pk}-{slugify(session.name)[:60]}".strip("-"),
        "url": _page("session_page", session.event.slug, session.uuid),
    }


def speaker_key(speaker: Speaker) -> str:
    """Return by what the order of speakers is kept."""
    return speaker.external_id or speaker.name


def _page(name: str, *arguments: Any) -> str:
    try:
        return settings.SITE_URL + reverse(name, args=arguments)
    except NoReverseMatch:
        return settings.SITE_URL


def _version(event: Event, sessions: Iterable[Session]) -> str:
    """Return when anything last changed, so that the same programme always has the same version."""
    changed = max([event.updated_at, *(session.updated_at for session in sessions)])
    return changed.astimezone(event.zone).strftime("%Y-%m-%d %H:%M:%S")


def _conference(event: Event) -> dict[str, Any]:
    building = event.building
    return {
        "acronym": event.external_id or event.slug,
        "title": event.name,
        "venue": building.name if building else "",
        "city": " ".join(building.address.split())[:120] if building else "",
        "start": event.starts_at.astimezone(event.zone).date().isoformat(),
        "end": event.ends_at.astimezone(event.zone).date().isoformat(),
        "timeslot_duration": "00:05",
        "time_zone_name": event.timezone,
        "url": _page("event_page", event.slug),
    }


def _track(track: SessionTrack) -> dict[str, str]:
    return {"name": track.name, "slug": slugify(track.name), "color": track.colour}


def _rooms(event: Event, sessions: Iterable[Session]) -> list[dict[str, Any]]:
    rooms: dict[str, Room] = {session.room.name: session.room for session in sessions if session.room}
    return [
        {
            "name": name,
            "slug": slugify(name),
            "guid": str(uuid.uuid5(event.uuid, name)),
            "description": room.directions,
            "capacity": room.capacity,
        }
        for name, room in sorted(rooms.items())
    ]


def _day(event: Event, index: int, day: date, sessions: list[Session]) -> dict[str, Any]:
    rooms: dict[str, list[dict[str, Any]]] = {}
    for session in sorted(sessions, key=lambda one: one.room.name if one.room else ""):
        rooms.setdefault(session.room.name if session.room else "", []).append(_session(session))
    starts = min(session.starts_at for session in sessions if session.starts_at)
    ends = max(session.ends_at for session in sessions if session.ends_at)
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": starts.astimezone(event.zone).isoformat(),
        "day_end": ends.astimezone(event.zone).isoformat(),
        "rooms": rooms,
    }


def _session(session: Session) -> dict[str, Any]:
    assert session.starts_at
    assert session.ends_at
    given = {key: value for key, value in session.external_data.items() if key != OWN_NOTES}
    data = {**_EMPTY_DATA, **default_data(session), **given}
    starts = session.starts_at.astimezone(session.event.zone)
    abstract, description = _texts(session)
    is_known_by_id = session.external_id in ("", given.get("id")) or MARK in session.external_id
    return {
        **data,
        "guid": str(session.uuid) if is_known_by_id else session.external_id,
        "date": starts.isoformat(),
        "start": starts.strftime("%H:%M"),
        "duration": _duration(session.ends_at - session.starts_at),
        "room": session.room.name if session.room else "",
        "title": session.name,
        "track": session.track.name if session.track else "",
        "type": session.kind,
        "abstract": abstract,
        "description": description,
        "persons": [_person(speaker) for speaker in _in_order(session)],
        **({"custom_fields": session.custom_fields} if session.custom_fields else {}),
    }


def _texts(session: Session) -> tuple[str, str]:
    """Return abstract and description, cut where the import joined them if that place is still there."""
    text = session.description
    cut = session.external_data.get(OWN_NOTES, {}).get("abstract", 0)
    if cut and text[cut : cut + 2] == "\n\n":
        return text[:cut], text[cut + 2 :]
    return text, ""


def _in_order(session: Session) -> list[Speaker]:
    """Return the speakers as the file had them, then the others by name."""
    order = session.external_data.get(OWN_NOTES, {}).get("persons", [])
    places = {key: place for place, key in enumerate(order)}
    speakers = sorted(session.speakers.all(), key=lambda speaker: (speaker.name, speaker.pk))
    return sorted(speakers, key=lambda speaker: places.get(speaker_key(speaker), len(places)))


def _person(speaker: Speaker) -> dict[str, Any]:
    known_by = speaker.external_id or str(speaker.pk)
    kind = "id" if known_by.isdecimal() else "guid" if _is_uuid(known_by) else "code"
    named = {"name": speaker.name, "public_name": speaker.name, "biography": speaker.biography}
    return {kind: known_by, **named}


def _is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _duration(length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    short = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{short}:{seconds:02}" if seconds else short

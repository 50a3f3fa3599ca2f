"""One session beside what the file says about it: which fields are to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.markdown import html_to_clean
from events.models import Event
from sessions_app.models import Session, Speaker
from sessions_app.schedule.capacities import Capacities
from sessions_app.schedule.export import OWN_NOTES, default_data, speaker_key
from sessions_app.schedule.references import Surroundings, one_line
from sessions_app.schedule.sessions import COMMON_DATA
from sessions_app.schedule.structure import Schedule, ScheduledSession


@dataclass
class Wanted:
    """The session as it is to become: its columns, its speakers and, where known, its capacity."""

    fields: dict[str, Any]
    speakers: list[Speaker] | None
    capacity: int | None


@dataclass
class Comparison:
    """The comparison of a file with the sessions that there are."""

    event: Event
    schedule: Schedule
    around: Surroundings
    capacities: Capacities
    keep_rooms: bool

    def __post_init__(self) -> None:
        self._knows_persons = any(session.persons for session in self.schedule.sessions)
        self._room_capacities = {room.name: room.capacity for room in self.schedule.rooms}

    def wanted(self, incoming: ScheduledSession, current: Session | None) -> Wanted:
        """Return the session as the file wants it; what the file leaves blank stays as it is here."""
        speakers = self.around.speakers_of(incoming.persons) if self._knows_persons else None
        notes = dict(current.external_data.get(OWN_NOTES, {})) if current else {}
        fields = {
            "external_id": _external_id(incoming, current),
            "name": _name(incoming, current),
            "starts_at": incoming.starts_at,
            "ends_at": incoming.ends_at,
            "date": incoming.starts_at.astimezone(current.zone if current else self.event.zone).date(),
            **self._place(incoming, current),
        }
        if incoming.track:
            fields["track_id"] = self.around.tracks[incoming.track].pk
        if incoming.kind:
            fields["kind"] = incoming.kind
        if incoming.text:
            fields["description"], notes["abstract"] = _text(incoming, current)
        if speakers is not None:
            notes["persons"] = _order(speakers)
        capacity = self._capacity(incoming, current, fields)
        if capacity is not None:
            notes["capacity"] = capacity
        fields["external_data"] = _data(incoming, current, notes)
        if current is None:
            # Afterwards they belong to the desk.
            fields["custom_fields"] = incoming.custom_fields
        return Wanted(fields, speakers, capacity)

    def _place(self, incoming: ScheduledSession, current: Session | None) -> dict[str, Any]:
        if not incoming.room:
            return {}
        if current and self.keep_rooms and current.room and one_line(current.room.name) == incoming.room:
            return {}
        room = self.around.rooms[incoming.room]
        if current and current.room_id == room.pk:
            return {}
        return {"building_id": room.building_id, "room_id": room.pk, "layout_id": None}

    def _capacity(
        self, incoming: ScheduledSession, current: Session | None, fields: dict[str, Any]
    ) -> int | None:
        """Return the capacity to give, or None to leave it as it is.

        A session that is new or moves to another room takes what its room has. Else only what was asked for
        counts, and only where nobody has set a capacity by hand since the last import.
        """
        room = incoming.room
        listed = self.capacities.of_room(room)
        known = self.around.rooms[room] if room else None
        of_room = known.capacity if known else None
        choices = [listed, self._room_capacities.get(room), of_room, self.capacities.default]
        if current is None or "room_id" in fields:
            return _first([*choices, known.building.capacity if known else None])
        given = current.external_data.get(OWN_NOTES, {}).get("capacity")
        is_ours = current.seats.capacity is None or current.seats.capacity == given
        asked = listed if self.capacities.default is None else _first(choices)
        return asked if is_ours and asked != current.seats.capacity else None


def _first(choices: list[int | None]) -> int | None:
    return next((choice for choice in choices if choice is not None), None)


def _name(incoming: ScheduledSession, current: Session | None) -> str:
    return current.name if current and one_line(current.name) == incoming.name else incoming.name


def _external_id(incoming: ScheduledSession, current: Session | None) -> str:
    """Return by what the session is known: the file's guid, also for one known by its id until now."""
    if current is None:
        return incoming.external_id
    is_known_by_id = current.external_id and current.external_id == current.external_data.get("id")
    is_our_own_name = incoming.external_id == str(current.uuid)
    if incoming.guid and is_known_by_id and not is_our_own_name:
        return incoming.external_id
    return current.external_id


def _text(incoming: ScheduledSession, current: Session | None) -> tuple[str, int]:
    """Return the description as we keep it and the length of the abstract in it, 0 when it is but one text."""
    if current and current.description.replace("\r\n", "\n").strip() == incoming.text:
        parts = [incoming.abstract.strip(), incoming.description.strip()]
        text = current.description
    else:
        parts = [html_to_clean(incoming.abstract), html_to_clean(incoming.description)]
        text = "\n\n".join(part for part in parts if part)
    return text, len(parts[0]) if all(parts) else 0


def _order(speakers: list[Speaker]) -> list[str]:
    """Return the order of the speakers where it is not the alphabet's."""
    in_order = [speaker_key(speaker) for speaker in speakers]
    by_name = sorted(speakers, key=lambda speaker: (speaker.name, speaker.pk))
    return [] if speakers == by_name else in_order


def _data(incoming: ScheduledSession, current: Session | None, notes: dict[str, Any]) -> dict[str, Any]:
    """Return everything else the file says, beside what only an earlier file of another format knew."""
    stored = current.external_data if current else {}
    made_up = default_data(current) if current else {}
    kept = {key: value for key, value in stored.items() if key not in COMMON_DATA and key != OWN_NOTES}
    news = {key: value for key, value in incoming.data.items() if key in stored or value != made_up.get(key)}
    own = {key: value for key, value in notes.items() if value or (value == 0 and key == "capacity")}
    return {**kept, **news, **({OWN_NOTES: own} if own else {})}

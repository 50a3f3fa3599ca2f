"""References of sessions: rooms, tracks and speakers of one event, found or made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from events.findings import NOWHERE, Done, Finding
from events.markdown import html_to_clean
from events.models import Event, Room
from sessions_app.models import Session, SessionTrack, Speaker
from sessions_app.schedule.buildings import building_of
from sessions_app.schedule.capacities import Capacities
from sessions_app.schedule.report import ImportReport
from sessions_app.schedule.structure import Person, Schedule


@dataclass
class Surroundings:
    """Rooms and tracks by name, speakers by ID or, where the file gives none, by name."""

    rooms: dict[str, Room] = field(default_factory=dict)
    tracks: dict[str, SessionTrack] = field(default_factory=dict)
    speakers: dict[str, Speaker] = field(default_factory=dict)

    def speakers_of(self, persons: tuple[Person, ...]) -> list[Speaker]:
        """Return the speakers of a session in the file's order."""
        return list(dict.fromkeys(self.speakers[_key(person)] for person in persons))


def _key(person: Person) -> str:
    return f"id:{person.external_id}" if person.external_id else f"name:{person.name}"


def one_line(text: str) -> str:
    """Return a name as files have it: single spaces."""
    return " ".join(text.split())


def find_or_make(
    schedule: Schedule, event: Event, building_name: str, capacities: Capacities, report: ImportReport
) -> Surroundings:
    """Return everything the sessions need, with new rows for what is new."""
    return Surroundings(
        rooms=_rooms(schedule, event, building_name, capacities, report),
        tracks=_tracks(schedule, event, report),
        speakers=_speakers(schedule, event, report),
    )


def _rooms(
    schedule: Schedule, event: Event, building_name: str, capacities: Capacities, report: ImportReport
) -> dict[str, Room]:
    """Return the rooms by name, those without a session left out.

    A room that the event's sessions use stays in the building it is in.
    """
    found = {} if building_name else _rooms_in_use(event)
    used = {session.room for session in schedule.sessions}
    wanted = [room for room in schedule.rooms if room.name in used]
    unknown = [room for room in wanted if room.name not in found]
    if unknown:
        building = building_of(schedule, event, building_name)
        rooms = Room.objects.filter(building=building).select_related("building")
        found.update({one_line(room.name): room for room in rooms})
        new = [Room(building=building, name=room.name) for room in unknown if room.name not in found]
        found.update({room.name: room for room in Room.objects.bulk_create(new)})
        report.rooms += len(new)
    for room in wanted:
        _set_capacity(found[room.name], capacities.of_room(room.name), room.capacity)
    return {room.name: found[room.name] for room in wanted}


def _rooms_in_use(event: Event) -> dict[str, Room]:
    used = Session.objects.filter(event=event, archived_at=None, room__isnull=False).values("room")
    rooms = Room.objects.filter(pk__in=used).select_related("building").order_by("-id")
    return {one_line(room.name): room for room in rooms}


def _set_capacity(room: Room, listed: int | None, in_file: int | None) -> None:
    """Note how many fit: what the list says always, what the programme says where nothing is known."""
    wanted = listed
    if wanted is None:
        wanted = in_file if room.capacity is None else room.capacity
    if room.capacity != wanted:
        room.capacity = wanted
        room.save(update_fields=["capacity", "updated_at"])


def _tracks(schedule: Schedule, event: Event, report: ImportReport) -> dict[str, SessionTrack]:
    """Return the tracks by name; order and colours of those that are there are the organizer's."""
    found = {one_line(track.name): track for track in SessionTrack.objects.filter(event=event)}
    new = [
        SessionTrack(event=event, name=track.name, colour=track.colour, position=position)
        for position, track in enumerate(schedule.tracks, start=1)
        if track.name not in found
    ]
    report.tracks += len(new)
    found.update({track.name: track for track in SessionTrack.objects.bulk_create(new)})
    return found


def _speakers(schedule: Schedule, event: Event, report: ImportReport) -> dict[str, Speaker]:
    persons: dict[str, Person] = {}
    for session in schedule.sessions:
        for person in session.persons:
            persons.setdefault(_key(person), person)
    known = _Known(list(Speaker.objects.filter(event=event)), list(persons.values()))
    found: dict[str, Speaker] = {}
    new: list[Speaker] = []
    for key, person in persons.items():
        speaker = known.match(person)
        if speaker is None:
            speaker = Speaker(event=event, external_id=known.free_id(person), name=person.name)
            speaker.biography = html_to_clean(person.biography or "")
            new.append(speaker)
        else:
            report.speakers += _update(speaker, person, known.free_id(person))
        found[key] = speaker
    report.speakers += len(new)
    Speaker.objects.bulk_create(new)
    report.findings.extend(known.given_out_again(persons.values()))
    return found


class _Known:
    """The event's speakers; each is matched once by ID, else by a name that nobody else has."""

    def __init__(self, speakers: list[Speaker], persons: list[Person]) -> None:
        self._by_id = {speaker.external_id: speaker for speaker in speakers if speaker.external_id}
        # As they were before this import, which may change them.
        self._names = {one: speaker.name for one, speaker in self._by_id.items()}
        same = {person.external_id for person in persons if self._of_id(person)}
        self._by_name: dict[str, list[Speaker]] = defaultdict(list)
        for speaker in speakers:
            if speaker.external_id not in same:
                self._by_name[one_line(speaker.name)].append(speaker)

    def match(self, person: Person) -> Speaker | None:
        """Return the speaker that this person is, if it is known."""
        if by_id := self._of_id(person):
            return by_id
        same_name = self._by_name[person.name]
        exported = [speaker for speaker in same_name if str(speaker.pk) == person.external_id]
        if not exported and len(same_name) != 1:
            return None
        mine = (exported or same_name)[0]
        same_name.remove(mine)
        return mine

    def free_id(self, person: Person) -> str:
        """Return the person's ID, nothing where another speaker of the event has it."""
        return "" if person.external_id in self._by_id else person.external_id

    def given_out_again(self, persons: Iterable[Person]) -> Iterator[Finding]:
        """Yield which IDs were somebody else's, so that their persons are known by name."""
        for person in persons:
            if person.external_id in self._by_id and not self._of_id(person):
                yield Finding(
                    NOWHERE,
                    _("the ID %(id)s was that of “%(other)s”; “%(name)s” is known by name.")
                    % {
                        "id": person.external_id,
                        "other": self._names[person.external_id],
                        "name": person.name,
                    },
                    Done.REPAIRED,
                )

    def _of_id(self, person: Person) -> Speaker | None:
        """Return the speaker of that ID, None where the number was given out again: two names share no word."""
        speaker = self._by_id.get(person.external_id)
        if speaker is None or not person.external_id.isdecimal():
            return speaker
        words = set(self._names[person.external_id].casefold().split())
        return speaker if words & set(person.name.casefold().split()) else None


def _update(speaker: Speaker, person: Person, free_id: str) -> int:
    """Bring a speaker up to date, with the ID if it is free, and return 1 if anything changed."""
    name = speaker.name if one_line(speaker.name) == person.name else person.name
    wanted = {"name": name, "biography": speaker.biography, "external_id": speaker.external_id}
    if free_id not in ("", str(speaker.pk)):
        wanted["external_id"] = free_id
    if person.biography and person.biography.strip() != speaker.biography:
        wanted["biography"] = html_to_clean(person.biography)
    changed = [name for name, value in wanted.items() if getattr(speaker, name) != value]
    for name in changed:
        setattr(speaker, name, wanted[name])
    if changed:
        speaker.save(update_fields=[*changed, "updated_at"])
    return int(bool(changed))

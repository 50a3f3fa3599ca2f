"""What decides about scans, read for many of them in a few statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from registrations import door_codes, rules
from registrations.models import (
    AttendeePass,
    CheckIn,
    DoorDevice,
    DoorScan,
    EventRegistration,
    SessionRegistration,
)
from registrations.queries import house_of
from registrations.rules.scans import Scan
from sessions_app.models import Session
from waitlists.models import WaitlistItem

DoorKey = tuple[int, int | None]


@dataclass
class ScanFacts:
    """The people, doors and entries that scans are about; all of it as it is under the contacts' locks."""

    device: DoorDevice
    registrations: dict[int, EventRegistration]
    by_code: dict[str, EventRegistration]
    by_uuid: dict[uuid.UUID, EventRegistration]
    # By contact, of those with a cancelled one.
    live: dict[int, EventRegistration]
    # Codes of people at other events.
    foreign: set[str]
    sessions: dict[uuid.UUID, Session]
    # The doors at which the device stands.
    own_doors: set[int | None]
    known: dict[uuid.UUID, DoorScan]
    # Scans that were taken back before they arrived.
    undone: set[uuid.UUID]
    # Nonces of entries, by which a scan that is none of ours cannot be kept.
    taken: set[uuid.UUID]
    entries: dict[DoorKey, list[CheckIn]] = field(default_factory=lambda: defaultdict(list))
    held: dict[int, list[Session]] = field(default_factory=lambda: defaultdict(list))
    by_pass: set[DoorKey] = field(default_factory=set)
    # Who waits for a session, by contact.
    waiting: set[DoorKey] = field(default_factory=set)
    # By entry, the scans of phones that let the person in, where an entry may be taken back.
    seen: dict[int, list[DoorScan]] = field(default_factory=lambda: defaultdict(list))
    # Who is inside the sessions at whose doors standby is open.
    houses: dict[int, rules.House] = field(default_factory=dict)

    @classmethod
    def about(cls, device: DoorDevice, scans: Sequence[Scan], at: datetime) -> ScanFacts:
        """Return the facts that these scans need. Needs: the contacts of `people_of`."""
        nonces = {scan.nonce for scan in scans}
        known = _known(nonces | {scan.of for scan in scans if scan.of})
        named = _named(device, scans, known.values())
        doors = {scan.door for scan in scans if scan.door}
        sessions = Session.objects.filter(event=device.event_id, uuid__in=doors).select_related("seats")
        own = device.sessions if device.is_limited else device.event.sessions
        own_doors: set[int | None] = set(own.filter(uuid__in=doors).values_list("pk", flat=True))
        codes = {code for scan in scans if (code := door_codes.read(scan.code))}
        by_code = {row.door_code: row for row in named if row.door_code}
        foreign = EventRegistration.objects.exclude(event=device.event_id).filter(
            door_code__in=codes - by_code.keys()
        )
        undoing = DoorScan.objects.filter(kind=DoorScan.Kind.UNDO, of__in=nonces)
        found = cls(
            device,
            {row.pk: row for row in named},
            by_code,
            {row.uuid: row for row in named},
            {row.contact_id: row for row in named if not row.is_cancelled},
            {code for code in foreign.values_list("door_code", flat=True) if code},
            {session.uuid: session for session in sessions},
            own_doors if device.is_limited else own_doors | {None},
            known,
            {nonce for nonce in undoing.values_list("of", flat=True) if nonce},
            set(CheckIn.objects.filter(nonce__in=nonces).values_list("nonce", flat=True)),
        )
        found._read_what_they_have()
        if any(scan.kind == DoorScan.Kind.UNDO for scan in scans):
            found._read_who_saw_them()
        for session in found.sessions.values():
            session.event = device.event
            if rules.is_standby_open(session, at):
                found.houses[session.pk] = house_of(session)
        return found

    def _read_who_saw_them(self) -> None:
        entries = [entry.pk for each in self.entries.values() for entry in each]
        rows = DoorScan.objects.filter(check_in__in=entries, kind=DoorScan.Kind.IN, was_admitted=True)
        taken_back = DoorScan.objects.filter(kind=DoorScan.Kind.UNDO, of=OuterRef("nonce"))
        for row in rows.filter(~Exists(taken_back)):
            self.seen[row.check_in_id or 0].append(row)

    def first_of(self, entry: CheckIn, new: Iterable[DoorScan]) -> DoorScan | None:
        """The earliest scan, of those known and of the `new`, that let the person in by this entry and still stands."""
        seen = self.seen[entry.pk or 0] + [each for each in new if each.check_in is entry]
        standing = [
            each
            for each in seen
            if each.kind == DoorScan.Kind.IN and each.was_admitted and each.nonce not in self.undone
            if entry.left_at is None or each.scanned_at <= entry.left_at
        ]
        return min(standing, key=lambda each: each.scanned_at, default=None)

    def is_foreign(self, scan: Scan) -> bool:
        """True for the code of somebody at another event."""
        return door_codes.read(scan.code) in self.foreign

    def of(self, scan: Scan) -> EventRegistration | None:
        """The registration that was scanned or chosen; of somebody who cancelled and came back, the one that counts."""
        if scan.registration is not None:
            found = self.by_uuid.get(scan.registration)
        else:
            found = self.by_code.get(door_codes.read(scan.code) or "")
        return self.live.get(found.contact_id, found) if found and found.is_cancelled else found

    def _read_what_they_have(self) -> None:
        mine = {"event_registration__in": self.registrations}
        for entry in CheckIn.objects.filter(**mine).order_by("checked_in_at", "id"):
            entry.event_registration = self.registrations[entry.event_registration_id]
            self.entries[(entry.event_registration_id, entry.session_id)].append(entry)
        contacts = {row.contact_id for row in self.registrations.values()}
        rows = SessionRegistration.objects.active().filter(
            contact__in=contacts, session__event=self.device.event_id
        )
        seats = list(rows.values_list("contact_id", "session_id"))
        sessions = Session.objects.select_related("room", "building").in_bulk({pk for _who, pk in seats})
        for contact_id, session_id in seats:
            self.held[contact_id].append(sessions[session_id])
        doors = [session.pk for session in self.sessions.values()]
        passes = AttendeePass.objects.filter(**mine, cancelled_at=None, event_pass__sessions__in=doors)
        self.by_pass.update(passes.values_list("event_registration_id", "event_pass__sessions"))
        line = WaitlistItem.objects.open().filter(contact__in=contacts, session__in=doors)
        self.waiting.update(line.values_list("contact_id", "session_id"))


def people_of(device: DoorDevice, scans: Sequence[Scan]) -> set[int]:
    """Return the contacts of everybody whom these scans are about."""
    of_known = {scan.of for scan in scans if scan.of} | {scan.nonce for scan in scans}
    known = DoorScan.objects.filter(nonce__in=of_known).exclude(event_registration=None)
    contacts = set(known.values_list("event_registration__contact_id", flat=True))
    return contacts | set(_rows(device, scans).values_list("contact_id", flat=True))


def _named(device: DoorDevice, scans: Sequence[Scan], known: Iterable[DoorScan]) -> list[EventRegistration]:
    rows = _rows(device, scans, {row.event_registration_id for row in known if row.event_registration_id})
    named = list(rows.select_related("contact"))
    gone = {row.contact_id for row in named if row.is_cancelled}
    back = EventRegistration.objects.active().filter(event=device.event_id, contact__in=gone)
    known_already = {row.pk for row in named}
    named += back.exclude(pk__in=known_already).select_related("contact")
    for row in named:
        row.event = device.event
    return named


def _rows(
    device: DoorDevice, scans: Sequence[Scan], more: Collection[int] = ()
) -> QuerySet[EventRegistration]:
    codes = {code for scan in scans if (code := door_codes.read(scan.code))}
    chosen = {scan.registration for scan in scans if scan.registration}
    rows = EventRegistration.objects.filter(event=device.event_id)
    return rows.filter(door_code__in=codes) | rows.filter(uuid__in=chosen) | rows.filter(pk__in=more)


def _known(nonces: Collection[uuid.UUID]) -> dict[uuid.UUID, DoorScan]:
    rows = DoorScan.objects.filter(nonce__in=nonces).select_related("check_in", "session")
    return {row.nonce: row for row in rows}

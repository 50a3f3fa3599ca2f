"""Scans taken one after the other, in the order in which they were made, and written in sets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from events.actors import Actor
from events.errors import AnotherSession, NotRegistered, Refusal
from registrations import rules
from registrations.actions.journal import Journal
from registrations.actions.staff._scan_facts import ScanFacts
from registrations.actions.staff.absent import within_all_came
from registrations.models import Activity, CheckIn, DoorScan, EventRegistration
from registrations.rules.scans import LOOK_AT, Answer, Kind, Look, Scan, Verdict
from sessions_app.models import Session

Verb = Activity.Verb


@dataclass
class Merge:
    """The scans of one transaction, and what follows from them. Needs: the contacts of all whom they are about."""

    facts: ScanFacts
    at: datetime
    # What standby said to whoever asked for one of its seats.
    given: Mapping[uuid.UUID, Refusal] = field(default_factory=dict)
    verdicts: dict[uuid.UUID, Verdict] = field(default_factory=dict)
    rows: dict[uuid.UUID, DoorScan] = field(default_factory=dict)
    came: list[CheckIn] = field(default_factory=list)
    changed: dict[int, CheckIn] = field(default_factory=dict)
    # Entries of which another scan was told to be the first, and is not any more.
    overtaken: list[int] = field(default_factory=list)
    # Scans that are the first of their entry again, since an earlier one was taken back.
    first_again: list[DoorScan] = field(default_factory=list)
    lines: list[tuple[Activity.Verb, CheckIn, Session | None, dict[str, str]]] = field(default_factory=list)

    def take(self, scan: Scan, moment: datetime, *, is_unsure: bool) -> None:
        """Give the scan its verdict: that which it had, if it is known."""
        if scan.nonce in self.verdicts:
            return
        known = self.facts.known.get(scan.nonce)
        if known is not None:
            self.verdicts[scan.nonce] = self._again(known)
            return
        row = self._row(scan, moment)
        verdict = Verdict(scan.nonce, Answer.UNKNOWN_CODE, row.event_registration, session=row.session)
        self._decide(scan, row, verdict)
        if is_unsure and not verdict.to_look_at:
            verdict.to_look_at = Look.CLOCK_OFF
        row.outcome, row.to_look_at = str(verdict.outcome), str(verdict.to_look_at)
        self.verdicts[scan.nonce], self.rows[scan.nonce] = verdict, row

    def write(self) -> None:
        """Write entries, scans and ledger."""
        # First: who left has to be out before they come in anew.
        CheckIn.objects.bulk_update(
            self.changed.values(), ["checked_in_at", "left_at", "undone_at", "updated_at"], batch_size=200
        )
        CheckIn.objects.bulk_create(self.came)
        for row in self.rows.values():
            # Only now has a new entry its id.
            row.check_in_id = row.check_in.pk if row.check_in else None
        self._tell_overtaken()
        DoorScan.objects.bulk_create(self.rows.values())
        self._write_ledger()

    def _row(self, scan: Scan, moment: datetime) -> DoorScan:
        device, registration = self.facts.device, self.facts.of(scan)
        # What named nobody is kept as well as what was read.
        chosen = str(scan.registration) if scan.registration and registration is None else ""
        return DoorScan(
            nonce=scan.nonce,
            event=device.event,
            session=self.facts.sessions.get(scan.door) if scan.door else None,
            device=device,
            code=_plain(scan.code or chosen),
            event_registration=registration,
            kind=scan.kind,
            of=scan.of,
            scanned_at=moment,
            received_at=self.at,
            was_offline=scan.offline,
            was_admitted=scan.admitted,
            reason=_plain(scan.reason),
        )

    def _decide(self, scan: Scan, row: DoorScan, verdict: Verdict) -> None:
        if scan.kind == Kind.UNDO:
            self._take_back(row, verdict)
            return
        registration = row.event_registration
        is_own_door = (scan.door is None or row.session is not None) and (
            row.session_id in self.facts.own_doors
        )
        if registration is not None and is_own_door:
            take = self._let_out if scan.kind == Kind.OUT else self._let_in
            take(scan, registration, row, verdict)
            return
        if registration is not None:
            verdict.outcome = Answer.NOT_THIS_DOOR
        elif self.facts.is_foreign(scan):
            verdict.outcome = Answer.ANOTHER_EVENT
        if scan.admitted and scan.kind == Kind.IN:
            verdict.to_look_at = LOOK_AT[verdict.outcome]

    def _let_in(self, scan: Scan, registration: EventRegistration, row: DoorScan, verdict: Verdict) -> None:
        if scan.nonce in self.facts.undone:
            verdict.outcome = Answer.UNDONE
            return
        inside = self._inside(row)
        if inside is not None and inside.nonce == row.nonce:
            # By standby, a moment ago.
            verdict.outcome, verdict.since, row.check_in = Answer.ADMITTED, inside.checked_in_at, inside
            return
        if inside is not None and inside.checked_in_at <= row.scanned_at:
            verdict.outcome, verdict.since, row.check_in = Answer.ALREADY_IN, inside.checked_in_at, inside
            if scan.admitted:
                verdict.to_look_at = Look.LET_IN_TWICE
            return
        refused = self.given.get(row.nonce) or self._refused(registration, row.session)
        why = scan.reason.strip() if scan.override and self.facts.device.may_override else ""
        may_enter = refused is None or (why and rules.may_be_overridden(refused))
        if scan.admitted or (may_enter and not scan.offline):
            self._enter(row, verdict, inside, refused, why)
            return
        # The screen sent them away; whatever is true by now, nobody came in.
        if refused is None:
            verdict.outcome, verdict.to_look_at = Answer.TURNED_AWAY, Look.TURNED_AWAY
            return
        verdict.outcome, verdict.said = refused.code, str(self.given.get(row.nonce, ""))
        verdict.elsewhere = self._elsewhere(registration, row.session, verdict.outcome)
        if isinstance(refused, NotRegistered | AnotherSession) and self._waits(registration, row.session):
            verdict.outcome = Answer.STANDBY

    def _enter(
        self, row: DoorScan, verdict: Verdict, later: CheckIn | None, refused: Refusal | None, why: str
    ) -> None:
        verdict.outcome, verdict.since = Answer.ADMITTED, row.scanned_at
        if refused is not None and not why:
            verdict.to_look_at = LOOK_AT.get(refused.code, Look.LET_IN_REFUSED)
        if later is not None:
            row.check_in = later
            later.checked_in_at = row.scanned_at
            self.overtaken.append(later.pk)
            self._change(Verb.CHECK_IN_CORRECTED, later, row)
            return
        device = self.facts.device
        where = "offline by" if row.was_offline else "by"
        entry = row.check_in = CheckIn(
            event=device.event,
            event_registration=row.event_registration,
            session=row.session,
            checked_in_at=row.scanned_at,
            recorded_at=self.at,
            device=device,
            was_offline=row.was_offline,
            nonce=uuid.uuid4() if row.nonce in self.facts.taken else row.nonce,
            is_override=refused is not None,
            reason=_plain(why or f"let in {where} {device.name}") if refused else "",
        )
        self.came.append(entry)
        self._all(row).append(entry)
        verb = Verb.ADMITTED_ALL_THE_SAME if refused else Verb.CHECKED_IN
        self.lines.append((verb, entry, row.session, {"refused": refused.code} if refused else {}))

    def _let_out(
        self, _scan: Scan, _registration: EventRegistration, row: DoorScan, verdict: Verdict
    ) -> None:
        came = [entry for entry in self._entries(row) if entry.checked_in_at <= row.scanned_at]
        entry = max(came, key=lambda entry: entry.checked_in_at, default=None)
        if entry is None:
            verdict.outcome = Answer.NOT_INSIDE
            return
        row.check_in, verdict.outcome, verdict.since = entry, Answer.OUT, entry.checked_in_at
        if entry.left_at is None:
            entry.left_at = row.scanned_at
            self._change(Verb.CHECKED_OUT, entry, row)

    def _take_back(self, row: DoorScan, verdict: Verdict) -> None:
        of = self.rows.get(row.of) or self.facts.known.get(row.of) if row.of else None
        if of is None:
            # What it takes back has not arrived yet, and will be known as taken back.
            verdict.outcome = Answer.UNDONE if row.of else Answer.NOT_UNDONE
            self.facts.undone.update({row.of} if row.of else ())
            return
        row.event_registration_id = of.event_registration_id
        row.session, verdict.session = of.session, of.session
        verdict.registration = self.facts.registrations.get(of.event_registration_id or 0)
        entry = self._own(of)
        verdict.outcome = Answer.UNDONE if entry and of.outcome == Answer.ADMITTED else Answer.NOT_UNDONE
        if entry and verdict.outcome == Answer.UNDONE:
            row.check_in = entry
            self.facts.undone.add(of.nonce)
            if entry.undone_at is None:
                self._end(entry, row)

    def _end(self, entry: CheckIn, row: DoorScan) -> None:
        """Take the entry back; if another phone let the person in as well, it begins with that scan instead."""
        first = self.facts.first_of(entry, self.rows.values())
        if first is None:
            entry.undone_at = self.at
            self._change(Verb.CHECK_IN_UNDONE, entry, row)
            return
        entry.checked_in_at = first.scanned_at
        self.first_again.append(first)
        self._change(Verb.CHECK_IN_CORRECTED, entry, row)

    def _own(self, scan: DoorScan) -> CheckIn | None:
        """The entry of a scan, as it is in this transaction."""
        if scan.check_in is None or scan.check_in.pk is None:
            return scan.check_in
        return next((entry for entry in self._all(scan) if entry.pk == scan.check_in_id), None)

    def _inside(self, row: DoorScan) -> CheckIn | None:
        """The entry that lasted beyond the scan, begun before or after it."""
        lasting = [
            entry for entry in self._entries(row) if entry.left_at is None or entry.left_at > row.scanned_at
        ]
        return min(lasting, key=lambda entry: entry.checked_in_at, default=None)

    def _refused(self, registration: EventRegistration, session: Session | None) -> Refusal | None:
        """What the one list of rules says, None where it says nothing."""
        has_pass = session is not None and (registration.pk, session.pk) in self.facts.by_pass
        held = self.facts.held[registration.contact_id]
        house = self._house(session)
        found = rules.refusals_to_enter(registration, session, held, has_pass_for_it=has_pass, house=house)
        return next(iter(found), None)

    def _house(self, session: Session | None) -> rules.House | None:
        """Who is inside, with those who have just come."""
        house = self.facts.houses.get(session.pk) if session else None
        if house is None or session is None:
            return None
        new = sum(entry.session_id == session.pk and entry.left_at is None for entry in self.came)
        return replace(house, inside=house.inside + new)

    def _waits(self, registration: EventRegistration, session: Session | None) -> bool:
        return session is not None and (registration.contact_id, session.pk) in self.facts.waiting

    def _elsewhere(
        self, registration: EventRegistration, session: Session | None, outcome: str
    ) -> list[Session]:
        if outcome != Answer.ANOTHER_SESSION or session is None:
            return []
        return [mine for mine in self.facts.held[registration.contact_id] if mine.overlaps(session)]

    def _again(self, known: DoorScan) -> Verdict:
        """The verdict that a scan had."""
        if known.event_id != self.facts.device.event_id:
            return Verdict(known.nonce, Answer.UNREADABLE)
        registration = self.facts.registrations.get(known.event_registration_id or 0)
        since = known.check_in.checked_in_at if known.check_in else None
        verdict = Verdict(known.nonce, known.outcome, registration, since, known.session)
        verdict.to_look_at = known.to_look_at
        if registration is not None:
            verdict.elsewhere = self._elsewhere(registration, known.session, known.outcome)
        return verdict

    def _all(self, row: DoorScan) -> list[CheckIn]:
        return self.facts.entries[(row.event_registration_id or 0, row.session_id)]

    def _entries(self, row: DoorScan) -> list[CheckIn]:
        return [entry for entry in self._all(row) if entry.undone_at is None]

    def _change(self, verb: Activity.Verb, entry: CheckIn, row: DoorScan) -> None:
        entry.updated_at = self.at
        if entry.pk:
            self.changed[entry.pk] = entry
        self.lines.append((verb, entry, row.session, {"status": entry.event_registration.status}))

    def _tell_overtaken(self) -> None:
        """Scans that were told to be the first were not: sent again, they learn it."""
        scans = DoorScan.objects.filter(check_in__in=self.overtaken, kind=Kind.IN, outcome=Answer.ADMITTED)
        scans.filter(was_admitted=True, to_look_at="").update(to_look_at=Look.LET_IN_TWICE)
        scans.update(outcome=Answer.ALREADY_IN)
        again = DoorScan.objects.filter(nonce__in=[each.nonce for each in self.first_again])
        again.update(outcome=Answer.ADMITTED)

    def _write_ledger(self) -> None:
        device = self.facts.device
        journal = Journal(Actor.door(device.name, may_override=device.may_override), self.at, {})
        for verb, entry, session, more in self.lines:
            contact = entry.event_registration.contact
            reason = entry.reason if verb == Verb.ADMITTED_ALL_THE_SAME else ""
            detail = {"check_in": entry.pk} | more
            journal.note(verb, session or device.event, contact, reason=reason, detail=detail)
        within_all_came(journal, [(entry.event_registration, entry.session) for entry in self.came])
        journal.write()


def _plain(text: str) -> str:
    """What a column takes of a text that anybody may have made."""
    return text.replace("\0", "")[:300]

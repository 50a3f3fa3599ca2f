"""Give the seats of those who have not come to whoever stands at the door, in the order of the line."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid, NotNextInLine, Refusal
from events.models import Source
from events.retrying import action
from registrations import locks, rules
from registrations.actions import checks, giving, steps
from registrations.actions.decisions import decided_in
from registrations.actions.journal import Journal
from registrations.actions.lines.serving import step_back, tell_taken
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.staff.absent import within_came
from registrations.actions.staff.check_in import (
    Entry,
    known_entry,
    nonce_is_taken,
    note_entry,
    reason_to_override,
)
from registrations.models import Activity, CheckIn, DoorDevice, EventRegistration
from registrations.queries import Standby, standby_at, standing_of
from registrations.rules.doors import ACCEPT_CLASH, OVERRIDE_LIMITS, Door, Why, standby
from registrations.rules.reasons import Reason
from registrations.rules.standing import Standing
from sessions_app.models import Session

Verb = Activity.Verb
STANDBY = "standby"
# What staff decide at the door with the permission to let in whom it refuses; the hard limit is not theirs.
_DECIDED = ACCEPT_CLASH | OVERRIDE_LIMITS


@dataclass(frozen=True)
class _Scan:
    """One person who is to be admitted at one door, and on whose word."""

    actor: Actor
    nonce: uuid.UUID
    # Why the door's rules and the line's order are gone past; empty where they are not.
    why: str
    reason: str
    not_here: Collection[EventRegistration]
    device: DoorDevice | None
    moment: datetime
    at: datetime


@action
def admit_standby(
    session: Session,
    registration: EventRegistration,
    *,
    actor: Actor,
    nonce: uuid.UUID | None = None,
    override: bool = False,
    reason: str = "",
    not_here: Iterable[EventRegistration] = (),
    device: DoorDevice | None = None,
    scanned_at: datetime | None = None,
    at: datetime | None = None,
) -> Entry:
    """Give the person the seat of somebody who has not come, and let them in; whoever is absent keeps theirs.

    The seat comes by standby, past capacity where there is no other, with the reason "standby"; a place in line ends.
    Nobody is told: the person stands at the door. First comes the session's line in its order, then whoever else is
    registered at the event; a place is kept for each of those ahead. `not_here` are people in line who were called and
    did not answer: they keep their place in line, and the ledger keeps that they were called. The same nonce gets the
    same answer; who has a seat already is let in.

    With `override` staff admit somebody out of turn, or past a clash or a limit of choice, and say why. Nothing goes
    past the capacity inside, nor past a hard limit. Raises StandbyNotOpen, FullHouse, NotNextInLine, NotLive,
    RegistrationCancelled, NotRegistered for somebody who waits for the event, and what refuses a seat (Conflict,
    TrackLimit, SessionLimit, NotInPass, CapacityMissing, HardLimit); NotPermitted and Invalid as `check_in` does.
    """
    at = at or timezone.now()
    checks.check_event(registration.event, [session])
    why = reason_to_override(actor, reason) if override else ""
    moment = rules.moment_of_scan(scanned_at or at, registration.event, at, "checked_in_at")
    said = why or reason.strip() or STANDBY
    scan = _Scan(actor, nonce or uuid.uuid4(), why, said, list(not_here), device, moment, at)
    try:
        return _admit(session, registration, scan)
    except IntegrityError as error:
        # Two people, one nonce, the same instant: the second scan needs one of its own.
        raise nonce_is_taken() from error


def _admit(session: Session, registration: EventRegistration, scan: _Scan) -> Entry:
    with transaction.atomic(durable=True):
        # Without it somebody could be given this seat and an overlapping one at the same instant.
        locks.lock_contacts([registration.contact_id])
        scan.actor.ask_condition()
        known = known_entry(registration, session, scan.nonce, scan.moment)
        if known is not None:
            return known
        # Without it two doors would give the last free place to two people.
        journal = Journal(scan.actor, scan.at, locks.lock_seats([session.seats_id]))
        fresh = EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
        session = steps.fresh_sessions([session.pk], fresh.event, journal.seats)[session.pk]
        refused = _give(journal, session, fresh, scan)
        row = CheckIn.objects.create(
            event=fresh.event,
            event_registration=fresh,
            session=session,
            checked_in_at=scan.moment,
            recorded_at=scan.at,
            checked_in_by=scan.actor.user,
            device=scan.device,
            nonce=scan.nonce,
            is_override=refused is not None,
            reason=scan.why[:300] if refused else "",
        )
        within_came(journal, fresh, session)
        note_entry(journal, row, refused)
        journal.write()
        entry = scan.actor.done(Entry(row))
    settle_after_commit(journal.freed, journal.lost_a_seat, scan.at)
    return entry


def _give(journal: Journal, session: Session, registration: EventRegistration, scan: _Scan) -> Refusal | None:
    """Give the seat; return what was overridden for it. Raises what stands."""
    for refusal in rules.refusals_to_come(registration, session):
        raise refusal
    now = standby_at(session, scan.at)
    for refusal in rules.refusals_to_stand_by(session, rules.House(now.inside, 0), scan.at):
        raise refusal
    standing = standing_of(registration.contact, registration.event)
    if session.pk in standing.seats:
        return None
    out_of_turn = _out_of_turn(now, registration, scan)
    if out_of_turn and not scan.why:
        raise out_of_turn
    door = _door(standing, session, scan)
    found = rules.refusals_to_seat(session, standing, standing.held_sessions, at=scan.at, seats=door.seats)
    refused, overlooked = rules.judged(found, door)
    if refused:
        raise refused[0].refusal()
    _seat(journal, session, standing, overlooked, scan)
    decided = [reason.refusal() for reason in overlooked if reason.why in _DECIDED]
    return next(iter([out_of_turn, *decided] if out_of_turn else decided), None)


def _out_of_turn(now: Standby, registration: EventRegistration, scan: _Scan) -> NotNextInLine | None:
    ahead = now.keeping_out(registration, scan.not_here)
    if not ahead:
        return None
    first = ahead[0].registration
    words = _("%(name)s is next. Call them; if nobody answers, say that they are not here.")
    said = words % {"name": first.full_name}
    return NotNextInLine(said, name=first.full_name, registrant_id=first.pk, position=len(ahead) + 1)


def _door(standing: Standing, session: Session, scan: _Scan) -> Door:
    item = standing.items.get(session.pk)
    is_invited = item is not None and item.invitation_slot_id is not None
    decided: frozenset[Why] = _DECIDED if scan.why else frozenset()
    return standby(is_in_line=item is not None, is_invited=is_invited, decided=decided)


def _seat(
    journal: Journal, session: Session, standing: Standing, overlooked: Collection[Reason], scan: _Scan
) -> None:
    """Give the seat, and end the place in line; who was invited beside this person is told that the seat is taken."""
    registration, item = standing.registration, standing.items.get(session.pk)
    if registration is None:
        raise Invalid
    if item is not None and item.invitation_slot_id:
        tell_taken(journal, step_back(journal, item, session), session)
    whys = {reason.why for reason in overlooked}
    is_past = Why.FULL in whys
    verb = Verb.PROMOTED if item is not None else Verb.REGISTERED
    giving.give_seat(
        journal,
        session,
        registration,
        standing,
        verb=Verb.ADDED_PAST_CAPACITY if is_past else verb,
        by_newcomer=item is None and not is_past,
        reason=scan.reason,
        detail={STANDBY: True, **_called(scan), **decided_in(overlooked, _DECIDED)},
        is_past_capacity=is_past,
        source=Source.STANDBY,
        overlap_accepted=Why.CONFLICT in whys,
    )


def _called(scan: _Scan) -> dict[str, list[int]]:
    """Who was called and did not answer, for the ledger."""
    return {"not_here": [one.contact_id for one in scan.not_here]} if scan.not_here else {}

"""Let people in, at the event's door or a session's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid, NotPermitted, Refusal
from events.retrying import action
from registrations import locks, rules
from registrations.actions.journal import Journal
from registrations.actions.staff.absent import within_came
from registrations.models import Activity, AttendeePass, CheckIn, EventRegistration
from registrations.queries import agenda_of, house_of
from sessions_app.models import Session

Verb = Activity.Verb


@dataclass(frozen=True)
class Entry:
    """What the door says: who is in, and whether they were in before."""

    check_in: CheckIn
    was_in_already: bool = False


@action
def check_in(
    registration: EventRegistration,
    session: Session | None = None,
    *,
    actor: Actor,
    nonce: uuid.UUID | None = None,
    override: bool = False,
    reason: str = "",
    scanned_at: datetime | None = None,
    at: datetime | None = None,
) -> Entry:
    """Let the person in, at the session's door or (without one) the event's; nobody is told, no seat is changed.

    The same nonce gets the same answer, so a scan may be sent again. Who is in already stays in, since when they
    came; who left before `scanned_at`, the moment of the scan (default: now), comes in anew. A mark as no-show is
    gone. With `override` staff let in somebody whom the door refuses, also somebody cancelled, which is recorded
    with the reason. Raises RegistrationCancelled, NotLive, NotRegistered, AnotherSession; NotPermitted without the
    permission to override, Invalid without a reason (an API client's is its name), for a session of another event,
    for a nonce that belongs to another scan, or a moment that cannot be.
    """
    at, nonce = at or timezone.now(), nonce or uuid.uuid4()
    if session is not None and session.event_id != registration.event_id:
        words = _("This session belongs to another event.")
        raise Invalid(words, fields={"session_id": [words]})
    moment = rules.moment_of_scan(scanned_at or at, registration.event, at, "checked_in_at")
    why = reason_to_override(actor, reason) if override else ""
    try:
        return _enter(registration, session, actor, nonce, why, moment, at)
    except IntegrityError as error:
        # Two people, one nonce, the same instant: the second scan needs one of its own.
        raise nonce_is_taken() from error


def _enter(
    registration: EventRegistration,
    session: Session | None,
    actor: Actor,
    nonce: uuid.UUID,
    why: str,
    moment: datetime,
    at: datetime,
) -> Entry:
    with transaction.atomic(durable=True):
        # Without it a registration could be cancelled while its holder walks in, or two doors admit one person.
        locks.lock_contacts([registration.contact_id])
        actor.ask_condition()
        known = known_entry(registration, session, nonce, moment)
        if known is not None:
            return known
        fresh = EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
        session = session and Session.objects.select_related("event", "seats").get(pk=session.pk)
        refused = _refused(fresh, session, why, at)
        row = CheckIn.objects.create(
            event=fresh.event,
            event_registration=fresh,
            session=session,
            checked_in_at=moment,
            recorded_at=at,
            checked_in_by=actor.user,
            nonce=nonce,
            is_override=refused is not None,
            reason=why[:300] if refused else "",
        )
        journal = Journal(actor, at, {})
        within_came(journal, fresh, session)
        note_entry(journal, row, refused)
        journal.write()
        return actor.done(Entry(row))


def known_entry(
    registration: EventRegistration, session: Session | None, nonce: uuid.UUID, moment: datetime
) -> Entry | None:
    """What this scan was answered before, or who was in already at its moment."""
    session_id = session.pk if session else None
    same = CheckIn.objects.filter(nonce=nonce).first()
    if same is not None:
        if (same.event_registration_id, same.session_id) != (registration.pk, session_id):
            raise nonce_is_taken()
        return Entry(same)
    here = CheckIn.objects.standing().filter(event_registration=registration, session=session_id)
    row = here.filter(Q(left_at=None) | Q(left_at__gt=moment)).first()
    return Entry(row, was_in_already=True) if row else None


def _refused(
    registration: EventRegistration, session: Session | None, why: str, at: datetime
) -> Refusal | None:
    """The refusal that is overridden, None where the door says yes. Raises what stands."""
    house = _house(session, at)
    held = [seat.session for seat in agenda_of(registration.contact, registration.event)]
    by_pass = AttendeePass.objects.filter(event_registration=registration, cancelled_at=None)
    has_pass = session is not None and by_pass.filter(event_pass__sessions=session).exists()
    found = list(rules.refusals_to_enter(registration, session, held, has_pass_for_it=has_pass, house=house))
    for refusal in found:
        if not (why and rules.may_be_overridden(refusal)):
            raise refusal
    return found[0] if found else None


def _house(session: Session | None, at: datetime) -> rules.House | None:
    """Who is inside, where seats of absent people are given away at this moment.

    Only then the seat count is locked: without it the last free place could go to two people, by this door and by
    standby at another.
    """
    if session is None or not rules.is_standby_open(session, at):
        return None
    locks.lock_seats([session.seats_id])
    return house_of(session)


def note_entry(journal: Journal, row: CheckIn, refused: Refusal | None) -> None:
    """Record an entry, and what was overridden for it."""
    verb = Verb.ADMITTED_ALL_THE_SAME if refused else Verb.CHECKED_IN
    detail = {"check_in": row.pk} | ({"refused": refused.code} if refused else {})
    registration = row.event_registration
    target = row.session or registration.event
    journal.note(verb, target, registration.contact, reason=row.reason, detail=detail)


def reason_to_override(actor: Actor, reason: str) -> str:
    if not actor.has_perm_admit_all_the_same:
        raise NotPermitted(_("You may not let people in whom the door refuses. Ask an Event Administrator."))
    why = actor.reason_for(reason)
    if not why:
        raise Invalid(_("Say why: it is kept in the ledger."), fields={"reason": [_("Give a reason.")]})
    return why


def nonce_is_taken() -> Invalid:
    words = _("This nonce belongs to another scan. Take a new one for each scan.")
    return Invalid(words, fields={"nonce": [words]})

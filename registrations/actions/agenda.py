"""Register a whole agenda, change it, swap one session for another (requirements D4, D5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import Invalid, WrongLevel
from events.models import Contact, Event
from registrations import locks, rules
from registrations.actions import _steps as steps
from registrations.actions._agenda_rows import apply_lines
from registrations.actions._door import action
from registrations.actions._journal import Journal
from registrations.actions.settling import settle_after_commit
from registrations.actors import ATTENDEE, Actor
from registrations.models import EventRegistration
from registrations.outcomes import AgendaResult, Line, Mode, Outcome
from registrations.people import Attendee
from registrations.queries import alternatives_to, length_of_line, position, standing_of
from registrations.standing import Standing
from sessions_app.models import Session

Wait = bool | Collection[int]


@dataclass(frozen=True)
class _Wishes:
    """One submitted agenda as asked for."""

    event: Event
    attendee: Attendee
    add: Sequence[Session]
    drop: Sequence[Session]
    mode: Mode
    wait: Wait
    automatically_register: bool | None
    actor: Actor
    at: datetime

    @property
    def sessions(self) -> set[int]:
        return {session.pk for session in (*self.add, *self.drop)}

    def may_wait(self, session: Session) -> bool:
        return self.wait if isinstance(self.wait, bool) else session.pk in self.wait

    def decide(self, event: Event, standing: Standing, sessions: dict[int, Session]) -> list[Line]:
        """The rules' answer for the facts as just read."""
        return rules.decide_agenda(
            event,
            standing,
            [sessions[session.pk] for session in self.add],
            [sessions[session.pk] for session in self.drop],
            may_wait=self.may_wait,
            at=self.at,
            by_staff=self.actor.is_staff,
        )

    def is_refused_whole(self, lines: list[Line], standing: Standing) -> bool:
        """True when nothing may be changed: one line refused of all or nothing, or nobody to register."""
        if self.mode == Mode.ALL_OR_NOTHING and not all(line.is_success for line in lines):
            return True
        is_new = standing.registration is None
        return is_new and bool(self.add) and not any(line.outcome in _REGISTERING for line in lines)


_REGISTERING = {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD}


@action
def submit_agenda(
    event: Event,
    attendee: Attendee,
    add: Sequence[Session],
    drop: Sequence[Session] = (),
    *,
    mode: Mode = Mode.BEST_EFFORT,
    wait: Wait = False,
    dry_run: bool = False,
    automatically_register: bool | None = None,
    actor: Actor = ATTENDEE,
    notify: bool = True,
    at: datetime | None = None,
) -> AgendaResult:
    """Register `attendee` at the event if need be, take the sessions of `add`, give up those of `drop`.

    Afterwards each line says what became of it. In `all_or_nothing` one refused line means that no row of any
    table was changed; a dry run never changes one, locks nothing and gives the same lines. `wait` says whether
    (or for which session ids) a place in line is wanted where there is no seat. The person gets one mail for
    the whole. Raises WrongLevel at an event without own agendas, and Invalid for a session of another event,
    an address that cannot be, or no session where one is required (requirements B1, B6, D4).
    """
    wishes = _Wishes(
        event, attendee, add, drop, mode, wait, automatically_register, actor, at or timezone.now()
    )
    _check(wishes)
    if dry_run:
        return _foresee(wishes)
    foreseen = _foresee(wishes)
    if not foreseen.applied:
        # A no may come from one fresh unlocked read: it was true at that instant and changes nothing.
        return foreseen
    result, journal = _apply(wishes, notify)
    settle_after_commit(journal.freed, journal.lost_a_seat, wishes.at)
    return result


@action
def swap(
    registration: EventRegistration,
    give_up: Session,
    take: Session,
    *,
    actor: Actor = ATTENDEE,
    notify: bool = True,
    at: datetime | None = None,
) -> AgendaResult:
    """Give up one session for another in one transaction; where the other has no seat, the first is kept (D5)."""
    wishes = _Wishes(
        registration.event,
        Attendee.of(registration),
        [take],
        [give_up],
        Mode.ALL_OR_NOTHING,
        False,
        None,
        actor,
        at or timezone.now(),
    )
    _check(wishes)
    result, journal = _apply(wishes, notify)
    settle_after_commit(journal.freed, journal.lost_a_seat, wishes.at)
    return result


def _check(wishes: _Wishes) -> None:
    wishes.attendee.check()
    steps.check_event(wishes.event, [*wishes.add, *wishes.drop])


def _check_level(event: Event, standing: Standing, wishes: _Wishes) -> None:
    """Own agendas need the switch; seats taken before it was turned off may still be given up."""
    if wishes.add and not event.allow_custom_agenda and not wishes.actor.is_staff:
        raise WrongLevel
    if not wishes.add and standing.registration is None and event.sessions_required:
        raise Invalid(
            _("Choose at least one session first."), fields={"sessions": [_("Choose at least one session.")]}
        )


def _foresee(wishes: _Wishes) -> AgendaResult:
    """What the act would answer, read without any lock."""
    event = steps.fresh_event(wishes.event)
    contact = Contact.objects.filter(email=wishes.attendee.email).first()
    standing = standing_of(contact, event) if contact else Standing()
    _check_level(event, standing, wishes)
    sessions = {
        session.pk: session
        for session in Session.objects.filter(pk__in=wishes.sessions).select_related("seats")
    }
    for session in sessions.values():
        session.event = event
    lines = wishes.decide(event, standing, sessions)
    _say_more(lines, standing, wishes.at, is_foreseen=True)
    return AgendaResult(standing.registration, lines, not wishes.is_refused_whole(lines, standing))


def _apply(wishes: _Wishes, notify: bool) -> tuple[AgendaResult, Journal]:
    with transaction.atomic(durable=True):
        contact = locks.lock_attendees([wishes.attendee])[wishes.attendee.email]
        event, standing, sessions, journal = _read_under_locks(wishes, contact, notify)
        _check_level(event, standing, wishes)
        lines = wishes.decide(event, standing, sessions)
        if wishes.is_refused_whole(lines, standing):
            _say_more(lines, standing, wishes.at, is_foreseen=True)
            transaction.set_rollback(True)
            return AgendaResult(standing.registration, lines, applied=False), journal
        registration = apply_lines(
            journal, event, contact, wishes.attendee, standing, lines, wishes.automatically_register
        )
        journal.write()
        _say_more(lines, standing_of(contact, event), wishes.at, is_foreseen=False)
    return AgendaResult(registration, lines, applied=True), journal


def _read_under_locks(
    wishes: _Wishes, contact: Contact, notify: bool
) -> tuple[Event, Standing, dict[int, Session], Journal]:
    """Lock the seat counts, then read every fact that the decision needs."""
    seat_ids = set(Session.objects.filter(pk__in=wishes.sessions).values_list("seats_id", flat=True))
    is_new = not EventRegistration.objects.active().filter(event=wishes.event, contact=contact).exists()
    if is_new:
        # Only a registration that is made or ended touches the event's seats; else all sessions share one hot row.
        seat_ids.add(wishes.event.seats_id)
    seats = locks.lock_seats(seat_ids)
    event = steps.fresh_event(wishes.event)
    steps.attach_seats(event, seats)
    sessions = steps.fresh_sessions(wishes.sessions, event, seats)
    return event, standing_of(contact, event), sessions, Journal(wishes.actor, wishes.at, seats, notify)


def _say_more(lines: list[Line], standing: Standing, at: datetime, *, is_foreseen: bool) -> None:
    """Add positions and alternatives to the lines."""
    held = standing.held_sessions
    for line in lines:
        if line.outcome == Outcome.WAITLISTED:
            item = standing.items.get(line.session.pk)
            if item is not None:
                line.position = position(item)
            elif is_foreseen:
                line.position = length_of_line(line.session.seats_id) + 1
        elif not line.is_success:
            line.alternatives = alternatives_to(line.session, held=held, at=at)

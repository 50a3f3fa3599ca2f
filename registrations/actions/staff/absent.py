"""Who did not come to a session: marked once it is over, freed early by the organizer, and unmarked by whoever came."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import SYSTEM, Actor
from events.errors import NotBegun
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import do_each, settle_after_commit
from registrations.actions.people.cancelling import give_back_and_tell
from registrations.models import Activity, CheckIn, EventRegistration, SessionRegistration
from registrations.queries import absent_from
from registrations.rules.check_ins import LATEST
from sessions_app.models import Session

Verb = Activity.Verb
# So many people are locked in one transaction.
BATCH = 250
NO_SHOW = "no-show"


@action
def mark_no_shows(at: datetime | None = None) -> int:
    """Mark who had a seat in a session that is over and was not let in at its door; return how many.

    Nobody is marked where the door let nobody in: then nobody looked. Nobody is told, and a seat stays what it was.
    Whoever turns out to have come loses the mark. Sessions that ended a week ago are left as they are.
    """
    at = at or timezone.now()
    entries = CheckIn.objects.standing().filter(session=OuterRef("pk"))
    unmarked = SessionRegistration.objects.active().filter(session=OuterRef("pk"), no_show_at=None)
    over = Session.objects.not_archived().filter(
        Exists(entries), Exists(unmarked), ends_at__lte=at, ends_at__gt=at - LATEST, cancelled_at=None
    )
    return do_each(partial(_mark_absent, session, at) for session in over.order_by("ends_at", "pk"))


def _mark_absent(session: Session, at: datetime) -> int:
    absent = list(absent_from(session).filter(no_show_at=None).order_by("pk").values_list("pk", "contact_id"))
    return sum(_mark(session, absent[begin : begin + BATCH], at) for begin in range(0, len(absent), BATCH))


def _mark(session: Session, seats: Collection[tuple[int, int]], at: datetime) -> int:
    with transaction.atomic(durable=True):
        # Without it somebody could be let in by a late scan while they are said not to have come.
        locks.lock_contacts({contact_id for _pk, contact_id in seats})
        rows = absent_from(session).filter(no_show_at=None, pk__in=[pk for pk, _contact in seats])
        absent = list(rows.select_related("contact").order_by("pk"))
        journal = Journal(SYSTEM, at, {})
        _mark_all(absent, at)
        for seat in absent:
            journal.note(Verb.NO_SHOW, session, seat.contact)
        journal.write()
    return len(absent)


def _mark_all(seats: Iterable[SessionRegistration], at: datetime) -> None:
    """Mark these seats as those of people who did not come. Needs: the contacts."""
    SessionRegistration.objects.filter(pk__in=[seat.pk for seat in seats], no_show_at=None).update(
        no_show_at=at
    )


@action
def free_no_shows(
    session: Session,
    seats: Iterable[SessionRegistration],
    *,
    actor: Actor,
    reason: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> int:
    """Give back those of these seats of the session whose holders have not come; return how many.

    They are marked as no-shows, and told unless `notify` is off; whoever was let in meanwhile keeps the seat. The
    reason is "no-show" where none is given. Raises NotBegun before the session's start: until then they may come.
    """
    at = at or timezone.now()
    reason = reason.strip() or NO_SHOW
    ids, contacts = set(), set()
    for seat in seats:
        ids.add(seat.pk)
        contacts.add(seat.contact_id)
    with transaction.atomic(durable=True):
        # Without it somebody could walk in while their seat is given back.
        locks.lock_contacts(contacts)
        actor.ask_condition()
        journal = Journal(actor, at, locks.lock_seats([session.seats_id]), notify)
        fresh = Session.objects.select_related("event").get(pk=session.pk)
        _check_begun(fresh, at)
        related = ("session__event", "contact", "event_registration")
        absent = list(absent_from(fresh).filter(pk__in=ids).select_related(*related).order_by("pk"))
        _mark_all(absent, at)
        for seat in absent:
            give_back_and_tell(journal, seat, reason)
        journal.write()
        actor.done(len(absent))
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(absent)


def _check_begun(session: Session, at: datetime) -> None:
    if not session.has_started(at):
        words = _("The session has not begun. Until then everybody may still come.")
        raise NotBegun(words, starts_at=session.starts_at)


def within_came(journal: Journal, registration: EventRegistration, session: Session | None) -> None:
    """Take the marks as no-show away of somebody who came, at the event and in the session whose door let them in.

    Needs: the contact.
    """
    within_all_came(journal, [(registration, session)])


def within_all_came(journal: Journal, came: Iterable[tuple[EventRegistration, Session | None]]) -> None:
    """Do what `within_came` does for many people in few statements. Needs: the contacts."""
    came = list(came)
    marked = [registration for registration, _session in came if registration.no_show_at]
    for registration in marked:
        registration.no_show_at = None
    EventRegistration.objects.filter(pk__in=[one.pk for one in marked]).update(
        no_show_at=None, updated_at=journal.at
    )
    sessions = {session.pk: session for _registration, session in came if session is not None}
    if not sessions:
        return
    by_ids = {(one.pk, session.pk) for one, session in came if session is not None}
    rows = SessionRegistration.objects.exclude(no_show_at=None).filter(
        event_registration__in={pk for pk, _session in by_ids}, session__in=sessions
    )
    seats = [
        seat
        for seat in rows.select_related("contact").order_by("pk")
        if (seat.event_registration_id, seat.session_id) in by_ids
    ]
    SessionRegistration.objects.filter(pk__in=[seat.pk for seat in seats]).update(no_show_at=None)
    # For whoever reads what has changed: a seat has no such moment of its own.
    people = {seat.event_registration_id for seat in seats}
    EventRegistration.objects.filter(pk__in=people).update(updated_at=journal.at)
    for seat in seats:
        journal.note(Verb.NO_SHOW_UNDONE, sessions[seat.session_id], seat.contact)

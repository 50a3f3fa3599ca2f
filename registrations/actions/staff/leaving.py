"""Take entries back, and let people out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid, NotInside
from events.retrying import action
from registrations import locks, rules
from registrations.actions.journal import Journal
from registrations.models import Activity, CheckIn

Verb = Activity.Verb


@action
def undo_check_in(
    check_in: CheckIn, *, actor: Actor, reason: str = "", at: datetime | None = None
) -> CheckIn:
    """Take an entry back, as if nobody had been let in by it; repeating is harmless, and nobody is told.

    The row stays, with the moment of undoing. Whoever was let in elsewhere, or again, is in still.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = _locked(check_in, actor)
        if fresh.undone_at is None:
            journal = Journal(actor, at, {})
            within_undo(journal, fresh, reason)
            journal.write()
        return actor.done(fresh)


def within_undo(journal: Journal, entry: CheckIn, reason: str) -> None:
    """Take one entry back and record it. Needs: the contact."""
    entry.undone_at = entry.updated_at = journal.at
    entry.save(update_fields=["undone_at", "updated_at"])
    _note(journal, Verb.CHECK_IN_UNDONE, entry, reason)


@action
def check_out(
    check_in: CheckIn, *, actor: Actor, left_at: datetime | None = None, at: datetime | None = None
) -> CheckIn:
    """Let the person out at `left_at` (default: now): they came, and are not inside any more. Nobody is told.

    Repeating is harmless: who has left stays so, since the first time. Raises NotInside for an entry that was undone,
    Invalid for a moment before they came, or one that cannot be.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = _locked(check_in, actor)
        if fresh.undone_at:
            raise NotInside
        if fresh.left_at is None:
            event = fresh.event_registration.event
            moment = rules.moment_of_scan(left_at or at, event, at, "left_at")
            if moment < fresh.checked_in_at:
                raise Invalid(fields={"left_at": [_("Nobody leaves before they came.")]})
            fresh.left_at, fresh.updated_at = moment, at
            fresh.save(update_fields=["left_at", "updated_at"])
            journal = Journal(actor, at, {})
            _note(journal, Verb.CHECKED_OUT, fresh)
            journal.write()
        return actor.done(fresh)


def _locked(check_in: CheckIn, actor: Actor) -> CheckIn:
    """The entry as it is once its person is locked.

    Without it the same entry could be undone while its person walks out, or be undone twice in the ledger.
    """
    locks.lock_contacts([check_in.event_registration.contact_id])
    actor.ask_condition()
    related = ("event_registration__event", "event_registration__contact", "session")
    return CheckIn.objects.select_related(*related).get(pk=check_in.pk)


def _note(journal: Journal, verb: Activity.Verb, entry: CheckIn, reason: str = "") -> None:
    registration = entry.event_registration
    target = entry.session or registration.event
    # Somebody cancelled can have been inside, and stays cancelled.
    detail = {"check_in": entry.pk, "status": registration.status}
    journal.note(verb, target, registration.contact, reason=reason, detail=detail)

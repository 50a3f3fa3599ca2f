"""Go live and stop: commands, never a drop-down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import NotLive
from events.models import Event
from events.retrying import action
from registrations import locks
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.actions.lines.looking_again import look_again
from registrations.actions.lines.settling import settle_after_commit
from registrations.models import Activity
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session
Verb = Activity.Verb


@action
def go_live(target: Target, *, actor: Actor, at: datetime | None = None) -> Target:
    """Show the target on the website and open it; whoever waits for a free seat of it is served.

    Repeating is harmless. Raises NotLive for what was cancelled or deleted.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        seats = locks.lock_seats([target.seats_id])
        fresh = type(target)._default_manager.get(pk=target.pk)
        if fresh.cancelled_at or fresh.archived_at:
            raise NotLive(_("It was cancelled. A cancelled one cannot go live again; copy it instead."))
        _set_status(fresh, live=True)
        journal = Journal(actor, at, seats)
        journal.note(Verb.WENT_LIVE, fresh)
        journal.write()
        actor.done(fresh)
    waiting = _lines_of(fresh)
    settle_after_commit(waiting, [], at, again=waiting)
    return fresh


@action
def stop(target: Target, *, actor: Actor, at: datetime | None = None) -> Target:
    """Take the target off the website: seats are kept, promotion pauses, a session is approved again."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        seats = locks.lock_seats_to_change_facts([target.seats_id])
        fresh = type(target)._default_manager.get(pk=target.pk)
        if fresh.cancelled_at or fresh.archived_at:
            raise NotLive(_("It was cancelled already."))
        _set_status(fresh, live=False)
        journal = Journal(actor, at, seats)
        journal.note(Verb.STOPPED, fresh)
        journal.write()
        actor.done(fresh)
    return fresh


def _set_status(target: Target, *, live: bool) -> None:
    if isinstance(target, Session):
        target.session_status = Session.Status.LIVE if live else Session.Status.APPROVED
        target.save(update_fields=["session_status", "updated_at"])
    else:
        target.publish_status = Event.PublishStatus.LIVE if live else Event.PublishStatus.READY
        target.save(update_fields=["publish_status", "updated_at"])


def _lines_of(target: Target) -> set[int]:
    """The seat counts with people in line that the target's going live concerns."""
    items = WaitlistItem.objects.waiting()
    mine = items.filter(session=target) if isinstance(target, Session) else items.filter(event=target)
    return set(mine.values_list("seats_id", flat=True))


@action
def all_go_live(sessions: Collection[Session], *, actor: Actor, at: datetime | None = None) -> int:
    """Open all these sessions in one transaction; return how many were not live before.

    Those cancelled or deleted meanwhile are left alone. Whoever waits for a free seat of one is served.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        seats = locks.lock_seats(steps.seats_of(sessions))
        rows = Session.objects.filter(
            pk__in=[session.pk for session in sessions], cancelled_at=None, archived_at=None
        )
        opened = list(rows.exclude(session_status=Session.Status.LIVE))
        rows.update(session_status=Session.Status.LIVE, updated_at=at)
        journal = Journal(actor, at, seats)
        for session in opened:
            journal.note(Verb.WENT_LIVE, session)
        journal.write()
    waiting = WaitlistItem.objects.waiting().filter(session__in=opened)
    lines = set(waiting.values_list("seats_id", flat=True))
    settle_after_commit(lines | look_again(seat_ids=lines, at=at), [], at)
    return len(opened)

"""Join a waitlist, alone or with others; leave it; staff take people out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, NotYours
from events.models import Contact
from events.retrying import action
from registrations import rules
from registrations.actions import steps
from registrations.actions.decisions import Decision
from registrations.actions.journal import Journal
from registrations.actions.lines.entering import Entering
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.targets import Target, lock_lines, reread
from registrations.models import Activity, EventRegistration, Notification
from registrations.rules.choices import Choices
from registrations.rules.people import Attendee
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb
Kind = Notification.Kind


@action
def join_waitlist(
    target: Target,
    attendee: Attendee,
    *,
    automatically_register: bool | None = None,
    when_clashing: WaitlistItem.WhenClashing = WaitlistItem.WhenClashing.ASK,
    place_at_most: int | None = None,
    until_hours: int | None = None,
    actor: Actor = ATTENDEE,
    reason: str = "",
    override_closed: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> WaitlistItem:
    """Put the person at the end of the target's line and tell them; repeating returns the same item.

    With `place_at_most` they wait only as far forward as that place: who would stand further back is refused with
    Invalid, which tells the place, as is `until_hours` before the start, when they give up, once that has passed.

    Somebody without a registration at the event gets one: for a session's line a confirmed one, for the event's
    own line a waitlisted one. Somebody who waits for the event itself has the session on hold until its seat
    comes. Raises NoWaitlist where none is kept or a seat is free for the taking, NotInPass, CapacityMissing, Closed
    after closing or start unless `override_closed`, which is recorded with the reason, and, for attendees and API
    clients, NotLive, NotOpenYet, WrongLevel for a session where registrants do not choose, and Invalid for a newcomer
    where a pass has to be chosen. Raises NotPermitted or Invalid as `add_to_session` does.
    """
    choices = Choices(automatically_register, when_clashing, place_at_most, until_hours)
    entering = Entering(target, choices, Decision.checked(actor, reason, override_closed=override_closed))
    with entering.joined([attendee], notify=notify, at=at or timezone.now()) as [item]:
        return actor.done(item)


@action
def join_together(
    session: Session,
    attendees: Sequence[Attendee],
    *,
    automatically_register: bool | None = None,
    when_clashing: WaitlistItem.WhenClashing = WaitlistItem.WhenClashing.ASK,
    place_at_most: int | None = None,
    until_hours: int | None = None,
    actor: Actor = ATTENDEE,
    reason: str = "",
    override_closed: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[WaitlistItem]:
    """Put these people at the end of the session's line, linked: they are served together, or not yet.

    Afterwards their items, in the order given, share one `together`. Once enough seats are free for all of them, all
    are registered in one transaction (or each is invited, where they are to be asked), at the place of the first of
    them; while fewer are free they are passed over and keep their places. Whoever leaves makes the group smaller. Who
    stands in this line already keeps that older place, and is linked with nobody; asked again, nothing changes. People
    who wait for the event itself have the session on hold, and the others wait for them.

    All of them or none: raises for the first who may not join what `join_waitlist` raises, NoWaitlist only where seats
    for the whole group are free, and Invalid for more than MOST_TOGETHER people, or one of them twice. May be called
    while some seats are free, as long as they are too few for all.
    """
    at = at or timezone.now()
    if len(attendees) > rules.MOST_TOGETHER:
        raise Invalid(_("At most %(n)d people may wait together.") % {"n": rules.MOST_TOGETHER})
    if len({attendee.email for attendee in attendees}) < len(attendees):
        raise Invalid(_("Each person needs an e-mail address of their own."))
    choices = Choices(automatically_register, when_clashing, place_at_most, until_hours)
    entering = Entering(session, choices, Decision.checked(actor, reason, override_closed=override_closed))
    with entering.joined(attendees, notify=notify, at=at) as items:
        actor.done(items)
    # Seats that are too few for them are open to others again.
    settle_after_commit([session.seats_id], [], at)
    return items


@action
def leave_line(
    item: WaitlistItem, *, contact: Contact, actor: Actor = ATTENDEE, at: datetime | None = None
) -> None:
    """End the contact's own place in line, or their invitation; a seat held for them goes to the next.

    Repeating is harmless. Raises NotYours for anybody else's item.
    """
    if item.contact_id != contact.pk:
        raise NotYours
    _end([item], Status.WITHDRAWN, Verb.LEFT_WAITLIST, actor, "", at or timezone.now(), notify=False)


@action
def remove_from_waitlist(
    items: Iterable[WaitlistItem],
    *,
    actor: Actor,
    reason: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> int:
    """End these places in line on staff's word and tell the people; return how many were open."""
    return _end(
        list(items),
        Status.REMOVED,
        Verb.REMOVED_FROM_WAITLIST,
        actor,
        reason,
        at or timezone.now(),
        notify=notify,
    )


def _end(
    items: list[WaitlistItem],
    status: Status,
    verb: Verb,
    actor: Actor,
    reason: str,
    at: datetime,
    *,
    notify: bool,
) -> int:
    with transaction.atomic(durable=True):
        journal = Journal(actor, at, lock_lines(items), notify)
        actor.ask_condition()
        rows = reread(items)
        for item in rows:
            activity = steps.end_item(journal, item, item.target, status, verb, reason=reason)
            if status == Status.REMOVED:
                _tell_removed(journal, item, activity, reason)
        journal.write()
        actor.done(len(rows))
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(rows)


def _tell_removed(journal: Journal, item: WaitlistItem, activity: Activity, reason: str) -> None:
    payload = {"reason": reason, "by_staff": True, "session_ids": [], "everything": False, "waitlist": True}
    registration = (
        EventRegistration.objects.filter(contact=item.contact, event=item.event).order_by("-id").first()
    )
    journal.tell(
        Kind.CANCELLED,
        item.contact,
        activity,
        item.target,
        registration=registration,
        payload=payload,
    )

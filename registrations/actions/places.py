"""Places in line: taken, and ended. Each expects the locks that it names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from events.models import Contact, Event, Pass
from registrations import rules, sql
from registrations.actions.journal import Journal
from registrations.models import Activity
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


def enqueue(
    journal: Journal,
    target: Event | Session,
    contact: Contact,
    *,
    automatically_register: bool | None,
    on_hold: bool = False,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    **chosen: Any,
) -> tuple[WaitlistItem, Activity]:
    """Put the contact at the end of the target's line. Needs: the contact and the target's seat count.

    `chosen` is what the item keeps besides; with `joined_at` it comes into line as if at that moment. People put in
    line of one session with the same `together`, a UUID, are
    served in one go, or not yet. Give it to all of them in one transaction, and settle the session's line after its
    commit: seats that are too few for them, and that they keep from others until then, are open to others again.
    """
    item = _new_item(journal, target, contact, on_hold=on_hold, **chosen)
    item.automatically_register = automatically_register is not False
    if journal.in_sets:
        journal.items_opened.append(item)
    else:
        sql.insert([item])
    verb = Verb.ON_HOLD if on_hold else Verb.WAITLISTED
    waiting = rules.weight(item, target)
    return item, journal.move(verb, target, contact, waiting=waiting, reason=reason, detail=detail)


def _new_item(
    journal: Journal,
    target: Event | Session,
    contact: Contact,
    *,
    on_hold: bool,
    joined_at: datetime | None = None,
    event_pass: Pass | None = None,
    **chosen: Any,
) -> WaitlistItem:
    session = target if isinstance(target, Session) else None
    event = target.event if isinstance(target, Session) else target
    item = sql.new_row(
        WaitlistItem,
        event_id=event.pk,
        session_id=session and session.pk,
        seats_id=target.seats_id,
        contact_id=contact.pk,
        event_pass_id=event_pass and event_pass.pk,
        status=Status.ON_HOLD if on_hold else Status.WAITING,
        joined_at=joined_at or journal.at,
        **chosen,
    )
    sql.attach(item, event=event, session=session, contact=contact, event_pass=event_pass)
    return item


def close_item(
    journal: Journal, item: WaitlistItem, target: Event | Session, status: Status
) -> tuple[int, int]:
    """End a waitlist item; return what that does to (held, waiting), for the caller's movement.

    Needs: the target's seat count, and that of the pass for which an invitation holds one. The last invited person to
    go gives back what is held, unless an order holds it by now.
    """
    waiting = -rules.weight(item, target)
    # Whoever waits together with them, or looks at their place, may be served now.
    journal.freed.add(target.seats_id)
    slot = item.invitation_slot
    item.status, item.closed_at, item.passed_over_at = status, journal.at, None
    if slot is None:
        journal.items_closed.append(item)
        return 0, waiting
    item.invitation_slot = None
    item.save(update_fields=["status", "closed_at", "invitation_slot", "passed_over_at"])
    if WaitlistItem.objects.invited().filter(invitation_slot=slot).exists():
        return 0, waiting
    close_slot(slot, journal.at)
    if slot.ordered_at is not None:
        return 0, waiting
    if item.event_pass is not None and slot.pass_seats_id is not None:
        journal.move(Verb.RELEASED, item.event_pass, item.contact, held=-1)
    return -1, waiting


def close_slot(slot: InvitationSlot, at: datetime) -> None:
    """End an invitation. Needs: the target's seat count."""
    slot.closed_at = at
    slot.save(update_fields=["closed_at"])

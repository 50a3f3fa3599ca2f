"""Give a line's heads what is theirs. Needs: the contacts of all items and the target's seat count."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events.models import Event
from registrations import rules
from registrations.actions import _steps as steps
from registrations.actions._journal import Journal
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.outcomes import Outcome
from registrations.standing import Standing
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb
Kind = Notification.Kind
Target = Event | Session


def serve(journal: Journal, target: Target, items: list[WaitlistItem], standings: dict[int, Standing]) -> int:
    """Register, invite or pass over the items in order while there are seats; return how many changed."""
    changed = 0
    line = list(items)
    while line and target.seats.has_seat_for_line:
        item = line.pop(0)
        standing = standings[item.contact_id]
        reason = why_not(target, item, standing)
        if reason:
            pass_over(journal, item, target, reason)
            changed += 1
        elif rules.registers_automatically(item, target):
            promote(journal, item, target, standing)
            changed += 1
        else:
            changed += _invite_group(journal, target, item, line, standings)
    return changed


def why_not(target: Target, item: WaitlistItem, standing: Standing) -> str:
    """Why this item cannot be served now, in words for staff; empty when it can (requirements E1b)."""
    if standing.registration is None:
        return _("the event registration is cancelled")
    if isinstance(target, Session):
        clashing = rules.clashes(target, standing.held_sessions)
        if clashing:
            return _("overlaps %(session)s") % {"session": clashing[0].name}
    elif item.event_pass and not item.event_pass.seats.has_seat_for_newcomer:
        return _("the pass is sold out")
    return ""


def pass_over(journal: Journal, item: WaitlistItem, target: Target, reason: str) -> None:
    """Leave the item its place, but keep no seat empty for it (design §4)."""
    before = rules.weight(item, target)
    item.passed_over_at, item.passed_over_reason = journal.at, reason[:300]
    item.save(update_fields=["passed_over_at", "passed_over_reason"])
    journal.move(Verb.PASSED_OVER, target, item.contact, waiting=-before, reason=reason)


def promote(
    journal: Journal,
    item: WaitlistItem,
    target: Target,
    standing: Standing,
    *,
    verb: Activity.Verb = Verb.PROMOTED,
    **recorded: object,
) -> SessionRegistration | EventRegistration:
    """Give the item's contact the seat, end the item and tell them."""
    held, waiting = steps.close_item(journal, item, target, Status.REGISTERED)
    registration = standing.registration
    assert registration is not None
    reason = str(recorded.get("reason", ""))
    activity = journal.move(verb, target, item.contact, taken=1, held=held, waiting=waiting, reason=reason)
    payload: dict[str, object] = {}
    seat: SessionRegistration | EventRegistration = registration
    if isinstance(target, Session):
        seat = steps.new_seat(journal, target, registration, **recorded)
        seat.save()
        standing.seats[target.pk] = seat
    else:
        registration.status = EventRegistration.Status.CONFIRMED
        registration.save(update_fields=["status", "updated_at"])
        if item.event_pass:
            steps.issue_pass(journal, registration, item.event_pass, by_newcomer=False)
        payload = decide_on_hold(journal, target, standing)
    journal.tell(
        Kind.PROMOTED,
        item.contact,
        activity,
        item.event if not isinstance(target, Event) else target,
        session=target if isinstance(target, Session) else None,
        registration=registration,
        payload=payload,
    )
    return seat


def decide_on_hold(journal: Journal, event: Event, standing: Standing) -> dict[str, object]:
    """Decide the wishes that waited for the event's seat, in the order they were made (requirements B4).

    Needs: the contact, and the seat counts of the sessions; those that are not locked stay on hold.
    """
    said: dict[str, list[int]] = {"session_ids": [], "waitlisted_session_ids": [], "refused_session_ids": []}
    held_back = [
        item for item in standing.items.values() if item.status == Status.ON_HOLD and item.session_id
    ]
    wanted = steps.fresh_sessions(
        [i.session_id for i in held_back if i.session_id], event, dict(journal.seats)
    )
    for item in sorted(held_back, key=lambda item: item.pk):
        session = wanted[item.session_id or 0]
        if session.seats_id not in journal.seats:
            continue
        outcome = _decide_one(journal, item, session, standing)
        said[outcome].append(session.pk)
    return dict(said)


def _decide_one(journal: Journal, item: WaitlistItem, session: Session, standing: Standing) -> str:
    others = Standing(standing.registration, standing.seats, {})
    outcome, _clashing = rules.outcome_of_claim(
        session, others, standing.held_sessions, wait=True, at=journal.at
    )
    registration = standing.registration
    assert registration is not None
    if outcome == Outcome.REGISTERED:
        steps.close_item(journal, item, session, Status.REGISTERED)
        seat = steps.new_seat(journal, session, registration)
        seat.save()
        standing.seats[session.pk] = seat
        journal.move(Verb.REGISTERED, session, registration.contact, taken=1, by_newcomer=True)
        return "session_ids"
    if outcome == Outcome.WAITLISTED:
        item.status, item.joined_at = Status.WAITING, journal.at
        item.save(update_fields=["status", "joined_at"])
        journal.move(Verb.WAITLISTED, session, registration.contact, waiting=rules.weight(item, session))
        return "waitlisted_session_ids"
    steps.end_item(
        journal, item, session, Status.REMOVED, Verb.REMOVED_FROM_WAITLIST, reason=str(outcome.label)
    )
    return "refused_session_ids"


def _invite_group(
    journal: Journal,
    target: Target,
    first: WaitlistItem,
    line: list[WaitlistItem],
    standings: dict[int, Standing],
) -> int:
    """Offer one seat to `first` and to those right behind who are to be asked too; return how many changed.

    Nobody behind a person who is to be registered automatically is invited: that would let them overtake.
    """
    group = [first]
    passed_over = 0
    while line and len(group) < target.invitations_per_slot:
        item = line[0]
        reason = why_not(target, item, standings[item.contact_id])
        if reason:
            pass_over(journal, line.pop(0), target, reason)
            passed_over += 1
        elif rules.registers_automatically(item, target):
            break
        else:
            group.append(line.pop(0))
    invite_together(journal, target, group, standings)
    return len(group) + passed_over


def invite_together(
    journal: Journal, target: Target, items: list[WaitlistItem], standings: dict[int, Standing]
) -> InvitationSlot:
    """Hold one seat for these people until the deadline and tell them."""
    slot = InvitationSlot.objects.create(
        seats_id=target.seats_id, opened_at=journal.at, expires_at=rules.deadline_for(target, journal.at)
    )
    event = target.event if isinstance(target, Session) else target
    for index, item in enumerate(items):
        waiting = -rules.weight(item, target)
        item.status, item.invitation_slot, item.passed_over_at = Status.INVITED, slot, None
        item.save(update_fields=["status", "invitation_slot", "passed_over_at"])
        activity = journal.move(
            Verb.INVITED, target, item.contact, held=1 if index == 0 else 0, waiting=waiting
        )
        journal.tell(
            Kind.INVITED,
            item.contact,
            activity,
            event,
            session=target if isinstance(target, Session) else None,
            registration=standings[item.contact_id].registration,
            payload={"item_id": item.pk},
        )
    return slot

"""Give a line's heads what is theirs. Needs: the contacts of all items and the target's seat count."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from events.models import Event
from registrations import rules
from registrations.actions import giving, steps
from registrations.actions.journal import Journal
from registrations.actions.lines.hindrances import Hindrance
from registrations.actions.lines.next_in_line import steps_for
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.rules.doors import WISH_ON_HOLD
from registrations.rules.outcomes import Outcome
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Status = WaitlistItem.Status
WhenClashing = WaitlistItem.WhenClashing
Verb = Activity.Verb
Kind = Notification.Kind
Target = Event | Session
_INVITED = ["status", "invitation_slot", "passed_over_at", "passed_over_code", "passed_over_reason"]


def serve(journal: Journal, target: Target, items: list[WaitlistItem], standings: dict[int, Standing]) -> int:
    """Register, invite or pass over the items in order while there are seats; return how many changed.

    Somebody whose seat elsewhere is in the way is not registered blindly: with "swap if needed" that seat is
    given up in the same transaction, else the swap is offered as an invitation.
    """
    attach_passes(journal, items)
    changed = 0
    for step in steps_for(target, items, standings, journal.at):
        if step.hindrance:
            for item in step.items:
                pass_over(journal, item, target, step.hindrance)
        elif step.is_invitation:
            invite_for_one_seat(journal, target, step.items, standings)
        else:
            promote(journal, step.item, target, standings[step.item.contact_id], give_up=step.give_up)
        changed += len(step.items)
    return changed


def attach_passes(journal: Journal, items: Iterable[WaitlistItem]) -> None:
    """Let the items' passes carry their locked seat counts, so that two items never count on one last pass."""
    for item in items:
        if item.event_pass is not None:
            item.event_pass.seats = journal.seats[item.event_pass.seats_id]


def pass_over(journal: Journal, item: WaitlistItem, target: Target, why: Hindrance) -> None:
    """Leave the item its place, but keep no seat empty for it. Nothing where that is recorded already."""
    if item.passed_over_at is not None and (item.passed_over_code, item.passed_over_reason) == (
        why.code,
        why.words[:300],
    ):
        return
    before = rules.weight(item, target)
    item.passed_over_at, item.passed_over_reason = journal.at, why.words[:300]
    item.passed_over_code = why.code
    item.save(update_fields=["passed_over_at", "passed_over_code", "passed_over_reason"])
    journal.move(Verb.PASSED_OVER, target, item.contact, waiting=-before, reason=why.words)


def promote(
    journal: Journal,
    item: WaitlistItem,
    target: Target,
    standing: Standing,
    *,
    verb: Activity.Verb = Verb.PROMOTED,
    give_up: Collection[SessionRegistration] = (),
    **recorded: Any,
) -> SessionRegistration | EventRegistration:
    """Give the item's contact the seat, end the item, give up what is in the way and tell them all in one mail.

    Needs, besides: the seat counts of the sessions given up.
    """
    registration = standing.registration
    assert registration is not None
    for seat in give_up:
        steps.give_back(journal, seat, seat.session, verb=Verb.SWAPPED_AWAY)
        del standing.seats[seat.session_id]
    given: SessionRegistration | EventRegistration = registration
    payload: dict[str, object] = {"gave_up_session_ids": [seat.session_id for seat in give_up]}
    if isinstance(target, Session):
        # The line's own item, under the lock: the standing may have been read before it.
        standing.items[target.pk] = item
        given, activity = giving.give_seat(journal, target, registration, standing, verb=verb, **recorded)
    else:
        event_pass = item.event_pass
        activity = giving.confirm_registration(
            journal, registration, target, item, event_pass, verb=verb, **recorded
        )
        payload = decide_on_hold(journal, target, standing)
    journal.tell(Kind.PROMOTED, item.contact, activity, target, registration=registration, payload=payload)
    return given


def decide_on_hold(journal: Journal, event: Event, standing: Standing) -> dict[str, object]:
    """Decide the wishes that waited for the event's seat, in the order they were made.

    Needs: the contact, and the seat counts of the sessions; those that are not locked stay on hold.
    """
    said: dict[str, list[int]] = {"session_ids": [], "waitlisted_session_ids": [], "refused_session_ids": []}
    on_hold = [item for item in standing.items.values() if item.status == Status.ON_HOLD and item.session_id]
    wanted = steps.fresh_sessions([i.session_id for i in on_hold if i.session_id], event, dict(journal.seats))
    for item in sorted(on_hold, key=lambda item: item.pk):
        session = wanted[item.session_id or 0]
        if session.seats_id not in journal.seats:
            continue
        outcome = _decide_one(journal, item, session, standing)
        said[outcome].append(session.pk)
    return dict(said)


def _decide_one(journal: Journal, item: WaitlistItem, session: Session, standing: Standing) -> str:
    # The wish itself is no place in line, and the others on hold wait for this very decision.
    others = replace(standing, items={}, waited_for={})
    outcome, _reason = rules.outcome_of_claim(
        session, others, standing.held_sessions, wait=True, at=journal.at, door=WISH_ON_HOLD
    )
    registration = standing.registration
    assert registration is not None
    is_with_others = item.together is not None and outcome == Outcome.REGISTERED
    if outcome == Outcome.REGISTERED and not is_with_others:
        giving.give_seat(journal, session, registration, standing, by_newcomer=True)
        return "session_ids"
    if outcome == Outcome.WAITLISTED or is_with_others:
        # The others of the group may have waited for them alone: the line is served after this.
        journal.freed.add(session.seats_id)
        item.status, item.joined_at = Status.WAITING, journal.at
        item.save(update_fields=["status", "joined_at"])
        journal.move(Verb.WAITLISTED, session, registration.contact, waiting=rules.weight(item, session))
        return "waitlisted_session_ids"
    steps.end_item(
        journal, item, session, Status.REMOVED, Verb.REMOVED_FROM_WAITLIST, reason=str(outcome.label)
    )
    return "refused_session_ids"


def invite_for_one_seat(
    journal: Journal, target: Target, items: list[WaitlistItem], standings: dict[int, Standing]
) -> InvitationSlot:
    """Hold one seat for these people until the deadline and tell them; where they pay for a pass, one of it too.

    All of them pay for the same pass, or none for any. Needs: the seat counts of the target and the pass.
    """
    to_pay = rules.priced_pass_of(items[0])
    slot = InvitationSlot.objects.create(
        seats_id=target.seats_id,
        pass_seats_id=to_pay.seats_id if to_pay else None,
        opened_at=journal.at,
        expires_at=rules.deadline_for(target, journal.at),
    )
    if to_pay is not None:
        journal.move(Verb.RESERVED, to_pay, items[0].contact, held=1)
    # Whoever waits together with them, or looks at their place, may be served now.
    journal.freed.add(target.seats_id)
    for index, item in enumerate(items):
        waiting = -rules.weight(item, target)
        item.status, item.invitation_slot = Status.INVITED, slot
        item.passed_over_at, item.passed_over_code, item.passed_over_reason = None, "", ""
        item.save(update_fields=_INVITED)
        activity = journal.move(
            Verb.INVITED,
            target,
            item.contact,
            held=1 if index == 0 else 0,
            waiting=waiting,
            detail={"expires_at": slot.expires_at.isoformat()},
        )
        journal.tell(
            Kind.INVITED,
            item.contact,
            activity,
            target,
            registration=standings[item.contact_id].registration,
            payload={"item_id": item.pk},
        )
    return slot


def step_back(journal: Journal, mine: WaitlistItem, target: Target) -> list[tuple[WaitlistItem, Activity]]:
    """Return those invited beside `mine` to the line; they joined earlier than those behind, so they stay first."""
    others = (
        WaitlistItem.objects.invited().filter(invitation_slot=mine.invitation_slot_id).exclude(pk=mine.pk)
    )
    moved = []
    for item in others.select_related("contact", "event").in_line():
        item.status, item.invitation_slot = Status.WAITING, None
        item.save(update_fields=["status", "invitation_slot"])
        activity = journal.move(Verb.BACK_IN_LINE, target, item.contact, waiting=rules.weight(item, target))
        moved.append((item, activity))
    return moved


def tell_taken(journal: Journal, others: list[tuple[WaitlistItem, Activity]], target: Target) -> None:
    """Tell those who stepped back that somebody else took the seat; they kept their places."""
    event = target.event if isinstance(target, Session) else target
    contacts = [item.contact_id for item, _activity in others]
    rows = EventRegistration.objects.active().filter(event=event, contact_id__in=contacts)
    registrations = {registration.contact_id: registration for registration in rows}
    for item, activity in others:
        journal.tell(
            Kind.INVITATION_TAKEN,
            item.contact,
            activity,
            target,
            registration=registrations.get(item.contact_id),
            payload={"item_id": item.pk},
        )

"""Sessions chosen with a pass, where passes and own agendas go together: held with the order, given when it is paid.

Each expects the contact and the sessions' seat counts to be locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from events.models import Contact, Event, Pass
from registrations import rules
from registrations.actions import giving, places
from registrations.actions.journal import Journal
from registrations.models import Activity, EventRegistration, OrderLine, OrderSeat
from registrations.queries import sessions_opened_by, standing_of
from registrations.rules.doors import PAYMENT, WISH_ON_HOLD, Door
from registrations.rules.outcomes import Outcome
from registrations.rules.standing import Standing
from sessions_app.models import Session

Verb = Activity.Verb


def hold(
    journal: Journal,
    line: OrderLine,
    event: Event,
    event_pass: Pass,
    contact: Contact,
    wanted: Sequence[Session],
    door: Door,
) -> None:
    """Hold a newcomer's seats in these sessions; of one that is full it is kept that they wait for it once paid.

    Raises what else the one list says of a session, with `session_id` in its data.
    """
    standing = _standing(contact, event, event_pass)
    held = standing.held_sessions
    for session in wanted:
        outcome, reason = rules.outcome_of_claim(session, standing, held, wait=True, at=journal.at, door=door)
        if outcome not in {Outcome.REGISTERED, Outcome.WAITLISTED}:
            assert reason is not None
            raise reason.refusal(session_id=session.pk)
        is_held = outcome == Outcome.REGISTERED
        OrderSeat.objects.create(order_line=line, session=session, is_held=is_held)
        standing.also_chosen[session.pk] = session
        if is_held:
            held.append(session)
            detail = {"order": line.order_id}
            journal.move(Verb.RESERVED, session, contact, held=1, by_newcomer=True, detail=detail)


def release(journal: Journal, line: OrderLine, contact: Contact, sessions: Mapping[int, Session]) -> None:
    """Let go of what is held for the line in sessions."""
    for chosen in line.chosen.all():
        if chosen.is_held:
            detail = {"order": line.order_id}
            journal.move(Verb.RELEASED, sessions[chosen.session_id], contact, held=-1, detail=detail)
            _let_go(chosen)


def give(
    journal: Journal,
    line: OrderLine,
    registration: EventRegistration,
    event_pass: Pass,
    sessions: Mapping[int, Session],
) -> dict[str, list[int]]:
    """Give the line's person what is held for them, a place in line where a session is full, and what everybody gets.

    A session that refuses them now, whatever it says, is left out. Returns the ids of the sessions by what the mail
    calls them.
    """
    event, contact = registration.event, registration.contact
    standing = _standing(contact, event, event_pass)
    standing.registration = registration
    said: dict[str, list[int]] = {"session_ids": [], "waitlisted_session_ids": []}
    chosen = list(line.chosen.all())
    for one in chosen:
        session = sessions[one.session_id]
        if one.is_held and _is_given_held(journal, session, registration, standing, line):
            said["session_ids"].append(session.pk)
            _let_go(one)
            continue
        if one.is_held:
            detail = {"order": line.order_id}
            journal.move(Verb.RELEASED, session, contact, held=-1, detail=detail)
            _let_go(one)
        name = _claim(journal, session, registration, standing)
        if name:
            said[name].append(session.pk)
    own = {one.session_id for one in chosen}
    included = [one for pk, one in sessions.items() if pk not in own]
    said["session_ids"] += giving.give_included(journal, registration, included, standing, by_staff=True)
    return {name: ids for name, ids in said.items() if ids}


def _is_given_held(
    journal: Journal,
    session: Session,
    registration: EventRegistration,
    standing: Standing,
    line: OrderLine,
) -> bool:
    """Give the seat that is held; False where the session is gone, or something they hold clashes by now."""
    found = rules.refusals_to_seat(
        session, standing, standing.held_sessions, at=journal.at, seats=PAYMENT.seats
    )
    if rules.first_refusal(found, PAYMENT) is not None:
        return False
    detail = {"order": line.order_id}
    giving.give_seat(journal, session, registration, standing, verb=Verb.PAID, held=-1, detail=detail)
    return True


def _claim(journal: Journal, session: Session, registration: EventRegistration, standing: Standing) -> str:
    """Ask for a seat, or for a place in line, as a wish on hold does; the mail's word, empty for neither."""
    outcome, _reason = rules.outcome_of_claim(
        session, standing, standing.held_sessions, wait=True, at=journal.at, door=WISH_ON_HOLD
    )
    if outcome == Outcome.REGISTERED:
        giving.give_seat(journal, session, registration, standing, by_newcomer=True)
        return "session_ids"
    if outcome == Outcome.WAITLISTED:
        places.enqueue(journal, session, registration.contact, automatically_register=None)
        return "waitlisted_session_ids"
    return ""


def _standing(contact: Contact, event: Event, event_pass: Pass) -> Standing:
    opened = sessions_opened_by(event_pass)
    return replace(standing_of(contact, event), event_pass=event_pass, pass_sessions=opened)


def _let_go(chosen: OrderSeat) -> None:
    chosen.is_held = False
    chosen.save(update_fields=["is_held"])


def within_end_chosen(journal: Journal, session: Session, reason: str) -> None:
    """Let go of every seat in the session that an order holds. Needs: the session's seat count."""
    held = OrderSeat.objects.filter(session=session, is_held=True)
    for one in held.select_related("order_line__contact").order_by("id"):
        detail = {"order": one.order_line.order_id}
        contact = one.order_line.contact
        journal.move(Verb.RELEASED, session, contact, held=-1, reason=reason, detail=detail)
    held.update(is_held=False)

"""Letters about seats and places in line that somebody got, or was offered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.names import for_greeting
from events.numbers import with_number
from registrations import rules
from registrations.actions.lines.answered import may_join
from registrations.links import outcome_url
from registrations.mail.facts import Letter, MailFacts, name_and_time, short_moment
from registrations.models import AttendeePass, EventRegistration, OrderLine, TicketHolder
from registrations.queries import positions
from registrations.rules.draws import words_of_wish
from sessions_app.models import Session
from waitlists.models import WaitlistItem
from waitlists.rules import priced_pass_of

Status = WaitlistItem.Status


def registered(facts: MailFacts) -> Letter:
    """The letter about what one submit, or staff, gave: seats, places in line, a pass."""
    seats, waiting = _agenda_lines(facts)
    registration = facts.standing.registration
    facts.require(registration, "the registration was cancelled")
    was_about_sessions = facts.ids("session_ids") or facts.ids("waitlisted_session_ids")
    facts.require(seats or waiting or not was_about_sessions, "the seats were given up")
    others = facts.held_ids - {session.pk for session in seats}
    given_up = facts.given_up("dropped_session_ids")
    issued = _pass_of(registration)
    context = {
        "seats": seats,
        "waiting": waiting,
        "given_up": given_up,
        "others": facts.sessions(others),
        "event_pass": issued,
        **_ordered(issued),
        "is_automatic": _are_automatic(facts, waiting),
        "may_choose_later": facts.event.allow_custom_agenda and not facts.standing.seats and not waiting,
    }
    subject = _registered_subject(facts, seats, waiting)
    return Letter(subject, context, entries=[*seats, *_by_pass(facts, seats)], cancelled_entries=given_up)


def _by_pass(facts: MailFacts, seats: list[Session]) -> list[Session]:
    """The sessions that the person's pass opens besides."""
    return [session for session in facts.opened if session not in seats]


def _registered_subject(facts: MailFacts, seats: list[Session], waiting: list[dict]) -> str:
    event = name_and_time(facts.event)
    if len(seats) == 1 and not waiting:
        return _("You have a seat: %(session)s") % {"session": name_and_time(seats[0])}
    if not seats and waiting:
        return _waiting_subject(facts, waiting)
    if not seats:
        return _("You are registered: %(event)s") % {"event": event}
    outcome = ngettext("You have %(n)d seat", "You have %(n)d seats", len(seats)) % {"n": len(seats)}
    if waiting:
        outcome += ", " + _("%(n)d on the waitlist") % {"n": len(waiting)}
    return f"{outcome}: {event}"


def _agenda_lines(facts: MailFacts) -> tuple[list[Session], list[dict]]:
    """The sessions just taken that are still held, and the places in line that are still open.

    Looked at afterwards (not `checked`), the mail shows what it told, whatever became of it.
    """
    standing, is_past = facts.standing, not facts.checked
    held = [pk for pk in facts.ids("session_ids") if pk in standing.seats or is_past]
    hoped = [*facts.ids("waitlisted_session_ids"), *facts.ids("on_hold_session_ids")]
    sessions = {session.pk: session for session in facts.sessions([*held, *hoped])}
    waiting = [pk for pk in hoped if pk in sessions and (pk in standing.items or is_past)]
    return (
        [session for pk, session in sessions.items() if pk in held],
        in_line([(sessions[pk], standing.items.get(pk)) for pk in waiting]),
    )


def in_line(wishes: list[tuple[Session, WaitlistItem | None]]) -> list[dict]:
    """One line of the mail for each wish."""
    places = positions([item for _session, item in wishes if item])
    return [
        {
            "session": session,
            "position": places.get(item.pk) if item else None,
            "item": item,
            "is_on_hold": item is not None and item.status == Status.ON_HOLD,
        }
        for session, item in wishes
    ]


def _pass_of(registration: EventRegistration | None) -> AttendeePass | None:
    issued = AttendeePass.objects.filter(event_registration=registration, cancelled_at=None)
    return issued.select_related("event_pass").first() if registration else None


def _ordered(issued: AttendeePass | None) -> dict[str, Any]:
    """Whether the pass came by an order, whose payer is told how it is paid; and who that is, if somebody else."""
    if issued is None or not issued.event_pass.price:
        return {}
    lines = OrderLine.objects.filter(registration=issued.event_registration_id)
    line = lines.select_related("order__payer").first()
    if line is None:
        return {}
    is_own = line.order.payer_id == line.contact_id
    return {"is_ordered": True, "buyer": "" if is_own else for_greeting(line.order.payer.full_name)}


def waitlisted(facts: MailFacts) -> Letter:
    """The letter about a place in the line of one session, of several, or of the event."""
    hoped = facts.ids("waitlisted_session_ids") or facts.ids("on_hold_session_ids")
    waits_for_event = None in facts.standing.items
    if hoped and facts.session is None and not waits_for_event:
        return _waits_for_several(facts)
    item = facts.standing.items.get(facts.session.pk if facts.session else None)
    facts.require(item, "the person does not wait any more")
    place = positions([item]).get(item.pk) if item else None
    on_hold = facts.sessions(pk for pk in facts.ids("on_hold_session_ids") if pk in facts.standing.items)
    context = {
        "item": item,
        "position": place or 1,
        "is_automatic": is_automatic(facts, item),
        "waiting": in_line([(session, facts.standing.items.get(session.pk)) for session in on_hold]),
    }
    target = name_and_time(facts.target)
    subject = with_number(
        _("You are on the waitlist, number %(n)d in line: %(target)s"), place or 1, target=target
    )
    return Letter(subject, context)


def _waits_for_several(facts: MailFacts) -> Letter:
    _seats, waiting = _agenda_lines(facts)
    facts.require(waiting, "the person does not wait any more")
    context = {"waiting": waiting, "is_automatic": _are_automatic(facts, waiting)}
    return Letter(_waiting_subject(facts, waiting), context)


def _waiting_subject(facts: MailFacts, waiting: list[dict]) -> str:
    if len(waiting) != 1:
        words = {"n": len(waiting), "event": name_and_time(facts.event)}
        return _("You are on %(n)d waitlists: %(event)s") % words
    place, target = waiting[0]["position"] or 1, name_and_time(waiting[0]["session"])
    return with_number(_("You are on the waitlist, number %(n)d in line: %(target)s"), place, target=target)


def _are_automatic(facts: MailFacts, waiting: list[dict]) -> bool:
    return all(is_automatic(facts, line["item"], line["session"]) for line in waiting)


def is_automatic(facts: MailFacts, item: WaitlistItem | None, session: Session | None = None) -> bool:
    target = session or facts.target
    if item is not None and priced_pass_of(item) is not None:
        return False
    is_chosen = bool(target.contacts_choose_auto_register and item and item.automatically_register)
    return target.auto_register_waitlisted or is_chosen


def drawn(facts: MailFacts) -> Letter:
    """The letter about a draw: the seats that are theirs, places in line, and why each other wish did not come true."""
    holder, registration = _holder(facts), facts.standing.registration
    facts.require(holder and registration, "the registration was cancelled")
    seats, waiting = _agenda_lines(facts)
    outcome = holder.outcome if holder else []
    told = {*(session.pk for session in seats), *(line["session"].pk for line in waiting)}
    missed = [line for line in outcome if line["session"] not in told]
    sessions = {session.pk: session for session in facts.sessions(line["session"] for line in missed)}
    context = {
        "seats": seats,
        "waiting": waiting,
        "missed": [
            {"session": sessions[line["session"]], "words": _why_missed(line)}
            for line in missed
            if line["session"] in sessions
        ],
        "ticket": holder.ticket.place if holder else None,
        "draw": holder.draw if holder else None,
        "outcome_url": outcome_url(registration, holder.draw) if holder and registration else "",
    }
    subject = _registered_subject(facts, seats, waiting) if seats or waiting else _nothing_drawn(facts)
    return Letter(subject, context, entries=seats)


def _holder(facts: MailFacts) -> TicketHolder | None:
    rows = TicketHolder.objects.filter(draw=facts.notification.payload.get("draw_id"))
    mine = rows.filter(registration=facts.notification.event_registration)
    return mine.select_related("ticket", "draw").defer("draw__frozen_file").first()


def _nothing_drawn(facts: MailFacts) -> str:
    return _("The draw gave you no seat: %(event)s") % {"event": name_and_time(facts.event)}


def _why_missed(line: dict[str, Any]) -> str:
    if line["became"] != "nothing":
        return _("Given up since")
    return words_of_wish(line.get("verdict"), line["code"], line.get("round"))


def promoted(facts: MailFacts) -> Letter:
    """The letter about a seat that came free and is now the person's."""
    if facts.session is None:
        return _promoted_at_event(facts)
    facts.require(facts.session.pk in facts.standing.seats, "the seat was given up")
    subject = _("You have a seat: %(session)s") % {"session": name_and_time(facts.session)}
    given_up = facts.given_up("gave_up_session_ids")
    return Letter(subject, {"given_up": given_up}, entries=[facts.session], cancelled_entries=given_up)


def _promoted_at_event(facts: MailFacts) -> Letter:
    registration = facts.standing.registration
    is_confirmed = registration is not None and registration.status == EventRegistration.Status.CONFIRMED
    facts.require(is_confirmed, "the registration was cancelled")
    seats, waiting = _agenda_lines(facts)
    context = {
        "seats": seats,
        "waiting": waiting,
        "refused": facts.sessions(facts.ids("refused_session_ids")),
    }
    return Letter(
        _("You are in: %(event)s") % {"event": name_and_time(facts.event)},
        context,
        entries=[*seats, *_by_pass(facts, seats)],
    )


def invited(facts: MailFacts) -> Letter:
    """The letter that offers a held seat, to be accepted or declined until the deadline."""
    item = facts.item
    is_open = item is not None and item.status == Status.INVITED
    facts.require(is_open, "the invitation was answered, taken or withdrawn")
    deadline = item.expires_at if item else None
    facts.require(deadline is None or deadline > facts.at, "the invitation has expired")
    words = {"target": name_and_time(facts.target)}
    subject = _("A seat for you: %(target)s") % words
    if deadline:
        words["deadline"] = short_moment(deadline.astimezone(facts.event.zone), facts.at)
        subject = _("A seat for you, answer by %(deadline)s: %(target)s") % words
    is_shared = facts.target.invitations_per_slot > 1
    in_the_way = rules.clashes(facts.session, facts.standing.held_sessions) if facts.session else []
    context: dict[str, Any] = {"is_shared": is_shared, "in_the_way": in_the_way, "item": item}
    context |= {"deadline": deadline, "deadline_zone": facts.event.timezone.replace("_", " ")}
    return Letter(subject, {**context, "answer_url": facts.invitation_url})


def invitation_taken(facts: MailFacts) -> Letter:
    """The letter that says somebody else was faster; the place in line is kept."""
    item = facts.item
    is_waiting = item is not None and item.status == Status.WAITING
    facts.require(is_waiting, "the person does not wait any more")
    place = positions([item]).get(item.pk) if item else None
    target = name_and_time(facts.target)
    subject = with_number(
        _("The seat is taken, you are number %(n)d in line: %(target)s"), place or 1, target=target
    )
    return Letter(subject, {"position": place})


def invitation_expired(facts: MailFacts) -> Letter:
    """The letter that says the deadline passed without an answer."""
    key = facts.session.pk if facts.session else None
    facts.require(key not in facts.standing.items, "the person waits again")
    has_seat = key in facts.standing.seats if key else facts.standing.registration is not None
    facts.require(not has_seat, "the person has a seat")
    words = {"target": name_and_time(facts.target)}
    context = {"may_join": may_join(facts.target, facts.at)}
    return Letter(_("Your invitation has expired: %(target)s") % words, context)

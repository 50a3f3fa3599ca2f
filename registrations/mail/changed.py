"""Letters about what was given up or called off; and the one that carries nothing but the link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from registrations.links import session_url
from registrations.mail.facts import Letter, MailFacts, name_and_time
from registrations.models import AddressCode, SessionRegistration
from sessions_app.models import Session


def cancelled(facts: MailFacts) -> Letter:
    """The letter about seats given back, a place in line ended by staff, or everything at the event."""
    payload = facts.notification.payload
    context: dict[str, Any] = {
        "reason": payload.get("reason", ""),
        "by_staff": payload.get("by_staff", False),
    }
    if payload.get("everything"):
        facts.require(facts.standing.registration is None, "the person has registered again")
        gone = facts.sessions(facts.ids("session_ids"))
        subject = _("Your registration is cancelled: %(event)s") % {"event": name_and_time(facts.event)}
        return Letter(subject, {**context, "everything": True, "seats": gone}, cancelled_entries=gone)
    if payload.get("waitlist"):
        key = facts.session.pk if facts.session else None
        facts.require(key not in facts.standing.items, "the person waits again")
        subject = _("You are no longer on the waitlist: %(target)s") % {"target": name_and_time(facts.target)}
        return Letter(subject, {**context, "waitlist": True, "until_hours": payload.get("until_hours")})
    return _seats_given_back(facts, context)


def _seats_given_back(facts: MailFacts, context: dict[str, Any]) -> Letter:
    gone = facts.sessions(pk for pk in facts.ids("session_ids") if pk not in facts.standing.seats)
    facts.require(gone, "the person has the seats again")
    if len(gone) == 1:
        subject = _("Your seat is cancelled: %(session)s") % {"session": name_and_time(gone[0])}
    else:
        words = {"n": len(gone), "event": name_and_time(facts.event)}
        subject = _("%(n)d of your seats are cancelled: %(event)s") % words
    return Letter(subject, {**context, "seats": gone}, cancelled_entries=gone)


def session_cancelled(facts: MailFacts) -> Letter:
    """The letter about a cancelled session, with other sessions that have free seats."""
    session = facts.session
    assert session is not None
    facts.require(session.cancelled_at, "the session takes place after all")
    lost = SessionRegistration.objects.filter(session=session, cancelled_at=session.cancelled_at)
    had_seat = lost.filter(contact=facts.notification.contact).exists() or facts.has_by_pass(session)
    offered = [other for other in facts.sessions(facts.ids("alternative_ids")) if _is_open(other, facts.at)]
    context = {
        "reason": facts.notification.payload.get("reason", ""),
        "had_seat": had_seat,
        "alternatives": [{"session": other, "url": session_url(other)} for other in offered],
    }
    subject = _("Cancelled: %(session)s") % {"session": name_and_time(session)}
    return Letter(subject, context, cancelled_entries=[session] if had_seat else [])


def _is_open(session: Session, at: datetime) -> bool:
    """True when a newcomer may still take a seat of the session."""
    return session.is_live and not session.has_started(at) and session.seats.has_seat_for_newcomer


def event_cancelled(facts: MailFacts) -> Letter:
    """The letter about a cancelled event."""
    facts.require(facts.event.cancelled_at, "the event takes place after all")
    lost = SessionRegistration.objects.filter(cancelled_at=facts.event.cancelled_at)
    mine = lost.filter(event_registration=facts.notification.event_registration)
    gone = facts.sessions(mine.values_list("session_id", flat=True))
    context = {"reason": facts.notification.payload.get("reason", "")}
    subject = _("Cancelled: %(event)s") % {"event": name_and_time(facts.event)}
    return Letter(subject, context, cancelled_entries=gone)


def link_requested(facts: MailFacts) -> Letter:
    """The letter with the personal link that was asked for."""
    facts.require(facts.standing.registration, "the registration was cancelled")
    return Letter(_("Your link to %(event)s") % {"event": name_and_time(facts.event)})


def address_code(facts: MailFacts) -> Letter:
    """The letter that asks another address whether it is the registrant's; a stranger reads neither name nor link."""
    asked = AddressCode.objects.filter(uuid=facts.notification.payload["code"]).first()
    is_open = asked is not None and asked.is_open(facts.at)
    facts.require(is_open, "the code has ended, or another one was asked for")
    # Whoever looks at the mail on the desk is not to have the code.
    code = asked.code if asked and is_open and facts.checked else "······"
    context = {"code": code, "first_name": "", "is_registered": False, "own_html": "", "own_text": ""}
    words = {"code": code, "event": name_and_time(facts.event)}
    return Letter(_("%(code)s is your code: %(event)s") % words, context, to=asked.email if asked else "")

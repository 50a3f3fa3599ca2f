"""What organizers write themselves: messages, and their own paragraph in our mails; and reminders."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.names import for_greeting
from events.placeholders import Values, filled_html, filled_line, filled_text
from events.zones import hours_in_words
from registrations.links import messages_url
from registrations.mail.facts import Letter, MailFacts, name_and_time
from registrations.models import MailWords, Message
from sessions_app.models import Session


def message(facts: MailFacts) -> Letter:
    """The letter that a member of staff wrote; as a draft its words are in the row, else in the message."""
    written, even_gone = facts.notification.payload, False
    if "subject" not in written:
        sent = Message.objects.get(pk=written["message_id"])
        facts.require(sent.stopped_at is None, "the message was stopped")
        written, even_gone = {"subject": sent.subject, "body": sent.body}, sent.even_gone
    is_there = facts.standing.registration is not None or bool(facts.standing.items)
    facts.require(is_there or even_gone, "the person is neither registered nor waiting any more")
    values = values_of(facts)
    context = {
        "headline": filled_line(written["subject"], values),
        "body_html": filled_html(written["body"], values),
        "body_text": filled_text(written["body"], values),
    }
    if facts.registration is not None:
        context["decline_url"] = messages_url(facts.registration)
    return Letter(context["headline"], context)


def reminder(facts: MailFacts) -> Letter:
    """The letter shortly before an event, with the person's agenda, or before one session."""
    facts.require(facts.standing.registration, "the registration was cancelled")
    target, session = facts.target, facts.session
    facts.require(not target.cancelled_at, "it does not take place")
    known = facts.notification.payload.get("starts_at")
    facts.require(
        known is None or (target.starts_at and known == target.starts_at.isoformat()), "it has moved"
    )
    facts.require(target.starts_at and target.starts_at > facts.at, "it has begun")
    if session is not None:
        facts.require(session.pk in facts.standing.seats, "the seat was given up")
        return Letter(_("Soon: %(session)s") % {"session": name_and_time(session)}, {"seats": []})
    seats = facts.sessions(facts.standing.seats)
    return Letter(_("Soon: %(event)s") % {"event": name_and_time(facts.event)}, {"seats": seats})


def own_paragraph(facts: MailFacts) -> dict[str, Any]:
    """The organizer's own paragraph for this kind of mail, as HTML and as text; nothing where there is none."""
    rows = MailWords.objects.filter(event=facts.event, kind=facts.notification.kind)
    paragraph = rows.values_list("paragraph", flat=True).first()
    if not paragraph:
        return {}
    values = values_of(facts)
    return {"own_html": filled_html(paragraph, values), "own_text": filled_text(paragraph, values)}


def values_of(facts: MailFacts) -> Values:
    """What the placeholders stand for in this person's mail; whoever is not registered gets the event's page."""
    registration, contact = facts.registration, facts.notification.contact
    first = (registration.first_name if registration else "") or contact.first_name
    return Values(
        first_name=for_greeting(first),
        name=registration.full_name if registration else str(contact),
        event=facts.event.name,
        agenda=tuple(_line(session) for session in facts.sessions(facts.standing.seats)),
        link=facts.personal_url,
    )


def _line(session: Session) -> str:
    """“Knots under load, Sat 3 May, 10:00–11:00, Room 5”."""
    parts = [session.name]
    if session.starts_at and session.ends_at:
        zone = session.event.zone
        parts.append(date_format(session.starts_at.astimezone(zone), _("D j M")))
        parts.append(hours_in_words(session.starts_at, session.ends_at, zone, session.zone))
    if session.room:
        parts.append(session.room.name)
    return ", ".join(parts)

"""What organizers write themselves: messages, and their own paragraph in our mails; and reminders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.names import for_greeting
from events.placeholders import Values, filled_html, filled_line, filled_text
from events.zones import hours_in_words
from registrations.actions.sending.reminders import WITH_OWN_WORDS
from registrations.links import messages_url, reminders_url
from registrations.mail.facts import Letter, MailFacts, name_and_time, short_moment
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
    context: dict[str, Any] = {
        "headline": filled_line(written["subject"], values),
        "body_html": filled_html(written["body"], values),
        "body_text": filled_text(written["body"], values),
    }
    if facts.registration is not None:
        context |= {"decline_url": messages_url(facts.registration), "declines": "messages"}
    return Letter(context["headline"], context)


def reminder(facts: MailFacts) -> Letter:
    """The letter shortly before an event, with the person's agenda, or before one session."""
    registration = facts.standing.registration
    facts.require(registration, "the registration was cancelled")
    facts.require(
        registration is None or registration.reminders_declined_at is None, "reminders are declined"
    )
    facts.require(not facts.target.cancelled_at, "it does not take place")
    letter = _of_session(facts, facts.session) if facts.session else _of_event(facts)
    if registration is not None:
        letter.context |= {"decline_url": reminders_url(registration), "declines": "reminders"}
    return letter


def _of_session(facts: MailFacts, session: Session) -> Letter:
    known = facts.notification.payload.get("starts_at")
    has_stayed = session.starts_at and known in {None, session.starts_at.isoformat()}
    facts.require(has_stayed, "it has moved")
    facts.require(session.starts_at and session.starts_at > facts.at, "it has begun")
    facts.require(session.pk in facts.held_ids, "the seat was given up")
    return Letter(_("Soon: %(session)s") % {"session": name_and_time(session)}, {"seats": []})


def _of_event(facts: MailFacts) -> Letter:
    """With the agenda of the person's first day, and what they have on the others."""
    event, agenda = facts.event, facts.sessions(facts.held_ids)
    begins = min((each.starts_at for each in agenda if each.starts_at), default=event.starts_at)
    known = parse_datetime(facts.notification.payload.get("starts_at") or "") or begins
    day = begins.astimezone(event.zone).date()
    facts.require(known.astimezone(event.zone).date() == day, "it has moved to another day")
    facts.require(begins > facts.at, "it has begun")
    that_day = [each for each in agenda if each.day == day]
    others = [each for each in agenda if each.day != day]
    words = {"event": name_and_time(event), "moment": short_moment(begins.astimezone(event.zone), facts.at)}
    subject = _("Soon: %(event)s, %(moment)s") % words
    return Letter(subject, {"seats": that_day, "others": others})


def own_paragraph(facts: MailFacts) -> dict[str, Any]:
    """The organizer's own paragraphs in this mail, as HTML and as text; nothing where there are none."""
    kind = facts.notification.kind
    if kind not in WITH_OWN_WORDS:
        return {}
    rows = MailWords.objects.filter(event=facts.event, kind__in=(kind, MailWords.EVERY))
    written = dict(rows.values_list("kind", "paragraph"))
    return filled(written, kind, values_of(facts)) if written else {}


def filled(written: Mapping[str, str], kind: str, values: Values) -> dict[str, Any]:
    """What is written for this kind of mail, and after it what is written for all, with its placeholders filled."""
    paragraphs = [written[name] for name in (kind, MailWords.EVERY) if written.get(name, "").strip()]
    if not paragraphs:
        return {}
    whole = "\n\n".join(paragraphs)
    return {"own_html": filled_html(whole, values), "own_text": filled_text(whole, values)}


def values_of(facts: MailFacts) -> Values:
    """What the placeholders stand for in this person's mail; whoever is not registered gets the event's page."""
    registration, contact = facts.registration, facts.notification.contact
    first = (registration.first_name if registration else "") or contact.first_name
    return Values(
        first_name=for_greeting(first),
        name=registration.full_name if registration else str(contact),
        event=facts.event.name,
        agenda=tuple(agenda_line(session) for session in facts.sessions(facts.standing.seats)),
        link=facts.personal_url,
    )


def agenda_line(session: Session) -> str:
    """“Knots under load, Sat 3 May, 10:00–11:00, Room 5”."""
    parts = [session.name]
    if session.starts_at and session.ends_at:
        zone = session.event.zone
        parts.append(date_format(session.starts_at.astimezone(zone), _("D j M")))
        parts.append(hours_in_words(session.starts_at, session.ends_at, zone, session.zone))
    if session.room:
        parts.append(session.room.name)
    return ", ".join(parts)

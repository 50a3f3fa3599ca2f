"""Put a letter into words, twice: as text that reads well alone, and as HTML."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from events.colours import accent_pair
from events.models import Event
from events.names import for_greeting, isolated
from registrations.calendar import sessions_ics
from registrations.invoices import file_of
from registrations.mail import changed, door, gained, gathered, moved, orders, own_words
from registrations.mail.calendars import CalendarMail, correction, put_right
from registrations.mail.facts import Letter, MailFacts, NoLongerTrue
from registrations.models import EventRegistration, Notification
from registrations.notifications import draft_of

Kind = Notification.Kind

LETTERS: dict[str, Callable[[MailFacts], Letter]] = {
    Kind.REGISTERED: gained.registered,
    Kind.WAITLISTED: gained.waitlisted,
    Kind.PROMOTED: gained.promoted,
    Kind.INVITED: gained.invited,
    Kind.INVITATION_TAKEN: gained.invitation_taken,
    Kind.INVITATION_EXPIRED: gained.invitation_expired,
    Kind.DRAWN: gained.drawn,
    Kind.CANCELLED: changed.cancelled,
    Kind.SESSION_CHANGED: moved.session_changed,
    Kind.SESSION_CANCELLED: changed.session_cancelled,
    Kind.EVENT_CANCELLED: changed.event_cancelled,
    Kind.LINK_REQUESTED: changed.link_requested,
    Kind.ADDRESS_CODE: changed.address_code,
    Kind.REMINDER: own_words.reminder,
    Kind.MESSAGE: own_words.message,
    **dict.fromkeys(orders.KINDS, orders.letter),
}

# The most that a logo takes, in pixels of the mail.
LOGO_WIDTH, LOGO_HEIGHT = 220, 48
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def render(notification: Notification, *, at: datetime | None = None, checked: bool = True) -> CalendarMail:
    """Return the notification as a mail, in the person's language and the event's time zone.

    Raises NoLongerTrue when the state it tells of has passed; with `checked` off it shows the mail all the same.
    """
    facts = MailFacts.of(notification, at or timezone.now(), checked=checked)
    facts.require(not notification.contact.erased_at, "the person was erased")
    return _put_into_words(facts)


def draft_for(registration: EventRegistration, subject: str, body: str) -> CalendarMail:
    """Return the mail that this registrant would get if somebody sent these words; nothing is written."""
    row = draft_of(registration, subject, body)
    return _put_into_words(MailFacts(row, timezone.now(), checked=False))


def _put_into_words(facts: MailFacts) -> CalendarMail:
    with translation.override(_language_of(facts)), timezone.override(facts.event.zone):
        changes = gathered.changes_with(facts.notification) if facts.checked else []
        facts.told_with = tuple(each.pk for each in changes[1:])
        message = _message(facts, _letter(facts, changes))
        message.told_with = [*facts.told_with]
        return message


def _letter(facts: MailFacts, changes: list[Notification]) -> Letter:
    """What there is to say; where nothing is, but the person's calendar is wrong, what puts that right."""
    try:
        if len(changes) > 1:
            return gathered.told_together(facts, changes)
        return LETTERS[facts.notification.kind](facts)
    except NoLongerTrue as outdated:
        if letter := correction(facts):
            return letter
        outdated.told_with = facts.told_with
        raise


def message_id(notification: Notification) -> str:
    """Return the same Message-ID for the same outbox row, so that a repeat after a crash is known for one."""
    digest = hashlib.sha256(notification.dedup_key.encode()).hexdigest()[:40]
    return f"<{digest}@{host()}>"


def host() -> str:
    """The site's own name, which every Message-ID ends with."""
    return urlsplit(settings.SITE_URL).hostname or "seatwise.invalid"


def _language_of(facts: MailFacts) -> str:
    return facts.event.language_for(facts.notification.contact.language)


def _message(facts: MailFacts, letter: Letter) -> CalendarMail:
    context = _context(facts, letter)
    template = f"mail/{letter.template or facts.notification.kind}"
    put_right(facts, letter)
    message = CalendarMail(
        subject=context["subject"],
        body=tidy(render_to_string(f"{template}.txt", context)),
        from_email=formataddr((one_line(facts.event.name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[letter.to or facts.notification.contact.email],
        reply_to=[facts.event.contact_email] if facts.event.contact_email else None,
        headers={**HEADERS, "Message-ID": message_id(facts.notification), **_unsubscribing(context)},
    )
    message.written_html = context.get("body_html", message.written_html)
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    if "door_picture" in context:
        message.picture = door.picture(context)
        message.attach(message.picture)
    if facts.checked:
        for paper in letter.papers:
            message.attach(f"{paper}.pdf", bytes(file_of(paper).content), "application/pdf")
    if (letter.entries or letter.cancelled_entries) and facts.registration:
        message.attach(_calendar_part(facts, letter))
        message.entries, message.cancelled_entries = letter.entries, letter.cancelled_entries
    return message


def _unsubscribing(context: dict[str, Any]) -> dict[str, str]:
    """What lets a mail program offer its own button, where the mail may be declined."""
    if "decline_url" not in context:
        return {}
    return {
        "List-Unsubscribe": f"<{context['decline_url']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _context(facts: MailFacts, letter: Letter) -> dict[str, Any]:
    registration, contact = facts.registration, facts.notification.contact
    return {
        **frame_of(facts.event),
        "subject": one_line(letter.subject),
        "event": facts.event,
        "session": facts.session,
        "first_name": isolated(
            for_greeting((registration.first_name if registration else "") or contact.first_name)
        ),
        "personal_url": facts.personal_url,
        "is_registered": facts.standing.registration is not None,
        **own_words.own_paragraph(facts),
        **door.door_code(facts, message_id(facts.notification)),
        "registrar": facts.registrar,
        **letter.context,
    }


def frame_of(event: Event) -> dict[str, Any]:
    """What every mail of the event has around its words: its logo, its colours, and the language that is spoken."""
    light, dark = accent_pair(event.accent_colour)
    colours = {"accent_light": light, "accent_dark": dark}
    return {"logo": _logo(event), "language": translation.get_language(), **colours}


def _logo(event: Event) -> dict[str, Any]:
    """The event's logo as mails show it, by its address: mail programs keep it, and no mail grows by it."""
    picture = event.logo
    if picture is None:
        return {}
    shrunk = min(1, LOGO_WIDTH / picture.width, LOGO_HEIGHT / picture.height)
    return {
        "url": f"{settings.SITE_URL}{picture.small_url}",
        "width": max(1, round(picture.width * shrunk)),
        "height": max(1, round(picture.height * shrunk)),
        "alt": picture.alt or event.name,
    }


def one_line(text: str) -> str:
    """A name with a line break in it must not become a header of its own."""
    return " ".join(text.split())


def tidy(text: str) -> str:
    """Leave one empty line between paragraphs, whatever the templates' tags left behind."""
    stripped = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", stripped).strip() + "\n"


def _calendar_part(facts: MailFacts, letter: Letter) -> MIMEText:
    assert facts.registration is not None
    calendar = sessions_ics(facts.registration, letter.entries, letter.cancelled_entries, at=facts.at)
    part = MIMEText(calendar.decode(), "calendar", "utf-8")
    part.set_param("method", "PUBLISH")
    name = "agenda.ics" if letter.entries else "cancelled.ics"
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part

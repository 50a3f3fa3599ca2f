"""Mails to addresses that need be nobody's: a code to be typed in, or word that a registration left the address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.colours import accent_pair
from registrations.links import event_url
from registrations.mail.facts import name_and_time
from registrations.mail.rendering import HEADERS, host, one_line, tidy
from registrations.models import AddressMail

Purpose = AddressMail.Purpose
# As for every mail: longer than the slowest mail server takes to give up.
LEASE = timedelta(minutes=5)
# A code lasts minutes, so it is tried again soon.
PAUSE = timedelta(seconds=30)


def lease_mails(limit: int, at: datetime | None = None) -> Iterator[AddressMail]:
    """Yield up to `limit` mails that are due, oldest first, each leased just before it is yielded."""
    now = at or timezone.now()
    for pk in list(
        AddressMail.objects.due(now).order_by("due_at", "pk").values_list("pk", flat=True)[:limit]
    ):
        # Of two workers one changes the row, and so has the mail.
        free = AddressMail.objects.due(at or timezone.now()).filter(pk=pk)
        if free.update(leased_until=now + LEASE, attempts=F("attempts") + 1):
            yield AddressMail.objects.select_related("event").get(pk=pk)


def mark_sent(row: AddressMail, at: datetime | None = None) -> None:
    """Record that the mail has left; it is never sent again."""
    AddressMail.objects.filter(pk=row.pk).update(sent_at=at or timezone.now(), leased_until=None)


def mark_tried_in_vain(row: AddressMail, at: datetime | None = None) -> None:
    """Let the mail be tried again in a while, as long as it is of use."""
    due = (at or timezone.now()) + PAUSE * row.attempts
    AddressMail.objects.filter(pk=row.pk).update(due_at=due, leased_until=None)


def letter_to(row: AddressMail) -> EmailMultiAlternatives:
    """Return the mail in the language of the page on which it was asked for. It names nobody and carries no link."""
    known = {code for code, _name in settings.LANGUAGES}
    language = row.language if row.language in known else settings.LANGUAGE_CODE
    language = row.event.language_for(row.language) if row.event else language
    zone = row.event.zone if row.event else None
    with translation.override(language), timezone.override(zone):
        return _message(row)


def _message(row: AddressMail) -> EmailMultiAlternatives:
    event, sender = row.event, parseaddr(settings.DEFAULT_FROM_EMAIL)
    light, dark = accent_pair(event.accent_colour if event else "")
    context: dict[str, Any] = {
        "event": event,
        "event_url": event_url(event) if event else settings.SITE_URL,
        "purpose": row.purpose,
        "subject": one_line(_subject(row)),
        "accent_light": light,
        "accent_dark": dark,
        "language": translation.get_language(),
    }
    template = "mail/address_left" if row.purpose == Purpose.LEFT else "mail/code"
    if row.purpose != Purpose.LEFT:
        context["code"] = row.code
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=tidy(render_to_string(f"{template}.txt", context)),
        from_email=formataddr((one_line(event.name) if event else sender[0], sender[1])),
        to=[row.email],
        reply_to=[event.contact_email] if event and event.contact_email else None,
        headers={**HEADERS, "Message-ID": f"<{row.uuid.hex}@{host()}>"},
    )
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def _subject(row: AddressMail) -> str:
    if row.event is None:
        return _("%(code)s is your code for your registrations") % {"code": row.code}
    words = {"event": name_and_time(row.event)}
    if row.purpose == Purpose.LEFT:
        return _("Your registration has another address now: %(event)s") % words
    return _("%(code)s is your code: %(event)s") % {**words, "code": row.code}

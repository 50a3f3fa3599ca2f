"""Changes gathered: what several of a person's own, or several of the programme, come to, told by one mail."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from registrations.mail.facts import Letter, MailFacts, name_and_time
from registrations.mail.gained import in_line, is_automatic
from registrations.mail.moved import sessions_changed
from registrations.models import Notification
from registrations.notifications import GATHERINGS

TEMPLATE = "agenda_changed"
# What a row says that somebody got, or gave up, by the names of its payload.
_GAINS = ("session_ids", "waitlisted_session_ids", "on_hold_session_ids")
_LOSSES = ("dropped_session_ids",)


def changes_with(notification: Notification) -> list[Notification]:
    """The changes that this mail tells of, oldest first: its own and those of its kind made while it waited."""
    gathered = GATHERINGS.keys() & notification.payload.keys()
    if not gathered:
        return [notification]
    rows = Notification.objects.filter(event=notification.event_id, contact=notification.contact_id)
    unsent = rows.filter(sent_at=None, given_up_at=None, payload__has_key=gathered.pop())
    return [notification, *unsent.filter(pk__gt=notification.pk).order_by("pk")]


def told_together(facts: MailFacts, changes: list[Notification]) -> Letter:
    """The letter about several changes at once."""
    if facts.notification.kind == Notification.Kind.SESSION_CHANGED:
        return sessions_changed(facts, changes)
    return agenda_changed(facts, changes)


def agenda_changed(facts: MailFacts, changes: Iterable[Notification]) -> Letter:
    """The letter about several changes at once: the difference that they make in the end."""
    registration, standing = facts.standing.registration, facts.standing
    facts.require(registration, "the registration was cancelled")
    had = _had_before(changes)
    seats = [pk for pk, was_held in had.items() if pk in standing.seats and not was_held]
    lost = [pk for pk, was_held in had.items() if was_held and pk not in standing.seats]
    sessions = {each.pk: each for each in facts.sessions(pk for pk in had if pk in standing.items)}
    waiting = in_line([(session, standing.items.get(pk)) for pk, session in sessions.items()])
    facts.require(seats or lost or waiting, "the changes came to nothing")
    gained, given_up = facts.sessions(seats), facts.sessions(lost)
    context = {
        "seats": gained,
        "given_up": given_up,
        "waiting": waiting,
        "others": facts.sessions(pk for pk in standing.seats if pk not in seats),
        "is_automatic": all(is_automatic(facts, line["item"], line["session"]) for line in waiting),
    }
    subject = _("Your agenda has changed: %(event)s") % {"event": name_and_time(facts.event)}
    return Letter(subject, context, entries=gained, cancelled_entries=given_up, template=TEMPLATE)


def _had_before(changes: Iterable[Notification]) -> dict[int, bool]:
    """Every session that the changes touched, and whether it was held before them: then the first gave it up."""
    had: dict[int, bool] = {}
    for change in changes:
        is_loss = change.kind == Notification.Kind.CANCELLED
        for name, was_held in (*((each, is_loss) for each in _GAINS), *((each, True) for each in _LOSSES)):
            for pk in change.payload.get(name) or []:
                had.setdefault(pk, was_held)
    return had

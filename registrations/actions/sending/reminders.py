"""Reminders, written when their time has come; and what an organizer decides about the mails of an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from events.actors import Actor
from events.errors import Invalid
from events.models import Event
from events.placeholders import check_placeholders
from events.retrying import action
from registrations import locks, sql
from registrations.actions.journal import Journal
from registrations.models import (
    Activity,
    EventRegistration,
    MailWords,
    Notification,
    ReminderRound,
    ReminderSettings,
    SessionRegistration,
)
from sessions_app.models import Session

Kind = Notification.Kind
Target = Event | Session

PORTION = 500
# A message has its own words, and is none of ours.
# A code goes to an address that is nobody's yet: nothing personal is in that mail, and nothing that anybody adds.
WITH_OWN_WORDS = tuple(kind for kind in Kind if kind not in {Kind.MESSAGE, Kind.ADDRESS_CODE})


def write_reminders(at: datetime | None = None) -> int:
    """Write the reminders whose time has come, one for each person and target, and return how many were looked at.

    Of an event everybody is reminded who registered before that time; who came later has only just been told. A
    target that moves is reminded of anew. May be stopped anywhere and repeated.
    """
    at = at or timezone.now()
    return sum(_remind(target, before, at) for target, before in [*_events_due(at), *_sessions_due(at)])


def _events_due(at: datetime) -> Iterator[tuple[Target, timedelta]]:
    latest = at + timedelta(hours=ReminderSettings.MOST_HOURS)
    coming = Event.objects.live().filter(starts_at__gt=at, starts_at__lte=latest)
    for event in coming.select_related("reminders"):
        before = timedelta(hours=settings_of(event).event_hours or 0)
        if before and event.starts_at - before <= at and not _is_written(event):
            yield event, before


def _sessions_due(at: datetime) -> Iterator[tuple[Target, timedelta]]:
    wanted = ReminderSettings.objects.filter(session_minutes__isnull=False, event__in=Event.objects.live())
    for settings in wanted:
        before = timedelta(minutes=settings.session_minutes or 0)
        sessions = Session.objects.live().filter(event=settings.event_id, starts_at__gt=at)
        for session in sessions.filter(starts_at__lte=at + before).select_related("event"):
            if not _is_written(session):
                yield session, before


def settings_of(event: Event) -> ReminderSettings:
    """The event's reminders; not saved where it has the defaults."""
    return getattr(event, "reminders", None) or ReminderSettings(event=event)


def _round_of(target: Target) -> dict[str, Any]:
    if isinstance(target, Session):
        return {"event_id": target.event_id, "session": target, "starts_at": target.starts_at}
    return {"event": target, "session": None, "starts_at": target.starts_at}


def _is_written(target: Target) -> bool:
    return ReminderRound.objects.filter(**_round_of(target)).exists()


def _remind(target: Target, before: timedelta, at: datetime) -> int:
    rows = list(_reminded(target, before, at))
    for begin in range(0, len(rows), PORTION):
        # In portions, so that nobody's seat waits for a long transaction; a repeat finds what is there by its key.
        with transaction.atomic(durable=True):
            Notification.objects.bulk_create(rows[begin : begin + PORTION], ignore_conflicts=True)
    ReminderRound.objects.get_or_create(**_round_of(target), defaults={"written_at": at})
    return len(rows)


def _reminded(target: Target, before: timedelta, at: datetime) -> Iterator[Notification]:
    assert target.starts_at
    seats: Any
    if isinstance(target, Session):
        seats = SessionRegistration.objects.active().filter(session=target)
        people = seats.values_list("contact_id", "event_registration_id")
        event, session, key = target.event_id, target.pk, f"s{target.pk}"
    else:
        status, last = EventRegistration.Status.CONFIRMED, target.starts_at - before
        seats = EventRegistration.objects.active().filter(
            event=target, status=status, registered_at__lte=last
        )
        people = seats.values_list("contact_id", "pk")
        event, session, key = target.pk, None, str(target.pk)
    for contact, registration in people.filter(contact__erased_at=None).order_by("pk"):
        yield sql.new_row(
            Notification,
            kind=Kind.REMINDER,
            dedup_key=f"reminder:{key}:{int(target.starts_at.timestamp())}:{contact}",
            event_id=event,
            contact_id=contact,
            event_registration_id=registration,
            session_id=session,
            payload={"starts_at": target.starts_at.isoformat()},
            created_at=at,
            due_at=at,
        )


@dataclass(frozen=True)
class Mails:
    """What an organizer decides about an event's mails: when people are reminded, and own words by kind of mail."""

    event_hours: int | None
    session_minutes: int | None
    paragraphs: Mapping[str, str]


@action
def change_mails(event: Event, mails: Mails, *, actor: Actor, at: datetime | None = None) -> None:
    """Let the event's mails be so; the ledger says which were changed. Raises Invalid by field, named as the kinds."""
    _check(mails)
    with transaction.atomic(durable=True):
        # Without it two forms saved at once could each leave half of theirs.
        locks.lock_event(event.pk)
        changed = [*_change_reminders(event, mails), *_change_words(event, mails.paragraphs)]
        if changed:
            journal = Journal(actor, at or timezone.now(), {})
            journal.note(Activity.Verb.MAILS_CHANGED, event, detail={"changed": changed})
            journal.write()
        actor.done(None)


def _check(mails: Mails) -> None:
    fields = {}
    for kind, paragraph in mails.paragraphs.items():
        try:
            check_placeholders(paragraph)
        except ValidationError as error:
            fields[kind] = error.messages
    if fields:
        raise Invalid(fields=fields)


def _change_reminders(event: Event, mails: Mails) -> Iterator[str]:
    row = ReminderSettings.objects.filter(event=event).first() or ReminderSettings(event=event)
    wanted = {"event_hours": mails.event_hours, "session_minutes": mails.session_minutes}
    if any(getattr(row, name) != value for name, value in wanted.items()):
        ReminderSettings.objects.update_or_create(event=event, defaults=wanted)
        yield "reminders"


def _change_words(event: Event, paragraphs: Mapping[str, str]) -> Iterable[str]:
    known = dict(MailWords.objects.filter(event=event).values_list("kind", "paragraph"))
    for kind, paragraph in paragraphs.items():
        if paragraph.strip() == known.get(kind, ""):
            continue
        if paragraph.strip():
            MailWords.objects.update_or_create(
                event=event, kind=kind, defaults={"paragraph": paragraph.strip()}
            )
        else:
            MailWords.objects.filter(event=event, kind=kind).delete()
        yield kind

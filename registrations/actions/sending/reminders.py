"""Reminders, written when their time has come; and what an organizer decides about the mails of an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
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


def write_reminders(at: datetime | None = None, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Write the reminders whose time has come, one for each person and target, and return how many were looked at.

    Of an event everybody is reminded who registered before that time; who came later has only just been told. A
    target that moves is reminded of anew. May be stopped anywhere and repeated; `should_stop` is asked after each 500.
    """
    at = at or timezone.now()
    due = [*_events_due(at), *_sessions_due(at)]
    return sum(_remind(target, before, at, should_stop) for target, before in due)


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


def _remind(target: Target, before: timedelta, at: datetime, should_stop: Callable[[], bool]) -> int:
    people, last, done = _reminded(target, before), 0, 0
    # In portions, so that nobody's seat waits for a long transaction; a repeat finds what is there by its key.
    while portion := list(people.filter(pk__gt=last)[:PORTION]):
        if should_stop():
            return done
        with transaction.atomic(durable=True):
            rows = [_row(target, contact, registration, at) for _pk, contact, registration in portion]
            Notification.objects.bulk_create(rows, ignore_conflicts=True)
        last, done = portion[-1][0], done + len(portion)
    ReminderRound.objects.get_or_create(**_round_of(target), defaults={"written_at": at})
    return done


def _reminded(target: Target, before: timedelta) -> QuerySet[Any, tuple[int, int, int]]:
    """Who is reminded of it: key of the row that says so, contact and registration."""
    people: Any
    if isinstance(target, Session):
        people = SessionRegistration.objects.active().filter(session=target)
        registration = "event_registration_id"
    else:
        assert target.starts_at
        people = EventRegistration.objects.active().filter(
            event=target,
            status=EventRegistration.Status.CONFIRMED,
            registered_at__lte=target.starts_at - before,
        )
        registration = "pk"
    there = people.filter(contact__erased_at=None).order_by("pk")
    return there.values_list("pk", "contact_id", registration)


def _row(target: Target, contact: int, registration: int, at: datetime) -> Notification:
    assert target.starts_at
    is_session = isinstance(target, Session)
    key = f"s{target.pk}" if is_session else str(target.pk)
    return sql.new_row(
        Notification,
        kind=Kind.REMINDER,
        dedup_key=f"reminder:{key}:{int(target.starts_at.timestamp())}:{contact}",
        event_id=target.event_id if isinstance(target, Session) else target.pk,
        contact_id=contact,
        event_registration_id=registration,
        session_id=target.pk if is_session else None,
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

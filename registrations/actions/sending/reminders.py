"""Reminders, written when their time has come; and what an organizer decides about the mails of an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
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


@dataclass(frozen=True)
class Round:
    """Everybody who is reminded at one time: of a session, or of an event at which their first session begins then."""

    target: Target
    starts_at: datetime
    before: timedelta

    @property
    def key(self) -> dict[str, Any]:
        """What names the row that closes it."""
        if isinstance(self.target, Session):
            return {"event_id": self.target.event_id, "session": self.target, "starts_at": self.starts_at}
        return {"event": self.target, "session": None, "starts_at": self.starts_at}

    @property
    def people(self) -> QuerySet[Any, tuple[int, int, int]]:
        """Who is reminded in it: key of the row that says so, contact and registration."""
        if isinstance(self.target, Session):
            rows: Any = SessionRegistration.objects.active().filter(session=self.target)
            rows = rows.filter(event_registration__reminders_declined_at=None)
            return _there(rows, "event_registration_id")
        rows = EventRegistration.objects.active().filter(
            event=self.target,
            status=EventRegistration.Status.CONFIRMED,
            registered_at__lte=self.starts_at - self.before,
            reminders_declined_at=None,
        )
        return _there(rows.filter(_begins_at(self.target, self.starts_at)), "pk")


def write_reminders(at: datetime | None = None, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Write the reminders whose time has come, and return how many people were looked at.

    Of an event each person is reminded before the first session of theirs, else before its start, if they registered
    before that time; who came later has only just been told. Nobody is reminded twice of an event unless what is
    first for them moves to another day, or of a session unless it moves; nobody who declined, or was erased, is
    reminded. May be stopped anywhere and repeated; `should_stop` is asked after each 500.
    """
    at = at or timezone.now()
    return sum(_remind(one, at, should_stop) for one in [*_rounds_of_events(at), *_rounds_of_sessions(at)])


def _rounds_of_events(at: datetime) -> Iterator[Round]:
    latest = at + timedelta(hours=ReminderSettings.MOST_HOURS)
    coming = Event.objects.live().filter(ends_at__gt=at, starts_at__lte=latest)
    for event in coming.select_related("reminders"):
        if before := timedelta(hours=settings_of(event).event_hours or 0):
            for starts_at in _starts_of(event, at, at + before):
                yield Round(event, starts_at, before)


def _starts_of(event: Event, after: datetime, until: datetime) -> list[datetime]:
    """When somebody's first session at the event can begin in this time, and nobody was reminded of it yet."""
    sessions = Session.objects.filter(event=event, cancelled_at=None, archived_at=None)
    soon = sessions.filter(starts_at__gt=after, starts_at__lte=until)
    starts = soon.order_by().values_list("starts_at", flat=True).distinct()
    found = {starts_at for starts_at in starts if starts_at}
    if after < event.starts_at <= until:
        found.add(event.starts_at)
    written = ReminderRound.objects.filter(event=event, session=None, starts_at__in=found)
    return sorted(found.difference(written.values_list("starts_at", flat=True)))


def _rounds_of_sessions(at: datetime) -> Iterator[Round]:
    wanted = ReminderSettings.objects.filter(session_minutes__isnull=False, event__in=Event.objects.live())
    for settings in wanted:
        before = timedelta(minutes=settings.session_minutes or 0)
        sessions = Session.objects.live().filter(event=settings.event_id, starts_at__gt=at)
        for session in sessions.filter(starts_at__lte=at + before).select_related("event"):
            assert session.starts_at
            one = Round(session, session.starts_at, before)
            if not ReminderRound.objects.filter(**one.key).exists():
                yield one


def settings_of(event: Event) -> ReminderSettings:
    """The event's reminders; not saved where it has the defaults."""
    return getattr(event, "reminders", None) or ReminderSettings(event=event)


def _begins_at(event: Event, starts_at: datetime) -> Q:
    """The condition that the event begins then for a registration: by its first session, else by the event's start."""
    seats = SessionRegistration.objects.active().filter(event_registration=OuterRef("pk"))
    is_first = Exists(seats.filter(session__starts_at=starts_at))
    begins = Q(is_first) & ~Q(Exists(seats.filter(session__starts_at__lt=starts_at)))
    if starts_at == event.starts_at:
        begins |= ~Q(Exists(seats.filter(session__starts_at__isnull=False)))
    return begins


def _there(rows: QuerySet[Any], registration: str) -> QuerySet[Any, tuple[int, int, int]]:
    there = rows.filter(contact__erased_at=None).order_by("pk")
    return there.values_list("pk", "contact_id", registration)


def _remind(one: Round, at: datetime, should_stop: Callable[[], bool]) -> int:
    people, last, done = one.people, 0, 0
    # In portions, so that nobody's seat waits for a long transaction; a repeat finds what is there by its key.
    while portion := list(people.filter(pk__gt=last)[:PORTION]):
        if should_stop():
            return done
        with transaction.atomic(durable=True):
            rows = [_row(one, contact, registration, at) for _pk, contact, registration in portion]
            Notification.objects.bulk_create(rows, ignore_conflicts=True)
        last, done = portion[-1][0], done + len(portion)
    ReminderRound.objects.get_or_create(**one.key, defaults={"written_at": at})
    return done


def _row(one: Round, contact: int, registration: int, at: datetime) -> Notification:
    target = one.target
    if isinstance(target, Session):
        event_id, session_id, key = (
            target.event_id,
            target.pk,
            f"s{target.pk}:{int(one.starts_at.timestamp())}",
        )
    else:
        day = one.starts_at.astimezone(target.zone).date()
        event_id, session_id, key = target.pk, None, f"{target.pk}:{day}"
    return sql.new_row(
        Notification,
        kind=Kind.REMINDER,
        dedup_key=f"reminder:{key}:{contact}",
        event_id=event_id,
        contact_id=contact,
        event_registration_id=registration,
        session_id=session_id,
        payload={"starts_at": one.starts_at.isoformat()},
        created_at=at,
        due_at=at,
    )


@action
def decline_reminders(
    registration: EventRegistration, is_declined: bool, *, at: datetime | None = None
) -> None:
    """Let the person get no more reminders of this registration's event, or get them again. Repeating is harmless.

    What concerns their seats is told all the same.
    """
    rows = EventRegistration.objects.filter(pk=registration.pk)
    with transaction.atomic(durable=True):
        if is_declined:
            rows.filter(reminders_declined_at=None).update(reminders_declined_at=at or timezone.now())
        else:
            rows.update(reminders_declined_at=None)


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

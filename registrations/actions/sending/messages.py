"""Messages of organizers: written to many people through the outbox, stopped while they go, and declined."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid, Refusal
from events.models import Contact, Event
from events.placeholders import check_placeholders
from events.retrying import action
from registrations import locks, sql
from registrations.actions.journal import Journal
from registrations.models import Activity, Message, MessageOptOut, MessagePortion, Notification
from registrations.models.messages import BODY_CHARACTERS, SUBJECT_CHARACTERS
from registrations.queries.recipients import told_among
from sessions_app.models import Session

PORTION = 500


@dataclass(frozen=True)
class Words:
    """What is written: one message is known by `key`, however often its form is sent."""

    key: uuid.UUID
    subject: str
    body: str


@action
def send_message(
    target: Event | Session,
    contacts: Collection[int],
    words: Words,
    *,
    actor: Actor,
    even_gone: bool = False,
    at: datetime | None = None,
) -> Message:
    """Have these contacts mailed what was written, each once; more may be added by calling again with the same key.

    Left out are those who were erased, who want no messages, and who are neither registered nor waiting at the event
    any more, unless `even_gone` says that it is for those who cancelled. The first 500 mails are in the outbox when
    this returns, the others once a worker has called `write_messages`. The ledger names the actor, once. Raises
    Invalid by field for what cannot be written, and Refusal where the message was stopped meanwhile.
    """
    at = at or timezone.now()
    check_words(words)
    event = target.event if isinstance(target, Session) else target
    with transaction.atomic(durable=True):
        # Without it the same form sent twice at once would be two messages.
        locks.lock_event(event.pk)
        message = _message(target, event, words, actor, even_gone, at)
        if message.stopped_at:
            raise Refusal(_("This message was stopped. Write a new one."))
        chosen = list(contacts)
        _write_mails(message, chosen[:PORTION], at)
        later = [chosen[begin : begin + PORTION] for begin in range(PORTION, len(chosen), PORTION)]
        MessagePortion.objects.bulk_create(
            MessagePortion(message=message, contacts=portion, size=len(portion)) for portion in later
        )
        return actor.done(message)


def write_messages(at: datetime | None = None, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Write to the outbox what is left of messages to many people, oldest first; return how many people that were.

    May be stopped anywhere and repeated: a portion is gone in the transaction that writes its mails.
    """
    at, done = at or timezone.now(), 0
    waiting = MessagePortion.objects.order_by("pk").values_list("pk", "message__event")
    while not should_stop() and (portion := waiting.first()):
        done += _write_portion(*portion, at)
    return done


def _write_portion(pk: int, event: int, at: datetime) -> int:
    with transaction.atomic(durable=True):
        # Without it somebody could stop the message while more of its mails are written.
        locks.lock_event(event)
        portion = MessagePortion.objects.select_related("message__event").filter(pk=pk).first()
        if portion is None:
            return 0
        _write_mails(portion.message, portion.contacts, at)
        portion.delete()
        return portion.size


def _write_mails(message: Message, contacts: Collection[int], at: datetime) -> None:
    told = told_among(message.event, contacts, even_gone=message.even_gone)
    Notification.objects.bulk_create(
        [_row(message, contact, registration, at) for contact, registration in told],
        batch_size=PORTION,
        ignore_conflicts=True,
    )


def check_words(words: Words) -> None:
    """Raise Invalid, by field, for a subject or body that is missing, too long or has a placeholder there is not."""
    most = {"subject": SUBJECT_CHARACTERS, "body": BODY_CHARACTERS}
    fields = {}
    for name, text in {"subject": words.subject, "body": words.body}.items():
        try:
            if not text.strip():
                raise ValidationError(_("Write something."))
            if len(text) > most[name]:
                raise ValidationError(_("At most %(n)d characters.") % {"n": most[name]})
            check_placeholders(text)
        except ValidationError as error:
            fields[name] = error.messages
    if fields:
        raise Invalid(fields=fields)


def _message(
    target: Event | Session, event: Event, words: Words, actor: Actor, even_gone: bool, at: datetime
) -> Message:
    known = Message.objects.filter(uuid=words.key, event=event).select_related("event").first()
    if known is not None:
        return known
    journal = Journal(actor, at, {})
    detail = {"subject": words.subject, "message": str(words.key)}
    activity = journal.note(Activity.Verb.MESSAGE_SENT, target, detail=detail)
    journal.write()
    return Message.objects.create(
        uuid=words.key,
        event=event,
        session=target if isinstance(target, Session) else None,
        user=actor.user,
        activity=activity,
        subject=words.subject.strip(),
        body=words.body,
        created_at=at,
        even_gone=even_gone,
    )


def _row(message: Message, contact: int, registration: int | None, at: datetime) -> Notification:
    return sql.new_row(
        Notification,
        kind=Notification.Kind.MESSAGE,
        dedup_key=f"message:{message.uuid}:{contact}",
        event_id=message.event_id,
        contact_id=contact,
        event_registration_id=registration,
        activity_id=message.activity_id,
        payload={"message_id": message.pk},
        created_at=at,
        due_at=at,
    )


@action
def stop_message(message: Message, *, actor: Actor, at: datetime | None = None) -> int:
    """Let the message go to nobody else, and return how many mails were withdrawn; those that left have left.

    Repeating is harmless.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        # Without it somebody could add people while their mails are withdrawn.
        locks.lock_event(message.event_id)
        fresh = Message.objects.select_related("event", "session").get(pk=message.pk)
        if fresh.stopped_at:
            return 0
        fresh.stopped_at = at
        fresh.save(update_fields=["stopped_at"])
        waiting = Notification.objects.filter(activity=fresh.activity_id, sent_at=None, given_up_at=None)
        # One that a worker has in hand is about to leave, or finds out by itself.
        idle = waiting.filter(Q(leased_until=None) | Q(leased_until__lt=at))
        withdrawn = idle.update(given_up_at=at, last_error=_("The message was stopped."))
        withdrawn += fresh.portions.aggregate(people=Sum("size"))["people"] or 0
        fresh.portions.all().delete()
        journal = Journal(actor, at, {})
        detail = {"subject": fresh.subject, "message": str(fresh.uuid), "withdrawn": withdrawn}
        journal.note(Activity.Verb.MESSAGE_STOPPED, fresh.session or fresh.event, detail=detail)
        journal.write()
        return actor.done(withdrawn)


@action
def decline_messages(
    event: Event, contact: Contact, is_declined: bool, *, at: datetime | None = None
) -> None:
    """Let the person get no more messages of this event's organizers, or get them again. Repeating is harmless."""
    with transaction.atomic(durable=True):
        if is_declined:
            MessageOptOut.objects.get_or_create(
                event=event, contact=contact, defaults={"since": at or timezone.now()}
            )
        else:
            MessageOptOut.objects.filter(event=event, contact=contact).delete()

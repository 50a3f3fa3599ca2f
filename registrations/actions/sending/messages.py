"""Messages of organizers: written to many people through the outbox, stopped while they go, and declined."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid, Refusal
from events.models import Contact, Event
from events.placeholders import check_placeholders
from events.retrying import action
from registrations import locks, sql
from registrations.actions.journal import Journal
from registrations.models import Activity, Message, MessageOptOut, Notification
from registrations.models.messages import BODY_CHARACTERS, SUBJECT_CHARACTERS
from registrations.queries.recipients import recipients_among
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
    at: datetime | None = None,
) -> Message:
    """Have these contacts mailed what was written, each once; more may be added by calling again with the same key.

    Left out are those who were erased, who are neither registered nor waiting at the event any more, and who want no
    messages. The ledger names the actor, once. Raises Invalid by field for what cannot be written, and Refusal where
    the message was stopped meanwhile.
    """
    at = at or timezone.now()
    check_words(words)
    event = target.event if isinstance(target, Session) else target
    with transaction.atomic(durable=True):
        # Without it the same form sent twice at once would be two messages.
        locks.lock_event(event.pk)
        message = _message(target, event, words, actor, at)
        if message.stopped_at:
            raise Refusal(_("This message was stopped. Write a new one."))
        told = recipients_among(event, contacts).registrations
        Notification.objects.bulk_create(
            [_row(message, contact, registration, at) for contact, registration in told.items()],
            batch_size=PORTION,
            ignore_conflicts=True,
        )
        return actor.done(message)


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


def _message(target: Event | Session, event: Event, words: Words, actor: Actor, at: datetime) -> Message:
    known = Message.objects.filter(uuid=words.key, event=event).first()
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

"""Outbox rows: who is told what, written in the transaction that causes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from events.models import Contact, Event
from registrations import sql
from registrations.models import Activity, EventRegistration, Notification
from sessions_app.models import Session

Kind = Notification.Kind
# What a person changes of their own accord is told ten minutes after the first change, with all that followed;
# what becomes of the programme five minutes after. The rows are marked by these names in their payload.
GATHERED = "gathered"
GATHERED_MOVES = "gathered_moves"
GATHERINGS = {GATHERED: timedelta(minutes=10), GATHERED_MOVES: timedelta(minutes=5)}


@dataclass
class Message:
    """One mail to be written once the ledger row that causes it exists."""

    kind: Notification.Kind
    event: Event
    contact: Contact
    activity: Activity
    session: Session | None = None
    registration: EventRegistration | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    # What makes it one mail; by default the move, the kind and the person.
    key: str = ""
    # Told together with what the person changes, or what is changed for them, in the next minutes.
    is_gathered: bool = False


def write(messages: Iterable[Message], at: datetime) -> None:
    """Write one outbox row per message; the same move, kind and person can never be told twice."""
    sql.insert([row_of(message, at) for message in messages])


def row_of(message: Message, at: datetime) -> Notification:
    """The message's outbox row, not yet written."""
    gathered = GATHERED_MOVES if message.kind == Kind.SESSION_CHANGED else GATHERED
    return sql.new_row(
        Notification,
        kind=message.kind,
        dedup_key=message.key or f"{message.kind}:{message.activity.pk}:{message.contact.pk}",
        event_id=message.event.pk,
        contact_id=message.contact.pk,
        event_registration_id=message.registration.pk if message.registration else None,
        session_id=message.session.pk if message.session else None,
        activity_id=message.activity.pk,
        payload=message.payload | ({gathered: True} if message.is_gathered else {}),
        created_at=at,
        due_at=at + GATHERINGS[gathered] if message.is_gathered else at,
    )


def draft_of(registration: EventRegistration, subject: str, body: str) -> Notification:
    """The outbox row that a message of these words would have for this registrant; it is never written."""
    return sql.new_row(
        Notification,
        kind=Kind.MESSAGE,
        dedup_key=f"draft:{registration.uuid}",
        event_id=registration.event_id,
        contact_id=registration.contact_id,
        event_registration_id=registration.pk,
        payload={"subject": subject, "body": body},
    )

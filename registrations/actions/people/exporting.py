"""Keep in the ledger that people were taken along as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.models import Contact, Event
from events.retrying import action
from registrations.actions.journal import Journal
from registrations.models import Activity
from sessions_app.models import Session

EVERYTHING = {"list": "everything", "rows": 1, "format": "json"}


@action
def note_export(
    target: Event | Session,
    contact: Contact | None = None,
    *,
    actor: Actor,
    what: str,
    detail: Mapping[str, Any],
    at: datetime | None = None,
) -> Activity:
    """Keep who took which people along, in words and with the figures in `detail`; nobody is told.

    It is kept before the file leaves, so that none leaves without a trace. `contact` is named where the file is about
    one person. `detail` holds no names: the ledger stays when people are erased.
    """
    with transaction.atomic(durable=True):
        journal = Journal(actor, at or timezone.now(), {})
        row = journal.note(Activity.Verb.PEOPLE_EXPORTED, target, contact, reason=what, detail=dict(detail))
        journal.write()
        return actor.done(row)


@action
def note_everything_taken(contact: Contact, *, actor: Actor, at: datetime | None = None) -> list[Activity]:
    """Keep at each event of the person that all that is kept about them was taken along as a file; nobody is told."""
    rows = []
    with transaction.atomic(durable=True):
        journal = Journal(actor, at or timezone.now(), {})
        for event in Event.objects.filter(event_registrations__contact=contact).distinct():
            words = str(_("Everything about one person, as JSON"))
            rows.append(
                journal.note(Activity.Verb.PEOPLE_EXPORTED, event, contact, reason=words, detail=EVERYTHING)
            )
        journal.write()
    return rows

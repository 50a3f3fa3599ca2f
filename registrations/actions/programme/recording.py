"""What is planned or edited without a seat being moved: the ledger keeps it, so that other systems hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import Actor
from events.models import Event
from registrations.actions.journal import Journal
from registrations.models import Activity
from sessions_app.models import Session

Target = Event | Session


def within_form_note_planned(targets: Iterable[Target], *, actor: Actor, at: datetime | None = None) -> None:
    """Let the ledger say that these sessions or events are new. Call once they are saved, with all they link to."""
    _note(Activity.Verb.PLANNED, targets, actor, at)


def within_form_note_edited(targets: Iterable[Target], *, actor: Actor, at: datetime | None = None) -> None:
    """Let the ledger say what these sessions or events are now. Call once they are saved, with all they link to."""
    _note(Activity.Verb.EDITED, targets, actor, at)


def _note(verb: Activity.Verb, targets: Iterable[Target], actor: Actor, at: datetime | None) -> None:
    assert transaction.get_connection().in_atomic_block, "in the transaction that saved them"
    journal = Journal(actor, at or timezone.now(), {})
    for target in targets:
        journal.note(verb, target)
    journal.write()

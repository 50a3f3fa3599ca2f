"""Passes and the switch "Allow registrants to create their own agenda" exclude each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import WrongLevel
from events.models import Event, Pass
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.programme.capacity import new_seat_count
from registrations.models import Activity, SessionRegistration
from sessions_app.models import Session

Verb = Activity.Verb
PASS_FORBIDS_AGENDA = _(
    "This event has passes, so it registers people at event level. Remove its passes to let registrants create "
    "their own agenda."
)


@dataclass(frozen=True)
class PassRow:
    """One pass as a file or form gives it; allocated None is unlimited."""

    name: str
    price: Decimal = Decimal(0)
    currency: str = "EUR"
    allocated: int | None = None
    description: str = ""
    sessions: Sequence[Session] = field(default_factory=tuple)


@action
def add_passes(
    event: Event, passes: Sequence[PassRow], *, actor: Actor, at: datetime | None = None
) -> int | None:
    """Offer these passes; a pass of the same name is left as it is.

    With the first one the own-agenda switch goes off in the same transaction. Returns how many session
    registrations are kept, or None where the switch was off already.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        known = set(Pass.objects.offered().filter(event=event).values_list("name", flat=True))
        new = [row for row in passes if row.name not in known]
        kept = within_form_add_pass(event, actor=actor, at=at) if new else None
        for position, row in enumerate(new, start=len(known)):
            _offer(event, row, position)
    return kept


def _offer(event: Event, row: PassRow, position: int) -> None:
    offered = Pass.objects.create(
        event=event,
        name=row.name,
        price=row.price,
        currency=row.currency,
        description=row.description,
        position=position,
        seats=new_seat_count(row.allocated, event),
    )
    offered.sessions.set(row.sessions)


def within_form_add_pass(event: Event, *, actor: Actor, at: datetime | None = None) -> int | None:
    """Turn the own-agenda switch off inside the transaction that saves a pass.

    Returns how many session registrations are kept (to be told to the organizer), None where it was off.
    """
    fresh = _locked(event)
    if not fresh.allow_custom_agenda or fresh.passes_with_agenda:
        return None
    _switch(fresh, False, actor, at or timezone.now(), _("a pass was added"))
    event.allow_custom_agenda = False
    return SessionRegistration.objects.active().filter(session__event=event).count()


def within_form_switch_agenda(event: Event, on: bool, *, actor: Actor, at: datetime | None = None) -> None:
    """Set the switch inside a form's transaction. Raises WrongLevel, with the reason, while passes are offered."""
    fresh = _locked(event)
    if on and not fresh.passes_with_agenda and fresh.passes.offered().exists():
        raise WrongLevel(PASS_FORBIDS_AGENDA)
    if fresh.allow_custom_agenda != on:
        _switch(fresh, on, actor, at or timezone.now(), "")
    event.allow_custom_agenda = on


def within_form_passes_with_agenda(
    event: Event, together: bool, *, actor: Actor, at: datetime | None = None
) -> None:
    """Let passes and own agendas go together, or no longer; then, with passes, the own-agenda switch goes off."""
    fresh = _locked(event)
    fresh.passes_with_agenda = event.passes_with_agenda = together
    fresh.save(update_fields=["passes_with_agenda", "updated_at"])
    if not together and fresh.allow_custom_agenda and fresh.passes.offered().exists():
        _switch(fresh, False, actor, at or timezone.now(), _("passes no longer go with own agendas"))
        event.allow_custom_agenda = False


@action
def switch_agenda(event: Event, on: bool, *, actor: Actor, at: datetime | None = None) -> None:
    """Set the switch; the twin of `within_form_switch_agenda` in a transaction of its own."""
    with transaction.atomic(durable=True):
        within_form_switch_agenda(event, on, actor=actor, at=at)


def refusal_to_switch_on(event: Event) -> str:
    """Why the switch cannot be on, in words; empty when it can."""
    if event.pk is None or event.passes_with_agenda or not event.passes.offered().exists():
        return ""
    return str(PASS_FORBIDS_AGENDA)


def _locked(event: Event) -> Event:
    """Lock the event's row: without it a first pass and the switch could each find the other missing."""
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    return locks.lock_event(event.pk)


def _switch(event: Event, on: bool, actor: Actor, at: datetime, reason: object) -> None:
    event.allow_custom_agenda = on
    event.save(update_fields=["allow_custom_agenda", "updated_at"])
    journal = Journal(actor, at, {})
    journal.note(Verb.AGENDA_SWITCHED, event, reason=str(reason), detail={"on": on})
    journal.write()

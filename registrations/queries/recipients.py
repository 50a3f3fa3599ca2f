"""Who gets what an organizer writes, and who does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from events.models import Contact, Event
from registrations.models import EventRegistration, MessageOptOut
from waitlists.models import WaitlistItem

# People as their ids, or as a query that gives them: fifty thousand ids are more than a statement can carry.
Chosen = Collection[int] | QuerySet[Any]

IS_ERASED = Q(erased_at__isnull=False)
IS_THERE = Q(registration__isnull=False) | Q(is_waiting=True)
IS_TOLD = ~IS_ERASED & IS_THERE & Q(has_declined=False)


@dataclass(frozen=True)
class Recipients:
    """Some people of an event, counted: who gets a message, and who does not because of what."""

    told: int
    erased: int
    gone: int
    declined: int


def recipients_among(event: Event, chosen: Chosen, *, even_gone: bool = False) -> Recipients:
    """Count who of these contacts gets a message of the event's organizers.

    Nobody does who was erased, who wants no messages, or who is neither registered nor waiting there any more; with
    `even_gone` those do who cancelled their registration.
    """
    counted = _standing(event, chosen, even_gone=even_gone).aggregate(
        told=Count("pk", filter=IS_TOLD),
        erased=Count("pk", filter=IS_ERASED),
        gone=Count("pk", filter=~IS_ERASED & ~IS_THERE),
        declined=Count("pk", filter=~IS_ERASED & IS_THERE & Q(has_declined=True)),
    )
    return Recipients(**counted)


def told_among(event: Event, chosen: Chosen, *, even_gone: bool = False) -> QuerySet[Any, tuple[int, Any]]:
    """Return who of these contacts gets it: contact, and registration, which who only waits has none of."""
    told = _standing(event, chosen, even_gone=even_gone).filter(IS_TOLD).order_by("pk")
    return told.values_list("pk", "registration")


def _standing(event: Event, chosen: Chosen, *, even_gone: bool) -> QuerySet[Any]:
    here: Any = {"event": event, "contact": OuterRef("pk")}
    registrations = EventRegistration.objects.filter(**here)
    if not even_gone:
        registrations = registrations.active()
    # The live one if there is one, else the one that was cancelled last.
    newest = registrations.order_by(F("cancelled_at").desc(nulls_first=True), "-pk")
    return Contact.objects.filter(pk__in=chosen).annotate(
        registration=Subquery(newest.values("pk")[:1]),
        is_waiting=Exists(WaitlistItem.objects.open().filter(**here)),
        has_declined=Exists(MessageOptOut.objects.filter(**here)),
    )

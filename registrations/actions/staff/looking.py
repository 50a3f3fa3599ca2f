"""Say that somebody of the desk has looked at what happened at a door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import Actor
from events.retrying import action
from registrations.models import DoorScan


@action
def look_at_scans(scans: Collection[int], *, actor: Actor, at: datetime | None = None) -> int:
    """Keep who looked at these scans and when, for each that nobody had looked at yet; return how many those were.

    What was scanned stays as it is, and nobody is told.
    """
    with transaction.atomic(durable=True):
        open_ones = DoorScan.objects.to_look_at().filter(pk__in=scans)
        return actor.done(open_ones.update(looked_at=at or timezone.now(), looked_by=actor.user))

"""What another process does while claims are measured: merge a phone's scans, or read a roster, which locks nothing."""

from __future__ import annotations

import itertools
import uuid
from multiprocessing.synchronize import Event as Signal

import django


def busy_until(device_id: int, batch: int, begun: Signal, stop: Signal) -> None:
    """Merge batches of the event's people, new scans each time, until told to stop; without a batch only read them."""
    django.setup()
    from django.utils import timezone

    from registrations.actions import merge_scans
    from registrations.models import DoorDevice, EventRegistration
    from registrations.queries.roster import Door, roster_of
    from registrations.rules.scans import Scan

    device = DoorDevice.objects.select_related("event").get(pk=device_id)
    while not batch and not stop.is_set():
        roster_of(Door.of(device.event, None, timezone.now()))
        begun.set()
    if not batch:
        return
    rows = EventRegistration.objects.filter(event=device.event_id).order_by("pk")
    people = list(rows.values_list("uuid", flat=True)[: 6 * batch])
    for first in itertools.cycle(range(0, len(people), batch)):
        if stop.is_set():
            return
        now = timezone.now()
        scans = [
            Scan(uuid.uuid4(), now, registration=each, admitted=True)
            for each in people[first : first + batch]
        ]
        merge_scans(device, scans)
        begun.set()

"""What another process does while claims are measured: merge the scans of a phone, batch after batch."""

from __future__ import annotations

import itertools
import uuid
from multiprocessing.synchronize import Event as Signal

import django


def merge_until(event_id: int, device_id: int, batch: int, begun: Signal, stop: Signal) -> None:
    """Merge batches of the event's people, told to be new each time, until told to stop."""
    django.setup()
    from django.utils import timezone

    from registrations.actions import merge_scans
    from registrations.models import DoorDevice, EventRegistration
    from registrations.rules.scans import Scan

    device = DoorDevice.objects.select_related("event").get(pk=device_id)
    rows = EventRegistration.objects.filter(event=event_id).order_by("pk")
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

"""Phones at doors: which one somebody holds, and at which doors it stands."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import Refusal
from registrations.models import DoorDevice
from registrations.models.doors import hash_of
from sessions_app.models import Session


class PairingEnded(Refusal):
    """No phone can be paired with this secret: it was used, is too old, was revoked, or never was one."""

    code = "pairing_ended"
    status = 410
    default_message = _("This code pairs no phone any more. Have the registration desk show another one.")


def device_to_pair(secret: str, at: datetime | None = None) -> DoorDevice:
    """Return the device that a phone can become by this secret. Raises PairingEnded."""
    rows = DoorDevice.objects.select_related("event").filter(event__archived_at=None)
    device = rows.filter(pairing_hash=hash_of(secret)).first()
    if device is None or not device.waits_to_be_paired(at or timezone.now()):
        raise PairingEnded
    return device


def device_with(key: str) -> DoorDevice | None:
    """Return the device whose phone has this key, also one that was revoked; None for a key that is none."""
    return DoorDevice.objects.select_related("event").filter(key_hash=hash_of(key)).first()


def sessions_at(device: DoorDevice) -> QuerySet[Session]:
    """The sessions at whose doors the device stands, in the order of the programme; webinars have none."""
    rows = Session.objects.filter(event=device.event_id, archived_at=None, cancelled_at=None)
    if device.is_limited:
        rows = rows.filter(pk__in=device.sessions.values("pk"))
    return rows.exclude(format=Session.Format.WEBINAR).in_programme_order()

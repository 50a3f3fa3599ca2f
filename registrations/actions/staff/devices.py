"""Phones at doors: made by the desk, paired by a secret that is shown once, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid, NotPermitted
from events.models import Event
from events.retrying import action
from registrations.models import DoorDevice
from registrations.models.doors import PAIRING_LASTS, hash_of
from registrations.queries.doors import PairingEnded, device_to_pair
from sessions_app.models import Session

# How often a device that asks all the time is noted as seen.
SEEN_EVERY = timedelta(seconds=20)
UNPAIRED_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Pairing:
    """A device that waits for its phone, and the secret by which one becomes it, which is kept nowhere."""

    device: DoorDevice
    secret: str


@dataclass(frozen=True)
class Paired:
    """A device, and the key by which its phone is known from now on, which is kept nowhere else."""

    device: DoorDevice
    key: str


@action
def begin_pairing(
    event: Event,
    *,
    name: str,
    sessions: Collection[Session] = (),
    may_override: bool = False,
    actor: Actor,
    at: datetime | None = None,
) -> Pairing:
    """Make a device that one phone can become within fifteen minutes; with sessions, it stands at their doors only.

    Raises Invalid without a name or for a session of another event, NotPermitted where a device is to let people in
    whom the door refuses, and the actor may not.
    """
    at, name = at or timezone.now(), " ".join(name.split())
    if not name:
        raise Invalid(fields={"name": [_("Give the device a name, such as Main entrance.")]})
    if any(session.event_id != event.pk for session in sessions):
        raise Invalid(fields={"sessions": [_("This session belongs to another event.")]})
    if may_override and not actor.has_perm_admit_all_the_same:
        raise NotPermitted(_("You may not let people in whom the door refuses, so no device of yours may."))
    secret = secrets.token_urlsafe(16)
    with transaction.atomic(durable=True):
        device = DoorDevice.objects.create(
            event=event,
            name=name[:60],
            may_override=may_override,
            is_limited=bool(sessions),
            pairing_hash=hash_of(secret),
            pairing_ends_at=at + PAIRING_LASTS,
            created_by=actor.user,
            created_at=at,
        )
        device.sessions.set(sessions)
    return Pairing(device, secret)


@action
def pair_device(secret: str, *, browser: str = "", at: datetime | None = None) -> Paired:
    """Let a phone become the device of this secret, which ends with it; the key returned says so from then on.

    Of two phones that show the same secret at once one becomes it. Raises PairingEnded.
    """
    at = at or timezone.now()
    device, key = device_to_pair(secret, at), secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        mine = DoorDevice.objects.filter(pk=device.pk, pairing_hash=hash_of(secret), revoked_at=None)
        is_mine = mine.update(
            key_hash=hash_of(key),
            pairing_hash="",
            pairing_ends_at=None,
            paired_at=at,
            last_seen_at=at,
            browser=browser[:200],
        )
    if not is_mine:
        raise PairingEnded
    device.refresh_from_db()
    return Paired(device, key)


@action
def revoke_device(device: DoorDevice, *, actor: Actor, at: datetime | None = None) -> DoorDevice:
    """Let the phone in at no door any more, nor become the device if it has not yet; repeating is harmless.

    What it sent stays. What waits on it can be sent by the same phone once it is paired anew.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        working = DoorDevice.objects.filter(pk=device.pk, revoked_at=None)
        working.update(revoked_at=at, pairing_hash="", pairing_ends_at=None)
    device.refresh_from_db()
    return actor.done(device)


@action
def note_seen(device: DoorDevice, *, waiting: int | None = None, at: datetime | None = None) -> None:
    """Keep when the device was last heard of, and how many scans wait on it, where it says so."""
    at = at or timezone.now()
    is_news = waiting is not None and waiting != device.waiting_scans
    if not is_news and device.last_seen_at and device.last_seen_at > at - SEEN_EVERY:
        return
    device.last_seen_at = at
    if waiting is not None:
        device.waiting_scans = waiting
    with transaction.atomic(durable=True):
        seen = {"last_seen_at": at, "waiting_scans": device.waiting_scans}
        DoorDevice.objects.filter(pk=device.pk).update(**seen)


def forget_unpaired(at: datetime | None = None) -> int:
    """Delete devices that no phone became within a day; return how many."""
    old = (at or timezone.now()) - UNPAIRED_KEPT
    return DoorDevice.objects.filter(paired_at=None, created_at__lt=old).delete()[0]

"""Phones that stand at doors: paired by the desk, limited to an event or to some of its sessions."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from sessions_app.models import Session

PAIRING_LASTS = timedelta(minutes=15)


class DoorDeviceQuerySet(models.QuerySet["DoorDevice"]):
    """Words for sets of devices."""

    def working(self) -> Self:
        """The devices that were paired, and not revoked since."""
        return self.filter(paired_at__isnull=False, revoked_at=None)


class DoorDevice(models.Model):
    """One phone, tablet or computer that lets people in at an event's doors, from when it was made to be paired.

    Neither the secret by which it is paired nor the one that it keeps afterwards is stored, only their hashes.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="door_devices", verbose_name=_("event")
    )
    # The only doors it stands at; where it is not limited, every door of the event.
    is_limited = models.BooleanField(_("limited to sessions"), default=False)
    sessions = models.ManyToManyField(Session, blank=True, related_name="+", verbose_name=_("sessions"))
    name = models.CharField(_("name"), max_length=60)
    may_override = models.BooleanField(_("may let in people whom the door refuses"), default=False)
    key_hash = models.CharField(max_length=64, blank=True, editable=False)
    pairing_hash = models.CharField(max_length=64, blank=True, editable=False)
    pairing_ends_at = models.DateTimeField(_("to be paired until"), null=True, blank=True)
    paired_at = models.DateTimeField(_("paired"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    # What it said when it was last seen.
    waiting_scans = models.PositiveIntegerField(_("waiting scans"), default=0)
    browser = models.CharField(_("browser"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = DoorDeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("door device")
        verbose_name_plural = _("door devices")
        constraints = [
            models.UniqueConstraint(
                fields=["key_hash"], condition=~Q(key_hash=""), name="doordevice_own_key"
            ),
            models.UniqueConstraint(
                fields=["pairing_hash"], condition=~Q(pairing_hash=""), name="doordevice_own_pairing"
            ),
            models.CheckConstraint(
                condition=Q(pairing_hash="") | Q(pairing_ends_at__isnull=False),
                name="doordevice_pairing_ends",
            ),
            models.CheckConstraint(
                condition=Q(key_hash="") | Q(paired_at__isnull=False), name="doordevice_key_since_paired"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        """True from pairing until it is revoked."""
        return self.paired_at is not None and self.revoked_at is None

    def waits_to_be_paired(self, at: datetime) -> bool:
        """True while a phone can still become this device."""
        ends = self.pairing_ends_at
        return bool(self.pairing_hash) and self.revoked_at is None and ends is not None and at < ends


def hash_of(secret: str) -> str:
    """What is kept of a device's secret: so many random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()

"""Scans as the doors sent them."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from events.models.in_words import InWords
from registrations.models.check_ins import CheckIn
from registrations.models.doors import DoorDevice
from registrations.models.registrations import EventRegistration
from sessions_app.models import Session


class DoorScanQuerySet(models.QuerySet["DoorScan"]):
    """Words for sets of scans."""

    def to_look_at(self) -> Self:
        """The scans at which nobody of the desk has looked yet, and somebody should."""
        return self.exclude(to_look_at="").filter(looked_at=None)


class DoorScan(InWords, models.Model):
    """One scan as a device sent it, kept whatever it says: a fact at a door is never refused."""

    class Kind(models.TextChoices):
        IN = "in", _("In")
        OUT = "out", _("Out")
        UNDO = "undo", _("Taken back")

    class Look(models.TextChoices):
        LET_IN_CANCELLED = "let_in_cancelled", _("Let in, but had cancelled")
        LET_IN_NOT_REGISTERED = "let_in_not_registered", _("Let in, but not registered for this")
        LET_IN_ANOTHER_SESSION = "let_in_another_session", _("Let in, but has a seat in another session then")
        LET_IN_UNKNOWN = "let_in_unknown", _("Let in with a code that nobody has")
        LET_IN_NOT_LIVE = "let_in_not_live", _("Let in to what was cancelled")
        LET_IN_ELSEWHERE = "let_in_elsewhere", _("Let in at a door where the device does not stand")
        LET_IN_TWICE = "let_in_twice", _("Let in at two phones with one code")
        LET_IN_REFUSED = "let_in_refused", _("Let in although the door said no")
        TURNED_AWAY = "turned_away", _("Sent away without network, but may come in")
        CLOCK_OFF = "clock_off", _("The device's clock was wrong")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Chosen by the device: a scan that is sent again is the same one.
    nonce = models.UUIDField(unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"), db_index=False
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("session"),
        db_index=False,
    )
    device = models.ForeignKey(
        DoorDevice, on_delete=models.PROTECT, related_name="scans", verbose_name=_("device")
    )
    code = models.CharField(_("code"), max_length=300, blank=True)
    event_registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="door_scans",
        verbose_name=_("registration"),
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.IN)
    # The scan that this one takes back, or whose entry ends by it.
    of = models.UUIDField(null=True, blank=True, editable=False)
    scanned_at = models.DateTimeField(_("scanned"))
    received_at = models.DateTimeField(_("received"))
    was_offline = models.BooleanField(_("without network"), default=False)
    was_admitted = models.BooleanField(_("let in"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=30)
    check_in = models.ForeignKey(
        CheckIn,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="scans",
        verbose_name=_("check-in"),
    )
    to_look_at = models.CharField(_("to look at"), max_length=30, choices=Look, blank=True)
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked at by"),
        db_index=False,
    )

    objects = DoorScanQuerySet.as_manager()

    class Meta:
        ordering = ["-scanned_at", "-id"]
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        indexes = [
            models.Index(fields=["event", "-scanned_at", "-id"], name="doorscan_newest"),
            models.Index(
                fields=["event"], condition=~Q(to_look_at="") & Q(looked_at=None), name="doorscan_to_look_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.scanned_at:%Y-%m-%d %H:%M}"

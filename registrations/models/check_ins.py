"""Check-ins: who came in, and where."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from registrations.models.doors import DoorDevice
from registrations.models.registrations import EventRegistration
from sessions_app.models import Session


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    """Words for sets of entries."""

    def standing(self) -> Self:
        """The entries that were not undone: these people came."""
        return self.filter(undone_at=None)

    def inside(self) -> Self:
        """The entries of people who have not left."""
        return self.standing().filter(left_at=None)


class CheckIn(models.Model):
    """One entry of one registered person, at the event's door or at a session's; who left and comes back has two."""

    # The registration's event. Empty only in a row that a version without this column wrote beside this one.
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("event"),
        db_index=False,
    )
    event_registration = models.ForeignKey(
        EventRegistration, on_delete=models.PROTECT, related_name="check_ins", verbose_name=_("registration")
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="check_ins",
        verbose_name=_("session"),
    )
    # The moment of the scan, by the clock of the door; `recorded_at` is when it came to be known here.
    checked_in_at = models.DateTimeField(_("checked in"))
    # Empty in rows of versions without it: known as soon as it happened.
    recorded_at = models.DateTimeField(_("recorded"), null=True, editable=False)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The phone at the door; empty where the desk or another system let the person in.
    device = models.ForeignKey(
        DoorDevice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="check_ins",
        verbose_name=_("device"),
        db_index=False,
    )
    was_offline = models.BooleanField(_("without network"), default=False, db_default=False, editable=False)
    nonce = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    # When leaving, or undoing, came to be known here.
    updated_at = models.DateTimeField(null=True, editable=False)
    # Let in although the door's rules said no, on whose word the ledger knows.
    is_override = models.BooleanField(_("let in all the same"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_in_at", "-id"]
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        permissions = [("admit_all_the_same", _("Can let people in whom the door refuses"))]
        indexes = [models.Index(fields=["event", "-checked_in_at", "-id"], name="checkin_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_override=False) | ~models.Q(reason=""),
                name="checkin_override_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("checked_in_at")),
                name="checkin_left_after_coming",
            ),
            models.UniqueConstraint(
                fields=["event_registration", "session"],
                condition=models.Q(undone_at=None, left_at=None, session__isnull=False),
                name="checkin_once_per_session",
            ),
            models.UniqueConstraint(
                fields=["event_registration"],
                condition=models.Q(undone_at=None, left_at=None, session__isnull=True),
                name="checkin_once_per_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_registration.full_name} at {self.checked_in_at:%Y-%m-%d %H:%M}"

    @property
    def known_at(self) -> datetime:
        """The moment since when the entry is on record here."""
        return self.recorded_at or self.checked_in_at

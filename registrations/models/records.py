"""What happened, and what is to be told: the ledger and the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Contact, Event, SeatCount
from registrations.models.registrations import EventRegistration
from sessions_app.models import Session


class Activity(models.Model):
    """One line of the ledger: one movement of seats, or one decision about them. Never changed, never deleted.

    The changes are what this movement did to the seat count; the figures after are what it left.
    """

    class Verb(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        ADDED_PAST_CAPACITY = "added_past_capacity", _("Added past capacity")
        PROMOTED = "promoted", _("Registered from the waitlist")
        ACCEPTED = "accepted", _("Accepted an invitation")
        CANCELLED = "cancelled", _("Cancelled")
        WAITLISTED = "waitlisted", _("Joined the waitlist")
        ON_HOLD = "on_hold", _("Put on hold until the event has a seat")
        LEFT_WAITLIST = "left_waitlist", _("Left the waitlist")
        REMOVED_FROM_WAITLIST = "removed_from_waitlist", _("Removed from the waitlist")
        PASSED_OVER = "passed_over", _("Passed over")
        BACK_IN_LINE = "back_in_line", _("Back in line")
        MOVED_IN_LINE = "moved_in_line", _("Moved in line")
        SWAPPED_AWAY = "swapped_away", _("Given up for another session")
        INVITED = "invited", _("Invited")
        DECLINED = "declined", _("Declined an invitation")
        EXPIRED = "expired", _("Invitation expired")
        CAPACITY_CHANGED = "capacity_changed", _("Capacity changed")
        HARD_LIMIT_CHANGED = "hard_limit_changed", _("Hard limit changed")
        WAITLIST_SETTINGS_CHANGED = "waitlist_settings_changed", _("Waitlist settings changed")
        MOVED = "moved", _("Moved")
        WENT_LIVE = "went_live", _("Went live")
        STOPPED = "stopped", _("Stopped")
        TARGET_CANCELLED = "target_cancelled", _("Session or event cancelled")
        AGENDA_SWITCHED = "agenda_switched", _("Own agenda switched")
        LINK_REQUESTED = "link_requested", _("Personal link requested")
        LINK_REVOKED = "link_revoked", _("Personal link revoked")
        CHECKED_IN = "checked_in", _("Checked in")
        ADMITTED_ALL_THE_SAME = "admitted_all_the_same", _("Let in although the door refused")
        CORRECTED = "corrected", _("Counters corrected")
        ERASED = "erased", _("Person erased")

    at = models.DateTimeField(_("when"))
    verb = models.CharField(_("what"), max_length=30, choices=Verb)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="activities", verbose_name=_("event"), db_index=False
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("session"),
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("contact"),
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    actor = models.CharField(
        _("by"), max_length=200, help_text=_("Attendee, staff address, API client or Seatwise.")
    )
    reason = models.CharField(_("why"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    # Nothing is looked for by its seat count, and none is ever deleted.
    seats = models.ForeignKey(
        SeatCount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        db_index=False,
    )
    taken_change = models.IntegerField(default=0)
    held_change = models.IntegerField(default=0)
    waiting_change = models.IntegerField(default=0)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    taken = models.PositiveIntegerField(_("taken"), null=True, blank=True)
    held = models.PositiveIntegerField(_("held"), null=True, blank=True)
    waiting = models.PositiveIntegerField(_("waiting"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        indexes = [
            models.Index(fields=["event", "-id"], name="activity_of_event"),
            # Of both, so that SQLite does not read an event's whole ledger to find one person's.
            models.Index(fields=["contact", "event"], name="activity_of_contact_at_event"),
            # Few rows name a member of staff; the others need no entry.
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="activity_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.session or self.event}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Words for sets of notifications."""

    def due(self, at: datetime) -> Self:
        """Those to be sent now and not being sent by another worker."""
        return self.filter(sent_at=None, given_up_at=None, due_at__lte=at).filter(
            Q(leased_until=None) | Q(leased_until__lt=at)
        )


class Notification(models.Model):
    """One mail to one person, written in the transaction that caused it and sent by the worker afterwards."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITLISTED = "waitlisted", _("Waitlisted")
        PROMOTED = "promoted", _("Registered from the waitlist")
        INVITED = "invited", _("Invited")
        INVITATION_TAKEN = "invitation_taken", _("Invitation taken by somebody else")
        INVITATION_EXPIRED = "invitation_expired", _("Invitation expired")
        CANCELLED = "cancelled", _("Cancelled")
        SESSION_CHANGED = "session_changed", _("Session changed")
        SESSION_CANCELLED = "session_cancelled", _("Session cancelled")
        EVENT_CANCELLED = "event_cancelled", _("Event cancelled")
        LINK_REQUESTED = "link_requested", _("Link requested")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # Unique by a constraint: `unique=True` would make a second index, for searching by a beginning.
    dedup_key = models.CharField(max_length=200, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("event")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("contact")
    )
    # Mails are looked for by their contact; registrations are never deleted.
    event_registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
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
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
    )
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="notification_to_send"
            ),
            models.Index(
                fields=["session"], condition=Q(session__isnull=False), name="notification_of_session"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dedup_key"], name="notification_once_per_dedup_key"),
            models.UniqueConstraint(
                fields=["activity", "kind", "contact"],
                condition=Q(activity__isnull=False),
                name="notification_once_per_move_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.contact.email}"

"""Registrations: a person's seat at an event or in a session, and the pass they hold."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Contact, Event, Pass, Source
from events.models.in_words import InWords
from events.models.names import PersonNameField
from sessions_app.models import Session


class Given(InWords, models.Model):
    """The record that every registration keeps: who gave it, when, by which door, and why past capacity."""

    registered_at = models.DateTimeField(_("registered"))
    source = models.CharField(_("came by"), max_length=10, choices=Source, default=Source.WEBSITE)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
        db_index=False,
    )
    is_past_capacity = models.BooleanField(_("past capacity"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_cancelled(self) -> bool:
        """True once the seat was given back."""
        return self.cancelled_at is not None


class EventRegistrationQuerySet(models.QuerySet["EventRegistration"]):
    """Words for sets of event registrations."""

    def active(self) -> Self:
        """The registrations that were not cancelled: confirmed, or waiting for the event."""
        return self.filter(cancelled_at=None)

    def confirmed(self) -> Self:
        """The registrations that hold a seat of the event."""
        return self.active().filter(status=EventRegistration.Status.CONFIRMED)

    def revoke_links(self, at: datetime, **changed: Any) -> int:
        """Make every personal link, calendar's address and door code of these worthless; how many. More may change."""
        version = models.F("link_version") + 1
        secrets: dict[str, Any] = {"calendar_key": None, "door_code": None}
        return self.update(link_version=version, updated_at=at, **secrets, **changed)


class EventRegistration(Given):
    """One contact at one event, with the names given for it; confirmed ones hold a seat of the event."""

    # What says who somebody is; left blank once they are forgotten.
    PERSONAL = ("first_name", "last_name", "company", "job_title", "phone")
    # Whether the contact waits for something at the event, and whether a star hangs on it, as they did when a page read
    # the registration; None where nobody looked.
    is_in_line: bool | None = None
    is_interested: bool | None = None

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        WAITLISTED = "waitlisted", _("Waitlisted")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        related_name="event_registrations",
        verbose_name=_("event"),
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="event_registrations", verbose_name=_("contact")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CONFIRMED)
    first_name = PersonNameField(_("first name"), max_length=100, blank=True)
    last_name = PersonNameField(_("last name"), max_length=100, blank=True)
    # What other systems know of the person besides.
    company = models.CharField(_("company"), max_length=200, blank=True, default="", db_default="")
    job_title = models.CharField(_("job title"), max_length=200, blank=True, default="", db_default="")
    phone = models.CharField(_("phone"), max_length=50, blank=True, default="", db_default="")
    # Whoever registered this person together with themselves. Their registration stays, without a name, once they are
    # erased; it moves with a corrected address.
    registered_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("registered by"),
        db_index=False,
    )
    # Since when staff, or another system, say that the person did not come. Whoever was let in did, whatever it says.
    no_show_at = models.DateTimeField(_("no-show"), null=True, blank=True, editable=False)
    # Raising it makes every link mailed before worthless.
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    # The secret of the calendar's address, by which agendas are read and nothing is changed; made when it is asked for.
    calendar_key = models.UUIDField(null=True, unique=True, editable=False)
    # What the doors read on badge, mail and phone, and nothing else opens; made when it is asked for.
    door_code = models.CharField(_("door code"), max_length=12, null=True, editable=False)
    # Since when the person wants no reminders; what concerns their seats is told all the same.
    reminders_declined_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EventRegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at", "-id"]
        verbose_name = _("event registration")
        verbose_name_plural = _("event registrations")
        permissions = [
            ("add_past_capacity", _("Can add people past capacity")),
            ("add_past_hard_limit", _("Can add people past the hard limit")),
            ("export_people", _("Can take people along as a file")),
        ]
        indexes = [
            models.Index(fields=["event", "status", "-registered_at"], name="eventreg_of_event"),
            # The desk's first page of an event with 50,000 registrations, and each page of its file.
            models.Index(fields=["event", "-registered_at", "-id"], name="eventreg_newest"),
            models.Index(
                fields=["added_by"], condition=models.Q(added_by__isnull=False), name="eventreg_added_by"
            ),
            models.Index(
                fields=["registered_by"],
                condition=models.Q(registered_by__isnull=False),
                name="eventreg_registered_by",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "event"],
                condition=models.Q(cancelled_at=None),
                name="eventregistration_live_once_per_contact",
            ),
            # With a condition: who registers has none yet, and writes nothing into its index.
            models.UniqueConstraint(
                fields=["door_code"],
                condition=models.Q(door_code__isnull=False),
                name="eventregistration_own_door_code",
            ),
            models.CheckConstraint(
                condition=models.Q(status="cancelled", cancelled_at__isnull=False)
                | (~models.Q(status="cancelled") & models.Q(cancelled_at__isnull=True)),
                name="eventregistration_cancelled_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(is_past_capacity=False) | ~models.Q(reason=""),
                name="eventregistration_past_capacity_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} at {self.event}"

    @property
    def full_name(self) -> str:
        """The name given for this event, else the contact's."""
        return f"{self.first_name} {self.last_name}".strip() or str(self.contact)

    @property
    def registrar(self) -> str:
        """The name of whoever registered this person; empty where it was the person, and once that one is erased."""
        by = self.registered_by
        return f"{by.first_name} {by.last_name}".strip() if by else ""

    @property
    def is_expected_at_a_door(self) -> bool:
        """True for whoever holds a seat of an event that has a door: it takes place, and not online alone."""
        has_door = self.event.format != Event.Format.WEBINAR and self.event.cancelled_at is None
        return has_door and self.status == self.Status.CONFIRMED


class SessionRegistrationQuerySet(models.QuerySet["SessionRegistration"]):
    """Words for sets of session registrations."""

    def active(self) -> Self:
        """The registrations that hold a seat."""
        return self.filter(cancelled_at=None)


class SessionRegistration(Given):
    """One contact's seat in one session, held or given back."""

    # The session's event. Empty only in a row that a version without this column wrote beside this one.
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("event"),
        db_index=False,
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        related_name="registrations",
        verbose_name=_("session"),
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        related_name="session_registrations",
        verbose_name=_("contact"),
        db_index=False,
    )
    event_registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.PROTECT,
        related_name="session_registrations",
        verbose_name=_("event registration"),
    )
    overlap_accepted = models.BooleanField(_("clash accepted"), default=False)
    # Since when it is known that the person did not come to the session: it ended, or their seat was freed early.
    no_show_at = models.DateTimeField(_("no-show"), null=True, blank=True, editable=False)

    objects = SessionRegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at", "-id"]
        verbose_name = _("session registration")
        verbose_name_plural = _("session registrations")
        indexes = [
            models.Index(fields=["session", "cancelled_at", "-registered_at"], name="sessionreg_of_session"),
            models.Index(
                fields=["added_by"], condition=models.Q(added_by__isnull=False), name="sessionreg_added_by"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "session"],
                condition=models.Q(cancelled_at=None),
                name="sessionregistration_live_once_per_contact",
            ),
            models.CheckConstraint(
                condition=models.Q(is_past_capacity=False) | ~models.Q(reason=""),
                name="sessionregistration_past_capacity_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} in {self.session}"


class AttendeePass(models.Model):
    """One pass issued to one registration."""

    event_registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.PROTECT,
        related_name="attendee_passes",
        verbose_name=_("registration"),
    )
    event_pass = models.ForeignKey(
        Pass, on_delete=models.PROTECT, related_name="attendee_passes", verbose_name=_("pass")
    )
    issued_at = models.DateTimeField(_("issued"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name = _("attendee pass")
        verbose_name_plural = _("attendee passes")
        constraints = [
            models.UniqueConstraint(
                fields=["event_registration"],
                condition=models.Q(cancelled_at=None),
                name="attendeepass_one_live_per_registration",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_pass} of {self.event_registration.full_name}"

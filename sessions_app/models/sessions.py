"""Sessions of an event, which can be attended."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from datetime import date as Date
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from events.models import MOST_STANDBY_MINUTES, Event, Located, Pass, SeatCount
from events.models.names import TitleField
from events.zones import validate_zone
from sessions_app.models.programme import Classified, SessionTrack, Speaker


def new_secure_id() -> str:
    """Return a short code nobody can guess."""
    return get_random_string(16)


class SessionQuerySet(models.QuerySet["Session"]):
    """Words for sets of sessions."""

    def not_archived(self) -> Self:
        """The sessions that were not deleted."""
        return self.filter(archived_at=None)

    def live(self) -> Self:
        """The sessions shown on the website and open to registration."""
        return self.filter(session_status=Session.Status.LIVE, cancelled_at=None, archived_at=None)

    def capacity_missing(self) -> Self:
        """On-site and hybrid sessions nobody can register for until they have a capacity."""
        return self.filter(seats__capacity=None, cancelled_at=None, archived_at=None).exclude(
            format=Session.Format.WEBINAR
        )

    def in_programme_order(self) -> Self:
        """The sessions by time, those without one last, then by name."""
        return self.order_by(models.F("starts_at").asc(nulls_last=True), "name", "id")

    def on_day(self, day: Date, event: Event) -> Self:
        """The sessions that begin on this day by the event's clock; without a time, those given that day."""
        first, last = (datetime.combine(day + timedelta(days=days), time(), event.zone) for days in (0, 1))
        timed = models.Q(starts_at__gte=first, starts_at__lt=last)
        return self.filter(timed | models.Q(starts_at=None, date=day))

    def set_days(self, event: Event) -> None:
        """Show these sessions by the event's other clock: they stay at their instants, their days may change."""
        sessions: list[Any] = list(
            self.filter(event=event, own_timezone="").only("starts_at", "date", "event")
        )
        for session in sessions:
            session.event, session.updated_at = event, timezone.now()
            session.date = session.day
        self.bulk_update(sessions, ["date", "updated_at"], batch_size=500)

    def days(self, event: Event) -> dict[Date, int]:
        """The days of the event's clock on which these sessions begin, and how many each has."""
        own = models.Case(models.When(~models.Q(own_timezone=""), then="starts_at"))
        counted: Counter[Date] = Counter()
        rows = self.order_by().values_list("date", own).annotate(models.Count("id"))
        for day, starts_at, number in rows:
            counted[starts_at.astimezone(event.zone).date() if starts_at else day] += number
        return dict(sorted(counted.items()))


class Session(Classified, Located):
    """One session of an event, with its own capacity and its own waitlist."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        CONVERTED = "converted", _("Converted")
        LIVE = "live", _("Live")

    class Format(models.TextChoices):
        ON_SITE = "on_site", _("On site")
        WEBINAR = "webinar", _("Webinar")
        HYBRID = "hybrid", _("Hybrid")

    class SelectionControl(models.TextChoices):
        OPTIONAL = "optional", _("Optional")
        INCLUDED = "included", _("Included")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secure_id = models.CharField(max_length=32, unique=True, default=new_secure_id, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("event")
    )
    name = TitleField(_("name"), max_length=255)
    admin_short_name = models.CharField(_("admin short name"), max_length=100, blank=True)
    badge_name = models.CharField(_("badge name"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    date = models.DateField(_("date"), help_text=_("In the session's time zone."))
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    own_timezone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_zone],
        help_text=_("Empty: the event's."),
    )
    seats = models.OneToOneField(SeatCount, on_delete=models.PROTECT, related_name="+", editable=False)
    track = models.ForeignKey(
        SessionTrack,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("track"),
    )
    speakers = models.ManyToManyField(
        Speaker, blank=True, related_name="sessions", verbose_name=_("speakers")
    )
    passes = models.ManyToManyField(
        Pass,
        blank=True,
        related_name="sessions",
        verbose_name=_("passes"),
        help_text=_("Passes that include it."),
    )
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.ON_SITE)
    webinar_url = models.URLField(_("webinar URL"), blank=True)
    sold_out_message = models.CharField(_("sold-out message"), max_length=300, blank=True)
    session_status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.APPROVED)
    locked_when_saved = models.BooleanField(_("locked when saved"), default=False)
    selection_control = models.CharField(
        _("selection control"), max_length=10, choices=SelectionControl, default=SelectionControl.OPTIONAL
    )
    selected_by_default = models.BooleanField(_("selected by default"), default=False)
    prevent_session_conflicts = models.BooleanField(_("prevent session conflicts"), default=True)
    validate_registrants = models.BooleanField(
        _("validate registrants"),
        default=False,
        help_text=_(
            "On: its door lets in only those registered for it, or whose pass includes it; staff with the permission "
            "may let others in, and say why. Off: whoever is registered for the event may enter."
        ),
    )
    # Empty: as the event says.
    own_standby_minutes = models.PositiveSmallIntegerField(
        _("standby at the door (minutes before the start)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_STANDBY_MINUTES)],
    )
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    # Waitlist settings: empty means "as the event says".
    own_waitlist_enabled = models.BooleanField(_("Waitlist this session"), null=True, blank=True)
    own_auto_register_waitlisted = models.BooleanField(
        _("Automatically register waitlisted contacts"), null=True, blank=True
    )
    own_contacts_choose_auto_register = models.BooleanField(
        _("Contacts can choose to be registered automatically"), null=True, blank=True
    )
    own_invitations_per_slot = models.PositiveSmallIntegerField(
        _("Number of invitations per slot"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    own_invitation_hours = models.PositiveSmallIntegerField(
        _("invitation valid for (hours)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    external_id = models.CharField(
        _("ID in the imported schedule"), max_length=200, blank=True, editable=False
    )
    external_data = models.JSONField(default=dict, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    archived_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "name", "id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["event", "starts_at"], name="session_of_event_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at=None, ends_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(own_invitations_per_slot=None) | models.Q(own_invitations_per_slot__gte=1),
                name="session_at_least_one_invitation_per_slot",
            ),
            models.UniqueConstraint(
                fields=["event", "external_id"],
                condition=~models.Q(external_id="") & models.Q(archived_at=None),
                name="session_once_per_imported_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.starts_at:
            self.date = self.starts_at.astimezone(self.zone).date()
        super().save(*args, **kwargs)

    @property
    def timezone(self) -> str:
        """The zone's name: the session's own, else the event's."""
        return self.own_timezone or self.event.timezone

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the session's times are entered and shown."""
        return ZoneInfo(self.timezone)

    @property
    def day(self) -> Date:
        """The day on which it begins by the event's clock, which every list goes by."""
        return self.starts_at.astimezone(self.event.zone).date() if self.starts_at else self.date

    @property
    def place_in_programme(self) -> tuple[Date, bool, datetime]:
        """What the programme is ordered by: the day, those without a time last, the start."""
        return self.day, self.starts_at is None, self.starts_at or datetime.min.replace(tzinfo=UTC)

    @property
    def is_live(self) -> bool:
        """True while the session itself is open; its event has its own word."""
        return self.session_status == self.Status.LIVE and not self.cancelled_at and not self.archived_at

    @property
    def is_capacity_missing(self) -> bool:
        """True for an on-site or hybrid session without a capacity."""
        return self.seats.capacity is None and self.format != self.Format.WEBINAR

    def has_started(self, at: datetime) -> bool:
        """True when the session began before or at `at`."""
        return self.starts_at is not None and self.starts_at <= at

    def overlaps(self, other: Session) -> bool:
        """True when both sessions share a moment; an end equal to the next start is fine."""
        if not (self.starts_at and self.ends_at and other.starts_at and other.ends_at):
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def blocks(self, other: Session) -> bool:
        """True when nobody may hold both sessions: they overlap and either prevents conflicts."""
        return (self.prevent_session_conflicts or other.prevent_session_conflicts) and self.overlaps(other)

    @property
    def standby_minutes(self) -> int:
        """So many minutes before the start the seats of the absent become free at the door; 0 where they never do."""
        own = self.own_standby_minutes
        return (self.event.standby_minutes if own is None else own) or 0

    # The waitlist's effective settings: the session's own, else the event's.

    @property
    def waitlist_enabled(self) -> bool:
        """True when people may wait for this session and are served."""
        own = self.own_waitlist_enabled
        return self.event.waitlist_enabled if own is None else own

    @property
    def auto_register_waitlisted(self) -> bool:
        """True when the head of the line is registered without being asked."""
        own = self.own_auto_register_waitlisted
        return self.event.auto_register_waitlisted if own is None else own

    @property
    def contacts_choose_auto_register(self) -> bool:
        """True when each contact says whether to be asked."""
        own = self.own_contacts_choose_auto_register
        return self.event.contacts_choose_auto_register if own is None else own

    @property
    def invitations_per_slot(self) -> int:
        """The number of people invited for one freed seat."""
        return self.own_invitations_per_slot or self.event.invitations_per_slot

    @property
    def invitation_hours(self) -> int:
        """The time an invitation is open, in hours, unless the start comes nearer."""
        return self.own_invitation_hours or self.event.invitation_hours

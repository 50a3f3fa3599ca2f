"""Events and the people who plan them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.face import Faced
from events.models.in_words import InWords
from events.models.names import TitleField
from events.models.places import Located
from events.models.seats import SeatCount
from events.models.spoken import Spoken
from events.models.users import User
from events.models.walks import Walked
from events.zones import validate_zone

MOST_STANDBY_MINUTES = 120
# More are registered by file: one visitor must not hold a whole room's seats locked.
MOST_PEOPLE_IN_ONE_GO = 10
# Room for a name beside a QR code that a phone reads, and the longer side of what office printers take.
SMALLEST_BADGE_MM, LARGEST_BADGE_MM = 40, 297


class EventQuerySet(models.QuerySet["Event"]):
    """Words for sets of events."""

    def live(self) -> Self:
        """The events on the website."""
        return self.filter(publish_status=Event.PublishStatus.LIVE, cancelled_at=None, archived_at=None)

    def not_archived(self) -> Self:
        """The events that were not deleted."""
        return self.filter(archived_at=None)

    def visible_to(self, user: User) -> Self:
        """The events that this member of staff may see: all for an administrator, else their own and their teams'."""
        if user.is_superuser or user.has_perm("events.view_every_event"):
            return self
        return self.filter(models.Q(created_by=user) | models.Q(team__user=user)).distinct()


class Event(InWords, Spoken, Located, Walked, Faced):
    """One event: where and when it is, who may register and how."""

    class Type(models.TextChoices):
        BRIEFING = "executive_briefing", _("Executive briefing")
        CONFERENCE = "conference", _("Conference")
        DEMONSTRATION = "demonstration", _("Demonstration")
        TRAINING = "training", _("Training")
        WEBCAST = "webcast", _("Webcast")

    class Format(models.TextChoices):
        ON_SITE = "on_site", _("On site")
        WEBINAR = "webinar", _("Webinar")
        HYBRID = "hybrid", _("Hybrid")

    class PublishStatus(models.TextChoices):
        DRAFT = "draft", _("Draft")
        READY = "ready", _("Ready to go live")
        IN_PROGRESS = "in_progress", _("In progress")
        LIVE = "live", _("Live")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = TitleField(_("name"), max_length=200)
    slug = models.SlugField(
        _("readable ID"), max_length=80, unique=True, help_text=_("Part of the web address.")
    )
    event_type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.CONFERENCE)
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.ON_SITE)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    # The zone that an import assumed because nothing named one; while the two are the same nobody has chosen it.
    assumed_timezone = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    seats = models.OneToOneField(SeatCount, on_delete=models.PROTECT, related_name="+", editable=False)
    publish_status = models.CharField(
        _("publish status"), max_length=12, choices=PublishStatus, default=PublishStatus.DRAFT
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    registration_closed_message = models.TextField(_("Registration closed message"), blank=True)
    how_to_pay = models.TextField(
        _("How to pay"),
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Shown beside passes with a price and on invoices, such as the bank account. Empty: nobody buys by invoice."
        ),
    )
    allow_anonymous_registration = models.BooleanField(_("allow anonymous registration"), default=True)
    multi_attendee_registration = models.BooleanField(
        _("multi-attendee registration"),
        default=True,
        help_text=_("On: a visitor may register several people together, each with an own address and link."),
    )
    people_in_one_go = models.PositiveSmallIntegerField(
        _("People in one go"),
        default=4,
        db_default=4,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE_IN_ONE_GO)],
        help_text=_("How many one visitor may register together, at most ten. 1: everybody registers alone."),
    )
    allow_custom_agenda = models.BooleanField(
        _("Allow registrants to create their own agenda"), default=False
    )
    passes_with_agenda = models.BooleanField(
        _("Passes and own agenda together"),
        default=False,
        help_text=_("On: the pass limits which sessions, and how many, a registrant may choose."),
    )
    sessions_required = models.BooleanField(
        _("Sessions required"),
        default=True,
        help_text=_("Off: people may register first and choose sessions later by the link in their mail."),
    )
    sessions_required_by_api = models.BooleanField(
        _("Sessions required from other systems"),
        default=False,
        db_default=False,
        help_text=_("Off: other systems may register people first and add their sessions one by one."),
    )
    most_sessions = models.PositiveSmallIntegerField(
        _("sessions to choose at most"),
        null=True,
        blank=True,
        help_text=_("For each person. Included sessions do not count. Empty: any number."),
    )
    overbook_by_show_up = models.BooleanField(
        _("Advise to overbook by how many come"),
        default=False,
        db_default=False,
        help_text=_("On: the overview says how many more seats could be given, never past the hard limit."),
    )
    waitlist_enabled = models.BooleanField(_("Waitlist this event"), default=True)
    auto_register_waitlisted = models.BooleanField(
        _("Automatically register waitlisted contacts"), default=True
    )
    contacts_choose_auto_register = models.BooleanField(
        _("Contacts can choose to be registered automatically"), default=False
    )
    invitations_per_slot = models.PositiveSmallIntegerField(
        _("Number of invitations per slot"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    invitation_hours = models.PositiveSmallIntegerField(
        _("invitation valid for (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    standby_minutes = models.PositiveSmallIntegerField(
        _("standby at the doors (minutes before a session starts)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_STANDBY_MINUTES)],
        help_text=_(
            "From then on the seats of those who have not come may be given to whoever stands at the door: the "
            "waitlist first, in its order. The absent keep their seat, and enter while there is room. Empty or 0: off."
        ),
    )
    retention_days = models.PositiveSmallIntegerField(
        _("people are kept for (days after the end)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(3650)],
        help_text=_(
            "Then their names, addresses and answers are erased; figures stay. Empty: they are kept."
        ),
    )
    badge_width_mm = models.PositiveSmallIntegerField(
        _("badge width (mm)"),
        default=86,
        db_default=86,
        validators=[MinValueValidator(SMALLEST_BADGE_MM), MaxValueValidator(LARGEST_BADGE_MM)],
        help_text=_("86 × 54 is the size of a bank card."),
    )
    badge_height_mm = models.PositiveSmallIntegerField(
        _("badge height (mm)"),
        default=54,
        db_default=54,
        validators=[MinValueValidator(SMALLEST_BADGE_MM), MaxValueValidator(LARGEST_BADGE_MM)],
    )
    # Since when nobody of it is known any more.
    people_forgotten_at = models.DateTimeField(_("people forgotten"), null=True, blank=True, editable=False)
    external_id = models.CharField(
        _("ID in the imported schedule"), max_length=200, blank=True, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # The revision of what public pages show of it, where one of them read it; None where nobody knows.
    shown_as: Any = None

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        permissions = [("view_every_event", _("Can see every event, not only their own and their teams'"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(registration_opens_at__isnull=True)
                | models.Q(registration_closes_at__isnull=True)
                | models.Q(registration_closes_at__gt=models.F("registration_opens_at")),
                name="event_registration_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=models.Q(invitations_per_slot__gte=1), name="event_at_least_one_invitation_per_slot"
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=False, publish_status="cancelled")
                | (models.Q(cancelled_at__isnull=True) & ~models.Q(publish_status="cancelled")),
                name="event_cancelled_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    badge_width_mm__range=(SMALLEST_BADGE_MM, LARGEST_BADGE_MM),
                    badge_height_mm__range=(SMALLEST_BADGE_MM, LARGEST_BADGE_MM),
                ),
                name="event_badge_can_be_printed",
            ),
            models.CheckConstraint(
                condition=models.Q(people_in_one_go__range=(1, MOST_PEOPLE_IN_ONE_GO)),
                name="event_people_in_one_go_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the event's times are entered and shown."""
        return ZoneInfo(self.timezone)

    @property
    def is_live(self) -> bool:
        """True while the event is on the website."""
        return (
            self.publish_status == self.PublishStatus.LIVE and not self.cancelled_at and not self.archived_at
        )

    @property
    def most_people_at_once(self) -> int:
        """How many people a visitor may register together; 1 where everybody registers alone."""
        return self.people_in_one_go if self.multi_attendee_registration else 1

    def is_registration_open(self, at: datetime) -> bool:
        """True when `at` lies between opening and closing."""
        opened = self.registration_opens_at is None or self.registration_opens_at <= at
        closed = self.registration_closes_at is not None and self.registration_closes_at <= at
        return opened and not closed

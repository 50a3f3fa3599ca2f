"""The fair draw: which sessions, until when, by which public number."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from sessions_app.models import Session


class DrawQuerySet(models.QuerySet["Draw"]):
    """Words for sets of draws."""

    def running(self) -> Self:
        """The draws that were neither published nor cancelled: they keep their sessions from everybody else."""
        return self.filter(state__in=Draw.RUNNING)

    def to_freeze(self, at: datetime) -> Self:
        """The draws whose window has closed, and whose wishes are still to be frozen."""
        return self.filter(state=Draw.State.OPEN, closes_at__lte=at)

    def without_file(self) -> Self:
        """The draws without their frozen files, which are long."""
        return self.defer("frozen_file")


class Draw(models.Model):
    """One draw of seats in some sessions of an event, from its plan until its result is everybody's.

    Before `opens_at` it is planned, and open until `closes_at`. Then its wishes are frozen, the public number decides,
    and what was decided is published. A rerun is another draw.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Planned or open")
        FROZEN = "frozen", _("Wishes frozen")
        DRAWN = "drawn", _("Drawn")
        PUBLISHING = "publishing", _("Being published")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    RUNNING = (State.OPEN, State.FROZEN, State.DRAWN, State.PUBLISHING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="draws", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=200)
    opens_at = models.DateTimeField(_("wishes from"))
    closes_at = models.DateTimeField(_("wishes until"))
    rule = models.CharField(_("rule"), max_length=20, default="snake-1")
    # Nobody gets more by this draw; empty: no limit of its own.
    most_seats = models.PositiveSmallIntegerField(_("most seats of one person"), null=True, blank=True)
    number_source = models.CharField(
        _("public number: which, and when it appears"),
        max_length=300,
        help_text=_("Named before the window closes, such as the lottery's numbers of a given evening."),
    )
    public_number = models.CharField(_("public number"), max_length=200, blank=True)
    commitment = models.CharField(_("commitment"), max_length=64, blank=True, editable=False)
    frozen_file = models.TextField(blank=True, editable=False)
    seed = models.CharField(_("seed"), max_length=64, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    sessions = models.ManyToManyField(Session, through="DrawSession", related_name="draws")
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True, editable=False)
    publishing_at = models.DateTimeField(_("publishing since"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    # Who publishes: a member of staff, or another system by its name; the worker goes on in their name.
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    publisher = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "add", "change")
        ordering = ["opens_at", "id"]
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="draw_to_freeze"),
            models.Index(fields=["publishing_at"], condition=Q(state="publishing"), name="draw_to_publish"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="draw_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(most_seats__isnull=True) | Q(most_seats__gte=1), name="draw_most_seats_at_least_1"
            ),
            models.CheckConstraint(condition=~Q(number_source=""), name="draw_names_its_number"),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(frozen_at=None, commitment="", frozen_file="", drawn_at=None),
                name="draw_open_knows_no_result",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["frozen", "drawn", "publishing", "published"])
                | (Q(frozen_at__isnull=False) & ~Q(commitment="") & ~Q(frozen_file="")),
                name="draw_frozen_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(public_number="", seed="", drawn_at=None)
                | (Q(frozen_at__isnull=False, drawn_at__isnull=False) & ~Q(public_number="") & ~Q(seed="")),
                name="draw_number_only_after_freezing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["drawn", "publishing", "published"]) | Q(drawn_at__isnull=False),
                name="draw_drawn_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["publishing", "published"]) | Q(publishing_at__isnull=False),
                name="draw_publishing_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at=None)),
                name="draw_published_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
                name="draw_cancelled_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.event})"

    @property
    def is_running(self) -> bool:
        """True until it is published or cancelled."""
        return self.state in self.RUNNING

    def is_open(self, at: datetime) -> bool:
        """True while wishes may be said and changed, whether or not they were frozen after closing."""
        return self.state == self.State.OPEN and self.opens_at <= at < self.closes_at

    def is_planned(self, at: datetime) -> bool:
        """True before its window opens."""
        return self.state == self.State.OPEN and at < self.opens_at


class DrawSession(models.Model):
    """One session whose seats are drawn; its number in the published file is given when the wishes are frozen."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="draw_sessions")
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="draw_sessions", verbose_name=_("session")
    )
    number = models.PositiveIntegerField(_("number in the file"), null=True, blank=True, editable=False)
    # As the draw is: the database lets no session be in two running draws.
    is_running = models.BooleanField(default=True, editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["draw", "number", "id"]
        verbose_name = _("session of a draw")
        verbose_name_plural = _("sessions of draws")
        constraints = [
            models.UniqueConstraint(fields=["draw", "session"], name="drawsession_once_per_draw"),
            models.UniqueConstraint(
                fields=["draw", "number"], condition=Q(number__isnull=False), name="drawsession_number_once"
            ),
            models.UniqueConstraint(
                fields=["session"], condition=Q(is_running=True), name="drawsession_in_one_running_draw"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=1), name="drawsession_number_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return str(self.session)

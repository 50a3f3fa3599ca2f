"""Models of floor 2: waitlist items in their order, and seats that were offered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Contact, Event, Pass, SeatCount
from events.models.in_words import InWords
from sessions_app.models import Session
from waitlists.order import LINE

# A month before the start is early enough to give up waiting.
MOST_UNTIL_HOURS = 720


class InvitationSlot(models.Model):
    """One held seat, offered to one or more people who wait for it; open until taken, or nobody is left."""

    seats = models.ForeignKey(SeatCount, on_delete=models.PROTECT, related_name="+")
    # Of the pass with which they wait where that has a price: one of it is held as well.
    pass_seats = models.ForeignKey(
        SeatCount, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField(_("opened"))
    expires_at = models.DateTimeField(_("deadline"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # Since when an order holds what it held: then it holds nothing itself, and ends with the order.
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(closed_at=None), name="slot_open_by_deadline"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("opened_at")),
                name="invitationslot_expires_after_opening",
            )
        ]

    def __str__(self) -> str:
        return f"Seat held until {self.expires_at:%Y-%m-%d %H:%M}"


class WaitlistItemQuerySet(models.QuerySet["WaitlistItem"]):
    """Words for sets of waitlist items."""

    def open(self) -> Self:
        """The items still waiting, invited or on hold."""
        return self.filter(status__in=WaitlistItem.OPEN)

    def waiting(self) -> Self:
        """The items in line, passed over or not."""
        return self.filter(status=WaitlistItem.Status.WAITING)

    def invited(self) -> Self:
        """The items that were offered a seat."""
        return self.filter(status=WaitlistItem.Status.INVITED)

    def eligible(self) -> Self:
        """The items in line that nothing keeps from being served."""
        return self.waiting().filter(passed_over_at=None)

    def in_line(self) -> Self:
        """The items in the order in which they are served."""
        return self.order_by(*LINE.fields)


class WaitlistItem(InWords, models.Model):
    """One contact waiting, or having waited, for an event (no session) or for one session."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        INVITED = "invited", _("Invited")
        ON_HOLD = "on_hold", _("On hold until the event has a seat")
        REGISTERED = "registered", _("Registered")
        WITHDRAWN = "withdrawn", _("Left the waitlist")
        REMOVED = "removed", _("Removed by staff")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Invitation expired")
        CANCELLED = "cancelled", _("Cancelled with the session or event")

    class WhenClashing(models.TextChoices):
        ASK = "ask", _("Ask me")
        SWAP = "swap", _("Swap if needed")
        SKIP = "skip", _("Never swap")

    class PassedOver(models.TextChoices):
        """Every reason for which somebody in line is not served, and keeps their place."""

        REGISTRATION_CANCELLED = "registration_cancelled", _("The event registration is cancelled")
        PASS_SOLD_OUT = "pass_sold_out", _("The pass is sold out")
        NOT_IN_PASS = "not_in_pass", _("The pass does not include it")
        LIMIT = "limit", _("As many as one person may choose are chosen")
        OVERLAP = "overlap", _("Overlaps a session that is kept")
        TOO_FEW_SEATS = "too_few_seats", _("Not enough seats for the whole group")
        GROUP = "group", _("Somebody of the group cannot be served now")
        PLACE = "place", _("Further back in line than wished")
        LATE = "late", _("Closer to the start than wished")
        OTHER = "other", _("Cannot be served now")

    OPEN = (Status.WAITING, Status.INVITED, Status.ON_HOLD)
    # Whoever waits together is served as one once all of them stand in line.
    IN_A_PARTY = (Status.WAITING, Status.ON_HOLD)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="waitlist_items", verbose_name=_("event")
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waitlist_items",
        verbose_name=_("session"),
        db_index=False,
    )
    seats = models.ForeignKey(
        SeatCount, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="waitlist_items", verbose_name=_("contact")
    )
    event_pass = models.ForeignKey(
        Pass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waitlist_items",
        verbose_name=_("pass"),
        db_index=False,
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.WAITING)
    joined_at = models.DateTimeField(_("waiting since"))
    automatically_register = models.BooleanField(_("register automatically"), default=True)
    when_clashing = models.CharField(
        _("if it clashes with a seat held"), max_length=4, choices=WhenClashing, default=WhenClashing.ASK
    )
    passed_over_at = models.DateTimeField(_("passed over"), null=True, blank=True)
    passed_over_code = models.CharField(
        _("reason for being passed over"),
        max_length=30,
        choices=PassedOver,
        blank=True,
        default="",
        db_default="",
    )
    passed_over_reason = models.CharField(_("why passed over"), max_length=300, blank=True)
    # Those who wait together in one line share it: they are served in one go, or not yet.
    together = models.UUIDField(_("waits together"), null=True, blank=True, editable=False)
    place_at_most = models.PositiveIntegerField(_("only up to this place in line"), null=True, blank=True)
    until_hours = models.PositiveSmallIntegerField(
        _("not later than this many hours before the start"), null=True, blank=True
    )
    invitation_slot = models.ForeignKey(
        InvitationSlot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        db_index=False,
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = WaitlistItemQuerySet.as_manager()

    class Meta:
        ordering = LINE.fields
        verbose_name = _("waitlist item")
        verbose_name_plural = _("waitlist items")
        indexes = [
            models.Index(
                fields=["seats", *LINE.names],
                condition=models.Q(status="waiting"),
                name="waitlist_line",
            ),
            models.Index(fields=["session", "status"], name="waitlist_of_session"),
            # Those passed over are few, and looked at again and again.
            models.Index(
                fields=["seats"],
                condition=models.Q(status="waiting", passed_over_at__isnull=False),
                name="waitlist_passed_over",
            ),
            # Few items name a pass or an invitation; the others need no entry.
            models.Index(
                fields=["event_pass"],
                condition=models.Q(event_pass__isnull=False),
                name="waitlist_with_pass",
            ),
            models.Index(
                fields=["invitation_slot"],
                condition=models.Q(invitation_slot__isnull=False),
                name="waitlist_invited",
            ),
            models.Index(
                fields=["together"], condition=models.Q(together__isnull=False), name="waitlist_together"
            ),
            # Of those in line who give up some hours before the start.
            models.Index(
                fields=["session"],
                condition=models.Q(status="waiting", until_hours__isnull=False),
                name="waitlist_until",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "contact"],
                condition=models.Q(status__in=["waiting", "invited", "on_hold"], session__isnull=False),
                name="waitlistitem_open_once_per_session",
            ),
            models.UniqueConstraint(
                fields=["event", "contact"],
                condition=models.Q(status__in=["waiting", "invited", "on_hold"], session__isnull=True),
                name="waitlistitem_open_once_per_event",
            ),
            models.CheckConstraint(
                condition=models.Q(status="invited", invitation_slot__isnull=False)
                | (~models.Q(status="invited") & models.Q(invitation_slot__isnull=True)),
                name="waitlistitem_slot_exactly_when_invited",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["waiting", "invited", "on_hold"], closed_at__isnull=True)
                | (
                    ~models.Q(status__in=["waiting", "invited", "on_hold"])
                    & models.Q(closed_at__isnull=False)
                ),
                name="waitlistitem_closed_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(passed_over_at__isnull=True) | models.Q(status="waiting"),
                name="waitlistitem_passed_over_only_in_line",
            ),
            models.CheckConstraint(
                condition=models.Q(together__isnull=True) | models.Q(session__isnull=False),
                name="waitlistitem_together_for_a_session",
            ),
            models.CheckConstraint(
                condition=models.Q(place_at_most__isnull=True) | models.Q(place_at_most__gte=1),
                name="waitlistitem_place_at_least_1",
            ),
            models.CheckConstraint(
                condition=models.Q(until_hours__isnull=True)
                | models.Q(until_hours__gte=1, until_hours__lte=MOST_UNTIL_HOURS),
                name="waitlistitem_until_hours_1_to_720",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} waits for {self.session or self.event}"

    @property
    def target(self) -> Event | Session:
        """The session or event that the contact waits for."""
        return self.session or self.event

    @property
    def is_open(self) -> bool:
        """True while the contact waits, is invited or is on hold."""
        return self.status in self.OPEN

    @property
    def expires_at(self) -> datetime | None:
        """The invitation's deadline, while invited."""
        return self.invitation_slot.expires_at if self.invitation_slot else None

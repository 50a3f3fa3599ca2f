"""The ledger: what happened to the seats, when, by whom and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Contact, Event, SeatCount
from events.models.in_words import InWords
from sessions_app.models import Session


class Activity(InWords, models.Model):
    """One line of the ledger: one movement of seats, or one decision about them. Never changed, never deleted.

    The changes are what this movement did to the seat count; the figures after are what it left. Only whose line it
    is follows the person, when their address at the event is corrected.
    """

    class Verb(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        ADDED_PAST_CAPACITY = "added_past_capacity", _("Added past capacity")
        PROMOTED = "promoted", _("Registered from the waitlist")
        ACCEPTED = "accepted", _("Accepted an invitation")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")
        WAITLISTED = "waitlisted", _("Joined the waitlist")
        ON_HOLD = "on_hold", _("Put on hold until the event has a seat")
        LEFT_WAITLIST = "left_waitlist", _("Left the waitlist")
        REMOVED_FROM_WAITLIST = "removed_from_waitlist", _("Removed from the waitlist")
        PASSED_OVER = "passed_over", _("Passed over")
        BACK_IN_LINE = "back_in_line", _("Back in line")
        MOVED_IN_LINE = "moved_in_line", _("Moved in line")
        WAITING_CHOSEN = "waiting_chosen", _("Chose anew how to wait")
        SWAPPED_AWAY = "swapped_away", _("Given up for another session")
        INVITED = "invited", _("Invited")
        DECLINED = "declined", _("Declined an invitation")
        EXPIRED = "expired", _("Invitation expired")
        CAPACITY_CHANGED = "capacity_changed", _("Capacity changed")
        HARD_LIMIT_CHANGED = "hard_limit_changed", _("Hard limit changed")
        WAITLIST_SETTINGS_CHANGED = "waitlist_settings_changed", _("Waitlist settings changed")
        PLANNED = "planned", _("Planned")
        EDITED = "edited", _("Details changed")
        MOVED = "moved", _("Moved")
        WENT_LIVE = "went_live", _("Went live")
        STOPPED = "stopped", _("Stopped")
        TARGET_CANCELLED = "target_cancelled", _("Session or event cancelled")
        AGENDA_SWITCHED = "agenda_switched", _("Own agenda switched")
        DETAILS_CHANGED = "details_changed", _("Details of the person changed")
        LINK_REQUESTED = "link_requested", _("Personal link requested")
        ADDRESS_CODE_MAILED = "address_code_mailed", _("Code mailed to another address")
        LINK_REVOKED = "link_revoked", _("Personal link revoked")
        MAIL_SENT_AGAIN = "mail_sent_again", _("Mail sent again")
        MESSAGE_SENT = "message_sent", _("Message sent")
        MESSAGE_STOPPED = "message_stopped", _("Message stopped")
        MAILS_CHANGED = "mails_changed", _("Mails changed")
        CHECKED_IN = "checked_in", _("Checked in")
        ADMITTED_ALL_THE_SAME = "admitted_all_the_same", _("Let in although the door refused")
        CHECK_IN_UNDONE = "check_in_undone", _("Check-in undone")
        CHECKED_OUT = "checked_out", _("Checked out")
        CHECK_IN_CORRECTED = "check_in_corrected", _("Had come in earlier")
        NO_SHOW = "no_show", _("Marked as no-show")
        NO_SHOW_UNDONE = "no_show_undone", _("No-show mark taken away")
        ADDRESS_CORRECTED = "address_corrected", _("Address corrected")
        PEOPLE_EXPORTED = "people_exported", _("People taken along as a file")
        DRAW_PLANNED = "draw_planned", _("Draw planned")
        DRAW_CHANGED = "draw_changed", _("Draw changed")
        DRAW_CANCELLED = "draw_cancelled", _("Draw cancelled")
        WISHED = "wished", _("Said their wishes")
        DRAW_FROZEN = "draw_frozen", _("Wishes frozen")
        DRAWN = "drawn", _("Drawn")
        DRAW_TOLD = "draw_told", _("Told what a draw decided")
        DRAW_PUBLISHED = "draw_published", _("Draw published")
        RESERVED = "reserved", _("Held while somebody pays")
        PAID = "paid", _("Paid")
        RELEASED = "released", _("Not paid, and free again")
        ORDER_PLACED = "order_placed", _("Order placed")
        ORDER_PAID = "order_paid", _("Order paid")
        ORDER_EXPIRED = "order_expired", _("Order not paid in time")
        ORDER_CANCELLED = "order_cancelled", _("Order cancelled")
        ORDER_EXTENDED = "order_extended", _("More time to pay given")
        ORDER_CREDITED = "order_credited", _("Order partly credited")
        BILLING_CHANGED = "billing_changed", _("Billing details changed")
        PAYMENT_RECEIVED = "payment_received", _("Payment received")
        PAYMENT_WRONG = "payment_wrong", _("Payment of another sum received")
        REFUND_DUE = "refund_due", _("To be refunded")
        REFUNDED = "refunded", _("Refunded")
        REFUND_FAILED = "refund_failed", _("Refund failed")
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

    # What happens to a session or an event itself, by staff or another system: nobody's claim is among them.
    OF_TARGETS = frozenset(
        {
            Verb.PLANNED,
            Verb.EDITED,
            Verb.MOVED,
            Verb.CAPACITY_CHANGED,
            Verb.WAITLIST_SETTINGS_CHANGED,
            Verb.WENT_LIVE,
            Verb.STOPPED,
            Verb.AGENDA_SWITCHED,
            Verb.TARGET_CANCELLED,
        }
    )
    # Where the detail of such a line keeps what the session or event was once it had happened.
    AS_IT_WAS = "as_it_was"
    # In its detail where other systems are told of it by another line of the same form.
    SAID_BY_ANOTHER = "said_by_another"
    # What details keep for other systems, and people are not shown.
    FOR_OTHER_SYSTEMS = frozenset({AS_IT_WAS, SAID_BY_ANOTHER})

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.session or self.event}"

"""What organizers write to people: messages, their own words in our mails, and when reminders go out."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Contact, Event
from registrations.models.ledger import Activity
from registrations.models.notifications import Notification
from sessions_app.models import Session

SUBJECT_CHARACTERS = 200
BODY_CHARACTERS = 20_000


class Message(models.Model):
    """One message that a member of staff wrote to some people of an event; each has an outbox row of their own.

    Those rows hang on the message's ledger entry: no person has two of them.
    """

    # Made with the form, so that the same form sent twice is one message.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="messages", verbose_name=_("event")
    )
    # Where its people were chosen, if it was on a session's page.
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("session"),
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
    activity = models.OneToOneField(
        Activity, on_delete=models.PROTECT, related_name="message", verbose_name=_("ledger entry")
    )
    subject = models.CharField(_("subject"), max_length=SUBJECT_CHARACTERS)
    body = models.TextField(_("message"), max_length=BODY_CHARACTERS, help_text=_("Markdown."))
    created_at = models.DateTimeField(_("written"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    # Written to people of whom it is known that they cancelled: it leaves although they are not registered any more.
    even_gone = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return self.subject


class MessagePortion(models.Model):
    """Some of a message's people whose mails are still to be written to the outbox; gone once they are."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="portions")
    contacts = models.JSONField(help_text=_("Ids of contacts."))
    size = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("portion of a message")
        verbose_name_plural = _("portions of messages")

    def __str__(self) -> str:
        return f"{self.size} of {self.message}"


class MessageOptOut(models.Model):
    """One person who wants no messages of this event's organizers; what concerns their seats is told all the same."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="+", verbose_name=_("event"), db_index=False
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="message_opt_outs", verbose_name=_("contact")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("opt-out of messages")
        verbose_name_plural = _("opt-outs of messages")
        constraints = [
            models.UniqueConstraint(fields=["event", "contact"], name="messageoptout_once_per_contact")
        ]

    def __str__(self) -> str:
        return f"{self.contact} at {self.event}"


class MailWords(models.Model):
    """One paragraph of the organizer's own in one kind of mail of an event, or in every mail of it."""

    # In place of a kind.
    EVERY = "every"

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="mail_words", verbose_name=_("event"), db_index=False
    )
    kind = models.CharField(_("mail"), max_length=20, choices=Notification.Kind)
    paragraph = models.TextField(_("own paragraph"), max_length=2_000, help_text=_("Markdown."))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("own words in a mail")
        verbose_name_plural = _("own words in mails")
        constraints = [models.UniqueConstraint(fields=["event", "kind"], name="mailwords_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.paragraph[:40]}"


class ReminderSettings(models.Model):
    """How long before an event and its sessions people are reminded; an event without a row has the defaults."""

    MOST_HOURS, MOST_MINUTES = 720, 2_880

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="reminders", verbose_name=_("event")
    )
    event_hours = models.PositiveSmallIntegerField(
        _("reminder before the event (hours)"),
        null=True,
        blank=True,
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text=_("Empty or 0: off."),
    )
    session_minutes = models.PositiveSmallIntegerField(
        _("reminder before each session (minutes)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(MOST_MINUTES)],
        help_text=_("Empty or 0: off."),
    )

    class Meta:
        verbose_name = _("reminders")
        verbose_name_plural = _("reminders")

    def __str__(self) -> str:
        return str(self.event)


class ReminderRound(models.Model):
    """One time at which everybody was reminded of an event (no session) or a session that begins at `starts_at`."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="+", verbose_name=_("event"), db_index=False
    )
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField(_("start"))
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("round of reminders")
        verbose_name_plural = _("rounds of reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "starts_at"],
                condition=models.Q(session=None),
                name="reminderround_once_per_event",
            ),
            models.UniqueConstraint(
                fields=["session", "starts_at"],
                condition=models.Q(session__isnull=False),
                name="reminderround_once_per_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session or self.event} at {self.starts_at:%Y-%m-%d %H:%M}"

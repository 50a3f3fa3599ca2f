"""What somebody's calendar was told by our mails."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Contact
from sessions_app.models import Session


def identity_of(contact: Contact, session: Session) -> uuid.UUID:
    """Return what names the session in the contact's calendar, also after giving it up and coming back."""
    return uuid.uuid5(session.uuid, str(contact.uuid))


class CalendarEntry(models.Model):
    """One session in one person's calendar as our last mail about it left it: taking place, or cancelled.

    An entry that was another contact's before an address was corrected keeps the identity it had then.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="calendar_entries", verbose_name=_("contact")
    )
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="+", verbose_name=_("session"), db_index=False
    )
    sequence = models.PositiveIntegerField(_("revision"))
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    told_at = models.DateTimeField(_("told"))
    # Empty where it follows from contact and session.
    kept_identity = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "session"], name="calendarentry_once_per_contact_and_session"
            )
        ]

    def __str__(self) -> str:
        return str(self.session)

    @property
    def identity(self) -> uuid.UUID:
        """What names the entry in the person's calendar."""
        return self.kept_identity or identity_of(self.contact, self.session)

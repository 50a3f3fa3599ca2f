"""Mails to addresses that need be nobody's: most carry a code that is asked back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from registrations.models.address_codes import LASTS, MOST_TRIES, MailedCode
from registrations.models.registrations import EventRegistration

# Word of what happened is tried for so long; a code that came later than it lasts would be of no use.
WORD_LASTS = timedelta(days=1)


class AddressMailQuerySet(models.QuerySet["AddressMail"]):
    """Words for sets of mails to addresses."""

    def due(self, at: datetime) -> Self:
        """The mails to be sent now, still of use, and not being sent by another worker."""
        word = Q(purpose=AddressMail.Purpose.LEFT, asked_at__gt=at - WORD_LASTS)
        code = ~Q(purpose=AddressMail.Purpose.LEFT) & Q(asked_at__gt=at - LASTS, used_at=None)
        free = Q(leased_until=None) | Q(leased_until__lt=at)
        return self.filter(word | code, free, sent_at=None, due_at__lte=at)


class AddressMail(MailedCode):
    """One mail to an address, whether or not anybody is registered by it; kept for a day.

    The outbox holds what registered people are told. This is for whoever shows that an address is theirs, and for the
    address that a registration has left. It is written and sent alike whoever the address belongs to.
    """

    class Purpose(models.TextChoices):
        REGISTER = "register", _("Register with this address")
        MINE = "mine", _("See one's own registrations")
        EXPORT = "export", _("Take one's own data along")
        ERASE = "erase", _("Be erased")
        WISH = "wish", _("Wish in a draw with this address")
        LEFT = "left", _("Told that a registration left this address")

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("event")
    )
    event_registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registration"),
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = AddressMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail to an address")
        verbose_name_plural = _("mails to addresses")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None), name="addressmail_to_send"),
            # Somebody who is erased is looked for here by their address.
            models.Index(fields=["email"], name="addressmail_by_email"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="addressmail_few_tries"),
        ]

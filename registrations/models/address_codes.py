"""Codes that prove who reads an address."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from events.models import Event
from registrations.models.registrations import EventRegistration

LASTS = timedelta(minutes=15)
MOST_TRIES = 5
DIGITS = 6


class MailedCode(models.Model):
    """One code mailed to an address, for whoever asked for it to show that they read what comes there.

    The code itself is kept nowhere: it follows from the row and the site's secret key.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"))
    asked_at = models.DateTimeField(_("asked for"), db_index=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def code(self) -> str:
        """Six digits, which nobody can tell without the site's secret key."""
        digest = salted_hmac("registrations.address_code", self.uuid.hex, algorithm="sha256").digest()
        return f"{int.from_bytes(digest, 'big') % 10**DIGITS:0{DIGITS}d}"

    def is_open(self, at: datetime) -> bool:
        """True while the right code would be taken."""
        return self.used_at is None and self.tries < MOST_TRIES and at < self.asked_at + LASTS


class AddressCode(MailedCode):
    """The code mailed to another address than a registration's, before it moves there; the next takes its place."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", verbose_name=_("event"))
    event_registration = models.OneToOneField(
        EventRegistration, on_delete=models.CASCADE, related_name="+", verbose_name=_("registration")
    )

    class Meta:
        verbose_name = _("code of an address")
        verbose_name_plural = _("codes of addresses")
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="addresscode_few_tries"),
        ]

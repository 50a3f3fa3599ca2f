"""API clients: other systems with credentials of their own."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication, get_access_token_model

from events.models.events import Event

# Scanners of public code find a secret that was published by mistake by these letters.
SECRET_PREFIX = "sw_"


def new_client_secret() -> str:
    """Return a fresh secret, as nobody can guess it."""
    return SECRET_PREFIX + secrets.token_urlsafe(40)


class ApiClient(AbstractApplication):
    """One other system with its own credentials, which sees every event or those named, be there none."""

    client_secret: Any
    sees_every_event = models.BooleanField(
        _("every event"),
        default=False,
        help_text=_("On: it sees all events, and may make others. Off: only those chosen below."),
    )
    events = models.ManyToManyField(
        Event,
        blank=True,
        related_name="api_clients",
        verbose_name=_("events"),
        help_text=_("What it sees where it does not see every event; none chosen: nothing."),
    )
    scopes = models.CharField(
        _("scopes"),
        max_length=100,
        default="read write",
        help_text=_("What its tokens may do: read, write, override (register past capacity)."),
    )

    # The secret before this one, hashed as well, which is taken until then: long enough to change it everywhere.
    previous_secret = models.CharField(max_length=255, blank=True, db_default="", default="", editable=False)
    previous_secret_ends_at = models.DateTimeField(
        _("secret before is taken until"), null=True, blank=True, editable=False
    )
    secret_used_at = models.DateTimeField(_("secret last used"), null=True, blank=True, editable=False)
    previous_secret_used_at = models.DateTimeField(
        _("secret before last used"), null=True, blank=True, editable=False
    )

    class Meta(AbstractApplication.Meta):
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Another secret ends the tokens that the one before has fetched, unless that is still taken for a while."""
        before = None if self.pk is None else type(self)._default_manager.filter(pk=self.pk).first()
        is_changed = before is not None and before.client_secret != self.client_secret
        is_ended = before is not None and is_changed and self.previous_secret != before.client_secret
        if is_ended:
            self.previous_secret, self.previous_secret_ends_at = "", None
        super().save(*args, **kwargs)
        if is_ended:
            get_access_token_model().objects.filter(application=self).delete()

    def renew_secret(self, *, overlap: timedelta = timedelta()) -> str:
        """Give the client another secret and return it, shown this once; the one before is taken for `overlap` more.

        Without an overlap the tokens that it has fetched end at once.
        """
        secret, now = new_client_secret(), timezone.now()
        if overlap:
            self.previous_secret, self.previous_secret_ends_at = self.client_secret, now + overlap
            self.previous_secret_used_at = self.secret_used_at
        self.client_secret, self.secret_used_at = secret, None
        self.save()
        return secret

    @property
    def is_previous_secret_taken(self) -> bool:
        """True while the secret before this one still opens the door."""
        ends_at = self.previous_secret_ends_at
        return bool(self.previous_secret) and ends_at is not None and ends_at > timezone.now()

    @property
    def scope_names(self) -> list[str]:
        """The scopes, one by one."""
        return self.scopes.split()

    def may_see(self, event: Event) -> bool:
        """True where the client may see the event."""
        return self.sees_every_event or self.events.filter(pk=event.pk).exists()

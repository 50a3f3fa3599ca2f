"""API clients: other systems with credentials of their own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from events.models.events import Event


class ApiClient(AbstractApplication):
    """One other system with its own credentials, which sees every event or those named, be there none."""

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

    class Meta(AbstractApplication.Meta):
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    @property
    def scope_names(self) -> list[str]:
        """The scopes, one by one."""
        return self.scopes.split()

    def may_see(self, event: Event) -> bool:
        """True where the client may see the event."""
        return self.sees_every_event or self.events.filter(pk=event.pk).exists()

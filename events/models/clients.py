"""By whose leave: other systems that come through the API."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class ApiClient(AbstractApplication):
    """One other system with its own credentials, limited to some events or to none in particular."""

    events = models.ManyToManyField(
        "events.Event", blank=True, related_name="api_clients", help_text=_("Empty: every event.")
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

"""Somebody asked for a personal link."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event


class LinkRequest(models.Model):
    """One form in which somebody gave an address to have the personal link mailed to; kept for ten minutes.

    It is written alike whether or not anybody is registered by that address: who is, only the worker looks up.
    """

    # The form and the address in it: the same form posted again is the same request.
    key = models.CharField(max_length=64, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"))
    requested_at = models.DateTimeField(_("requested"), db_index=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("asked-for link")
        verbose_name_plural = _("asked-for links")
        indexes = [
            models.Index(fields=["id"], condition=models.Q(answered_at__isnull=True), name="linkrequest_open")
        ]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}"

"""Demand that met no seat: how often somebody was refused, by the hour."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from sessions_app.models import Session


class RefusedTries(models.Model):
    """How many tries at one session, or at the event itself, were refused for one reason within one hour."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", verbose_name=_("event"))
    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("session"),
        db_index=False,
    )
    outcome = models.CharField(_("outcome"), max_length=20)
    hour = models.DateTimeField(_("hour"))
    number = models.PositiveIntegerField(_("tries"))

    class Meta:
        verbose_name = _("refused tries")
        verbose_name_plural = _("refused tries")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "hour", "outcome"],
                condition=Q(session__isnull=False),
                name="refusedtries_once_per_session_and_hour",
            ),
            models.UniqueConstraint(
                fields=["event", "hour", "outcome"],
                condition=Q(session=None),
                name="refusedtries_once_per_event_and_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} × {self.outcome} at {self.session or self.event}"

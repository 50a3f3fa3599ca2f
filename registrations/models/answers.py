"""Answers of people to an event's own questions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import CustomRegistrationField
from registrations.models.registrations import EventRegistration


class RegistrationResponse(models.Model):
    """One answer to one custom registration field."""

    event_registration = models.ForeignKey(
        EventRegistration, on_delete=models.PROTECT, related_name="responses", verbose_name=_("registration")
    )
    field = models.ForeignKey(
        CustomRegistrationField,
        on_delete=models.PROTECT,
        related_name="responses",
        verbose_name=_("question"),
    )
    value = models.JSONField(_("answer"))

    class Meta:
        verbose_name = _("registration response")
        verbose_name_plural = _("registration responses")
        constraints = [
            models.UniqueConstraint(
                fields=["event_registration", "field"], name="registrationresponse_one_per_question"
            )
        ]

    def __str__(self) -> str:
        if isinstance(self.value, list):
            return ", ".join(map(str, self.value))
        return str(self.value)

"""Members of staff who work on one event."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event


class EventTeamMember(models.Model):
    """One member of staff who works on one event, in one role."""

    class Role(models.TextChoices):
        PLANNER = "planner", _("Event Planner")
        REGISTRATION = "registration_staff", _("Registration staff")
        DOOR = "door_staff", _("Door staff")
        VIEWER = "viewer", _("Viewer")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="team", verbose_name=_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="event_teams", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.PLANNER)

    class Meta:
        verbose_name = _("event team member")
        verbose_name_plural = _("event team members")
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="eventteammember_once_per_event")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

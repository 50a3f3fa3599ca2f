"""Drafts of agendas, before they are anybody's."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from sessions_app.models import Session


class AgendaDraft(models.Model):
    """One visitor's choice of sessions, kept before any name is given; it holds no seat."""

    # Whether a star hangs on it, as one did when a page read the draft; None where nobody looked.
    is_interested: bool | None = None

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="agenda_drafts")
    sessions = models.ManyToManyField(Session, through="AgendaDraftLine", related_name="+")
    # What it became: the same form posted twice finds the registration that the first post made.
    registration = models.ForeignKey(
        "registrations.EventRegistration", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Of several people registered by it in one go: what became of each (`rules.groups.GroupResult`), without names.
    group = models.JSONField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("agenda draft")
        verbose_name_plural = _("agenda drafts")

    def __str__(self) -> str:
        return f"Draft for {self.event}"

    @property
    def is_finished(self) -> bool:
        """True once somebody was registered by it: whoever chooses again begins another."""
        return self.registration_id is not None or self.group is not None


class AgendaDraftLine(models.Model):
    """One session in one draft; the earlier line wins where two clash."""

    draft = models.ForeignKey(AgendaDraft, on_delete=models.CASCADE, related_name="lines")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "session"], name="agendadraftline_once_per_session")
        ]

    def __str__(self) -> str:
        return str(self.session)


class Star(models.Model):
    """One session that somebody is interested in, perhaps beside a seat; it holds none.

    It hangs on a draft: on the agenda begun in a browser, which names the registration that it became; or, for who
    was registered otherwise, on an empty one of that registration.
    """

    draft = models.ForeignKey(AgendaDraft, on_delete=models.CASCADE, related_name="stars")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        constraints = [models.UniqueConstraint(fields=["draft", "session"], name="star_once_per_session")]

    def __str__(self) -> str:
        return str(self.session)

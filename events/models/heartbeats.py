"""Whether the worker lives: each of its loops says so every few seconds."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class WorkerHeartbeatQuerySet(models.QuerySet["WorkerHeartbeat"]):
    """Words for sets of heartbeats."""

    def beat(self, loop: str) -> None:
        """Record that this loop lives, by the database's clock."""
        if not self.filter(loop=loop).update(beat_at=Now()):
            # Another worker may begin at the same moment.
            self.bulk_create([self.model(loop=loop, beat_at=Now())], ignore_conflicts=True)

    def silence(self) -> dict[str, timedelta]:
        """How long ago each loop was last heard of, by the database's clock alone."""
        since = ExpressionWrapper(Now() - F("beat_at"), output_field=models.DurationField())
        return dict(self.annotate(silence=since).values_list("loop", "silence"))


class WorkerHeartbeat(models.Model):
    """One loop of the worker, and when any worker last went round it."""

    loop = models.CharField(_("loop"), max_length=30, unique=True)
    # By the database's clock: the web server that asks and the worker may stand on different machines.
    beat_at = models.DateTimeField(_("last heard of"))

    objects = WorkerHeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker's heartbeat")
        verbose_name_plural = _("worker's heartbeats")

    def __str__(self) -> str:
        return f"{self.loop}, last heard of at {self.beat_at}"

"""What events' public pages show, as a revision that the database itself raises with every change of it."""

from __future__ import annotations

from django.db import models


class ShownRevision(models.Model):
    """One change of what public pages show of an event; `event_id` 0 stands for every event.

    The words of an event's rows added up, and those of all events', are the revision of its pages. Rows are written by
    triggers and read with the event. Nothing waits for one: a change adds its row, and takes away older ones only where
    nobody else is about to.
    """

    event_id = models.BigIntegerField(db_index=True)
    # At random: what was shown under a revision is never shown under another, not even after a backup was restored.
    word = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.event_id}: {self.word}"

"""The feed: the order in which other systems read the ledger, and how far its readers have come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from registrations.models.ledger import Activity


class FeedEntry(models.Model):
    """One line of the ledger with its number in the feed, given once the line could be seen by everybody.

    PostgreSQL gives out a ledger row's id before the commit, so a lower id can appear after a higher one; a number
    here never does: whoever has read up to one has missed nothing below it. It is the row's own id, or the next
    number after the last where that is higher. Of two lines about one object the higher number is the later.
    """

    seq = models.PositiveBigIntegerField(_("number"), primary_key=True)
    activity = models.OneToOneField(
        Activity, on_delete=models.PROTECT, related_name="feed_entry", verbose_name=_("ledger entry")
    )
    # The ledger row's own, so that a reader of one event finds its lines without the others.
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"), db_index=False
    )

    class Meta:
        ordering = ["seq"]
        verbose_name = _("feed entry")
        verbose_name_plural = _("feed entries")
        indexes = [models.Index(fields=["event", "seq"], name="feedentry_of_event")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.activity}"


class LedgerCursor(models.Model):
    """The point a reader has come to: of the ledger's ids for who numbers them, of the numbers for who reads those.

    A gap is `[first id, last id, transaction, since]`: ids that were given out but not to be seen when higher ones
    already were, and the number of the first transaction that cannot have got one of them.
    """

    reader = models.CharField(max_length=30, unique=True)
    position = models.PositiveBigIntegerField(default=0)
    gaps = models.JSONField(default=list, blank=True)
    # Raised by each step: whoever read an older one has been overtaken, and steps back.
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("reader of the ledger")
        verbose_name_plural = _("readers of the ledger")

    def __str__(self) -> str:
        return f"{self.reader} at {self.position}"

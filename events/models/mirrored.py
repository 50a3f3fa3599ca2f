"""Rows of which other systems keep copies: when they changed, and which are gone."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Tombstone(models.Model):
    """One row that was deleted for good: all that is left of it, for other systems that have a copy."""

    # The model by its label, such as "sessions_app.speaker".
    kind = models.CharField(_("kind"), max_length=100)
    row_id = models.BigIntegerField(_("ID"))
    # Whoever does not see the event is not told; empty for what events share.
    event = models.ForeignKey("events.Event", on_delete=models.CASCADE, null=True, related_name="+")
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now)

    class Meta:
        ordering = ["deleted_at", "id"]
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        indexes = [models.Index(fields=["kind", "deleted_at"], name="tombstone_of_kind_by_time")]
        constraints = [models.UniqueConstraint(fields=["kind", "row_id"], name="tombstone_once_per_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"


Row_co = TypeVar("Row_co", bound="Mirrored", covariant=True)


class MirroredQuerySet(models.QuerySet[Row_co]):
    """Sets of rows that leave tombstones."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows for good, one by one, so that each leaves what a single one leaves; all or none."""
        total: int = 0
        by_model: dict[str, int] = {}
        with transaction.atomic(using=self.db):
            for row in self:
                number, found = row.delete()
                total += number
                by_model |= {name: by_model.get(name, 0) + count for name, count in found.items()}
        return total, by_model

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Mirrored(models.Model):
    """A row that leaves a tombstone when it is deleted, whichever way it goes."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MirroredQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row for good; a tombstone is left, and the records that showed it have changed.

        Whoever comes second, for a row that somebody else just deleted, leaves nothing.
        """
        tombstone = Tombstone(kind=self._meta.label_lower, row_id=self.pk, event=self.event_of_row())
        with transaction.atomic():
            for rows in self.shown_in():
                rows.update(updated_at=timezone.now())
            total, by_model = super().delete(*args, **kwargs)
            if by_model.get(self._meta.label):
                tombstone.save()
        return total, by_model

    def event_of_row(self) -> Any:
        """The event that the row belongs to; None for what events share."""
        return getattr(self, "event", None)

    def shown_in(self) -> list[models.QuerySet[Any]]:
        """The rows whose records name this one."""
        return []

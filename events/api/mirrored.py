"""Collections whose rows are deleted for good: their lists of changes begin with the tombstones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet

from events.api import parameters
from events.api.views import ApiViewSet
from events.models import Mirrored, Tombstone


class MirroredViewSet(ApiViewSet):
    """A collection of one mirrored model."""

    # The mirrored model.
    model: ClassVar[Any]
    has_tombstones = True

    def get_queryset(self) -> QuerySet[Any]:
        """The rows this client sees, deleted ones left out."""
        return self.rows()

    def filter_queryset(self, queryset: QuerySet[Any]) -> Any:
        """The rows asked for; in a list of changes behind those that went since then."""
        rows = super().filter_queryset(queryset)
        since = parameters.moment(self.request, "updated_since") if self.lists_changes() else None
        return rows if since is None else _Changes(self.gone(_gone_since(self.model, since)), rows)

    def gone(self, tombstones: QuerySet[Tombstone]) -> QuerySet[Tombstone]:
        """The tombstones of which this client, and this list, is told."""
        return tombstones


def _gone_since(model: type[Mirrored], since: datetime) -> QuerySet[Tombstone]:
    return Tombstone.objects.filter(kind=model._meta.label_lower, deleted_at__gte=since)


@dataclass(frozen=True)
class _Gone:
    """A tombstone, as a record says it."""

    pk: int
    archived_at: datetime


class _Changes:
    """A list of changes: tombstones in the order of deleting, then the rows.

    In this order pages have no gap: a row that goes while somebody reads makes the first part longer by as much as
    it makes the second shorter, so that nothing behind it moves forward past the reader.
    """

    def __init__(self, gone: QuerySet[Tombstone], rows: QuerySet[Any]) -> None:
        self._gone, self._rows = gone, rows
        self._gone_count: int | None = None

    def order_by(self) -> _Changes:
        """This sequence, whose order is fixed; pages take the order away before they count."""
        return self

    def count(self) -> int:
        """The number of tombstones and rows together."""
        self._gone_count = self._gone.order_by().count()
        return self._gone_count + self._rows.order_by().count()

    def __getitem__(self, part: slice) -> list[Any]:
        if self._gone_count is None:
            self.count()
        before = self._gone_count or 0
        gone = (
            [_Gone(each.row_id, each.deleted_at) for each in self._gone[part]] if part.start < before else []
        )
        start, stop = max(0, part.start - before), max(0, part.stop - before)
        return [*gone, *self._rows[start:stop]] if stop else gone

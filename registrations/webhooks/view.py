"""`/feed`: every change in order, for systems that keep a copy."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from events.api import parameters
from events.api.views import ApiView
from events.errors import Invalid
from registrations.api.feed import MOST, USUAL, cursor_of, read_cursor
from registrations.models.webhooks import SUBSCRIPTIONS
from registrations.queries.feed import newest_number
from registrations.webhooks.feed import Page, page_after

# Instead of a cursor: only what happens from now on.
LATEST = "latest"


class FeedView(ApiView):
    """The changes of the events that the client sees."""

    parameters = {"after", "limit", "event_id", "types"}

    def get(self, request: Request) -> Response:
        """Every change after a cursor, in order and without gaps; without a cursor from the beginning."""
        names = parameters.names(request, "types", SUBSCRIPTIONS) or ["*"]
        position = self._position(request.query_params.get("after", ""))
        return Response(
            _shown(page_after(position, self._limit(request), events=self._of(request), names=names))
        )

    def _position(self, cursor: str) -> int:
        newest = newest_number()
        if cursor == LATEST:
            return newest
        position = read_cursor(cursor) if cursor else 0
        if position > newest:
            words = _(
                "This cursor is ahead of the feed: the database was put back to an earlier state. "
                "Read the feed again from the beginning, without `after`."
            )
            raise Invalid(fields={"after": [words]})
        return position

    def _limit(self, request: Request) -> int:
        [given] = parameters.numbers(request, "limit", 1) or [USUAL]
        return max(1, min(given, MOST))

    def _of(self, request: Request) -> list[int] | None:
        wanted = parameters.numbers(request, "event_id", 1)
        if wanted is None:
            return self.limited_to
        if not self.every_event.filter(pk__in=wanted).exists():
            raise Invalid(fields={"event_id": [_("There is no such event.")]})
        return wanted


def _shown(page: Page) -> dict[str, Any]:
    return {"items": page.items, "next": cursor_of(page.position), "more": page.has_more}

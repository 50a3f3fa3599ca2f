"""One figure of an event: what it says in one line, a drawing, a table, and a file of all its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from events.models import Event
from registrations.admin.verbs import access
from registrations.queries import overview
from registrations.queries.overview import SeatsOfSession

# What one screen can show; the file has all of it.
MOST_SHOWN = 25


@dataclass
class Reading:
    """What several figures of one page look at, read once."""

    event: Event
    at: datetime = field(default_factory=timezone.now)

    @classmethod
    def of(cls, request: HttpRequest, event: Event) -> Reading:
        """The one of this request."""
        return vars(request).setdefault("seatwise_overview", cls(event))

    @cached_property
    def sessions(self) -> list[SeatsOfSession]:
        """The event's programme with its seats."""
        return overview.seats_of_sessions(self.event)

    @cached_property
    def by_id(self) -> dict[int, SeatsOfSession]:
        """The programme by id."""
        return {row.pk: row for row in self.sessions}


class Figure:
    """One figure; made anew for each request."""

    key: ClassVar[str]
    title: ClassVar[Any]
    permission: ClassVar[str] = "sessions_app.view_session"
    head: ClassVar[Sequence[Any]]
    empty: ClassVar[Any]

    def __init__(self, request: HttpRequest, event: Event) -> None:
        self.request, self.event, self.reading = request, event, Reading.of(request, event)

    def is_shown(self) -> bool:
        """True when this member of staff may see it."""
        return access.may(self.request.user, self.event, self.permission)

    def rows(self) -> list[Sequence[Any]]:
        """Every row of the table, the most telling first."""
        raise NotImplementedError

    def shown_rows(self) -> list[Sequence[Any]]:
        """The rows that stand on the page."""
        return self.rows()[:MOST_SHOWN]

    def number_of_rows(self) -> int:
        """How many rows the table has, also where the page shows few of them."""
        return len(self.rows())

    def summary(self) -> str:
        """The figure in one line."""
        return ""

    def drawing(self) -> SafeString:
        """The chart."""
        raise NotImplementedError

    def choices(self) -> list[tuple[str, str, bool]]:
        """Other views of the figure: words, address, whether it is the one that is shown."""
        return []

    def render(self) -> SafeString:
        """The figure's HTML; nothing for whoever may not see it."""
        if not self.is_shown():
            return SafeString("")
        number, shown = self.number_of_rows(), self.shown_rows()
        context = {
            "figure": self,
            "has_rows": bool(number),
            "rows": shown,
            "left_out": number - len(shown),
            "url": reverse("admin:figure_file", args=["event", self.event.pk, self.key]),
        }
        return render_to_string("admin/overview/figure.html", context)

    def url_of(self, session_id: int) -> str:
        """Where a session's page is."""
        return reverse("admin:sessions_app_session_change", args=[session_id])

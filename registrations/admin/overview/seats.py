"""Figures of sessions: their seats, how full each room is at each hour, and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.zones import hours_in_words
from registrations.admin.overview.base import MOST_SHOWN, Figure
from registrations.admin.overview.drawing import Bar, HeatCell, bars, heat
from registrations.queries import overview
from registrations.queries.overview import SeatsOfSession
from registrations.queries.rooms import Grid, fill_by_room_and_hour

PERCENT = 100


def percent(share: float | None) -> str:
    """Say "83 %"; a dash where there is nothing to be filled."""
    return "–" if share is None else f"{round(share * PERCENT)} %"


class SeatsBySession(Figure):
    """How many seats of each session are taken, past capacity, held and waited for."""

    key = "overview_seats"
    title = gettext_lazy("Seats by session")
    empty = gettext_lazy("No sessions yet.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("Session"), gettext_lazy("When"), gettext_lazy("Room"), gettext_lazy("Capacity")),
        *(
            gettext_lazy("Taken"),
            gettext_lazy("Past capacity"),
            gettext_lazy("Held"),
            gettext_lazy("Waiting"),
        ),
        gettext_lazy("Full"),
    )

    @cached_property
    def ordered(self) -> list[SeatsOfSession]:
        """The sessions that want a look first: past capacity, waited for, fullest."""
        return sorted(
            self.reading.sessions, key=lambda row: (-row.past_capacity, -row.waiting, -(row.fill or 0))
        )

    def when(self, row: SeatsOfSession) -> str:
        """Day and hours by the event's clock."""
        if row.starts_at is None or row.ends_at is None:
            return "–"
        day = date_format(row.starts_at.astimezone(self.event.zone), _("D j M"))
        return f"{day} {hours_in_words(row.starts_at, row.ends_at, self.event.zone, self.event.zone)}"

    def rows(self) -> list[Sequence[Any]]:
        return [self._cells(row) for row in self.ordered]

    def shown_rows(self) -> list[Sequence[Any]]:
        return [self._cells(row) for row in self.ordered[:MOST_SHOWN]]

    def number_of_rows(self) -> int:
        return len(self.ordered)

    def _cells(self, row: SeatsOfSession) -> Sequence[Any]:
        capacity = "" if row.capacity is None else row.capacity
        figures = (capacity, row.taken, row.past_capacity, row.held, row.waiting)
        return (row.name, self.when(row), row.room, *figures, percent(row.fill))

    def summary(self) -> str:
        every = self.reading.sessions
        seats = sum(row.capacity or 0 for row in every)
        said = [
            counted.sessions(len(every)),
            _("%(taken)d of %(seats)d seats taken")
            % {"taken": sum(row.taken for row in every), "seats": seats},
        ]
        for words, number in (
            (counted.past_capacity, sum(row.past_capacity for row in every)),
            (counted.held, sum(row.held for row in every)),
            (counted.waiting, sum(row.waiting for row in every)),
        ):
            said += [words(number)] if number else []
        return " · ".join(said)

    def drawing(self) -> SafeString:
        return bars(self._bar(row) for row in self.ordered[:MOST_SHOWN])

    def _bar(self, row: SeatsOfSession) -> Bar:
        within = row.taken - row.past_capacity
        parts = (("taken", within), ("past", row.past_capacity), ("held", row.held), ("waiting", row.waiting))
        said = [f"{row.taken}/{'∞' if row.capacity is None else row.capacity}"]
        said += [f"▲ +{row.past_capacity}"] if row.past_capacity else []
        said += [counted.held(row.held)] if row.held else []
        said += [counted.waiting(row.waiting)] if row.waiting else []
        return Bar(row.name, [*parts, ("free", row.free)], " · ".join(said), self.url_of(row.pk))


class FillByRoom(Figure):
    """How full each room is, hour by hour, one day at a time; the file has all days."""

    key = "overview_rooms"
    title = gettext_lazy("How full the rooms are")
    empty = gettext_lazy("No session has a room and a time yet.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("Day"), gettext_lazy("Room"), gettext_lazy("Hour")),
        *(gettext_lazy("Taken"), gettext_lazy("Capacity"), gettext_lazy("Full")),
    )
    parameter = "overview-day"

    @cached_property
    def days(self) -> dict[date, Grid]:
        """Each day's grid."""
        return fill_by_room_and_hour(self.event, self.reading.sessions)

    @cached_property
    def day(self) -> date:
        """The day asked for, else today where it is one of the event's, else the first."""
        today = self.reading.at.astimezone(self.event.zone).date()
        asked = self.request.GET.get(self.parameter, "")
        return next(
            (day for day in self.days if day.isoformat() == asked),
            today if today in self.days else min(self.days),
        )

    def rows(self) -> list[Sequence[Any]]:
        return [row for day in self.days for row in self._rows_of(day)]

    def shown_rows(self) -> list[Sequence[Any]]:
        return self._rows_of(self.day) if self.days else []

    def number_of_rows(self) -> int:
        return sum(len(cells) for grid in self.days.values() for cells in grid.values())

    def _rows_of(self, day: date) -> list[Sequence[Any]]:
        shown = date_format(day, _("D j M Y"))
        return [
            (shown, room, f"{hour:%H:%M}", cell.taken, cell.capacity or "", percent(cell.fill))
            for room, cells in sorted(self.days[day].items())
            for hour, cell in sorted(cells.items())
        ]

    def summary(self) -> str:
        return date_format(self.day, _("l j F Y")) if self.days else ""

    def choices(self) -> list[tuple[str, str, bool]]:
        found = []
        for day in self.days if len(self.days) > 1 else ():
            query = urlencode({"tab": "overview", self.parameter: day.isoformat()})
            found.append((date_format(day, _("D j M")), f"?{query}#panel-{self.key}", day == self.day))
        return found

    def drawing(self) -> SafeString:
        grid = self.days[self.day]
        every = sorted({hour for cells in grid.values() for hour in cells})
        lines = [(room, [self._cell(cells, hour) for hour in every]) for room, cells in sorted(grid.items())]
        return heat([f"{hour:%H}" for hour in every], lines)

    def _cell(self, cells: Any, hour: Any) -> HeatCell | None:
        cell = cells.get(hour)
        if cell is None:
            return None
        title = _("%(taken)d of %(capacity)d") % {"taken": cell.taken, "capacity": cell.capacity}
        return HeatCell(percent(cell.fill), cell.fill, title)


class Waitlists(Figure):
    """Who waits for what, and what became of those who did."""

    key = "overview_waitlists"
    title = gettext_lazy("Waitlists")
    permission = "waitlists.view_waitlistitem"
    empty = gettext_lazy("Nobody has waited for anything yet.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("For"), gettext_lazy("Waiting"), gettext_lazy("Invited")),
        *(gettext_lazy("Registered from the line"), gettext_lazy("Left the line")),
    )

    @cached_property
    def lines(self) -> list[overview.Line]:
        """The lines, the longest first."""
        return overview.lines_of(self.event)

    def name_of(self, line: overview.Line) -> str:
        """The session's name, or the event itself."""
        if line.session_id is None:
            return _("The event itself")
        row = self.reading.by_id.get(line.session_id)
        return row.name if row else _("A session that was cancelled")

    def rows(self) -> list[Sequence[Any]]:
        return [
            (self.name_of(line), line.waiting, line.invited, line.registered, line.left)
            for line in self.lines
        ]

    def summary(self) -> str:
        waiting, registered = (
            sum(getattr(line, name) for line in self.lines) for name in ("waiting", "registered")
        )
        if not self.lines:
            return ""
        served = ngettext("%(n)d registered from a line", "%(n)d registered from a line", registered)
        return f"{counted.waiting(waiting)} · {served % {'n': registered}}"

    def drawing(self) -> SafeString:
        return bars(self._bar(line) for line in self.lines[:MOST_SHOWN])

    def _bar(self, line: overview.Line) -> Bar:
        said = [counted.waiting(line.waiting)]
        said += [counted.invited(line.invited)] if line.invited else []
        said += [counted.registered(line.registered)] if line.registered else []
        url = (
            f"{self.url_of(line.session_id)}?tab=registration"
            if line.session_id in self.reading.by_id
            else ""
        )
        parts = (("waiting", line.waiting), ("held", line.invited), ("taken", line.registered))
        return Bar(self.name_of(line), parts, " · ".join(said), url)

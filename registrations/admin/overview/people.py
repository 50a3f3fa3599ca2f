"""Figures of people: when they registered, and whether they came. Nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from events import counted
from registrations.admin.overview.base import MOST_SHOWN, Figure
from registrations.admin.overview.drawing import Bar, Column, bars, columns
from registrations.admin.overview.seats import percent
from registrations.queries import overview
from registrations.queries.attendance import Attendance, attendance_of
from registrations.queries.overview import Day


class RegistrationsOverTime(Figure):
    """How many registered for the event on each day, and how many cancelled."""

    key = "overview_registrations"
    title = gettext_lazy("Registrations over time")
    permission = "registrations.view_eventregistration"
    empty = gettext_lazy("Nobody has registered yet.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("Day"), gettext_lazy("Registered"), pgettext_lazy("registration", "Cancelled")),
        gettext_lazy("Registered in all"),
    )

    @cached_property
    def days(self) -> list[Day]:
        """Each day from the first on."""
        return overview.registrations_by_day(self.event)

    def rows(self) -> list[Sequence[Any]]:
        totals = overview.running_total(self.days)
        return [
            (date_format(day.day, _("D j M Y")), day.registered, day.cancelled, total)
            for day, total in zip(self.days, totals, strict=True)
        ]

    def shown_rows(self) -> list[Sequence[Any]]:
        """The newest days first."""
        return self.rows()[: -MOST_SHOWN - 1 : -1]

    def summary(self) -> str:
        registered, cancelled = (
            sum(getattr(day, name) for day in self.days) for name in ("registered", "cancelled")
        )
        said = {
            "registered": counted.registered(registered),
            "cancelled": counted.cancelled(cancelled),
            "now": registered - cancelled,
        }
        return _("%(registered)s, %(cancelled)s: %(now)d now") % said if self.days else ""

    def drawing(self) -> SafeString:
        every = [
            Column(
                (("cancelled", day.cancelled), ("taken", day.registered)),
                _("%(day)s: %(registered)d registered, %(cancelled)d cancelled")
                % {
                    "day": date_format(day.day, _("D j M")),
                    "registered": day.registered,
                    "cancelled": day.cancelled,
                },
            )
            for day in self.days
        ]
        first, last = (date_format(day.day, _("j M Y")) for day in (self.days[0], self.days[-1]))
        return columns(every, first=first, last=last)


class NoShows(Figure):
    """Of those who had a seat, how many came; sessions that are over and had a door."""

    key = "overview_no_shows"
    title = gettext_lazy("Who came")
    permission = "registrations.view_checkin"
    empty = gettext_lazy("No session is over yet in which anybody was let in.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("Session"), gettext_lazy("Had a seat"), gettext_lazy("Came")),
        *(gettext_lazy("Did not come"), gettext_lazy("Came of those with a seat")),
    )

    @cached_property
    def found(self) -> list[Attendance]:
        """The sessions, the one from which most stayed away first."""
        found = attendance_of(self.event, self.reading.sessions, self.reading.at)
        return sorted(found, key=lambda one: -one.missed)

    def rows(self) -> list[Sequence[Any]]:
        return [(one.session.name, one.seats, one.came, one.missed, _share(one)) for one in self.found]

    def summary(self) -> str:
        seats, came = sum(one.seats for one in self.found), sum(one.came for one in self.found)
        if not seats:
            return ""
        said = {"came": came, "seats": seats, "rate": percent(came / seats)}
        return _("%(came)d of %(seats)d came (%(rate)s)") % said

    def drawing(self) -> SafeString:
        return bars(
            Bar(
                one.session.name,
                (("taken", one.came), ("waiting", one.missed)),
                _("%(came)d came, %(missed)d did not") % {"came": one.came, "missed": one.missed},
                f"{self.url_of(one.session.pk)}?tab=registration",
            )
            for one in self.found[:MOST_SHOWN]
        )


def _share(one: Attendance) -> str:
    return percent(one.came / one.seats if one.seats else None)

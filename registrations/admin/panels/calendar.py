"""The event's calendar: one day at a time, rooms across and time down, with whatever runs into something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from events.admin import words
from events.admin.verbs import change_url
from events.models import Event, Room
from events.roles import events_named_to
from registrations.admin.verbs import access
from registrations.website.grid import Grid, grid_of
from sessions_app.models import Session
from sessions_app.queries import PlanWarning, warnings_among

# As many columns as the style sheet has places for.
MOST_ROOMS = 60
# Before the first session and after the last, for others to be moved there.
SPARE_HOURS = 2
CLASHES = {"room_clash", "speaker_clash"}


@dataclass
class Planned:
    """One session in the calendar, with what it runs into."""

    session: Session
    move_url: str
    warnings: list[PlanWarning] = field(default_factory=list)
    # A clash is told once, of the session that begins later, and marked at both.
    is_clashing: bool = False

    @property
    def url(self) -> str:
        """The session's own page."""
        return change_url(self.session)

    @property
    def hours(self) -> str:
        """When, by the event's clock."""
        return words.hours(self.session, self.session.event)

    @property
    def seats(self) -> str:
        """How full."""
        return words.taken_of(self.session.seats)


@dataclass(frozen=True)
class Day:
    """One day of the event, and the address of its calendar."""

    day: Date
    sessions: int
    url: str
    is_shown: bool


def event_calendar(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
    """The calendar of one day; nothing for those who may not see sessions."""
    if not access.may(request.user, event, "sessions_app.view_session"):
        return SafeString("")
    sessions = Session.objects.not_archived().filter(event=event, cancelled_at=None)
    numbers = sessions.days(event)
    day = _day_asked(request, event, numbers)
    planned = _planned(request, event, sessions.on_day(day, event)) if day else []
    context = {
        "event": event,
        "day": day,
        "days": [Day(each, n, _url(each), each == day) for each, n in numbers.items()],
        "grid": _grid(event, planned),
        "troubled": [each for each in planned if each.warnings],
        "number": len(planned),
        "may_move": access.may(request.user, event, "sessions_app.change_session"),
        "may_add": access.may(request.user, event, "sessions_app.add_session"),
        "back": f"{request.path}{_url(day)}" if day else request.path,
    }
    return render_to_string("admin/panels/calendar.html", context, request)


def _url(day: Date) -> str:
    return "?" + urlencode({"tab": "agenda", "view": "calendar", "day": day.isoformat()})


def _day_asked(request: HttpRequest, event: Event, numbers: dict[Date, int]) -> Date | None:
    """The day in the address; else today, where there is something today; else the first day."""
    asked = request.GET.get("day", "")
    try:
        wanted = parse_date(asked)
    except ValueError:
        wanted = None
    today = timezone.now().astimezone(event.zone).date()
    return next((day for day in (wanted, today) if day in numbers), next(iter(numbers), None))


def _planned(request: HttpRequest, event: Event, sessions: Any) -> list[Planned]:
    """The sessions of the day in the order of the programme, with what they run into: four queries."""
    rows = list(
        sessions.select_related("seats", "room", "building", "layout", "track")
        .prefetch_related("speakers")
        .in_programme_order()
    )
    planned = {}
    for session in rows:
        session.event = event
        planned[session.pk] = Planned(session, reverse("admin:sessions_app_session_move", args=[session.pk]))
    for session, warning in warnings_among(rows, sees=events_named_to(request.user)):
        planned[session.pk].warnings.append(warning)
        if warning.code in CLASHES:
            for pk in {session.pk, warning.session_id} & planned.keys():
                planned[pk].is_clashing = True
    return list(planned.values())


def _grid(event: Event, planned: list[Planned]) -> Grid[Planned]:
    """The sessions in their places, beside the rooms of the event that are empty that day."""
    own = Session.objects.not_archived().filter(event=event)
    used = Q(Exists(own.filter(room=OuterRef("pk")))) | Q(building__in=own.values("building"))
    rooms = Room.objects.filter(used | Q(building=event.building_id) if event.building_id else used)
    offered = rooms.select_related("building").order_by("building__name", "name")[:MOST_ROOMS]
    return grid_of(planned, offered, event, spare_hours=SPARE_HOURS)

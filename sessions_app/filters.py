"""Filters of a programme: one FilterSet for the website's list and grid."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events.models import Event, Room
from events.ranking import Found
from events.searching import holding, with_words
from events.templatetags.seatwise import short_day
from sessions_app.models import Session, SessionTrack, Speaker
from sessions_app.models.sessions import SessionQuerySet
from sessions_app.queries import find_names, find_sessions

LONGEST_TEXT = 100
PARTS_OF_DAY = {"morning": "00:00-12:00", "afternoon": "12:00-17:00", "evening": "17:00-24:00"}
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_SPAN = re.compile(rf"(?P<begins>{_CLOCK})-(?P<ends>{_CLOCK}|24:00)")


def has_seat_for_newcomer() -> Q:
    """The condition that somebody who is not in line may take a seat now (`SeatCount.available`, in SQL)."""
    unlimited = Q(seats__capacity=None, format=Session.Format.WEBINAR)
    return unlimited | Q(seats__capacity__gt=F("seats__taken") + F("seats__held") + F("seats__waiting"))


def sessions_with_words(rows: QuerySet[Session], text: str) -> QuerySet[Session]:
    """The sessions in which every word occurs: in name, description, track or a speaker's name."""
    return with_words(rows, text, ["name", "description", "track__name"], or_where=_is_spoken_by)


def _is_spoken_by(word: str) -> Exists:
    return Exists(Speaker.objects.filter(sessions=OuterRef("pk"), **{holding("name"): word}))


class SessionFilterSet(django_filters.FilterSet):
    """Live sessions of one event by day, time, track, room, type, level, speaker, words, free seats, and what fits.

    `mine` are the sessions that the visitor holds or chose, `starred` the ids of those with a star. Rooms and days come
    as they are shown: public addresses carry no primary keys. `time` is a part of the day, or a span such as
    11:30-13:45, by the event's clock.
    """

    day = django_filters.ChoiceFilter(label=_("Day"), empty_label=_("All days"), method="on_day")
    track = django_filters.ChoiceFilter(label=_("Track"), empty_label=_("All tracks"), method="in_track")
    room = django_filters.ChoiceFilter(label=_("Room"), empty_label=_("All rooms"), method="in_room")
    time = django_filters.ChoiceFilter(label=_("Time of day"), empty_label=_("Any time"), method="at_time")
    kind = django_filters.ChoiceFilter(label=_("Type"), empty_label=_("All types"), field_name="kind")
    level = django_filters.ChoiceFilter(label=_("Level"), empty_label=_("All levels"), field_name="level")
    speaker = django_filters.CharFilter(label=_("Speaker"), max_length=LONGEST_TEXT, method="spoken_by")
    q = django_filters.CharFilter(label=_("Search"), max_length=LONGEST_TEXT, method="with_words")
    free = django_filters.BooleanFilter(
        label=_("Seats free"), method="with_free_seats", widget=forms.CheckboxInput
    )
    fits = django_filters.BooleanFilter(
        label=_("Fits my agenda"), method="fitting_mine", widget=forms.CheckboxInput
    )
    starred = django_filters.BooleanFilter(
        label=_("Starred"), method="among_starred", widget=forms.CheckboxInput
    )

    class Meta:
        model = Session
        fields: list[str] = []

    def __init__(
        self,
        data: Any,
        *,
        event: Event,
        mine: Collection[Session] = (),
        starred: Collection[int] = (),
        **kwargs: Any,
    ) -> None:
        self.event, self.mine, self.starred = event, mine, starred
        # What the words found, best first; None while none are looked for.
        self.found: Found[int] | None = None
        live = Session.objects.live().filter(event=event)
        super().__init__(data, queryset=live, **kwargs)
        self.days = live.days(event)
        self.rooms = _rooms(live)
        self.tracks = _tracks(live)
        self.filters["day"].extra["choices"] = [(f"{each:%Y-%m-%d}", short_day(each)) for each in self.days]
        self.filters["room"].extra["choices"] = [(name, name) for name in self.rooms]
        self.filters["track"].extra["choices"] = [(name, name) for name in self.tracks]
        self.filters["kind"].extra["choices"], self.filters["level"].extra["choices"] = _kinds_and_levels(
            live
        )
        self.filters["time"].extra["choices"] = _times(self.data.get("time") or "")

    def on_day(self, rows: SessionQuerySet, name: str, value: str) -> SessionQuerySet:
        """Keep the sessions of one day by the event's clock."""
        return rows.on_day(date.fromisoformat(value), self.event)

    def in_track(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions of one track."""
        return rows.filter(track_id=self.tracks[value])

    def in_room(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions in one room."""
        return rows.filter(room_id=self.rooms[value])

    def at_time(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions that begin at this time of any day, by the event's clock."""
        begins, ends = PARTS_OF_DAY.get(value, value).split("-")
        moments = ((_moment(day, begins, self.event), _moment(day, ends, self.event)) for day in self.days)
        spans = (Q(starts_at__gte=first, starts_at__lt=last) for first, last in moments)
        return rows.filter(functools.reduce(operator.or_, spans, Q(pk__in=[])))

    def spoken_by(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions of the speakers that are meant by these words, as forgiving as the search."""
        found = find_names(self.event, value)
        return rows.filter(Exists(Speaker.objects.filter(sessions=OuterRef("pk"), pk__in=found.keys)))

    def with_words(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions that are meant by these words, and remember which are meant best."""
        self.found = find_sessions(self.event, value)
        return rows.filter(pk__in=self.found.keys)

    def with_free_seats(self, rows: QuerySet[Session], name: str, value: bool) -> QuerySet[Session]:
        """Keep the sessions with a seat for a newcomer."""
        return rows.filter(has_seat_for_newcomer()) if value else rows

    def fitting_mine(self, rows: QuerySet[Session], name: str, value: bool) -> QuerySet[Session]:
        """Keep the sessions that block nothing the visitor holds or chose, and those themselves."""
        if not (value and self.mine):
            return rows
        blocked = functools.reduce(operator.or_, map(_blocked_by, self.mine))
        return rows.exclude(blocked & ~Q(pk__in=[session.pk for session in self.mine]))

    def among_starred(self, rows: QuerySet[Session], name: str, value: bool) -> QuerySet[Session]:
        """Keep the sessions that the visitor is interested in."""
        return rows.filter(pk__in=self.starred) if value else rows

    def without(self, name: str) -> QuerySet[Session]:
        """The sessions that would be left without the filter of this name."""
        found, rows = self.found, self.queryset.all()
        for each, value in self.form.cleaned_data.items():
            if each != name:
                rows = self.filters[each].filter(rows, value)
        self.found = found
        return rows


def _blocked_by(mine: Session) -> Q:
    """The sessions nobody may hold beside `mine`: `Session.blocks`, in SQL."""
    if not (mine.starts_at and mine.ends_at):
        return Q(pk__in=[])
    overlaps = Q(starts_at__isnull=False, starts_at__lt=mine.ends_at, ends_at__gt=mine.starts_at)
    return overlaps if mine.prevent_session_conflicts else overlaps & Q(prevent_session_conflicts=True)


def _kinds_and_levels(live: QuerySet[Session]) -> list[list[tuple[str, str]]]:
    """The types of these sessions, and their levels, by name."""
    pairs = list(live.order_by().values_list("kind", "level").distinct())
    return [[(word, word) for word in sorted(set(words) - {""})] for words in zip(*pairs, strict=True)] or [
        [],
        [],
    ]


def _times(asked: str) -> list[tuple[str, Any]]:
    """The parts of the day, and the span that is asked for where it is one."""
    parts = [("morning", _("Morning")), ("afternoon", _("Afternoon")), ("evening", _("Evening"))]
    span = _SPAN.fullmatch(asked)
    is_span = span is not None and span["begins"] < span["ends"]
    return [*parts, (asked, asked.replace("-", "–"))] if is_span else parts


def _moment(day: date, clock: str, event: Event) -> datetime:
    """When the event's clocks show this; 24:00 is the next day's beginning."""
    hours, minutes = map(int, clock.split(":"))
    later, hour = divmod(hours, 24)
    return datetime.combine(day + timedelta(days=later), time(hour, minutes), event.zone)


def _tracks(live: QuerySet[Session]) -> dict[str, int]:
    """Track ids by name, in the programme's order."""
    tracks = SessionTrack.objects.filter(id__in=live.order_by().values("track")).order_by("position", "name")
    return dict(tracks.values_list("name", "id"))


def _rooms(live: QuerySet[Session]) -> dict[str, int]:
    """Room ids by name; with the building where two rooms share a name."""
    rooms = Room.objects.filter(id__in=live.values("room_id")).order_by("name", "building__name")
    rows = list(rooms.values_list("id", "name", "building__name"))
    names = [name for _id, name, _building in rows]
    return {
        name if names.count(name) == 1 else f"{name} ({building})": room_id
        for room_id, name, building in rows
    }

"""Filters of a programme: one FilterSet for the website's list and grid."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events.models import Event, Room
from events.ranking import Found, best_first
from events.searching import holding, with_words
from events.templatetags.seatwise import short_day
from sessions_app.models import Session, SessionTrack, Speaker
from sessions_app.models.sessions import SessionQuerySet

LONGEST_TEXT = 100


def has_seat_for_newcomer() -> Q:
    """The condition that somebody who is not in line may take a seat now (`SeatCount.available`, in SQL)."""
    unlimited = Q(seats__capacity=None, format=Session.Format.WEBINAR)
    return unlimited | Q(seats__capacity__gt=F("seats__taken") + F("seats__held") + F("seats__waiting"))


def sessions_with_words(rows: QuerySet[Session], text: str) -> QuerySet[Session]:
    """The sessions in which every word occurs: in name, description, track or a speaker's name."""
    return with_words(rows, text, ["name", "description", "track__name"], or_where=_is_spoken_by)


def _is_spoken_by(word: str) -> Exists:
    return Exists(Speaker.objects.filter(sessions=OuterRef("pk"), **{holding("name"): word}))


def find_sessions(rows: SessionQuerySet, text: str) -> Found[int]:
    """Which of the sessions (of one event) somebody means by these words, best first: title, speakers, places, text."""
    shown = rows.in_programme_order().values_list("pk", "name", "track__name", "room__name", "description")
    speakers: dict[int, list[str]] = {}
    named = Speaker.objects.filter(sessions__in=rows.order_by()).values_list("sessions", "name")
    for session_id, name in named:
        speakers.setdefault(session_id, []).append(name)
    texts = (
        (pk, (name, " · ".join(speakers.get(pk, ())), f"{track or ''} · {room or ''}", description))
        for pk, name, track, room, description in shown
    )
    return best_first(texts, text)


class SessionFilterSet(django_filters.FilterSet):
    """Live sessions of one event by day, track, room, words, free seats and what fits an agenda.

    `mine` are the sessions that the visitor holds or chose. Rooms and days come as they are shown: public
    addresses carry no primary keys.
    """

    day = django_filters.ChoiceFilter(label=_("Day"), empty_label=_("All days"), method="on_day")
    track = django_filters.ChoiceFilter(label=_("Track"), empty_label=_("All tracks"), method="in_track")
    room = django_filters.ChoiceFilter(label=_("Room"), empty_label=_("All rooms"), method="in_room")
    q = django_filters.CharFilter(label=_("Search"), max_length=LONGEST_TEXT, method="with_words")
    free = django_filters.BooleanFilter(
        label=_("Seats free"), method="with_free_seats", widget=forms.CheckboxInput
    )
    fits = django_filters.BooleanFilter(
        label=_("Fits my agenda"), method="fitting_mine", widget=forms.CheckboxInput
    )

    class Meta:
        model = Session
        fields: list[str] = []

    def __init__(self, data: Any, *, event: Event, mine: Collection[Session] = (), **kwargs: Any) -> None:
        self.event, self.mine = event, mine
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

    def on_day(self, rows: SessionQuerySet, name: str, value: str) -> SessionQuerySet:
        """Keep the sessions of one day by the event's clock."""
        return rows.on_day(date.fromisoformat(value), self.event)

    def in_track(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions of one track."""
        return rows.filter(track_id=self.tracks[value])

    def in_room(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions in one room."""
        return rows.filter(room_id=self.rooms[value])

    def with_words(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions that are meant by these words, and remember which are meant best."""
        self.found = find_sessions(Session.objects.live().filter(event=self.event), value)
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


def _blocked_by(mine: Session) -> Q:
    """The sessions nobody may hold beside `mine`: `Session.blocks`, in SQL."""
    if not (mine.starts_at and mine.ends_at):
        return Q(pk__in=[])
    overlaps = Q(starts_at__isnull=False, starts_at__lt=mine.ends_at, ends_at__gt=mine.starts_at)
    return overlaps if mine.prevent_session_conflicts else overlaps & Q(prevent_session_conflicts=True)


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

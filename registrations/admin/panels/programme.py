"""Panels of sessions: an event's, and those at the same time as one session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.admin import words
from events.admin.verbs import change_url
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import SessionStatusFilter
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.export import ExportAllSessions, ExportSessions
from registrations.admin.verbs.people import Files
from registrations.admin.verbs.programme import AddRoom, AddSession, GoLive, SetCapacity, Stop
from registrations.queries import interested_in, number_interested
from sessions_app.forms.custom_fields import choices_of, texts_of
from sessions_app.models import Session

OVER = Q(seats__taken__gt=F("seats__capacity"))


class EventSessions(Panel):
    """The event's programme with its seats, in the order of the day."""

    rows_of = Session
    key = "event_sessions"
    prefix = "sessions"
    tab = "agenda"
    title = gettext_lazy("Sessions")
    empty = gettext_lazy("No sessions yet.")
    view_permission = "sessions_app.view_session"
    # The programme is for everybody to see.
    holds_people = False
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (SetCapacity, GoLive, Stop, ExportSessions)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (AddSession, AddRoom, ExportAllSessions, Files)

    list_display = ["hours", "session", "room_shown", "seats_shown", "interested", "status_shown"]
    list_display_links = ["session"]
    list_filter = [SessionStatusFilter]
    list_select_related = ["seats", "room", "building", "track"]
    search_fields = ["name", "admin_short_name", "room__name", "track__name"]
    search_help_text = gettext_lazy("Name, room or track")

    def rows(self) -> QuerySet[Session]:
        return (
            Session.objects.not_archived().filter(event=self.event).annotate(interested=number_interested())
        )

    def get_ordering(self, request: Any) -> list[Any]:
        return [F("starts_at").asc(nulls_last=True), "name", "id"]

    def summary(self) -> str:
        over = Greatest(F("seats__taken") - F("seats__capacity"), 0)
        figures = self.rows().aggregate(
            all=Count("pk"),
            taken=Sum("seats__taken", default=0),
            waiting=Sum("seats__waiting", default=0),
            past=Sum(over, filter=OVER, default=0),
        )
        taken = ngettext("%(taken)d seat taken", "%(taken)d seats taken", figures["taken"])
        said = [counted.sessions(figures["all"]), taken % figures]
        said += [counted.past_capacity(figures["past"])] if figures["past"] else []
        said += [counted.waiting(figures["waiting"])] if figures["waiting"] else []
        return " · ".join(said)

    def add_figures(self, rows: list[Any]) -> None:
        for row in rows:
            row.event = self.event

    def file_columns(self) -> list[Column]:
        return [
            Column("id", _("ID"), "pk"),
            Column("name", _("Name"), "name"),
            Column("date", _("Date"), "date"),
            columns.moment("starts_at", _("Start"), self.zone),
            columns.moment("ends_at", _("End"), self.zone),
            Column("track", _("Track"), "track__name"),
            Column("building", _("Building"), "building__name"),
            Column("room", _("Room"), "room__name"),
            columns.figure("speakers", _("Speakers"), _speakers_of),
            columns.choice("format", _("Format"), Session),
            columns.choice("session_status", _("Status"), Session),
            columns.moment("cancelled", _("Cancelled"), self.zone, "cancelled_at"),
            Column("capacity", _("Capacity"), "seats__capacity"),
            Column("hard_limit", _("Hard limit"), "seats__hard_limit"),
            Column("taken", _("Taken"), "seats__taken"),
            Column(
                "past_capacity", _("Past capacity"), Greatest(F("seats__taken") - F("seats__capacity"), 0)
            ),
            Column("held", _("Held"), "seats__held"),
            Column("waiting", _("Waiting"), "seats__waiting"),
            columns.figure("interested", _("Interested"), interested_in, otherwise=0),
            Column("custom_fields", _("Custom fields"), "custom_fields", _fields_in_words),
        ]

    def row_url(self, row: Any) -> str:
        return change_url(row)

    @admin.display(description=gettext_lazy("when"), ordering="starts_at")
    def hours(self, row: Any) -> SafeString:
        """Day and times."""
        return format_html('<span class="panel-hours">{}</span>', words.hours(row, self.event))

    @admin.display(description=gettext_lazy("session"), ordering="name")
    def session(self, row: Any) -> SafeString:
        """Name and track."""
        name = format_html('<span class="panel-name">{}</span>', row.name)
        return name + words.lines(row.track, words.in_draw(row.seats, self.event))

    @admin.display(description=gettext_lazy("room"), ordering="room__name")
    def room_shown(self, row: Any) -> str:
        """The most specific place."""
        return str(row.room or row.building or "–")

    @admin.display(description=gettext_lazy("seats"), ordering="seats__taken")
    def seats_shown(self, row: Any) -> SafeString:
        """How full, what is held, who waits; or the amber chip where the capacity is missing."""
        seats = row.seats
        if row.is_capacity_missing:
            link = f"{change_url(row)}?tab=summary#id_capacity"
            return format_html('<a class="sw-chip is-missing" href="{}">{}</a>', link, _("Capacity missing"))
        limit = "∞" if seats.capacity is None else seats.capacity
        shown = [
            words.meter(seats),
            format_html('<span class="panel-seats">{}/{}</span>', seats.taken, limit),
        ]
        if seats.past_capacity:
            more = format_html(
                '<span class="sw-chip is-over" title="{}">+{}</span>',
                words.taken_of(seats),
                seats.past_capacity,
            )
            shown.append(more)
        beside = " · ".join(words.beside(seats))
        return words.beside_one_another(*shown, format_html('<span class="panel-beside">{}</span>', beside))

    @admin.display(description=gettext_lazy("interested"), ordering="interested")
    def interested(self, row: Any) -> str:
        """How many people gave it a star."""
        return str(row.interested) if row.interested else "–"

    @admin.display(description=gettext_lazy("status"), ordering="session_status")
    def status_shown(self, row: Any) -> SafeString:
        """Live, cancelled, or how far it is."""
        if row.cancelled_at:
            return words.chip(_("Cancelled"), "clash")
        return words.chip(row.get_session_status_display(), "live" if row.is_live else "muted")


def _speakers_of(ids: Sequence[int]) -> dict[int, str]:
    """The names of each of these sessions' speakers."""
    names: dict[int, list[str]] = defaultdict(list)
    named = Session.speakers.through.objects.filter(session__in=ids).order_by("speaker__name")
    for session, name in named.values_list("session", "speaker__name"):
        names[session].append(name)
    return {session: ", ".join(each) for session, each in names.items()}


def _fields_in_words(values: Sequence[Any]) -> list[str]:
    """Each session's custom fields in one cell, a line for each."""
    return [
        "\n".join(f"{label}: {said}" for label, said in (*texts_of(each), *choices_of(each).items()))
        for each in values
    ]


class IncludedSessions(EventSessions):
    """The event's sessions that everybody who registers is given."""

    key = "included_sessions"
    prefix = "included"
    title = gettext_lazy("Included sessions")
    empty = gettext_lazy("No session is included: registrants choose all of theirs, or come with a pass.")
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAllSessions,)
    list_filter = []

    def rows(self) -> QuerySet[Session]:
        return super().rows().filter(selection_control=Session.SelectionControl.INCLUDED)


class RelatedSessions(EventSessions):
    """The event's other sessions that run at the same time as this one."""

    key = "related_sessions"
    prefix = "related"
    tab = "related"
    title = gettext_lazy("Simultaneous sessions")
    empty = gettext_lazy("No other session of this event runs at the same time.")
    verbs: ClassVar[Sequence[type[PanelVerb]]] = ()
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAllSessions,)
    list_filter = []

    def rows(self) -> QuerySet[Session]:
        session = self.own_session
        others = super().rows().exclude(pk=session.pk)
        if session.starts_at is None or session.ends_at is None:
            return others.none()
        return others.filter(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)

"""The form of a draw: which sessions, from when until when, how much for one ticket, and which public number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.errors import Invalid
from events.forms.desk import clean_wall_clocks, wall_clock
from events.forms.fields import WallClockField
from events.models import Event
from registrations.admin.draws.sources import SOURCES
from registrations.models import Draw
from registrations.queries.drawable import may_be_drawn
from sessions_app.models import Session

MOST_SEATS = 50
A_WEEK = timedelta(days=7)
BEFORE_OPENING = ("sessions", "opens_at", "most_seats")
PICK, SOURCE = "pick", "source"
WAITED_FOR = "waited_for"


class DrawForm(forms.Form):
    """What a draw is to be. `pick` and `source` are buttons that fill in some of it and save nothing."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("People read it where an event has several; empty: “Draw”."),
    )
    opens_at = WallClockField(label=gettext_lazy("Wishes from"))
    closes_at = WallClockField(
        label=gettext_lazy("Wishes until"),
        help_text=gettext_lazy("Whoever wishes in the last minute has the same chance as the first."),
    )
    most_seats = forms.IntegerField(
        label=gettext_lazy("Most seats for one ticket"),
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text=gettext_lazy("Empty: no limit of the draw's own; limits of event and tracks hold anyway."),
    )
    number_source = forms.CharField(
        label=gettext_lazy("Public number that decides"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Say which number, and where and when it appears: after the wishes are closed, for everybody to look up."
        ),
    )
    sessions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sessions in the draw"),
        queryset=Session.objects.none(),
        error_messages={"required": gettext_lazy("Choose at least one session.")},
    )

    def __init__(self, data: Any, event: Event, draw: Draw | None = None) -> None:
        super().__init__(data, initial=_initial(event, draw))
        self.event = event
        field: Any = self.fields["sessions"]
        field.queryset = self.offered = may_be_drawn(event, draw)
        self.is_open = draw is not None and draw.opens_at <= timezone.now()
        if self.is_open:
            # It binds whoever has said a wish.
            for name in BEFORE_OPENING:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Turn what the event's clocks show into instants."""
        given = super().clean() or {}
        clocks = [name for name in ("opens_at", "closes_at") if name in self.fields]
        clean_wall_clocks(self, clocks, self.event.zone)
        return given

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes; once the form is valid."""
        given = dict(self.cleaned_data)
        return {**given, "sessions": list(given["sessions"])} if "sessions" in given else given

    def say(self, refusal: Invalid) -> bool:
        """Show at its fields what the action refused; False where it names none of them."""
        fields = {name: said for name, said in refusal.data.get("fields", {}).items() if name in self.fields}
        for name, said in fields.items():
            self.add_error(name, said)
        return bool(fields)


def _initial(event: Event, draw: Draw | None) -> dict[str, Any]:
    if draw is None:
        opens = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        given: dict[str, Any] = {"opens_at": opens, "closes_at": min(opens + A_WEEK, event.starts_at)}
    else:
        kept = ("name", "opens_at", "closes_at", "most_seats", "number_source")
        given = {name: getattr(draw, name) for name in kept}
        given["sessions"] = list(draw.sessions.values_list("pk", flat=True))
    return given | {name: wall_clock(given[name], event.zone) for name in ("opens_at", "closes_at")}


@dataclass(frozen=True)
class Group:
    """Some of the sessions that one button ticks, and how many they are."""

    value: str
    words: str


def groups(offered: QuerySet[Session]) -> list[Group]:
    """The buttons: all with a waitlist, and each track."""
    tracks: dict[tuple[int, str], int] = {}
    waited = 0
    for session in offered:
        waited += session.seats.waiting > 0
        if session.track is not None:
            key = (session.track.pk, session.track.name)
            tracks[key] = tracks.get(key, 0) + 1
    said = ngettext("All with a waitlist (%(n)d)", "All with a waitlist (%(n)d)", waited) % {"n": waited}
    named = [
        Group(f"track-{pk}", f"{name} ({n})")
        for (pk, name), n in sorted(tracks.items(), key=lambda t: t[0][1])
    ]
    return [*([Group(WAITED_FOR, said)] if waited else []), *named, Group("none", _("None"))]


def filled_in(data: QueryDict, event: Event, offered: QuerySet[Session]) -> QueryDict:
    """What was typed, with what the pressed button fills in: a group of sessions ticked, or a public number named."""
    filled = data.copy()
    if picked := data.get(PICK):
        chosen = set(data.getlist("sessions")) if picked != "none" else set()
        chosen |= {str(session.pk) for session in offered if _is_in(session, picked)}
        filled.setlist("sessions", sorted(chosen))
    if source := SOURCES.get(data.get(SOURCE, "")):
        form = DrawForm(data, event)
        form.is_valid()
        closes: datetime = form.cleaned_data.get("closes_at") or timezone.now()
        filled["number_source"] = source(event, closes)
    return filled


def _is_in(session: Session, group: str) -> bool:
    if group == WAITED_FOR:
        return session.seats.waiting > 0
    return group == f"track-{session.track_id}"


def ticked(form: DrawForm) -> set[str]:
    """The ids of the sessions that are ticked, as text."""
    return {str(value) for value in form["sessions"].value() or ()} if "sessions" in form.fields else set()


def boxes(form: DrawForm) -> list[Mapping[str, Any]]:
    """One box for each session that may be drawn, with what helps to choose, by day."""
    chosen = ticked(form)
    return [
        {
            "id": session.pk,
            "name": session.name,
            "hours": words.hours(session, form.event),
            "room": str(session.room or session.building or ""),
            "track": str(session.track or ""),
            "seats": " · ".join([words.taken_of(session.seats), *words.beside(session.seats)]),
            "is_ticked": str(session.pk) in chosen,
        }
        for session in form.offered
    ]

"""A session's date and times as somebody would read them off a clock in its own zone."""

from __future__ import annotations

from datetime import UTC, datetime, time
from datetime import date as Date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.desk import clean_instant, clean_zone, wall_clock
from events.forms.fields import DateInput, TimeInput, capacity_field
from events.forms.located import LocatedForm
from events.models import Event
from events.zones import check_year
from sessions_app.models import Session

CLOCKS = {"date", "start_time", "end_time", "end_date", "own_timezone"}


class TimedSessionForm(LocatedForm):
    """The base of every form of a session: when it is, how many may come."""

    date = forms.DateField(label=gettext_lazy("Date"), widget=DateInput)
    start_time = forms.TimeField(label=gettext_lazy("Start"), required=False, widget=TimeInput)
    end_time = forms.TimeField(label=gettext_lazy("End"), required=False, widget=TimeInput)
    end_date = forms.DateField(
        label=gettext_lazy("End date"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("Only for a session that ends on another day."),
    )
    capacity = capacity_field(label=gettext_lazy("Maximum session capacity"))
    # Other systems and imports may leave it blank: "capacity missing" until somebody says.
    is_capacity_required: ClassVar[bool] = True

    class Meta:
        model = Session
        fields: ClassVar[tuple[str, ...]] = ("event", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.starts_at and self.instance.ends_at:
            start = wall_clock(self.instance.starts_at, self.instance.zone)
            end = wall_clock(self.instance.ends_at, self.instance.zone)
            assert start is not None
            assert end is not None
            self.initial.update(date=start.date(), start_time=start.time(), end_time=end.time())
            if end.date() != start.date():
                self.initial["end_date"] = end.date()
        if "capacity" in self.fields and self.instance.event_id:
            self.fields["capacity"].help_text = _what_it_limits(self.instance.event)

    def clean_own_timezone(self) -> str:
        return clean_zone(self.cleaned_data["own_timezone"])

    def clean_date(self) -> Date:
        check_year(self.cleaned_data["date"])
        return self.cleaned_data["date"]

    def clean(self) -> Any:
        cleaned = super().clean()
        zone = self._zone()
        if zone and cleaned.get("date") and not self.errors.keys() & CLOCKS:
            self._clean_times(zone)
        if self.event is not None and "capacity" in self.fields and "capacity" not in self.errors:
            self._clean_capacity_for(self.event)
        return cleaned

    @property
    def event(self) -> Event | None:
        """The session's event: chosen in this form, or known before."""
        chosen = self.cleaned_data.get("event") if hasattr(self, "cleaned_data") else None
        return chosen or (self.instance.event if self.instance.event_id else None)

    def changed_columns(self) -> set[str]:
        changed = super().changed_columns()
        if "end_date" not in self.initial and self.cleaned_data.get("end_date") == self.cleaned_data.get(
            "date"
        ):
            # That it ends on its own day needs no saying, and was so before.
            changed -= {"end_date"}
        return changed | {"date", "starts_at", "ends_at"} if changed & CLOCKS else changed

    def _zone(self) -> ZoneInfo | None:
        own = self.cleaned_data.get("own_timezone", self.instance.own_timezone)
        name = own or (self.event.timezone if self.event else "")
        return ZoneInfo(name) if name else None

    def _clean_times(self, zone: ZoneInfo) -> None:
        """Set start and end on the session; both or neither, the end after the start."""
        day: Date = self.cleaned_data["date"]
        start, end = self.cleaned_data.get("start_time"), self.cleaned_data.get("end_time")
        if bool(start is None) != bool(end is None):
            missing = "start_time" if start is None else "end_time"
            self.add_error(missing, _("Give both times, or neither while they are not known."))
            return
        self.instance.starts_at = self._instant("start_time", day, start, zone)
        self.instance.ends_at = self._instant("end_time", self.cleaned_data.get("end_date") or day, end, zone)
        if (
            self.instance.starts_at
            and self.instance.ends_at
            and self.instance.ends_at <= self.instance.starts_at
        ):
            text = _("The session must end after it starts. If it ends on another day, give the end date.")
            self.add_error("end_time", text)

    def _instant(self, field: str, day: Date, moment: time | None, zone: ZoneInfo) -> datetime | None:
        if moment is None:
            return None
        instant = clean_instant(self, field, datetime.combine(day, moment), zone)
        return instant.astimezone(UTC) if instant else None

    def _clean_capacity_for(self, event: Event) -> None:
        """Check the capacity: required where people choose sessions, and never above the event's."""
        capacity = self.cleaned_data.get("capacity")
        webinar = self.cleaned_data.get("format", self.instance.format) == Session.Format.WEBINAR
        is_missing = capacity is None and self.is_capacity_required
        if is_missing and event.allow_custom_agenda and not webinar:
            text = _(
                "Give a capacity: registrants choose sessions at this event, and nobody can before it is set."
            )
            self.add_error("capacity", text)
        limit = event.seats.capacity
        if capacity is not None and limit is not None and event.allow_custom_agenda and capacity > limit:
            text = _(
                "The event has %(limit)s seats. Give at most as many, or raise the event's capacity first."
            )
            self.add_error("capacity", text % {"limit": limit})


def _what_it_limits(event: Event) -> str:
    """What a session's capacity limits beside that of its event, which the form refuses to exceed."""
    most = event.seats.capacity
    if not event.allow_custom_agenda or most is None:
        return _("How many people may be in this session.")
    return _("How many people may be in this session: at most %(most)d, the event takes no more.") % {
        "most": most
    }

"""Another time or place for a session, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from events.forms.fields import PlaceSelect
from events.models import Building, Layout, Room
from sessions_app.forms.timed import TimedSessionForm

LEFT_OUT = ("hard_limit", "hard_limit_was")
# What its consequences hang on: whoever types another sees them anew.
SEEN = ("date", "start_time", "end_time", "end_date", "building", "room", "layout", "capacity")


class MoveSessionForm(TimedSessionForm):
    """When and where a session is to be. Without an end it stays as long as it was."""

    class Meta(TimedSessionForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("date", "building", "room", "layout")

    field_order = ("date", "start_time", "end_time", "end_date", "room", "layout", "capacity")

    building = forms.ModelChoiceField(
        Building.objects.order_by("name"), required=False, widget=forms.HiddenInput
    )
    room = forms.ModelChoiceField(
        Room.objects.select_related("building").order_by("building__name", "name"),
        label=_("Room"),
        required=False,
        widget=PlaceSelect("room"),
    )
    layout = forms.ModelChoiceField(
        Layout.objects.select_related("room__building").order_by("room__name", "name"),
        label=_("Layout"),
        required=False,
        widget=PlaceSelect("layout"),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    needed: ClassVar[set[str]] = {"date"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LEFT_OUT:
            del self.fields[name]
        self.fields["end_time"].help_text = _("Empty: as long as before.")

    @cached_property
    def changed_data(self) -> list[str]:
        """Names of the fields that say something new; what was seen is none of them."""
        return [name for name in super().changed_data if name != "seen"]

    @property
    def as_shown(self) -> dict[str, Any]:
        """What a browser would send when nothing was typed."""
        shown = {}
        for bound in self:
            value = bound.value()
            formatted = bound.field.widget.format_value(value) if value not in {None, ""} else ""
            shown[bound.name] = formatted[0] if isinstance(formatted, list) else formatted
        return shown

    def dropped(self, place: QueryDict) -> dict[str, Any]:
        """What a browser would send when the session was dragged there, by the event's clock; perhaps to a room."""
        sent = {**self.as_shown, "end_time": "", "end_date": ""}
        sent["date"] = place.get("date") or sent["date"]
        sent["start_time"] = place.get("start_time") or sent["start_time"]
        if self.instance.own_timezone:
            sent |= self._by_own_clock(sent)
        if "room" in place and place["room"] != str(sent["room"]):
            sent |= {"room": place["room"], "building": "", "layout": ""}
        return sent

    def _by_own_clock(self, sent: dict[str, Any]) -> dict[str, str]:
        """The day and the start as the session's own clock shows them; nothing where they are none."""
        try:
            wall = datetime.fromisoformat(f"{sent['date']}T{sent['start_time']}")
        except ValueError:
            return {}
        own = wall.replace(tzinfo=self.instance.event.zone).astimezone(self.instance.zone)
        return {"date": f"{own:%Y-%m-%d}", "start_time": f"{own:%H:%M}"}

    @property
    def signature(self) -> str:
        """What was typed, in one line."""
        given = (self.cleaned_data.get(name) for name in SEEN)
        return "|".join(str(getattr(value, "pk", value)) for value in given)

    @property
    def is_seen(self) -> bool:
        """True when the page that was sent showed the consequences of the very move that was sent."""
        return self.cleaned_data.get("seen") == self.signature

    def show_as_seen(self) -> None:
        """Let the page send along that these consequences were shown."""
        self.data = {**(self.data.dict() if isinstance(self.data, QueryDict) else self.data)}
        self.data["seen"] = self.signature

    def clean(self) -> Any:
        self._keep_length()
        return super().clean()

    def _clean_location(self) -> None:
        """The building, which is not asked for, follows the room; a layout of the room that is left stays behind."""
        given = self.cleaned_data
        room, layout = given.get("room"), given.get("layout")
        if room:
            given["building"] = room.building
            if layout and layout.room_id != room.pk and layout.pk == self.initial.get("layout"):
                given["layout"] = None
        super()._clean_location()

    def _keep_length(self) -> None:
        """Where no end was typed, the session ends as long after its start as it did."""
        given, session = self.cleaned_data, self.instance
        if given.get("end_time") or not (given.get("date") and given.get("start_time") and session.ends_at):
            return
        begin = datetime.combine(given["date"], given["start_time"])
        end = begin + (session.ends_at - session.starts_at)
        given["end_time"] = end.time()
        given["end_date"] = end.date() if end.date() != given["date"] else None

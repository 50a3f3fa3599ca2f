"""A session in one line, from the event's Agenda tab."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.fields import PlaceSelect
from events.models import Building, Event, Layout, Room
from sessions_app.forms.timed import TimedSessionForm
from sessions_app.models import Session, SessionTrack


class QuickSessionForm(TimedSessionForm):
    """The least a session needs: name, when, where, how many."""

    class Meta(TimedSessionForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("name", "date", "building", "room", "layout", "track")

    field_order = ("name", "date", "start_time", "end_time", "room", "track", "capacity")

    room = forms.ModelChoiceField(
        label=_("Room"),
        required=False,
        queryset=Room.objects.select_related("building").order_by("building__name", "name"),
        widget=PlaceSelect("room"),
    )
    building = forms.ModelChoiceField(Building.objects.all(), required=False, widget=forms.HiddenInput)
    layout = forms.ModelChoiceField(Layout.objects.all(), required=False, widget=forms.HiddenInput)

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, instance=Session(event=event), prefix="quick", **kwargs)
        # A hard limit belongs to a session that is there already.
        for name in ("end_date", "hard_limit", "hard_limit_was"):
            del self.fields[name]
        self.fields["track"].queryset = SessionTrack.objects.filter(event=event)  # type: ignore[attr-defined]
        self.initial["date"] = event.starts_at.astimezone(event.zone).date()
        self.fields["capacity"].widget.attrs.pop("class", None)
        # No field that browsers insist on: a room brings one along.
        self.needed = {"capacity"} if event.allow_custom_agenda else set()

"""What a programme needs beside sessions, each with the least that it needs: a track, a speaker, a room."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.fields import capacity_field
from events.models import Building, Event, Room
from sessions_app.models import SessionTrack, Speaker


class QuickForm(forms.ModelForm):
    """The base of the small forms of an event's programme; browsers insist on nothing, the form says what is wrong."""

    needed: ClassVar[set[str]] = set()

    def __init__(self, event: Event, data: Any, instance: Any) -> None:
        self.event = event
        super().__init__(data, instance=instance, prefix="quick", label_suffix="")


class QuickTrackForm(QuickForm):
    """A track: its name, and the colour that it is shown in."""

    class Meta:
        model = SessionTrack
        fields: ClassVar[list[str]] = ["name", "colour", "most_sessions"]

    def __init__(self, event: Event, data: Any = None) -> None:
        super().__init__(event, data, SessionTrack(event=event))
        self.fields["colour"].widget.attrs["placeholder"] = "#0f766e"

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if SessionTrack.objects.filter(event=self.event, name=name).exists():
            raise forms.ValidationError(_("This event has a track of this name. Choose another."))
        return name


class QuickSpeakerForm(QuickForm):
    """A speaker: who it is, and from where."""

    class Meta:
        model = Speaker
        fields: ClassVar[list[str]] = ["name", "company", "email"]

    def __init__(self, event: Event, data: Any = None) -> None:
        super().__init__(event, data, Speaker(event=event))


class QuickRoomForm(forms.Form):
    """A room, in a building that is known or in one that is new."""

    needed: ClassVar[set[str]] = {"building"}

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    building = forms.ModelChoiceField(
        Building.objects.order_by("name"), label=gettext_lazy("Building"), required=False
    )
    new_building = forms.CharField(label=gettext_lazy("or a new building"), max_length=120, required=False)
    capacity = capacity_field(label=gettext_lazy("How many fit"))

    def __init__(self, event: Event, data: Any = None, *, may_add_building: bool = True) -> None:
        super().__init__(data, prefix="quick", label_suffix="", initial={"building": event.building_id})
        if not may_add_building:
            del self.fields["new_building"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        building, new = data.get("building"), data.get("new_building")
        if new:
            building = Building.objects.filter(name=new).first() or Building(name=new)
            data["building"] = building
        if building is None and "building" not in self.errors:
            self.add_error("building", _("Say in which building the room is."))
        elif building is not None and building.pk and building.rooms.filter(name=data.get("name")).exists():
            self.add_error("name", _("This building has a room of this name. Choose another."))
        return data

    @transaction.atomic
    def save(self) -> Room:
        """The room, and its building where that is new."""
        building = self.cleaned_data["building"]
        if building.pk is None:
            building.save()
        given = self.cleaned_data
        return Room.objects.create(building=building, name=given["name"], capacity=given["capacity"])

"""Building, room, layout, and the capacity that follows them until somebody types another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.desk import DeskForm
from events.forms.fields import capacity_field
from events.models import MAXIMUM_CAPACITY

LOCATION = ("building", "room", "layout")
MOST_DIGITS = 9
HELPERS = ("capacity_was", "capacity_follows", "hard_limit_was")
# Set by admin.js: the number in the box was typed, or came from the place chosen last.
FOLLOWS = [("", ""), ("hand", "hand"), ("place", "place")]


class LocatedForm(DeskForm):
    """A form with a location and a capacity, which is no field of the model: only actions write it.

    Choosing another place fills in its capacity, unless a number was typed in the same go. With JavaScript the
    browser did that already and says so in `capacity_follows`; without, the number that was shown when the form
    was opened (`capacity_was`) tells whether somebody typed another.
    """

    capacity = capacity_field()
    hard_limit = capacity_field(
        label=gettext_lazy("Hard limit"),
        help_text=gettext_lazy("Fire code: even past capacity nobody is added beyond it. Empty: none."),
        widget=forms.NumberInput({"class": "vIntegerField", "max": MAXIMUM_CAPACITY}),
    )
    capacity_was = forms.CharField(required=False, label="", widget=forms.HiddenInput)
    hard_limit_was = forms.CharField(required=False, label="", widget=forms.HiddenInput)
    capacity_follows = forms.ChoiceField(required=False, label="", choices=FOLLOWS, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.saved_capacity = self.instance.seats.capacity if self.instance.seats_id else None
        if "capacity" in self.fields:
            self.initial.setdefault("capacity", self.saved_capacity)
            self.initial["capacity_was"] = "" if self.saved_capacity is None else str(self.saved_capacity)
        self.saved_hard_limit = self.instance.seats.hard_limit if self.instance.seats_id else None
        if "hard_limit" in self.fields:
            self.initial.setdefault("hard_limit", self.saved_hard_limit)
            self.initial["hard_limit_was"] = (
                "" if self.saved_hard_limit is None else str(self.saved_hard_limit)
            )
            if why_not := self._why_no_hard_limit():
                self.disable("hard_limit", why_not)

    def _why_no_hard_limit(self) -> Any:
        """The reason why whoever opened the form cannot set a hard limit; an action refuses it besides."""
        if not self.instance.pk:
            return _("Can be set once this is saved.")
        request = getattr(self, "request", None)
        if request is None or request.user.has_perm("registrations.add_past_hard_limit"):
            return None
        return _("Only who may add people past a hard limit can change it. Ask an Event Administrator.")

    @cached_property
    def changed_data(self) -> list[str]:
        """Names of the fields that say something new; how the capacity came about is none of them."""
        return [name for name in super().changed_data if name not in HELPERS]

    def changed_columns(self) -> set[str]:
        changed = super().changed_columns()
        return changed | set(LOCATION) if changed & set(LOCATION) else changed

    def clean(self) -> Any:
        cleaned = super().clean()
        if "building" in self.fields:
            self._clean_location()
        if "capacity" in self.fields and "capacity" not in self.errors:
            self._clean_capacity()
            self._clean_hard_limit()
        return cleaned

    @property
    def is_capacity_changed(self) -> bool:
        """True when the person who saves means another capacity than the one they saw."""
        return "capacity" in self.cleaned_data and self.cleaned_data["capacity"] != self._capacity_shown()

    @property
    def is_hard_limit_changed(self) -> bool:
        """True when the person who saves means another hard limit than the one they saw."""
        typed = self.cleaned_data.get("hard_limit")
        shown = self._shown("hard_limit_was", self.saved_hard_limit)
        return bool(self.instance.pk) and "hard_limit" in self.cleaned_data and typed != shown

    @property
    def wanted_hard_limit(self) -> int | None:
        """The hard limit as typed, else as saved."""
        return self.cleaned_data["hard_limit"] if self.is_hard_limit_changed else self.saved_hard_limit

    def fills_in_capacity(self) -> bool:
        """True when a new place brings its capacity along."""
        return True

    def _clean_location(self) -> None:
        """What a room lies in need not be chosen too; a room of another building is an error."""
        room, layout = self.cleaned_data.get("room"), self.cleaned_data.get("layout")
        if layout and not room and "room" not in self.errors:
            room = self.cleaned_data["room"] = layout.room
        if room and not self.cleaned_data.get("building") and "building" not in self.errors:
            self.cleaned_data["building"] = room.building
        building = self.cleaned_data.get("building")
        if room and building and room.building_id != building.pk:
            shown = {"room": room, "building": building}
            self.add_error("room", _("%(room)s is not in %(building)s. Choose one of its rooms.") % shown)
        if layout and room and layout.room_id != room.pk:
            shown = {"layout": layout, "room": room}
            self.add_error(
                "layout", _("%(layout)s is not a layout of %(room)s. Choose one of its own.") % shown
            )

    def _clean_capacity(self) -> None:
        typed = self.cleaned_data.get("capacity")
        if self.cleaned_data.get("capacity_follows") or typed != self._capacity_shown():
            return
        if self.is_location_changed and self.fills_in_capacity():
            of_place = self.capacity_of_place()
            self.cleaned_data["capacity"] = typed if of_place is None else of_place

    def _clean_hard_limit(self) -> None:
        if self.wanted_hard_limit is None or not self.instance.pk:
            return
        capacity = self.cleaned_data.get("capacity")
        if (self.is_capacity_changed or self.is_hard_limit_changed) and (
            capacity is None or capacity > self.wanted_hard_limit
        ):
            words = _("The hard limit here is %(n)d. Give a capacity, at most as many.")
            self.add_error("capacity", words % {"n": self.wanted_hard_limit})

    @property
    def is_location_changed(self) -> bool:
        """True when another building, room or layout was chosen than is saved."""
        saved = self.initial if self.instance.pk else {}
        chosen = {name: getattr(self.cleaned_data.get(name), "pk", None) for name in LOCATION}
        return any(chosen[name] != saved.get(name) for name in LOCATION)

    def capacity_of_place(self) -> int | None:
        """Capacity of the most specific chosen place that has one."""
        places = [self.cleaned_data.get(name) for name in reversed(LOCATION)]
        return next((place.capacity for place in places if place and place.capacity is not None), None)

    def _capacity_shown(self) -> int | None:
        """The capacity that stood in the box when the form was opened."""
        return self._shown("capacity_was", self.saved_capacity)

    def _shown(self, name: str, saved: int | None) -> int | None:
        was = self.data.get(self.add_prefix(name))
        if was is None:
            return saved
        return int(was) if was.isdecimal() and len(was) <= MOST_DIGITS else None

"""The table of minutes between buildings: each way once, whichever direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Building, Event
from events.models.walks import MOST_WALK_MINUTES, walk_key
from sessions_app.models import Session

# Of more buildings nobody fills in a table: 20 have 190 ways.
MOST_BUILDINGS = 20


def buildings_of(event: Event) -> list[Building]:
    """The buildings in which the event and its sessions take place, by name."""
    sessions = Session.objects.not_archived().filter(event=event, cancelled_at=None).order_by()
    here = Q(pk__in=sessions.values("building")) | Q(pk=event.building_id)
    return list(Building.objects.filter(here).order_by("name", "pk")[:MOST_BUILDINGS])


@dataclass(frozen=True)
class Way:
    """One box of the table: between two buildings, and the minutes that stand in it."""

    name: str
    label: str
    minutes: Any


@dataclass(frozen=True)
class WaysFrom:
    """One row of the table: a building, and the ways from there to those named above."""

    building: Building
    ways: list[Way]


class WalksWidget(forms.Widget):
    """The table: a row for each building but the first, a column for each but the last."""

    template_name = "admin/widgets/walks.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.buildings: Sequence[Building] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["columns"] = self.buildings[:-1]
        context["rows"] = [
            WaysFrom(one, [self._way(name, one, other, value or {}) for other in self.buildings[:place]])
            for place, one in enumerate(self.buildings)
            if place
        ]
        context["most"] = MOST_WALK_MINUTES
        return context

    def _way(self, name: str, one: Building, other: Building, value: dict[str, Any]) -> Way:
        key = walk_key(one.pk, other.pk)
        label = _("%(one)s to %(other)s, minutes") % {"one": other, "other": one}
        minutes = value.get(key, "")
        return Way(f"{name}-{key}", label, "" if minutes is None else minutes)

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> dict[str, Any] | None:
        """What was typed, by way; None where the table was not on the page, so that nothing is lost."""
        keys = [walk_key(one.pk, other.pk) for one, other in combinations(self.buildings, 2)]
        typed = {key: data[f"{name}-{key}"] for key in keys if f"{name}-{key}" in data}
        return typed or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return self.value_from_datadict(data, files, name) is None


class WalksField(forms.Field):
    """Minutes between buildings; a box left empty is a way that nobody knows, and ways not shown stay."""

    widget = WalksWidget

    def __init__(self, **kwargs: Any) -> None:
        label = gettext_lazy("Minutes between buildings")
        said = gettext_lazy("On foot. Empty: nobody is warned.")
        super().__init__(**{"label": label, "help_text": said, "required": False, **kwargs})
        self.saved: dict[str, int] = {}

    def show(self, event: Event, buildings: Sequence[Building]) -> None:
        """Let the table be of these buildings, with what the event says of them."""
        self.saved = dict(event.walk_minutes or {})
        self.widget.buildings = buildings

    def clean(self, value: Any) -> dict[str, int] | None:
        """Raises ValidationError, in one sentence for all boxes, where something is no number of minutes."""
        minutes = {key: self._minutes(typed) for key, typed in (value or {}).items()}
        known = {**self.saved, **minutes}
        return {key: each for key, each in sorted(known.items()) if each is not None} or None

    def _minutes(self, typed: Any) -> int | None:
        text = str(typed).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text[:5]) <= MOST_WALK_MINUTES):
            said = _("“%(typed)s” is no number of minutes. Give 0 to %(most)d.")
            raise forms.ValidationError(said, params={"typed": text[:20], "most": MOST_WALK_MINUTES})
        return int(text)

    def has_changed(self, _initial: Any, data: Any) -> bool:
        """True also for what is no number, which cleaning refuses."""
        try:
            return (self.clean(data) or {}) != self.saved
        except forms.ValidationError:
            return True

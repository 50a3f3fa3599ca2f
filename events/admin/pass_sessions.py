"""The pass's own form: the pass, and which of its event's sessions it opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.utils.translation import gettext_lazy as _

from events.admin import words
from events.forms import PassForm
from events.models import Event
from sessions_app.models import Session


class SessionsField(forms.ModelMultipleChoiceField):
    """Sessions of one event by day, hours, track and name: typing one of these finds them, to be taken at once."""

    event: Event

    def __init__(self, **kwargs: Any) -> None:
        widget = FilteredSelectMultiple(_("sessions"), is_stacked=False)
        super().__init__(Session.objects.none(), required=False, widget=widget, **kwargs)

    def offer(self, event: Event) -> None:
        """Offer what may be attended at this event, in the order of the programme."""
        self.event = event
        sessions = Session.objects.not_archived().filter(event=event, cancelled_at=None)
        self.queryset = sessions.select_related("track").in_programme_order()

    def label_from_instance(self, obj: Any) -> str:
        parts = [words.hours(obj, self.event), obj.track, obj.name]
        return " · ".join(str(part) for part in parts if part)


class PassPageForm(PassForm):
    """One pass on its own page. Which event's sessions it may open is known once it is saved."""

    opens = SessionsField(
        label=_("Opens these sessions"),
        help_text=_("Type a day, a track or a name to find some of them, then take all that are shown."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields.pop("opens", None)
        elif "opens" in self.fields:
            field: Any = self.fields["opens"]
            field.offer(self.instance.event)
            self.initial["opens"] = list(self.instance.sessions.values_list("pk", flat=True))

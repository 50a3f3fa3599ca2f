"""Questions asked before a verb of people or sessions: why, which session, past capacity or not, and who."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin import words
from events.admin.verbs import OTHER, ReasonForm, TellForm
from events.models import MAXIMUM_CAPACITY, Event, Pass
from events.models.names import NameBox
from sessions_app.models import Session

REASONS_TO_ADD = (
    ("Speaker", gettext_lazy("Speaker")),
    ("VIP", gettext_lazy("VIP")),
    ("Swap at desk", gettext_lazy("Swap at desk")),
    ("Accessibility", gettext_lazy("Accessibility")),
    (OTHER, gettext_lazy("Other…")),
)


class AddForm(ReasonForm, TellForm):
    """Before people are added: past capacity, clashes and limits are decided each on their own."""

    reasons = REASONS_TO_ADD
    accept_clash = forms.BooleanField(label=gettext_lazy("Accept the clash"), required=False)
    override_limits = forms.BooleanField(label=gettext_lazy("Override the limit"), required=False)
    override_closed = forms.BooleanField(label=gettext_lazy("Add after closing or start"), required=False)


class RegisterForm(ReasonForm, TellForm):
    """Before people are registered from the waitlist."""

    reasons = REASONS_TO_ADD
    past_capacity = forms.BooleanField(
        label=gettext_lazy("Past capacity, if no seat is free"), required=False
    )
    override_limits = forms.BooleanField(
        label=gettext_lazy("Override how many sessions one person may choose"), required=False
    )

    accept_clash = forms.BooleanField(
        label=gettext_lazy("Accept what overlaps a session they hold"), required=False
    )
    override_closed = forms.BooleanField(label=gettext_lazy("Register though it has started"), required=False)

    def __init__(
        self, data: Any = None, *, may_pass_capacity: bool, offered: Collection[str], **kwargs: Any
    ) -> None:
        decisions = {"past_capacity", "accept_clash", "override_limits", "override_closed"}
        is_decided = data is not None and any(data.get(name) for name in decisions)
        super().__init__(data, is_reason_required=is_decided, **kwargs)
        for name in decisions - {"past_capacity", *offered}:
            del self.fields[name]
        field = self.fields["past_capacity"]
        if not may_pass_capacity:
            field.widget.attrs["disabled"] = True
            field.help_text = _("You may not add people past capacity. Ask an Event Administrator.")


class MoveForm(TellForm):
    """Before people change to another session."""

    session = forms.ModelChoiceField(label=gettext_lazy("To session"), queryset=Session.objects.none())

    def __init__(self, data: Any = None, *, sessions: QuerySet[Session], event: Event, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["session"]
        field.queryset = sessions.select_related("seats")  # type: ignore[attr-defined]
        field.label_from_instance = lambda session: session_label(session, event)  # type: ignore[attr-defined]


class CapacityForm(forms.Form):
    """One capacity for the chosen sessions."""

    capacity = forms.IntegerField(
        label=gettext_lazy("Maximum session capacity"), min_value=0, max_value=MAXIMUM_CAPACITY
    )


class PlaceForm(ReasonForm):
    """A new place in line, and why."""

    reasons = REASONS_TO_ADD
    place = forms.IntegerField(label=gettext_lazy("New place in line"), min_value=1)


class TargetForm(forms.Form):
    """What people are added to besides the event itself: a pass, or one session."""

    event_pass = forms.ModelChoiceField(
        label=gettext_lazy("Pass"), queryset=Pass.objects.none(), required=False
    )
    session = forms.ModelChoiceField(
        label=gettext_lazy("Session"),
        queryset=Session.objects.none(),
        required=False,
        empty_label=gettext_lazy("The event only"),
        help_text=gettext_lazy("Whoever has no session yet is listed under “No sessions”."),
    )

    def __init__(self, data: Any = None, *, event: Event, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        passes = event.passes.offered()
        sessions = Session.objects.not_archived().filter(event=event, cancelled_at=None).in_programme_order()
        self._offer("event_pass", passes, passes.exists())
        self._offer("session", sessions.select_related("seats"), event.allow_custom_agenda)
        if "session" in self.fields:
            for session in (choices := self.fields["session"]).queryset:  # type: ignore[attr-defined]
                session.event = event
            choices.label_from_instance = lambda session: session_label(session, event)  # type: ignore[attr-defined]

    def _offer(self, name: str, rows: QuerySet[Any], is_offered: bool) -> None:
        if is_offered:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        else:
            del self.fields[name]


class PersonForm(forms.Form):
    """One new person."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    first_name = NameBox(label=gettext_lazy("First name"), required=False, max_length=100)
    last_name = NameBox(label=gettext_lazy("Last name"), required=False, max_length=100)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            (data.get("first_name") or data.get("last_name"))
            and not data.get("email")
            and "email" not in self.errors
        ):
            self.add_error("email", _("Give this person's e-mail address."))
        return data


PeopleFormSet = forms.formset_factory(PersonForm, extra=3, max_num=50, validate_max=True, absolute_max=60)


def session_label(session: Session, event: Event) -> str:
    """Say when, what, and how full."""
    session.event = event
    return f"{words.hours(session, event)} · {session.name} · {words.taken_of(session.seats)}"

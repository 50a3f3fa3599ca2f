"""Questions asked before a verb of people or sessions: why, which session, past capacity or not, and who."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin import words
from events.admin.verbs import OTHER, ReasonForm, TellForm
from events.models import MAXIMUM_CAPACITY, Event, Pass, normalise_email
from events.models.names import NameBox
from registrations.rules import lateness_of
from registrations.rules.doors import Why
from registrations.rules.reasons import Reason
from sessions_app.models import Session

REASONS_TO_ADD = (
    ("Speaker", gettext_lazy("Speaker")),
    ("VIP", gettext_lazy("VIP")),
    ("Swap at desk", gettext_lazy("Swap at desk")),
    ("Accessibility", gettext_lazy("Accessibility")),
    (OTHER, gettext_lazy("Other…")),
)


# How many sessions are given to everybody in one go.
MOST_SESSIONS = 50

_LATE: dict[Why, Any] = {
    Why.REGISTRATION_CLOSED: gettext_lazy("Registration has closed."),
    Why.STARTED: gettext_lazy("“%(name)s” has started."),
}


def complimentary_field() -> forms.CharField:
    """Why what has a price is given away; left empty, whoever gets it owes it by invoice."""
    return forms.CharField(
        label=_("Complimentary, because"),
        max_length=300,
        required=False,
        help_text=_("Where a pass has a price. Empty: they owe it, and get an invoice."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
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
    leading = ("past_capacity", "accept_clash", "override_limits", "override_closed")
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
        self,
        data: Any = None,
        *,
        why_not_past: str,
        offered: Collection[str],
        sells_passes: bool = False,
        **kwargs: Any,
    ) -> None:
        decisions = {"past_capacity", "accept_clash", "override_limits", "override_closed"}
        is_decided = data is not None and any(data.get(name) for name in decisions)
        super().__init__(data, is_reason_required=is_decided, **kwargs)
        for name in decisions - {"past_capacity", *offered}:
            del self.fields[name]
        if sells_passes:
            self.fields["complimentary"] = complimentary_field()
        field = self.fields["past_capacity"]
        if why_not_past:
            field.widget.attrs["disabled"] = True
            field.help_text = why_not_past


class LateForm(ReasonForm, TellForm):
    """Before people come somewhere: where that is too late, it is decided by itself, and a reason kept."""

    reasons = REASONS_TO_ADD
    leading = ("session", "override_closed")
    override_closed = forms.BooleanField(required=False)
    # The words of the box.
    late_label: Any = ""

    def __init__(self, data: Any = None, *, may_be_late: bool, **kwargs: Any) -> None:
        is_decided = may_be_late and data is not None and bool(data.get("override_closed"))
        super().__init__(data, is_reason_required=is_decided, **kwargs)
        if may_be_late:
            self.fields["override_closed"].label = self.late_label
            self.fields["override_closed"].help_text = _("Recorded with your name and the reason.")
            return
        for name in ("override_closed", self.choice_name, self.words_name):
            del self.fields[name]

    def lateness(self, data: dict[str, Any]) -> list[Reason]:
        """Why what was chosen comes too late."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Ask where it is too late and nobody has decided so."""
        data = super().clean()
        if "override_closed" in self.fields and not data.get("override_closed"):
            for reason in self.lateness(data):
                why = _LATE[reason.why] % {"name": reason.about}
                self.add_error(
                    "override_closed", _("%(why)s Tick the box to do it all the same.") % {"why": why}
                )
        return data


class JoinForm(LateForm):
    """Before people join a line."""

    late_label = gettext_lazy("Add them after closing or start")

    def __init__(self, data: Any = None, *, target: Event | Session, **kwargs: Any) -> None:
        self._late = lateness_of(target, timezone.now())
        super().__init__(data, may_be_late=bool(self._late), **kwargs)

    def lateness(self, data: dict[str, Any]) -> list[Reason]:
        return self._late


class MoveForm(LateForm):
    """Before people change to another session."""

    late_label = gettext_lazy("Move them after closing or start")
    session = forms.ModelChoiceField(label=gettext_lazy("To session"), queryset=Session.objects.none())

    def __init__(self, data: Any = None, *, sessions: QuerySet[Session], event: Event, **kwargs: Any) -> None:
        self._now = timezone.now()
        has_started = sessions.filter(starts_at__lte=self._now).exists()
        super().__init__(data, may_be_late=has_started or bool(lateness_of(event, self._now)), **kwargs)
        field = self.fields["session"]
        field.queryset = sessions.select_related("seats")  # type: ignore[attr-defined]
        field.label_from_instance = lambda session: session_label(session, event)  # type: ignore[attr-defined]

    def lateness(self, data: dict[str, Any]) -> list[Reason]:
        return lateness_of(data["session"], self._now) if "session" in data else []


class CapacityForm(forms.Form):
    """One capacity for the chosen sessions: what it does is looked at before it is set."""

    capacity = forms.IntegerField(
        label=gettext_lazy("Maximum session capacity"), min_value=0, max_value=MAXIMUM_CAPACITY
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def looked_at(self) -> int | None:
        """The capacity whose consequences the page shows; None before one was typed."""
        return self.cleaned_data.get("capacity") if self.is_bound and hasattr(self, "cleaned_data") else None

    def clean(self) -> dict[str, Any]:
        """Show first what another number would do."""
        data = super().clean() or {}
        if "capacity" in data and data.get("seen") != data["capacity"]:
            data_to_show: Any = self.data
            self.data = {**data_to_show.dict(), "seen": data["capacity"]}
            self.add_error(
                None, _("Nothing is changed yet. This is what it does; set it, or type another number.")
            )
        return data


class PlaceForm(ReasonForm):
    """A new place in line, and why."""

    reasons = REASONS_TO_ADD
    place = forms.IntegerField(label=gettext_lazy("New place in line"), min_value=1)


class TargetForm(forms.Form):
    """What people are added to besides the event itself: a pass, and the sessions chosen."""

    event_pass = forms.ModelChoiceField(
        label=gettext_lazy("Pass"), queryset=Pass.objects.none(), required=False
    )
    session = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sessions"), queryset=Session.objects.none(), required=False
    )

    def __init__(self, data: Any = None, *, event: Event, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.event = event
        passes = event.passes.offered()
        sessions = Session.objects.not_archived().filter(event=event, cancelled_at=None).in_programme_order()
        prices = list(passes.values_list("price", flat=True))
        self._offer("event_pass", passes, bool(prices))
        self._offer("session", sessions.select_related("seats"), event.allow_custom_agenda)
        if any(prices):
            self.fields["complimentary"] = complimentary_field()

    def _offer(self, name: str, rows: QuerySet[Any], is_offered: bool) -> None:
        if is_offered:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def clean_session(self) -> list[Session]:
        """The sessions in the order of the programme: where two clash, the earlier one is given."""
        chosen = list(self.cleaned_data["session"])
        if len(chosen) > MOST_SESSIONS:
            raise forms.ValidationError(_("Choose at most %(n)d sessions in one go.") % {"n": MOST_SESSIONS})
        for session in chosen:
            session.event = self.event
        return chosen

    def days(self) -> list[tuple[str, bool, list[tuple[str, str, bool]]]]:
        """The sessions to choose from by day: the day, whether one of it is chosen, and each by number and words."""
        if "session" not in self.fields:
            return []
        chosen = {str(value) for value in self["session"].value() or []}
        by_day: dict[date, list[tuple[str, str, bool]]] = {}
        sessions = self.fields["session"].queryset  # type: ignore[attr-defined]
        for session in sessions.only(*LABELLED):
            label, pk = session_label(session, self.event), str(session.pk)
            by_day.setdefault(session.day, []).append((pk, label, pk in chosen))
        return [
            (date_format(day, _("l j F")), any(row[2] for row in rows), rows) for day, rows in by_day.items()
        ]


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


class EachOnce(forms.BaseFormSet):
    """People typed one below the other: an address stands in one line, so that nobody's name is lost unsaid."""

    def clean(self) -> None:
        seen: set[str] = set()
        for row in self.forms:
            email = (
                normalise_email(row.cleaned_data.get("email") or "") if hasattr(row, "cleaned_data") else ""
            )
            if email and email in seen:
                row.add_error("email", _("This address stands above already. Change it, or empty this line."))
            seen.add(email)


PeopleFormSet = forms.formset_factory(
    PersonForm, EachOnce, extra=3, max_num=50, validate_max=True, absolute_max=60
)


# What `session_label` reads.
LABELLED = (
    *("name", "date", "starts_at", "ends_at", "own_timezone"),
    *("seats__capacity", "seats__taken"),
)


def session_label(session: Session, event: Event) -> str:
    """Say when, what, and how full."""
    session.event = event
    return f"{words.hours(session, event)} · {session.name} · {words.taken_of(session.seats)}"

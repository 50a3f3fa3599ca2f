"""Forms of those whom a visitor registers besides, and where the group stays together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.models import Event, normalise_email
from registrations.forms import DetailsForm, question_names, unframed
from registrations.rules.groups import Member
from registrations.rules.people import Attendee
from sessions_app.models import Session

SAME, OWN = "same", "own"
WAIT, LEAVE = "wait", "leave"
# The event itself, among what a group may want for all or for none.
WHOLE_EVENT = "event"
# A person removed leaves a gap; so often nobody adds and removes.
A_NUMBER = re.compile(r"[0-9]{1,3}")
NAMED_TWICE = _("This address is named twice. Give everybody their own.")


class CompanionForm(DetailsForm):
    """One more person: who, what is asked, and the visitor's agenda or a part of it."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Their personal link is sent here."),
        widget=forms.EmailInput(),
    )

    def __init__(
        self, *args: Any, event: Event, number: int, sessions: Sequence[Session], **kwargs: Any
    ) -> None:
        self.number, self.event, self.sessions = number, event, list(sessions)
        super().__init__(*args, event=event, prefix=f"p{number}", **kwargs)
        for name in ("first_name", "last_name", "email"):
            # Not the visitor's own: what the browser knows of them is no help here.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if len(self.sessions) > 1:
            self.fields["agenda"] = forms.ChoiceField(
                label=_("Agenda"),
                choices=[(SAME, _("Same agenda as me")), (OWN, _("Own agenda"))],
                initial=SAME,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields["sessions"] = forms.MultipleChoiceField(
                label=_("Their sessions"),
                choices=[(str(session.uuid), session.name) for session in self.sessions],
                initial=[str(session.uuid) for session in self.sessions],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        """Who, then what is asked, then which agenda; of the sessions only where it is their own."""
        names = Div("first_name", "last_name", css_class="form-columns")
        agenda = [Div("agenda", "sessions", css_class="own-agenda")] if "agenda" in self.fields else []
        return Layout(names, "email", *question_names(self.questions), *agenda)

    def clean(self) -> dict[str, Any]:
        """An agenda of their own has a session, where the event asks for one."""
        data = super().clean()
        if data.get("agenda") == OWN and not data.get("sessions") and self.event.sessions_required:
            self.add_error("sessions", _("Tick at least one session for this person."))
        return data

    @property
    def member(self) -> Member:
        """The person as typed, with their sessions in the visitor's order."""
        data = self.cleaned_data
        person = Attendee(data["email"], data["first_name"], data["last_name"], self.responses)
        if data.get("agenda") != OWN:
            return Member(person, self.sessions)
        return Member(person, [one for one in self.sessions if str(one.uuid) in data["sessions"]])


class TogetherForm(forms.Form):
    """What the whole group wants for all, or for none."""

    def __init__(self, *args: Any, event: Event, sessions: Sequence[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_value: dict[str, int | None] = {str(session.uuid): session.pk for session in sessions}
        choices = [(str(session.uuid), session.name) for session in sessions]
        if not event.allow_custom_agenda:
            self.by_value, choices = {WHOLE_EVENT: None}, [(WHOLE_EVENT, event.name)]
        self.helper = unframed()
        self.fields["together"] = forms.MultipleChoiceField(
            label=_("Only if all of us get a seat"),
            choices=choices,
            required=False,
            help_text=_("Where not everybody can have one, nobody of you takes one."),
            widget=forms.CheckboxSelectMultiple,
        )
        if event.allow_custom_agenda and any(session.waitlist_enabled for session in sessions):
            self.fields["otherwise"] = forms.ChoiceField(
                label=_("Where there is no seat for all of us"),
                choices=[
                    (WAIT, _("We wait together: we get seats once there are enough for all of us")),
                    (LEAVE, _("We do without it")),
                ],
                initial=WAIT,
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def targets(self) -> frozenset[int | None]:
        """The sessions, by id, in which all have a seat or none; None is the event itself."""
        return frozenset(self.by_value[value] for value in self.cleaned_data["together"])

    @property
    def is_waiting_together(self) -> bool:
        """True where they want to wait in one line, to be served in one go."""
        return self.cleaned_data.get("otherwise") == WAIT


def numbers_in(data: QueryDict | None, most: int) -> list[int]:
    """The numbers of the other people in the form, as many as may be besides the visitor."""
    typed = data.getlist("person") if data else []
    numbers = [int(each) for each in typed if A_NUMBER.fullmatch(each)]
    return list(dict.fromkeys(number for number in numbers if number > 1))[: most - 1]


def changed(data: QueryDict, most: int) -> QueryDict | None:
    """The form with one person more or less, not to be judged yet; None where no such button was pressed."""
    pressed, numbers = data.get("do", ""), numbers_in(data, most)
    again = data.copy()
    again.pop("do", None)
    again["unjudged"] = "1"
    again.pop("new", None)
    if pressed == "add":
        new = max([1, *numbers]) + 1
        again.setlist("person", [str(each) for each in [*numbers, new][: most - 1]])
        again["new"] = str(new)
        return again
    if pressed == "sum":
        return again
    if not pressed.startswith("remove-"):
        return None
    gone = pressed.removeprefix("remove-")
    again.setlist("person", [str(each) for each in numbers if str(each) != gone])
    for name in [name for name in again if name.startswith(f"p{gone}-")]:
        again.pop(name)
    return again


def complain_of_addresses_named_twice(forms_of_all: Sequence[forms.Form]) -> None:
    """An error at each address that somebody before has."""
    seen: set[str] = set()
    for form in forms_of_all:
        email = normalise_email(form.cleaned_data.get("email") or "")
        if email and email in seen and not form.has_error("email"):
            form.add_error("email", NAMED_TWICE)
        seen.add(email)

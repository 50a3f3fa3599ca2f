"""Forms of what people are asked: details, the event's own questions, whether to wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.http import QueryDict
from django.utils.html import conditional_escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events.errors import Refusal
from events.models import CustomRegistrationField, Event
from events.models.names import NameBox
from events.names import NAME_MISSING
from registrations.rules.people import Attendee
from waitlists.models import WaitlistItem

Kind = CustomRegistrationField.Kind
F = TypeVar("F", bound=forms.Form)
WhenClashing = WaitlistItem.WhenClashing
WHEN_CLASHING = [
    (WhenClashing.ASK, _("Ask me by mail first")),
    (WhenClashing.SWAP, _("Swap: take the freed seat and give up the other")),
    (WhenClashing.SKIP, _("Skip me: I keep what I hold")),
]
SHORT, LONG = 500, 5000
TOO_LONG = _("At most %(limit_value)d characters fit here. Please shorten this.")
RADIOS_AT_MOST = 6


def unframed() -> FormHelper:
    """How a form is drawn inside a page's own form."""
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    return helper


def filled(form: F, data: QueryDict | None) -> F:
    """The form with what was typed so far, which nobody judges yet."""
    if data is not None:
        for name, field in form.fields.items():
            form.initial[name] = field.widget.value_from_datadict(data, {}, form.add_prefix(name))
    return form


class RefusableForm(forms.Form):
    """A form that shows what an action refused."""

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal at the field it names, else above the form."""
        fields = refusal.data.get("fields") or {}
        for name, problems in fields.items():
            self.add_error(name if name in self.fields else None, problems)
        if not fields:
            self.add_error(None, str(refusal))


def question_names(questions: Iterable[CustomRegistrationField]) -> list[str]:
    """The names of the fields that ask these questions."""
    return [_key(question) for question in questions]


class DetailsForm(RefusableForm):
    """Names, and answers to the event's questions in their order."""

    first_name = NameBox(
        label=_("First name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = NameBox(
        label=_("Last name"),
        max_length=100,
        required=False,
        help_text=_("One name is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(event.custom_registration_fields.all())
        for question in self.questions:
            self.fields[_key(question)] = field_for(question)
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs.setdefault("dir", "auto")
            # Not how many were sent: of a very long text only the beginning is read.
            field.error_messages["max_length"] = TOO_LONG
        self.helper = unframed()
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        """Names side by side, then one question under the other."""
        return Layout(Div("first_name", "last_name", css_class="form-columns"), *map(_key, self.questions))

    def clean(self) -> dict[str, Any]:
        """One name is enough, first or last."""
        data = super().clean() or {}
        if "first_name" in data and "last_name" in data and not (data["first_name"] or data["last_name"]):
            self.add_error("first_name", NAME_MISSING)
        return data

    @property
    def responses(self) -> dict[int, object]:
        """The answers given, by question id, as JSON can keep them."""
        given = ((question.pk, self.cleaned_data.get(_key(question))) for question in self.questions)
        return {pk: as_json(value) for pk, value in given if value not in (None, "", [])}


class RegistrationForm(DetailsForm):
    """Everything asked of somebody who registers: who, what is asked, which pass, whether to wait."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Your personal link is sent here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, event: Event, may_wait: bool, may_choose: bool, **kwargs: Any) -> None:
        self.may_wait, self.may_choose = may_wait, may_choose
        super().__init__(*args, event=event, **kwargs)
        if may_wait:
            sessions = _("Join the waitlist where a session has no seat left")
            whole = _("Put me on the waitlist if there is no seat left")
            self.fields["wait"] = forms.BooleanField(
                label=sessions if event.allow_custom_agenda else whole, required=False, initial=True
            )
            if event.allow_custom_agenda:
                self.fields["when_clashing"] = forms.ChoiceField(
                    label=_("If a freed seat overlaps a session you hold"),
                    choices=WHEN_CLASHING,
                    initial=WhenClashing.ASK,
                    required=False,
                    widget=forms.RadioSelect,
                )
        if may_choose:
            self.fields["automatically_register"] = forms.ChoiceField(
                label=_("When a seat frees for me"),
                choices=[("yes", _("Register me automatically")), ("no", _("Ask me by mail first"))],
                initial="yes",
                required=False,
                widget=forms.RadioSelect,
            )
        self.helper.layout = self.layout()
        # What concerns waiting is drawn after everybody who is registered besides.
        waiting = (
            name for name in ("wait", "automatically_register", "when_clashing") if name in self.fields
        )
        self.waiting_helper = unframed()
        self.waiting_helper.layout = Layout(*waiting)

    def layout(self) -> Layout:
        """The address after the names, then what is asked."""
        names = Div("first_name", "last_name", css_class="form-columns")
        return Layout(names, "email", *map(_key, self.questions))

    def keep_address(self, email: str) -> None:
        """Ask for no other address than this one, which was confirmed; what is sent in its place is not looked at."""
        field = self.fields["email"]
        field.initial, field.disabled, field.help_text = email, True, _("You have confirmed this address.")

    @property
    def attendee(self) -> Attendee:
        """The person as typed."""
        data = self.cleaned_data
        return Attendee(
            data["email"], data["first_name"], data["last_name"], self.responses, (get_language() or "")[:10]
        )

    @property
    def wants_to_wait(self) -> bool:
        """True when a place in line is wanted where there is no seat."""
        return bool(self.cleaned_data.get("wait"))

    @property
    def when_clashing(self) -> WhenClashing:
        """What shall become of a seat in the way of one that frees."""
        return WhenClashing(self.cleaned_data.get("when_clashing") or WhenClashing.ASK)

    @property
    def automatically_register(self) -> bool | None:
        """The person's own choice; None where the event leaves none."""
        return self.cleaned_data.get("automatically_register") != "no" if self.may_choose else None


def _key(question: CustomRegistrationField) -> str:
    return f"question_{question.pk}"


def field_for(question: CustomRegistrationField) -> forms.Field:
    """Return the form field that asks `question`, validated on the server."""
    asked: dict[str, Any] = {
        "label": question.label,
        # Printed as markup by crispy, since Django's own help texts may hold some.
        "help_text": conditional_escape(question.help_text),
        "required": question.is_required,
    }
    choices = [(choice, choice) for choice in question.choice_list]
    if question.kind == Kind.YES_NO:
        yes_no = [("yes", _("Yes")), ("no", _("No"))]
        return forms.TypedChoiceField(
            choices=yes_no, coerce=_is_yes, empty_value=None, widget=forms.RadioSelect, **asked
        )
    if question.kind == Kind.SINGLE and len(choices) <= RADIOS_AT_MOST:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **asked)
    if question.kind == Kind.SINGLE:
        return forms.ChoiceField(choices=[("", _("Choose …")), *choices], **asked)
    if question.kind == Kind.MULTIPLE:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **asked)
    if question.kind == Kind.NUMBER:
        return forms.DecimalField(max_digits=15, decimal_places=4, **asked)
    if question.kind == Kind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **asked)
    if question.kind == Kind.LONG_TEXT:
        return forms.CharField(max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}), **asked)
    return forms.CharField(max_length=SHORT, **asked)


def _is_yes(value: str) -> bool:
    return value == "yes"


def as_json(value: object) -> object:
    """Return an answer as JSON can keep it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def initial_answer(question: CustomRegistrationField, value: object) -> object:
    """Return a kept answer as its field shows it."""
    return {True: "yes", False: "no"}[bool(value)] if question.kind == Kind.YES_NO else value


def initial_answers(event: Event, kept: dict[int, object]) -> dict[str, object]:
    """Return kept answers (by question id) as a form's initial values."""
    asked = event.custom_registration_fields.all()
    return {_key(each): initial_answer(each, kept[each.pk]) for each in asked if each.pk in kept}

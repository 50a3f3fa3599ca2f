"""Correct what is known of somebody at one event: names, details and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.verbs import Consequence, Decision, Done, OneRow, Verb
from registrations import actions
from registrations.admin.verbs import access
from registrations.forms import DetailsForm, initial_answers
from registrations.models import EventRegistration
from registrations.rules.people import Attendee

DETAILS = ("company", "job_title", "phone")


class CorrectionForm(DetailsForm):
    """Names, details and, for whoever may read them, answers, as they are now. Staff may leave anything open."""

    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=50, required=False)

    def __init__(self, data: QueryDict | None, registration: EventRegistration, *, has_answers: bool) -> None:
        kept = dict(registration.responses.values_list("field", "value")) if has_answers else {}
        given = {name: getattr(registration, name) for name in ("first_name", "last_name", *DETAILS)}
        answers = initial_answers(registration.event, kept)
        super().__init__(data, event=registration.event, initial={**given, **answers})
        if not has_answers:
            self.questions = []
            for name in [name for name in self.fields if name.startswith("question_")]:
                del self.fields[name]
        for field in self.fields.values():
            field.required = False

    @property
    def attendee_details(self) -> dict[str, str]:
        """The details as typed."""
        return {name: self.cleaned_data[name] for name in DETAILS}

    @property
    def all_responses(self) -> dict[int, object]:
        """Every question's answer; None where there is none any more."""
        return {question.pk: None for question in self.questions} | self.responses


class CorrectDetails(Verb[OneRow]):
    """Keep other names, details and answers of one registration; nobody is told."""

    key = "details"
    label = gettext_lazy("Correct details")
    note = gettext_lazy("Names and answers at this event; what they gave elsewhere stays. Nobody is told.")

    def applies(self, row: EventRegistration) -> bool:
        return not row.is_cancelled

    def is_allowed(self, user: Any, target: EventRegistration) -> bool:
        return access.may(user, target.event, "registrations.change_eventregistration")

    def form(self, listing: OneRow, data: QueryDict | None) -> forms.Form:
        registration: EventRegistration = listing.target
        has_answers = access.may_see_answers(listing.user, registration.event)
        return CorrectionForm(data, registration, has_answers=has_answers)

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [registration] = rows
        return [Consequence(registration.contact.email, registration.full_name, _("as typed below"))]

    def deed(self, count: int) -> str:
        return _("Keep these details")

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [registration] = rows
        form = self._filled(listing, decided)
        person = Attendee(
            registration.contact.email,
            form.cleaned_data["first_name"],
            form.cleaned_data["last_name"],
            responses=form.all_responses,
            details=form.attendee_details,
        )
        corrected = actions.update_details(registration, person, actor=decided.actor)
        return Done(_("The details of %(name)s are kept.") % {"name": corrected.full_name})

    def _filled(self, listing: OneRow, decided: Decision) -> CorrectionForm:
        """The form with what was decided on the page, which was found to be right there."""
        form = self.form(listing, None)
        assert isinstance(form, CorrectionForm)
        form.cleaned_data = dict(decided.given)
        return form

"""The page on which somebody corrects what is known of them: names, answers, and their language."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.languages import name_of, remember
from registrations.actions import speak_to, update_details
from registrations.forms import DetailsForm, initial_answers
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from registrations.website import kept
from registrations.website.personal import personal
from registrations.website.visitor import Visitor


class OwnDetailsForm(DetailsForm):
    """One's own details; the language too, where the event offers several."""

    def __init__(self, *args: Any, event: Any, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        if len(event.offered_languages) > 1:
            self.fields["language"] = forms.ChoiceField(
                label=gettext_lazy("Language of my pages and mails"),
                choices=[(code, name_of(code)) for code in event.offered_languages],
                required=False,
            )
            self.helper.layout = Layout(*self.layout(), "language")


@personal
def details(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Change the visitor's names, answers and language; the address stays."""
    registration = visitor.registration
    assert registration is not None
    form = OwnDetailsForm(kept.data_of(request), event=visitor.event, initial=_known(registration))

    def show(form: OwnDetailsForm, status: int) -> HttpResponse:
        context = {"event": visitor.event, "visitor": visitor, "form": form, "token": visitor.token}
        return render(request, "website/details.html", context, status=status)

    def act(form: OwnDetailsForm) -> HttpResponse:
        data, language = form.cleaned_data, form.cleaned_data.get("language", "")
        person = Attendee(registration.contact.email, data["first_name"], data["last_name"], form.responses)
        update_details(registration, person)
        response = redirect("manage", visitor.event.slug, visitor.token)
        if language:
            speak_to(registration.contact, language)
            remember(response, language)
            translation.activate(language)
        messages.success(request, _("Your details are saved."))
        return response

    return kept.form_page(request, form, show, act)


def _known(registration: EventRegistration) -> dict[str, Any]:
    answers = {each.field_id: each.value for each in registration.responses.all()}
    return {
        "first_name": registration.first_name,
        "last_name": registration.last_name,
        # That of this page, which is the person's own unless they chose another one here.
        "language": translation.get_language(),
        **initial_answers(registration.event, answers),
    }

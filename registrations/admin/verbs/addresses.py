"""Correct the address under which somebody is registered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.verbs import Consequence, Decision, Done, OneRow, TellForm, Verb
from registrations import actions
from registrations.admin.verbs import access
from registrations.models import EventRegistration, SessionRegistration
from waitlists.models import WaitlistItem


class AddressForm(TellForm):
    """The right address, and whether what they have is mailed there."""

    email = forms.EmailField(
        label=gettext_lazy("Right e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "notify")


class CorrectAddress(Verb[OneRow]):
    """Let one registration be that of somebody with another address."""

    key = "address"
    label = gettext_lazy("Correct address")
    note = gettext_lazy(
        "Everything at this event moves to the right address. What they have at other events stays as it is."
    )
    form_class = AddressForm

    def applies(self, row: EventRegistration) -> bool:
        return not row.is_cancelled

    def is_allowed(self, user: Any, target: EventRegistration) -> bool:
        return access.may(user, target.event, "registrations.change_eventregistration")

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [registration] = rows
        old, moves = registration.contact.email, _("at the right address")
        seats = SessionRegistration.objects.active().filter(event_registration=registration).count()
        places = WaitlistItem.objects.open().filter(
            event=registration.event_id, contact=registration.contact_id
        )
        has = _("%(seats)d session seats, %(places)d places in line") % {
            "seats": seats,
            "places": places.count(),
        }
        links = _("Every personal link mailed to %(email)s until now") % {"email": old}
        return [
            Consequence(registration.full_name, old, moves),
            Consequence(has, old, moves),
            Consequence(links, _("opens their agenda"), _("stops working"), "clash"),
        ]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [registration] = rows
        corrected = actions.correct_address(
            registration, decided["email"], actor=decided.actor, notify=decided.notify
        )
        said = _("%(name)s is registered as %(email)s now.")
        return Done(said % {"name": corrected.full_name, "email": corrected.contact.email})

"""The page on which somebody corrects their address: asked for, proved by a code that is mailed there, then done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from events.actors import ATTENDEE
from events.errors import AlreadyRegistered
from events.limits import check_mailbox, check_place, check_visitor
from events.models import normalise_email
from registrations.actions import correct_address, mail_address_code, prove_address
from registrations.links import manage_token
from registrations.models import AddressCode
from registrations.website import kept
from registrations.website.address_forms import AddressCodeForm, AddressForm
from registrations.website.audience import audience_of
from registrations.website.personal import personal
from registrations.website.visitor import Visitor, remember_registration

CODES_OF_ONE_PERSON, CODES_TO_ONE_ADDRESS = 5, 3


@personal
def address(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for the other address (GET); have a code mailed there (POST)."""
    registration = visitor.registration
    assert registration is not None

    def act(form: AddressForm) -> HttpResponse:
        email = normalise_email(form.cleaned_data["email"])
        check_place(request, "address-code-from", lambda: audience_of(visitor.event))
        check_mailbox("address-codes", registration.uuid.hex, CODES_OF_ONE_PERSON)
        check_mailbox("address-code-to", email, CODES_TO_ONE_ADDRESS)
        mail_address_code(registration, email)
        return redirect("manage_address_code", visitor.event.slug, visitor.token)

    form = AddressForm(kept.data_of(request))
    return kept.form_page(request, form, lambda form, status: _page(request, visitor, form, status), act)


@personal
def address_code(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for the code (GET); with the right one the registration moves to the address that it proves (POST)."""
    registration = visitor.registration
    assert registration is not None
    asked = AddressCode.objects.filter(event_registration=registration, used_at=None).first()
    if asked is None:
        return redirect("manage_address", visitor.event.slug, visitor.token)

    def show(form: AddressCodeForm, status: int) -> HttpResponse:
        return _page(request, visitor, form, status, asked=asked)

    def act(form: AddressCodeForm) -> HttpResponse:
        check_visitor("address-code", registration.uuid.hex)
        return _moved(request, visitor, prove_address(registration, form.cleaned_data["code"]))

    return kept.form_page(request, AddressCodeForm(kept.data_of(request)), show, act)


def _moved(request: HttpRequest, visitor: Visitor, email: str) -> HttpResponse:
    """Move the registration to the address that was proved, and go on by its new link."""
    registration = visitor.registration
    assert registration is not None
    try:
        moved = correct_address(registration, email, actor=ATTENDEE)
    except AlreadyRegistered:
        # They have shown that it is theirs, so that this tells nobody of anybody else.
        words = _(
            "You are registered here with that address as well. Open that registration by its own link; "
            "cancel one of the two if you need only one."
        )
        messages.error(request, words)
        return redirect("manage_address", visitor.event.slug, visitor.token)
    messages.success(
        request, _("Your address is corrected. Links mailed before have ended; a new one is on its way.")
    )
    # The old link ends in this moment: the browser goes on with the new one.
    visitor.registration = None
    response = redirect("manage", visitor.event.slug, manage_token(moved))
    remember_registration(response, moved)
    return response


def _page(request: HttpRequest, visitor: Visitor, form: Any, status: int, **more: Any) -> HttpResponse:
    """The form, with what is wrong with it once it was sent."""
    context = {"event": visitor.event, "visitor": visitor, "form": form, "token": visitor.token, **more}
    return render(request, "website/address.html", context, status=status)

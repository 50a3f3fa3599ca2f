"""Wishes hang on a confirmed address: before somebody's first wish a code is mailed there."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from registrations.actions import mail_code_to_registrant
from registrations.models import AddressMail, EventRegistration
from registrations.queries import has_ticket
from registrations.website import kept
from registrations.website.address_forms import MailMeForm
from registrations.website.answers import find_session
from registrations.website.audience import audience_of
from registrations.website.codes import Page, ask_back, asked_with, check_asking, on_its_way
from registrations.website.confirming import proved_address, remember_proof
from registrations.website.personal import personal
from registrations.website.visitor import Visitor
from registrations.website.wish_list import identity_in
from registrations.website.wishing import change_wish

_WISH = AddressMail.Purpose.WISH


def registration_of(visitor: Visitor) -> EventRegistration:
    """The registration that the personal link named; the decorator let nobody else in."""
    assert visitor.registration is not None
    return visitor.registration


def has_proved(request: HttpRequest, registration: EventRegistration) -> bool:
    """True where the address is known to be the person's: they have a ticket here, or this browser has shown it.

    Where an event wants confirmed addresses nobody registers without one.
    """
    if not registration.event.allow_anonymous_registration:
        return True
    if proved_address(request, registration.event) == registration.contact.email:
        return True
    return has_ticket(registration)


def to_prove(request: HttpRequest, visitor: Visitor, **then: str) -> HttpResponse:
    """Send the browser to the page that mails a code; `then` says what it wanted: a wish, a group, a draft's wishes."""
    address = _address("manage_prove", visitor, **then)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


@personal
def manage_prove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say why an address is confirmed (GET); have a code mailed to the registration's own (POST)."""
    registration = registration_of(visitor)
    page = Page(
        _("Confirm your address first"),
        _(
            "In a draw everybody has one ticket, so each address is confirmed once. A code is mailed to %(email)s."
        )
        % {"email": registration.contact.email},
        _("Mail me a code"),
        visitor.event,
        ways_out=(_way_back(visitor),),
    )

    def act(_form: MailMeForm) -> HttpResponse:
        check_asking(request, registration.contact.email, lambda: audience_of(visitor.event))
        asked = mail_code_to_registrant(_WISH, registration, language=get_language() or "")
        return HttpResponseRedirect(_address("manage_prove_code", visitor, asked.uuid, **_wanted(request)))

    form = MailMeForm(kept.data_of(request))
    return kept.form_page(request, form, lambda form, status: page.show(request, form, status), act)


@personal
def manage_prove_code(request: HttpRequest, visitor: Visitor, code_id: uuid.UUID) -> HttpResponse:
    """Ask for the code (GET); with the right one what was wanted goes on (POST)."""
    asked = asked_with(code_id, _WISH, event_registration=visitor.registration)
    if asked is None:
        return to_prove(request, visitor, **_wanted(request))
    page = Page(
        _("Look into your mail"),
        on_its_way(asked.email),
        _("Confirm and go on"),
        visitor.event,
        ways_out=(
            (_address("manage_prove", visitor, **_wanted(request)), _("Another code")),
            _way_back(visitor),
        ),
    )
    return ask_back(request, asked, page, lambda email: _go_on(request, visitor, email))


def _go_on(request: HttpRequest, visitor: Visitor, email: str) -> HttpResponse:
    """On to what was wanted, by a browser that has shown whose address it is."""
    wanted = _wanted(request)
    if "group" in wanted:
        response: HttpResponse = redirect("wish_group", visitor.event.slug, wanted["group"])
    elif "draft" in wanted:
        response = redirect("manage", visitor.event.slug, visitor.token)
    else:
        if session := identity_in(wanted.get("wish", "")):
            change_wish(registration_of(visitor), find_session(visitor.event, session), is_wished=True)
        response = redirect("manage_wishes", visitor.event.slug, visitor.token)
    remember_proof(response, visitor.event, email)
    return response


def _wanted(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name][:40] for name in ("wish", "group", "draft") if request.GET.get(name)}


def _address(name: str, visitor: Visitor, *more: object, **then: str) -> str:
    path = reverse(name, args=[visitor.event.slug, visitor.token, *more])
    return f"{path}?{urlencode(then)}" if then else path


def _way_back(visitor: Visitor) -> tuple[str, str]:
    return (reverse("manage", args=[visitor.event.slug, visitor.token]), _("Back to my page"))

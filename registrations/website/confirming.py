"""Where an event asks for it, an address is confirmed by a code before anybody registers with it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Event, normalise_email
from registrations import rules
from registrations.actions import mail_code
from registrations.links import manage_token
from registrations.models import AddressMail, EventRegistration
from registrations.website import kept, stormed
from registrations.website.address_forms import MyAddressForm
from registrations.website.audience import audience_of
from registrations.website.codes import Page, ask_back, asked_with, check_asking, on_its_way
from registrations.website.refusals import at_event
from registrations.website.visitor import Visitor, remember_registration, visitor_of

PROVED_COOKIE = "seatwise_proved"
# So long may somebody think about the form that follows.
SECONDS = 2 * 3600
_REGISTER = AddressMail.Purpose.REGISTER


def proved_address(request: HttpRequest, event: Event) -> str:
    """The address that was confirmed in this browser, lately and for this event; empty where none was."""
    try:
        kept_value = request.COOKIES.get(PROVED_COOKIE, "")
        return str(signing.loads(kept_value, salt=_salt(event), max_age=SECONDS))
    except signing.BadSignature:
        return ""


def must_confirm(request: HttpRequest, visitor: Visitor) -> bool:
    """True where the event, or a wish in a draw, wants a confirmed address, and this browser has none."""
    is_wanted = visitor.drafted_wishes or not visitor.event.allow_anonymous_registration
    return bool(is_wanted) and not proved_address(request, visitor.event)


def remember_proof(response: HttpResponseBase, event: Event, email: str) -> None:
    """Let this browser be known for a while as one of whoever has this address."""
    response.set_cookie(
        PROVED_COOKIE,
        signing.dumps(email, salt=_salt(event)),
        max_age=SECONDS,
        path=_path(event),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_proof(response: HttpResponseBase, event: Event) -> None:
    """Let whoever registers next in this browser confirm an address of their own."""
    response.delete_cookie(PROVED_COOKIE, path=_path(event), samesite="Lax")


@at_event
def confirm_address(request: HttpRequest, event: Event) -> HttpResponse:
    """Ask for the address (GET); have a code mailed there (POST), whoever is registered with it."""
    visitor = visitor_of(request, event)
    is_closed = any(rules.refusals_to_open(event, visitor.at))
    if is_closed or visitor.registration or not must_confirm(request, visitor):
        return redirect("finish_registration", event.slug)
    page = Page(
        _("Confirm your address first"),
        _("This event asks everybody to do so. A code is mailed to you; what you have chosen so far is kept.")
        if not event.allow_anonymous_registration
        else _(
            "In a draw everybody has one ticket, so each address is confirmed once. A code is mailed to you; your "
            "wishes are kept."
        ),
        _("Mail me a code"),
        event,
        ways_out=((reverse("event_page", args=[event.slug]), _("Back to the event")),),
    )

    def act(form: MyAddressForm) -> HttpResponse:
        email = normalise_email(form.cleaned_data["email"])
        check_asking(request, email, lambda: audience_of(event))
        asked = mail_code(_REGISTER, email, event=event, language=get_language() or "")
        return redirect("confirm_code", event.slug, asked.uuid)

    form = MyAddressForm(kept.data_of(request))
    return kept.form_page(
        request,
        form,
        lambda form, status: page.show(request, form, status),
        act,
        lambda: stormed.asked_first(request, lambda: audience_of(event)),
    )


@at_event
def confirm_code(request: HttpRequest, event: Event, code_id: uuid.UUID) -> HttpResponse:
    """Ask for the code (GET); with the right one the form can be filled in, or one's page opens (POST)."""
    asked = asked_with(code_id, _REGISTER, event=event)
    if asked is None or not must_confirm(request, visitor_of(request, event)):
        return redirect("confirm_address", event.slug)
    page = Page(
        _("Look into your mail"),
        on_its_way(asked.email),
        _("Confirm and go on"),
        event,
        ways_out=((reverse("confirm_address", args=[event.slug]), _("Another address or code")),),
    )
    return ask_back(request, asked, page, lambda email: _go_on(request, event, email))


def _go_on(request: HttpRequest, event: Event, email: str) -> HttpResponse:
    """To the form; for somebody who is registered already, to their page: they have shown that it is theirs."""
    rows = EventRegistration.objects.active().select_related("event", "contact")
    registration = rows.filter(event=event, contact__email=email).first()
    if registration:
        messages.info(request, _("You are registered here already. This is your page."))
        response = redirect("manage", event.slug, manage_token(registration))
        remember_registration(response, registration)
        return response
    response = redirect("finish_registration", event.slug)
    remember_proof(response, event, email)
    return response


def _salt(event: Event) -> str:
    return f"registrations.website.proved:{event.pk}"


def _path(event: Event) -> str:
    return reverse("event_page", args=[event.slug])

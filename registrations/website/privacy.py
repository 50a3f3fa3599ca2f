"""What people may ask of whoever keeps data about them: to see it all, and to be forgotten; after a code by mail."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events.actors import ATTENDEE
from registrations.actions import erase_contact, mail_code_to_registrant, note_everything_taken
from registrations.models import AddressMail, EventRegistration, SessionRegistration
from registrations.queries.everything import everything_about
from registrations.website import kept
from registrations.website.address_forms import MailMeForm
from registrations.website.audience import audience_of
from registrations.website.codes import Page, ask_back, asked_with, check_asking, on_its_way
from registrations.website.mine import forget_mine
from registrations.website.personal import personal_even_cancelled
from registrations.website.refusals import private
from registrations.website.visitor import Visitor, forget_draft, forget_registration
from waitlists.models import WaitlistItem

Purpose = AddressMail.Purpose


@personal_even_cancelled
def export(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say what the file holds (GET); have a code mailed to the registration's address (POST)."""
    page = Page(
        _("Take my data along"),
        _("You get everything that is kept about you here, as one file that people and programs can read."),
        _("Mail me a code"),
        visitor.event,
        points=(
            _("Your registrations, seats, passes and places in line at every event, and your answers."),
            _("When you were let in at a door, which mails you got, and what the ledger says of you."),
            _("A code is mailed to you first, since your link may have been forwarded."),
        ),
        ways_out=(_back(visitor),),
    )
    return _ask(request, visitor, Purpose.EXPORT, page, "manage_export_code")


@personal_even_cancelled
def export_code(request: HttpRequest, visitor: Visitor, code_id: uuid.UUID) -> HttpResponse:
    """Ask for the code (GET); with the right one hand the file over, and keep in the ledger that it was (POST)."""
    registration = _registration(visitor)
    asked = asked_with(code_id, Purpose.EXPORT, event_registration=registration)
    if asked is None:
        return redirect("manage_export", visitor.event.slug, visitor.token)
    page = Page(
        _("Look into your mail"),
        on_its_way(asked.email),
        _("Download the file"),
        visitor.event,
        ways_out=(_again(visitor, "manage_export"), _back(visitor)),
    )
    return ask_back(request, asked, page, lambda _email: _file(registration))


def _file(registration: EventRegistration) -> HttpResponse:
    contact = registration.contact
    # Before it leaves, so that none leaves without a trace.
    note_everything_taken(contact, actor=ATTENDEE)
    found = everything_about(contact)
    response = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate():%Y-%m-%d}.json"'
    return response


@personal_even_cancelled
def erase(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say what would happen (GET); have a code mailed to the registration's address (POST)."""
    page = Page(
        _("Erase me"),
        _("Afterwards nothing here says who you are. This cannot be undone."),
        _("Mail me a code"),
        visitor.event,
        points=(
            *_what_happens(visitor),
            _("A code is mailed to you first, since your link may have been forwarded."),
        ),
        ways_out=(_back(visitor),),
        is_danger=True,
    )
    return _ask(request, visitor, Purpose.ERASE, page, "manage_erase_code")


@personal_even_cancelled
def erase_code(request: HttpRequest, visitor: Visitor, code_id: uuid.UUID) -> HttpResponse:
    """Ask for the code (GET); with the right one the person is forgotten (POST)."""
    registration = _registration(visitor)
    asked = asked_with(code_id, Purpose.ERASE, event_registration=registration)
    if asked is None:
        return redirect("manage_erase", visitor.event.slug, visitor.token)
    page = Page(
        _("Look into your mail"),
        on_its_way(asked.email),
        _("Erase me now"),
        visitor.event,
        points=_what_happens(visitor),
        ways_out=(_again(visitor, "manage_erase"), _back(visitor)),
        is_danger=True,
    )
    return ask_back(request, asked, page, lambda _email: _forgotten(visitor))


def erased(request: HttpRequest) -> HttpResponse:
    """The page after it, which knows nobody."""
    return private(render(request, "website/erased.html"))


def _forgotten(visitor: Visitor) -> HttpResponse:
    erase_contact(_registration(visitor).contact, actor=ATTENDEE)
    # Its link has ended: this browser goes on as a stranger's.
    visitor.registration = None
    response = redirect("erased")
    forget_registration(response, visitor.event)
    forget_draft(response, visitor.event)
    forget_mine(response)
    return response


def _what_happens(visitor: Visitor) -> tuple[str, ...]:
    contact = _registration(visitor).contact
    seats = SessionRegistration.objects.active().filter(contact=contact).count()
    places = WaitlistItem.objects.open().filter(contact=contact).count()
    events = EventRegistration.objects.active().filter(contact=contact).count()
    points = []
    if events:
        said = ngettext(
            "Your registration is cancelled.", "Your registrations at %(n)d events are cancelled.", events
        )
        points.append(said % {"n": events})
    if seats:
        said = ngettext(
            "Your seat in %(n)d session is given back; whoever waits may get it at once.",
            "Your seats in %(n)d sessions are given back; whoever waits may get them at once.",
            seats,
        )
        points.append(said % {"n": seats})
    if places:
        said = ngettext(
            "Your place in %(n)d line is given up.", "Your places in %(n)d lines are given up.", places
        )
        points.append(said % {"n": places})
    return (
        *points,
        _("Your name, address and answers are deleted, and your links, ticket and calendar end."),
        _("You get no more mails. What has left already cannot be called back."),
        _("The organizers still see that a seat was taken and given back, and no longer by whom."),
    )


def _ask(
    request: HttpRequest, visitor: Visitor, purpose: AddressMail.Purpose, page: Page, then: str
) -> HttpResponse:
    registration = _registration(visitor)

    def act(_form: MailMeForm) -> HttpResponse:
        check_asking(request, registration.contact.email, lambda: audience_of(visitor.event))
        asked = mail_code_to_registrant(purpose, registration, language=get_language() or "")
        return redirect(then, visitor.event.slug, visitor.token, asked.uuid)

    form = MailMeForm(kept.data_of(request))
    return kept.form_page(request, form, lambda form, status: page.show(request, form, status), act)


def _back(visitor: Visitor) -> tuple[str, str]:
    return reverse("manage", args=[visitor.event.slug, visitor.token]), _("Back to my page")


def _again(visitor: Visitor, name: str) -> tuple[str, str]:
    return reverse(name, args=[visitor.event.slug, visitor.token]), _("Another code")


def _registration(visitor: Visitor) -> EventRegistration:
    assert visitor.registration is not None
    return visitor.registration

"""“My registrations”: all that one address has, at every event, once a code has shown whose address it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.models import normalise_email
from registrations.actions import mail_code
from registrations.links import is_worn_out, manage_path
from registrations.models import AddressMail, EventRegistration
from registrations.website import kept, stormed
from registrations.website.address_forms import MyAddressForm
from registrations.website.audience import audience_of
from registrations.website.codes import Page, ask_back, asked_with, check_asking, on_its_way
from registrations.website.personal import personal_even_cancelled
from registrations.website.refusals import private
from registrations.website.visitor import Visitor

MINE_COOKIE = "seatwise_mine"
SECONDS = 3600
_SALT = "registrations.website.mine"
_MINE = AddressMail.Purpose.MINE


@dataclass(frozen=True)
class Entry:
    """One registration, and its personal page where that still opens."""

    registration: EventRegistration
    sessions: int
    address: str


def mine(request: HttpRequest) -> HttpResponse:
    """All registrations of the address confirmed in this browser, else a form that has a code mailed."""
    if email := _proved(request):
        return _list(request, email)
    page = Page(
        _("My registrations"),
        _(
            "Give the address that you registered with. A code is mailed there; with it you see your registrations at "
            "every event."
        ),
        _("Mail me a code"),
        ways_out=((reverse("event_list"), _("All events")),),
    )

    def act(form: MyAddressForm) -> HttpResponse:
        email = normalise_email(form.cleaned_data["email"])
        # No event says how many people may come from one place.
        check_asking(request, email, lambda: 0)
        return redirect("mine_code", mail_code(_MINE, email, language=get_language() or "").uuid)

    form = MyAddressForm(kept.data_of(request))
    return kept.form_page(
        request,
        form,
        lambda form, status: page.show(request, form, status),
        act,
        lambda: stormed.asked_first(request, lambda: 0),
    )


def mine_code(request: HttpRequest, code_id: uuid.UUID) -> HttpResponse:
    """Ask for the code (GET); with the right one this browser sees the list for an hour (POST)."""
    asked = asked_with(code_id, _MINE)
    if asked is None or _proved(request):
        return redirect("mine")
    page = Page(
        _("Look into your mail"),
        on_its_way(asked.email),
        _("Show my registrations"),
        ways_out=((reverse("mine"), _("Another address or code")),),
    )
    return ask_back(request, asked, page, _remember)


@require_POST
@personal_even_cancelled
def others_of_mine(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Have a code mailed to this registration's address: its link alone opens no other registration."""
    registration = visitor.registration
    assert registration is not None
    email = registration.contact.email
    check_asking(request, email, lambda: audience_of(visitor.event))
    return redirect("mine_code", mail_code(_MINE, email, language=get_language() or "").uuid)


@require_POST
def leave_mine(_request: HttpRequest) -> HttpResponse:
    """Make this browser a stranger's again."""
    response = redirect("mine")
    forget_mine(response)
    return response


def forget_mine(response: HttpResponse) -> None:
    """Let this browser show no list any more."""
    response.delete_cookie(MINE_COOKIE, path=reverse("mine"), samesite="Lax")


def _proved(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.COOKIES.get(MINE_COOKIE, ""), salt=_SALT, max_age=SECONDS))
    except signing.BadSignature:
        return ""


def _remember(email: str) -> HttpResponse:
    response = redirect("mine")
    response.set_cookie(
        MINE_COOKIE,
        signing.dumps(email, salt=_SALT),
        path=reverse("mine"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _list(request: HttpRequest, email: str) -> HttpResponse:
    now = timezone.now()
    held = Count("session_registrations", filter=Q(session_registrations__cancelled_at=None))
    rows = EventRegistration.objects.filter(contact__email=email, event__archived_at=None)
    rows = rows.select_related("event__building", "event__room", "contact").annotate(held=held)
    # Of several at one event only the last counts: the others were cancelled before.
    newest = {row.event_id: row for row in rows.order_by("pk")}
    entries = [_entry(row) for row in sorted(newest.values(), key=lambda row: row.event.starts_at)]
    coming = [each for each in entries if each.registration.event.ends_at >= now]
    upcoming = [each for each in coming if not each.registration.is_cancelled]
    context = {
        "email": email,
        "upcoming": upcoming,
        "past": [each for each in reversed(entries) if each not in upcoming],
    }
    return private(render(request, "website/mine.html", context))


def _entry(registration: EventRegistration) -> Entry:
    address = "" if is_worn_out(registration.event) else manage_path(registration)
    return Entry(registration, getattr(registration, "held", 0), address)

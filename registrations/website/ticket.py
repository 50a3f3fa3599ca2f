"""The ticket by itself, kept on the phone by a service worker so that it opens without network; and signing out."""

from __future__ import annotations

import json
from pathlib import Path

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registrations.website.confirming import forget_proof
from registrations.website.mine import forget_mine
from registrations.website.overview import next_session_of, ticket_of
from registrations.website.personal import personal, personal_even_cancelled
from registrations.website.visitor import Visitor, forget_registration

# What the page is made of, beside itself.
FILES = ("css/tokens.css", "css/ticket.css", "img/mark.svg", "js/ticket.js")
WORKER = "js/ticket-worker.js"


@personal
def ticket(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the ticket alone, with the moment at which it was true; without one, go to the personal page."""
    assert visitor.registration is not None
    shown = ticket_of(visitor.registration)
    if shown is None:
        return redirect("manage", visitor.event.slug, visitor.token)
    context = {
        "event": visitor.event,
        "token": visitor.token,
        "ticket": shown,
        "next": next_session_of(visitor),
        "at": timezone.now(),
    }
    return render(request, "website/ticket.html", context)


@require_safe
@personal
def worker(_request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Answer with the service worker. Its address lies below one personal link: no other page is its business."""
    here = [visitor.event.slug, visitor.token]
    known = {
        "PAGE": reverse("manage", args=here),
        "TICKET": reverse("manage_ticket", args=here),
        "LEAVE": reverse("manage_leave", args=here),
        "FILES": [static(name) for name in FILES],
    }
    begin = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in known.items())
    path = finders.find(WORKER)
    assert isinstance(path, str), f"{WORKER} belongs to the ticket"
    script = begin + Path(path).read_text(encoding="utf-8")
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_POST
@personal_even_cancelled
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make this browser a stranger's again; the registration and its link stay as they are.

    The service worker sees this request pass, and drops the ticket that it kept.
    """
    event = visitor.event
    messages.success(
        request, _("You have left your page on this device. Your link in the mail opens it again.")
    )
    visitor.registration = None
    response = redirect("event_page", event.slug) if event.is_live else redirect("event_list")
    forget_registration(response, event)
    forget_proof(response, event)
    forget_mine(response)
    return response

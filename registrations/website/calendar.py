"""The agenda as a calendar: a page that gives its address away, and the file itself."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registrations.actions import calendar_key_of
from registrations.calendar import agenda_ics
from registrations.links import feed_url, is_worn_out
from registrations.models import EventRegistration
from registrations.website.personal import personal
from registrations.website.refusals import private
from registrations.website.visitor import Visitor

GOOGLE = "https://calendar.google.com/calendar/r"
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb"


@personal
def calendar_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the address that calendar programs follow, and the same as a file."""
    assert visitor.registration is not None
    address = feed_url(visitor.registration, calendar_key_of(visitor.registration))
    # The scheme by which a browser hands an address over to the calendar program.
    subscription = f"webcal://{address.partition('://')[2]}"
    # Whoever follows one of these gives the address to that service, as with every calendar kept there.
    context = {
        "event": visitor.event,
        "token": visitor.token,
        "address": address,
        "subscription": subscription,
        "google": f"{GOOGLE}?{urlencode({'cid': subscription})}",
        "outlook": f"{OUTLOOK}?{urlencode({'url': address, 'name': visitor.event.name})}",
    }
    return render(request, "website/calendar.html", context)


@require_safe
def calendar_feed(request: HttpRequest, slug: str, key: uuid.UUID) -> HttpResponse:
    """The calendar of everything held at the event, for whoever knows its secret; it opens nothing else.

    A registration that was cancelled has a calendar still, so that programs take out what is in it no more.
    """
    rows = EventRegistration.objects.select_related("event", "contact")
    registration = rows.filter(calendar_key=key, event__slug=slug, event__archived_at=None).first()
    if registration is None:
        raise Http404("No such calendar")
    if is_worn_out(registration.event):
        words = _("This event is over, and so is its calendar.")
        return private(HttpResponse(words, status=410, content_type="text/plain; charset=utf-8"))
    with translation.override(registration.event.language_for(registration.contact.language)):
        return private(_file_of(registration))


@personal
def calendar_by_link(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The calendar behind the personal link, for programs that follow that address; nobody is given it any more."""
    assert visitor.registration is not None
    return _file_of(visitor.registration)


def _file_of(registration: EventRegistration) -> HttpResponse:
    response = HttpResponse(agenda_ics(registration), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{registration.event.slug}.ics"'
    return response

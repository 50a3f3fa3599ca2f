"""The page "Send me my link", which answers alike whether or not the address is registered."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.languages import speak_at
from events.limits import TEN_MINUTES, TooOften, count, is_allowed, is_allowed_from
from events.models import Event, normalise_email
from registrations.actions import ask_for_link
from registrations.website import kept, stormed
from registrations.website.address_forms import LinkForm
from registrations.website.audience import audience_of
from registrations.website.found import find_event
from registrations.website.refusals import private

TO_ONE_ADDRESS = 3


def request_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the address (GET); have the link mailed to it if it is registered (POST). Also for cancelled events."""
    event = find_event(slug)
    speak_at(request, event)
    form = LinkForm(kept.data_of(request))
    is_wrong = form.is_bound and not form.is_valid()
    if request.method != "POST" or is_wrong:
        page = render(
            request, "website/link.html", {"event": event, "form": form}, status=422 if is_wrong else 200
        )
        return kept.shown_again(request, private(page)) if request.method == "POST" else _of_one(page, form)
    try:
        first = stormed.asked_first(request, lambda: audience_of(event))
    except TooOften:
        first = kept.settled(request, too_often(request, event))
    if first:
        return first
    if not send_link(request, event, form.cleaned_data["email"], form.cleaned_data["key"]):
        return kept.settled(request, too_often(request, event))
    return kept.settled(request, private(render(request, "website/link_sent.html", {"event": event})))


def _of_one(page: HttpResponse, form: LinkForm) -> HttpResponse:
    """The page, private where an address was typed into it."""
    return private(page) if form.is_bound else page


def too_often(request: HttpRequest, event: Event) -> HttpResponse:
    """Return the page for those who asked for more links than a person needs."""
    return private(render(request, "website/too_often.html", {"event": event}, status=429))


def send_link(request: HttpRequest, event: Event, email: str, form: str) -> bool:
    """Have the personal link mailed, if the address is registered; False when asked for too often.

    `form` names the form that was sent: posted again it is answered alike, counted once and mailed once.
    """
    form, address = form or uuid.uuid4().hex, f"{event.pk}:{normalise_email(email)}"
    if count("link-form", f"{address}:{form}", TEN_MINUTES) == 1:
        from_here = is_allowed_from(request, "link-from", lambda: audience_of(event))
        to_there = is_allowed("link-to", address, TO_ONE_ADDRESS)
        if not (from_here and to_there):
            return False
    ask_for_link(event, email, form)
    return True

"""The page "Send me my link", which answers alike whether or not the address is registered."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from events.limits import TEN_MINUTES, address_of, is_allowed
from events.models import Event, normalise_email
from registrations.actions import request_link as mail_link
from registrations.forms import LinkForm
from registrations.website.refusals import find_event, private
from registrations.website.visitor import forget_registration

TO_ONE_ADDRESS = 3


def request_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the address (GET); mail the link to it if it is registered (POST). Also for cancelled events."""
    event = find_event(slug)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "website/link.html", {"event": event, "form": form})
    if not form.is_valid():
        return render(request, "website/link.html", {"event": event, "form": form}, status=422)
    if not send_link(request, event, form.cleaned_data["email"]):
        return too_often(request, event)
    return private(render(request, "website/link_sent.html", {"event": event}))


def too_often(request: HttpRequest, event: Event) -> HttpResponse:
    """Return the page for those who asked for more links than a person needs."""
    return private(render(request, "website/too_often.html", {"event": event}, status=429))


def send_link(request: HttpRequest, event: Event, email: str) -> bool:
    """Mail the personal link, if the address is registered; False when asked for too often."""
    most = settings.TRIES_PER_NETWORK_ADDRESS
    from_here = is_allowed("link-from", address_of(request), most, TEN_MINUTES)
    to_there = is_allowed("link-to", f"{event.pk}:{normalise_email(email)}", TO_ONE_ADDRESS)
    if from_here and to_there:
        mail_link(event, email)
    return from_here and to_there


@require_POST
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Make this browser a stranger's again, on a shared computer or to register somebody else."""
    event = find_event(slug)
    response = redirect("event_page", event.slug)
    forget_registration(response, event)
    return response

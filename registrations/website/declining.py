"""Whether somebody gets messages of organizers, and reminders: pages with a button, and mail programs' own button."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from registrations.actions import decline_messages, decline_reminders
from registrations.links import LinkBroken, registration_of_reminders
from registrations.models import MessageOptOut
from registrations.website.personal import link_refused, personal_even_cancelled
from registrations.website.refusals import private
from registrations.website.visitor import Visitor


# A mail program's own button sends no token of ours; whoever has the personal link may do this anyway.
@csrf_exempt
@personal_even_cancelled
def manage_messages(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show whether organizers may write to this person (GET), and change it (POST)."""
    registration = visitor.registration
    assert registration is not None
    if request.method == "POST":
        is_wanted = request.POST.get("messages") == "wanted"
        decline_messages(visitor.event, registration.contact, not is_wanted)
        if not _is_mail_program(request):
            return redirect("manage_messages", visitor.event.slug, visitor.token)
    declined = MessageOptOut.objects.filter(event=visitor.event, contact=registration.contact).exists()
    context = {"event": visitor.event, "token": visitor.token, "is_declined": declined}
    return render(request, "website/messages.html", context)


# As above: the address itself is the secret, and it declines reminders and opens nothing.
@csrf_exempt
def reminders(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show whether this registration is reminded of its event (GET), and change it (POST)."""
    try:
        registration = registration_of_reminders(token)
    except LinkBroken as refusal:
        return private(link_refused(request, slug, refusal))
    if registration.event.slug != slug or registration.event.archived_at:
        return private(link_refused(request, slug, LinkBroken()))
    if request.method == "POST":
        decline_reminders(registration, request.POST.get("reminders") != "wanted")
        if not _is_mail_program(request):
            return private(redirect("reminders", slug, token))
        registration.refresh_from_db(fields=["reminders_declined_at"])
    is_declined = registration.reminders_declined_at is not None
    context = {"event": registration.event, "is_declined": is_declined}
    return private(render(request, "website/reminders.html", context))


def _is_mail_program(request: HttpRequest) -> bool:
    """True where a mail program's own button was pressed: such a program follows no redirect (RFC 8058)."""
    return "List-Unsubscribe" in request.POST

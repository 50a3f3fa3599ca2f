"""Whether organizers may write to somebody: a page with one button, and the button of mail programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from registrations.actions import decline_messages
from registrations.models import MessageOptOut
from registrations.website.personal import personal_even_cancelled
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
        return redirect("manage_messages", visitor.event.slug, visitor.token)
    declined = MessageOptOut.objects.filter(event=visitor.event, contact=registration.contact).exists()
    context = {"event": visitor.event, "token": visitor.token, "is_declined": declined}
    return render(request, "website/messages.html", context)

"""How somebody wants to wait: a page of choices for one place in line."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registrations.actions import choose_waiting
from registrations.queries import position
from registrations.website import kept
from registrations.website.personal import personal
from registrations.website.visitor import Visitor
from registrations.website.waiting_form import WaitingForm
from registrations.website.waiting_words import in_the_way_of, waiting_words, what_comes
from waitlists.models import WaitlistItem


@personal
def waiting_options(request: HttpRequest, visitor: Visitor, uuid: uuid.UUID) -> HttpResponse:
    """Show what was chosen for a place in line (GET); choose anew (POST). Somebody else's place is not found."""
    item = _item(visitor, uuid)
    form = WaitingForm(kept.data_of(request), item=item)

    def act(form: WaitingForm) -> HttpResponse:
        choose_waiting(item, form.choices, contact=item.contact, alone=form.wants_alone)
        messages.success(request, _("Saved. You keep your place in line."))
        return redirect("manage", visitor.event.slug, visitor.token)

    def show(form: WaitingForm, status: int) -> HttpResponse:
        context: dict[str, Any] = {
            "event": visitor.event,
            "token": visitor.token,
            "item": item,
            "form": form,
            "words": waiting_words(position(item)),
            "what_comes": in_the_way_of(item) or what_comes(item, visitor),
        }
        return render(request, "website/waiting.html", context, status=status)

    return kept.form_page(request, form, show, act)


def _item(visitor: Visitor, identity: uuid.UUID) -> WaitlistItem:
    assert visitor.registration is not None
    rows = WaitlistItem.objects.waiting().filter(event=visitor.event, contact=visitor.registration.contact)
    item = rows.select_related("contact", "event", "session__event").filter(uuid=identity).first()
    if item is None:
        raise Http404("No such place in line")
    return item

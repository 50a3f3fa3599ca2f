"""An offered seat: a page that only shows it, since mail scanners follow links, and a button that answers."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from events.names import isolated
from registrations.actions import accept_invitation, decline_invitation
from registrations.actions.lines.answered import gone
from registrations.rules import seats_in_the_way
from registrations.rules.outcomes import names_at
from registrations.website import kept, order_invited
from registrations.website.order_page import allow_forms_to_provider
from registrations.website.orders.purchase import Purchase
from registrations.website.payers import address_of
from registrations.website.personal import personal
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor
from waitlists.models import WaitlistItem

ANSWERS = {"accept", "swap", "decline"}


@personal
def invitation(request: HttpRequest, visitor: Visitor, uuid: uuid.UUID) -> HttpResponse:
    """Show the offered seat (GET); accept or decline it (POST). An offer to somebody else is not found."""
    item = _item(visitor, uuid)
    if ordered := order_invited.placed(item):
        return redirect(address_of(ordered))
    purchase = order_invited.offer_of(request, visitor, item)
    if request.method == "POST":
        if purchase and request.POST.get("answer") == "order":
            return order_invited.order(request, visitor, item, purchase) or kept.shown_again(
                request, _page(request, visitor, item, purchase)
            )
        if request.POST.get("answer") in ANSWERS:
            return _answer(request, visitor, item)
        messages.error(request, _("Please accept the seat or decline it."))
        return redirect(request.path)
    if item.status == WaitlistItem.Status.REGISTERED:
        return redirect("manage", visitor.event.slug, visitor.token)
    if item.expires_at is None or item.expires_at <= visitor.at:
        raise gone(item)
    return _page(request, visitor, item, purchase)


def _page(
    request: HttpRequest, visitor: Visitor, item: WaitlistItem, purchase: Purchase | None
) -> HttpResponse:
    context = {
        "event": visitor.event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "item": item,
        "clashes": names_at(
            item.event_id, [seat.session for seat in seats_in_the_way(item.target, visitor.standing)]
        ),
        "token": visitor.token,
        "purchase": purchase,
    }
    response = render(request, "website/invitation.html", context)
    allow_forms_to_provider(response, visitor.event, purchase)
    return response


def _item(visitor: Visitor, identity: uuid.UUID) -> WaitlistItem:
    assert visitor.registration is not None
    rows = WaitlistItem.objects.filter(event=visitor.event, contact=visitor.registration.contact)
    related = (
        "event",
        "session__event",
        "session__seats",
        "session__room",
        "session__building",
        "invitation_slot",
        "event_pass__event",
    )
    item = rows.select_related(*related).filter(uuid=identity).first()
    if item is None:
        raise Http404("No such invitation")
    return item


def _answer(request: HttpRequest, visitor: Visitor, item: WaitlistItem) -> HttpResponse:
    assert visitor.registration is not None
    contact, name = visitor.registration.contact, {"name": isolated(item.session or item.event)}
    answer = request.POST.get("answer")
    if answer in {"accept", "swap"}:
        accept_invitation(item, contact=contact, swap=answer == "swap")
        messages.success(request, _("“%(name)s”: you have a seat.") % name)
    else:
        decline_invitation(item, contact=contact)
        messages.success(request, _("“%(name)s”: you declined; the seat goes to the next in line.") % name)
    return redirect("manage", visitor.event.slug, visitor.token)

"""Wishing together: a group begins, its link lets others in, and each may leave until the draw closes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.actors import ATTENDEE
from events.errors import Invalid, Refusal
from events.limits import check_place, check_visitor
from events.models import Event
from registrations.actions import invite_to_ticket, join_ticket, leave_ticket
from registrations.models import Ticket
from registrations.models.tickets import MOST_ON_ONE_TICKET
from registrations.queries import draws_for, holder_of, invited_to, stated_by
from registrations.website.audience import audience_of
from registrations.website.personal import personal
from registrations.website.proving import has_proved, registration_of, to_prove
from registrations.website.refusals import at_event, private
from registrations.website.visitor import Visitor, visitor_of
from registrations.website.wishes import named_draw


@require_POST
@personal
def manage_group(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin a group, or leave it, and show one's wishes again."""
    registration = registration_of(visitor)
    draw = named_draw(request, draws_for(registration, visitor.at), visitor)
    if draw is None:
        raise Invalid(_("No draw takes wishes at the moment."))
    check_visitor("wishes", registration.uuid.hex)
    if request.POST.get("do") == "leave":
        leave_ticket(registration, draw, actor=ATTENDEE)
        messages.success(
            request, _("You left the group. Its list is kept as your own; change it as you like.")
        )
    elif not has_proved(request, registration):
        return to_prove(request, visitor)
    else:
        invite_to_ticket(registration, draw, actor=ATTENDEE)
    response = redirect("manage_wishes", visitor.event.slug, visitor.token)
    response["Location"] += f"?draw={draw.uuid}#group"
    return response


@at_event
def wish_group(request: HttpRequest, event: Event, code: str) -> HttpResponse:
    """Say what joining the group of this link would do (GET); join it with one's own registration (POST)."""
    visitor = visitor_of(request, event)
    check_place(request, "group-link", lambda: audience_of(event))
    ticket = invited_to(event, code)
    if request.method == "POST" and ticket and visitor.registration:
        return private(_join(request, visitor, ticket))
    return private(_page(request, visitor, ticket))


def _join(request: HttpRequest, visitor: Visitor, ticket: Ticket) -> HttpResponse:
    registration = registration_of(visitor)
    if not has_proved(request, registration):
        return to_prove(request, visitor, group=ticket.invitation)
    check_visitor("wishes", registration.uuid.hex)
    try:
        join_ticket(ticket.invitation, registration, actor=ATTENDEE)
    except Refusal as refusal:
        return _page(request, visitor, ticket, refusal)
    messages.success(request, _("You are in the group. This is the list that you share."))
    response = redirect("manage_wishes", visitor.event.slug, visitor.token)
    response["Location"] += f"?draw={ticket.draw.uuid}"
    return response


def _page(
    request: HttpRequest, visitor: Visitor, ticket: Ticket | None, refusal: Refusal | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"event": visitor.event, "visitor": visitor, "token": visitor.token}
    context |= {"ticket": ticket, "refusal": refusal, "here": request.path}
    if ticket is None:
        return render(request, "website/wish_group.html", context, status=404)
    people = ticket.holders.count()
    context |= {"draw": ticket.draw, "people": people, "is_open": ticket.draw.is_open(visitor.at)}
    context["is_full"] = people >= MOST_ON_ONE_TICKET
    if visitor.registration:
        mine = holder_of(visitor.registration, ticket.draw)
        context["is_mine"] = mine is not None and mine.ticket_id == ticket.pk
        context["is_elsewhere"] = mine is not None and mine.ticket.holders.count() > 1
        context["own"] = len(stated_by(visitor.registration, ticket.draw))
    return render(request, "website/wish_group.html", context, status=refusal.status if refusal else 200)

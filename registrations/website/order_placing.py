"""The form that finishes a registration places an order, where something in it is to be paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import AlreadyRegistered, Refusal
from events.models import Event, normalise_email
from registrations.actions import place_order
from registrations.models import Order, OrderLine
from registrations.rules.orders import Bought
from registrations.website import kept
from registrations.website.asked import Asked, show
from registrations.website.confirming import forget_proof
from registrations.website.group import check_tries
from registrations.website.order_paying import to_provider
from registrations.website.orders.purchase import identity_in
from registrations.website.payers import address_of
from registrations.website.visitor import Visitor, forget_draft

TWICE_WITHIN = timedelta(minutes=10)
View = Callable[[HttpRequest, Visitor, Asked], HttpResponse]


def placed_before(request: HttpRequest, event: Event) -> HttpResponse | None:
    """The answer to a form posted again after it placed an order: a double press leads on, an old form to the mail.

    A form kept is no order's link: on a shared computer it must not open the page for whoever comes next.
    """
    identity = identity_in(event, request.POST.get("order", ""))
    order = Order.objects.filter(uuid=identity, event=event).first() if identity else None
    if order is None:
        return None
    order.event = event
    if timezone.now() - order.placed_at <= TWICE_WITHIN:
        return onward(request, order)
    messages.info(request, _("This was ordered before. The mail to whoever pays leads to the order."))
    return redirect("event_page", event.slug)


def not_agreed(request: HttpRequest, visitor: Visitor, asked: Asked) -> HttpResponse | None:
    """The form again, with the sum and how to pay it, where it was sent without or for another one."""
    purchase = asked.purchase
    if purchase is None or not asked.is_order or purchase.is_agreed:
        return None
    typed: QueryDict = request.POST.copy()
    typed["unjudged"] = "1"
    if purchase.agreed:
        typed["changed"], purchase.has_changed = "1", True
    response = kept.shown_again(request, show(request, visitor, asked), typed)
    if response.has_header("Location"):
        response["Location"] += "#payment"
    return response


def place(
    request: HttpRequest, visitor: Visitor, asked: Asked, known: Callable[[Event], HttpResponse]
) -> HttpResponse:
    """Place the order, and lead to where it is paid; what stands in the way is shown in the form.

    `known` answers where the visitor is registered already.
    """
    event, bought = visitor.event, bought_by(visitor, asked)
    key = visitor.draft.uuid.hex if visitor.draft else asked.key
    check_tries(request, event, [one.attendee for one in bought], key)
    try:
        order = _placed(event, bought, asked)
    except AlreadyRegistered as refusal:
        if not refusal.data.get("person") and not _is_ordered(event, asked):
            return known(event)
        asked.add_refusal(AlreadyRegistered(_is_there(event, asked, refusal), **refusal.data))
        return show(request, visitor, asked, status=refusal.status)
    except Refusal as refusal:
        asked.add_refusal(refusal)
        return show(request, visitor, asked, status=refusal.status)
    response = onward(request, order)
    forget_draft(response, event)
    forget_proof(response, event)
    return response


def _placed(event: Event, bought: list[Bought], asked: Asked) -> Order:
    purchase = asked.purchase
    assert purchase is not None
    if purchase.problem:
        raise purchase.problem
    # What nobody could have is refused before anybody is looked up: the same for known and unknown addresses.
    purchase.check_seats()
    bill = purchase.billing
    return place_order(
        event,
        asked.form.attendee,
        bought,
        way=bill.way if bill else Order.Way.ONLINE,
        billing=bill.billing if bill else None,
        key=identity_in(event, purchase.key),
    )


def _is_ordered(event: Event, asked: Asked, person: int = 0) -> bool:
    """True where an order with a pass for this person waits for payment."""
    email = normalise_email(asked.people[person].cleaned_data["email"])
    return OrderLine.objects.filter(event=event, contact__email=email, is_held=True).exists()


def _is_there(event: Event, asked: Asked, refusal: Refusal) -> str:
    """Why this person cannot be ordered for once more."""
    if _is_ordered(event, asked, refusal.data.get("person", 0)):
        return _(
            "An order with a pass for this address waits for payment. The mail to its payer leads to it."
        )
    return _("This person is registered already. Remove them from the order.")


def bought_by(visitor: Visitor, asked: Asked) -> list[Bought]:
    """Everybody with their pass; with their sessions where passes and own agendas go together."""
    assert asked.purchase is not None
    passes = [asked.event_pass, *(one.event_pass for one in asked.purchase.persons)]
    members = asked.members(visitor)
    chooses = visitor.event.allow_custom_agenda and visitor.event.passes_with_agenda
    return [
        Bought(member.attendee, event_pass, tuple(member.sessions) if chooses else ())
        for member, event_pass in zip(members, passes, strict=True)
        if event_pass is not None
    ]


def onward(request: HttpRequest, order: Order) -> HttpResponse:
    """To the provider where the order is paid online, else to its page."""
    if order.state == Order.State.HELD and order.way == Order.Way.ONLINE:
        return to_provider(request, order)
    return redirect(address_of(order))

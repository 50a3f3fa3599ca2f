"""Pay an order at a provider, come back from it, and try a payment out where no money moves."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import Refusal
from events.limits import check_visitor
from registrations.links import order_token
from registrations.models import Order, Payment
from registrations.payments import flow
from registrations.payments.test import TestAnswer
from registrations.website.order_page import lines_of, provider_to_pay
from registrations.website.payers import address_of, by_payer

ANSWERS = {"pay": TestAnswer.PAID, "wrong": TestAnswer.WRONG_SUM, "not": TestAnswer.NOT_PAID}


@by_payer
def order_pay(request: HttpRequest, order: Order) -> HttpResponse:
    """Lead whoever pays to the provider (POST); where it cannot be reached, back to the order, whose seats stay held.

    Whoever only looks, since they load the address anew, is led to the order: no payment begins by looking.
    """
    if request.method != "POST":
        return redirect(address_of(order))
    check_visitor("pay", order.uuid.hex)
    return to_provider(request, order)


def to_provider(request: HttpRequest, order: Order) -> HttpResponse:
    """Begin a payment and lead to the provider's page, or to the order's with what stood in the way."""
    provider = provider_to_pay(order, lines_of(order), timezone.now())
    if provider is None:
        messages.info(request, _("This order cannot be paid online now."))
        return redirect(address_of(order))
    try:
        address = flow.start(order, provider.name)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(order))
    return HttpResponseRedirect(address, status=303)


@by_payer
def order_back(request: HttpRequest, order: Order) -> HttpResponse:
    """Ask the provider how each payment stands, then show the order: nothing in the address is believed."""
    check_visitor("back", order.uuid.hex)
    for payment in order.payments.filter(state=Payment.State.BEGUN).exclude(reference=""):
        try:
            flow.look(payment)
        except Refusal:
            # The page says that the bank has not answered yet; the worker asks again.
            continue
    return redirect(address_of(order))


@by_payer
def order_test(request: HttpRequest, order: Order, key: uuid.UUID) -> HttpResponse:
    """The test provider's page: no money moves, and whoever tries it says what their bank would do."""
    payment = order.payments.filter(key=key, provider="test").first()
    if payment is None:
        raise Http404("No such payment")
    answer = ANSWERS.get(request.POST.get("answer", "")) if request.method == "POST" else None
    if answer is not None:
        flow.say(payment, answer)
        return redirect(address_of(order, "order_back"))
    context = {
        "event": order.event,
        "order": order,
        "payment": payment,
        "token": order_token(order),
        "is_open": payment.state == Payment.State.BEGUN,
    }
    return render(request, "website/orders/test.html", context)

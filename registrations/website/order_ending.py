"""Whoever pays ends an order: asked once, with the sum that comes back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations.actions import cancel_by_payer
from registrations.links import order_token
from registrations.models import Order
from registrations.rules.orders import back_to_payer
from registrations.website.order_page import lines_of
from registrations.website.payers import address_of, by_payer


@by_payer
def order_cancel(request: HttpRequest, order: Order) -> HttpResponse:
    """Say what comes back (GET); give up everybody's seats and passes (POST)."""
    back = back_to_payer(order, timezone.now())
    if back is None:
        messages.info(request, _("This order cannot be cancelled here. Please write to the organizers."))
        return redirect(address_of(order))
    if request.method == "POST":
        cancel_by_payer(order)
        messages.success(request, _("The order is cancelled."))
        return redirect(address_of(order))
    context = {
        "event": order.event,
        "order": order,
        "back": back,
        "kept": order.received - back,
        "lines": lines_of(order),
        "token": order_token(order),
    }
    return render(request, "website/orders/cancel.html", context)
